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
        var isWhole = Split.Training.Length == Main.Count; // ascending: every row is its own index
        var afterMain = (long)Main.Count;
        var afterValidation = afterMain + (Validation?.Count ?? 0);
        return new DataSet
        {
            Sha256 = sha256,
            InputShape = preparation.InputShape,
            TargetLength = mainTargets.Length,
            Classes = classes?.Names ?? [],
            Columns = columns,
            Train = new PreparedExamples(Main.Inputs, mainTargets, isWhole ? null : Split.Training, 0, normalizer),
            Validation = Part(Validation, Split.Validation, afterMain),
            Test = Part(Test, Split.Test, afterValidation),
            Unlabelled = Part(null, Split.Unlabelled, 0),
            Preparation = preparation with
            {
                Offset = normalizer.Offset,
                Factor = normalizer.Factor,
                TargetLength = mainTargets.Length,
                Classes = classes?.Names ?? [],
            },
            Augmentation = Augmentation,
            Owner = owner,
        };

        Examples? Part(SourceRows? own, int[] rows, long firstId)
        {
            if (own is not null)
                return new PreparedExamples(own.Inputs, TargetsOf(own, classes, mainTargets.Length), null, firstId, normalizer);
            return rows.Length > 0 ? new PreparedExamples(Main.Inputs, mainTargets, rows, 0, normalizer) : null;
        }
    }

    private static RowSource TargetsOf(SourceRows source, ClassIndex? classes, int length) =>
        classes is null ? source.RequireValues(length) : classes.ToTargets(source);
}
