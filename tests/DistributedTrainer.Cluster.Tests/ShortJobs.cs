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

    /// <summary>Images read row by row, in both directions.</summary>
    public const string Recurrent =
        """
        name: short-recurrent
        data: { source: digits, validation: 0.2 }
        model:
          - reshape: { to: [8, 8] }
          - lstm: { units: 24, bidirectional: true }
          - gru: { units: 20, returns: last }
          - dense: { units: 10 }
        loss: cross-entropy
        optimizer: { adam: { learning-rate: 0.01 } }
        batch-size: 50
        epochs: 1
        """;

    /// <summary>A language model whose first and last layer share a weight, on text.txt beside it.</summary>
    public const string Language =
        """
        name: short-language
        data: { source: text, path: text.txt, window: 20, stride: 7, validation: 0.2 }
        model:
          - embedding: { width: 24, name: tokens }
          - positions
          - transformer-block: { heads: 3, causal: true }
          - layer-norm
          - dense: { units: 10, per-position: true, tie: tokens }
        loss: cross-entropy
        optimizer: { adamw: { learning-rate: 0.01 } }
        batch-size: 13
        epochs: 2
        """;

    /// <summary>3,000 digits, the fractional part of multiples of √2 ÷ 2: ten different characters.</summary>
    public static string Text => string.Concat(Enumerable.Range(0, 3000).Select(i => (int)(10 * (i * 0.70710678 % 1))));

    /// <summary>A line of progress from the second epoch or a later one: short epochs do not get a line each.</summary>
    public const string LaterEpoch = "epoch ([2-9]|[1-9][0-9]+)/";

    /// <summary>The same without an end.</summary>
    public static string Endless => Digits.Replace("epochs: 2", "epochs: 1000000", StringComparison.Ordinal);
}
