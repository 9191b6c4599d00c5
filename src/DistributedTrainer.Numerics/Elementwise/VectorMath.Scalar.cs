namespace DistributedTrainer.Numerics;

/// <summary>One value at a time: the same formulas with one lane, which also is the reference that every width must equal.</summary>
public static unsafe partial class VectorMath
{
    /// <inheritdoc cref="Exp{TVector}"/>
    public static float Exp(float x) => Value(Exp(Lanes1.Broadcast(x)));

    /// <inheritdoc cref="ExpM1{TVector}"/>
    public static float ExpM1(float x) => Value(ExpM1(Lanes1.Broadcast(x)));

    /// <inheritdoc cref="Log{TVector}"/>
    public static float Log(float x) => Value(Log(Lanes1.Broadcast(x)));

    /// <inheritdoc cref="LogP1{TVector}"/>
    public static float LogP1(float x) => Value(LogP1(Lanes1.Broadcast(x)));

    /// <inheritdoc cref="Tanh{TVector}"/>
    public static float Tanh(float x) => Value(Tanh(Lanes1.Broadcast(x)));

    /// <inheritdoc cref="Erf{TVector}"/>
    public static float Erf(float x) => Value(Erf(Lanes1.Broadcast(x)));

    /// <inheritdoc cref="Sigmoid{TVector}"/>
    public static float Sigmoid(float x) => Value(Sigmoid(Lanes1.Broadcast(x)));

    /// <inheritdoc cref="Sin{TVector}"/>
    public static float Sin(float x) => Value(Sin(Lanes1.Broadcast(x)));

    /// <inheritdoc cref="Cos{TVector}"/>
    public static float Cos(float x) => Value(Cos(Lanes1.Broadcast(x)));

    /// <inheritdoc cref="Pow{TVector}"/>
    public static float Pow(float x, float y) => Value(Pow(Lanes1.Broadcast(x), Lanes1.Broadcast(y)));

    private static float Value(Lanes1 lane)
    {
        float value;
        Lanes1.Store(lane, &value);
        return value;
    }
}
