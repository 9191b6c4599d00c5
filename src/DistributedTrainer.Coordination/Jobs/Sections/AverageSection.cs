namespace DistributedTrainer.Coordination;

/// <summary><c>average</c>: the moving average of the weights that is evaluated and saved in their place.</summary>
internal static class AverageSection
{
    public static Form<AverageSpec> Form { get; } = new MapForm<AverageSpec>(
        "An exponential moving average of the weights, which is evaluated and saved in their place.", new AverageSpec(0.999))
        .Optional("decay", "d of e ← e + (1 - d)(w - e), after every step.", NumberForm.Fraction,
            average => average.Decay, (average, decay) => average with { Decay = decay });
}

/// <summary>e ← e + (1 − d)(w − e) after every step, beginning with the first weights.</summary>
/// <param name="Decay">d.</param>
public sealed record AverageSpec(double Decay);
