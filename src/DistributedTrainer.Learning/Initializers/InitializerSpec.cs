namespace DistributedTrainer.Learning;

public enum InitializerKind
{
    GlorotUniform,
    GlorotNormal,
    HeUniform,
    HeNormal,
    Normal,
    Zeros,
    Constant,
}

/// <summary>How a weight starts. Random ones are keyed by (seed, parameter name, element), so they need no order and no stream.</summary>
/// <param name="Kind">The distribution.</param>
/// <param name="Value">The value of <see cref="InitializerKind.Constant"/>, the deviation of <see cref="InitializerKind.Normal"/>; unused elsewhere.</param>
public readonly record struct InitializerSpec(InitializerKind Kind, double Value = 0)
{
    public static InitializerSpec GlorotUniform => new(InitializerKind.GlorotUniform);

    public static InitializerSpec GlorotNormal => new(InitializerKind.GlorotNormal);

    public static InitializerSpec HeUniform => new(InitializerKind.HeUniform);

    public static InitializerSpec HeNormal => new(InitializerKind.HeNormal);

    public static InitializerSpec Normal(double deviation) => new(InitializerKind.Normal, deviation);

    public static InitializerSpec Zeros => new(InitializerKind.Zeros);

    public static InitializerSpec Constant(double value) => new(InitializerKind.Constant, value);
}
