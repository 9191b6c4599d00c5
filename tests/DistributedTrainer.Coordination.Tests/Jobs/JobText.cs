namespace DistributedTrainer.Coordination.Tests;

/// <summary>Small job texts to vary, and the error that a text gives.</summary>
internal static class JobText
{
    public const string File = "jobs/x.yaml";

    /// <summary>Lines 1 to 4 of every text below.</summary>
    public const string Smallest = """
        data: { source: digits }
        model: [ { dense: { units: 10 } } ]
        loss: cross-entropy
        optimizer: { adam: { learning-rate: 0.01 } }

        """;

    public static Job Parse(string text, params string[] overrides) => JobFile.Parse(text, File, overrides);

    /// <summary>The smallest job with further lines, from line 5 on.</summary>
    public static Job With(string lines) => Parse(Smallest + lines);

    /// <summary>The smallest job with one of its four lines in other words.</summary>
    public static string Replace(string line) =>
        string.Join('\n', Smallest.Split('\n').Select(old => old.Split(':')[0] == line.Split(':')[0] ? line : old));

    public static JobFileException Error(string text, params string[] overrides) =>
        Assert.Throws<JobFileException>(() => Parse(text, overrides));
}
