namespace DistributedTrainer.Cluster.Tests;

/// <summary>Jobs for real processes.</summary>
internal static class ShortJobs
{
    /// <summary>12,010 parameters, three server ranges; 90 steps, the last batch of an epoch is short.</summary>
    public const string Digits =
        """
        name: short
        data: { source: digits, validation: 0.2 }
        model:
          - dense: { units: 160, activation: relu, initializer: he-normal }
          - dense: { units: 10 }
        loss: cross-entropy
        optimizer: { adam: { learning-rate: 0.003 } }
        penalty: { l2: 1e-4 }
        batch-size: 32
        epochs: 2
        """;

    /// <summary>A line of progress from the second epoch or a later one: short epochs do not get a line each.</summary>
    public const string LaterEpoch = "epoch ([2-9]|[1-9][0-9]+)/";

    /// <summary>The same without an end.</summary>
    public static string Endless => Digits.Replace("epochs: 2", "epochs: 1000000", StringComparison.Ordinal);
}
