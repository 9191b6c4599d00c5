namespace DistributedTrainer.Numerics;

/// <summary>
/// Applies formulas to whole arrays, element by element, at the process's vector width. A destination may be one of the
/// sources; otherwise they must not overlap.
/// </summary>
public static unsafe class Elementwise
{
    /// <summary>destination[i] = formula(source[i]); both (n).</summary>
    public static void Map<TFormula>(TFormula formula, float* source, float* destination, int n)
        where TFormula : struct, IUnaryFormula
        => Map(formula, source, destination, n, VectorPath.Current);

    /// <summary>destination[i] = formula(x[i], y[i]); all (n).</summary>
    public static void Map<TFormula>(TFormula formula, float* x, float* y, float* destination, int n)
        where TFormula : struct, IBinaryFormula
        => Map(formula, x, y, destination, n, VectorPath.Current);

    /// <summary>destination[i] = formula(x[i], y[i], z[i]); all (n).</summary>
    public static void Map<TFormula>(TFormula formula, float* x, float* y, float* z, float* destination, int n)
        where TFormula : struct, ITernaryFormula
        => Map(formula, x, y, z, destination, n, VectorPath.Current);

    /// <summary>destination[i] = formula(source[i]) at a given width: for tests that compare the paths.</summary>
    public static void Map<TFormula>(TFormula formula, float* source, float* destination, int n, VectorWidth width)
        where TFormula : struct, IUnaryFormula
    {
        var kernel = new UnaryKernel<TFormula>(formula, source, destination, n);
        VectorPath.Run(ref kernel, width);
    }

    /// <summary>destination[i] = formula(x[i], y[i]) at a given width.</summary>
    public static void Map<TFormula>(TFormula formula, float* x, float* y, float* destination, int n, VectorWidth width)
        where TFormula : struct, IBinaryFormula
    {
        var kernel = new BinaryKernel<TFormula>(formula, x, y, destination, n);
        VectorPath.Run(ref kernel, width);
    }

    /// <summary>destination[i] = formula(x[i], y[i], z[i]) at a given width.</summary>
    public static void Map<TFormula>(TFormula formula, float* x, float* y, float* z, float* destination, int n, VectorWidth width)
        where TFormula : struct, ITernaryFormula
    {
        var kernel = new TernaryKernel<TFormula>(formula, x, y, z, destination, n);
        VectorPath.Run(ref kernel, width);
    }

    /// <inheritdoc cref="VectorMath.Exp{TVector}"/>
    public static void Exp(float* source, float* destination, int n) => Map(default(ExpFormula), source, destination, n);

    /// <inheritdoc cref="VectorMath.ExpM1{TVector}"/>
    public static void ExpM1(float* source, float* destination, int n) => Map(default(ExpM1Formula), source, destination, n);

    /// <inheritdoc cref="VectorMath.Log{TVector}"/>
    public static void Log(float* source, float* destination, int n) => Map(default(LogFormula), source, destination, n);

    /// <inheritdoc cref="VectorMath.LogP1{TVector}"/>
    public static void LogP1(float* source, float* destination, int n) => Map(default(LogP1Formula), source, destination, n);

    /// <inheritdoc cref="VectorMath.Tanh{TVector}"/>
    public static void Tanh(float* source, float* destination, int n) => Map(default(TanhFormula), source, destination, n);

    /// <inheritdoc cref="VectorMath.Erf{TVector}"/>
    public static void Erf(float* source, float* destination, int n) => Map(default(ErfFormula), source, destination, n);

    /// <inheritdoc cref="VectorMath.Sigmoid{TVector}"/>
    public static void Sigmoid(float* source, float* destination, int n) => Map(default(SigmoidFormula), source, destination, n);

    /// <inheritdoc cref="VectorMath.Sin{TVector}"/>
    public static void Sin(float* source, float* destination, int n) => Map(default(SinFormula), source, destination, n);

    /// <inheritdoc cref="VectorMath.Cos{TVector}"/>
    public static void Cos(float* source, float* destination, int n) => Map(default(CosFormula), source, destination, n);

    /// <inheritdoc cref="VectorMath.Pow{TVector}"/>
    public static void Pow(float* x, float* y, float* destination, int n) => Map(default(PowFormula), x, y, destination, n);
}
