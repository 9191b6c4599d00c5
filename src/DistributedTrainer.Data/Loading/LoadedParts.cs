namespace DistributedTrainer.Data;

/// <summary>Raw rows of the files: the main one with its split, and those given as files of their own.</summary>
internal sealed record LoadedParts(SourceRows Main, RowSplit Split, SourceRows? Validation, SourceRows? Test)
{
    /// <summary>Classes known beforehand; null to take those of the training rows.</summary>
    public ClassIndex? KnownClasses { get; init; }

    /// <summary>How training images are changed; null where they are not.</summary>
    public ImageAugmentation? Augmentation { get; init; }

    /// <summary>Turns raw rows into a data set: fits classes and normalization on the training rows and applies them everywhere.</summary>
    /// <param name="preparation">With what the source itself fitted; classes and normalization are filled in here.</param>
    /// <param name="columns">Names of the inputs, or empty.</param>
    /// <param name="oneHot">By input: not to be normalized; empty for none.</param>
    /// <param name="sha256">The data's fingerprint.</param>
    /// <param name="owner">What to dispose with the set.</param>
    public DataSet ToDataSet(
        Preparation preparation, IReadOnlyList<string> columns, ReadOnlySpan<bool> oneHot, string sha256, IDisposable? owner)
    {
        var classes = Main.Labels is null ? null : KnownClasses ?? ClassIndex.Fit(Main, Split.Training, preparation.Target);
        var normalizer = Normalizer.Fit(preparation.Normalization, Main.Inputs, Split.Training, oneHot, Main.Name);
        var mainTargets = classes is null ? Main.Values! : classes.ToTargets(Main);
        var parts = new PreparedParts(new PartRows(Main.Inputs, mainTargets), Split, Own(Validation), Own(Test)) { Augmentation = Augmentation };
        var complete = preparation with
        {
            Offset = normalizer.Offset,
            Factor = normalizer.Factor,
            TargetLength = mainTargets.Length,
            Classes = classes?.Names ?? [],
        };
        return parts.ToDataSet(complete, columns, sha256, owner);

        PartRows? Own(SourceRows? source) => source is null ? null : new PartRows(source.Inputs, TargetsOf(source, classes, mainTargets.Length));
    }

    private static RowSource TargetsOf(SourceRows source, ClassIndex? classes, int length) =>
        classes is null ? source.RequireValues(length) : classes.ToTargets(source);
}
