namespace DistributedTrainer.Numerics.Tests;

/// <summary>The functions under test by name: their vector form, their value in double, and the error promised.</summary>
internal sealed unsafe record ElementaryFunction(string Name, ElementaryFunction.Map Apply, Func<double, double> Exact, double Ulps)
{
    public delegate void Map(float* source, float* destination, int n, VectorWidth width);

    public static readonly ElementaryFunction[] All =
    [
        new("exp", (s, d, n, w) => Numerics.Elementwise.Map(default(ExpFormula), s, d, n, w), Math.Exp, 1),
        new("expm1", (s, d, n, w) => Numerics.Elementwise.Map(default(ExpM1Formula), s, d, n, w), ExpM1, 1.5),
        new("log", (s, d, n, w) => Numerics.Elementwise.Map(default(LogFormula), s, d, n, w), Math.Log, 1),
        new("logp1", (s, d, n, w) => Numerics.Elementwise.Map(default(LogP1Formula), s, d, n, w), LogP1, 1.5),
        new("tanh", (s, d, n, w) => Numerics.Elementwise.Map(default(TanhFormula), s, d, n, w), Math.Tanh, 1.5),
        new("erf", (s, d, n, w) => Numerics.Elementwise.Map(default(ErfFormula), s, d, n, w), Erf, 1.1),
        new("sigmoid", (s, d, n, w) => Numerics.Elementwise.Map(default(SigmoidFormula), s, d, n, w), x => 1 / (1 + Math.Exp(-x)), 2.4),
        new("sin", (s, d, n, w) => Numerics.Elementwise.Map(default(SinFormula), s, d, n, w), Math.Sin, 1.6),
        new("cos", (s, d, n, w) => Numerics.Elementwise.Map(default(CosFormula), s, d, n, w), Math.Cos, 1.6),
    ];

    public static TheoryData<string> Names => [.. All.Select(function => function.Name)];

    public static ElementaryFunction Of(string name) => All.Single(function => function.Name == name);

    public float[] Run(float[] x, VectorWidth width)
    {
        var result = new float[x.Length];
        fixed (float* source = x, destination = result)
            Apply(source, destination, x.Length, width);
        return result;
    }

    private static double ExpM1(double x) =>
        Math.Abs(x) < 1e-3 ? x * (1 + (x / 2 * (1 + (x / 3 * (1 + (x / 4 * (1 + (x / 5)))))))) : Math.Exp(x) - 1;

    // What rounding 1 + x lost is given back by the quotient (Kahan).
    private static double LogP1(double x) => 1 + x == 1 || double.IsInfinity(x) ? x : Math.Log(1 + x) * (x / ((1 + x) - 1));

    private static double Erf(double x)
    {
        var t = Math.Abs(x);
        if (double.IsNaN(t))
            return t;
        if (t > 6)
            return Math.Sign(x);
        double value;
        if (t < 2.5)
        {
            var (sum, term) = (t, t);
            for (var k = 1; k < 100; k++)
            {
                term *= -t * t / k;
                sum += term / ((2 * k) + 1);
            }

            value = 2 / Math.Sqrt(Math.PI) * sum;
        }
        else
        {
            // Continued fraction of the complement.
            var fraction = 0.0;
            for (var k = 80; k >= 1; k--)
                fraction = k / 2.0 / (t + fraction);
            value = 1 - (Math.Exp(-t * t) / Math.Sqrt(Math.PI) / (t + fraction));
        }

        return Math.CopySign(value, x);
    }
}
