namespace DistributedTrainer.Data;

/// <summary>A loaded data set: its parts, shapes and identity.</summary>
public sealed record DataSet : IDisposable
{
    /// <summary>Row ids of unlabelled rows from a file of their own begin here: behind those of all other parts.</summary>
    private const long UnlabelledIds = 1L << 31;

    /// <summary>SHA-256, lower-case hex, of the data: equal on every node or the node gets no shards.</summary>
    public required string Sha256 { get; init; }

    /// <summary>Shape of one input without the batch axis: (4) for iris, (28, 28) for MNIST.</summary>
    public required IReadOnlyList<int> InputShape { get; init; }

    /// <summary>Floats in a target row: 1 for a class, for text one for each position.</summary>
    public required int TargetLength { get; init; }

    /// <summary>Names of the classes in index order; empty for real values.</summary>
    public required IReadOnlyList<string> Classes { get; init; }

    /// <summary>Names of the input columns after one-hot coding; empty where the format has none.</summary>
    public required IReadOnlyList<string> Columns { get; init; }

    public required Examples Train { get; init; }

    public required Examples? Validation { get; init; }

    public required Examples? Test { get; init; }

    /// <summary>Rows to train on once a model has labelled them; their own labels, where they have any, are for counting what it got right.</summary>
    public Examples? Unlabelled { get; init; }

    /// <summary>What <c>model.json</c> keeps so that new rows can be prepared alike.</summary>
    public required Preparation Preparation { get; init; }

    /// <summary>How training images are changed; null where they are not.</summary>
    internal ImageAugmentation? Augmentation { get; init; }

    /// <summary>How nodes without the files keep it; null where this is such a node, and for sets that no node lacks.</summary>
    internal DataLayout? Layout { get; init; }

    /// <summary>The rows as they are read from the files; null where another node has them.</summary>
    public StoredRows? Stored => Layout?.Stored;

    /// <summary>Memory maps and files to close.</summary>
    public IDisposable? Owner { get; init; }

    public int InputLength => InputShape.Aggregate(1, (product, size) => product * size);

    /// <summary>Reads, checks, splits and fits; everything drawn at random is keyed by the seed.</summary>
    /// <exception cref="DataException">A file is missing or wrong; the message says what and where.</exception>
    public static DataSet Load(DataSpec spec, TargetType target, ulong seed)
    {
        SpecCheck.RequireOneKindOfParts(spec);
        var data = LoadLabelled(spec, target, seed);
        return spec.UnlabelledFiles is { } files ? data.WithUnlabelled(files) : data;
    }

    private static DataSet LoadLabelled(DataSpec spec, TargetType target, ulong seed) =>
        spec switch
        {
            BuiltInData builtIn => TableLoader.Load(builtIn, target, seed),
            CsvData csv => TableLoader.Load(csv, target, seed),
            MnistData mnist => ArrayLoader.Load(mnist, target, seed),
            IdxData idx => ArrayLoader.Load(idx, target, seed),
            NpyData npy => ArrayLoader.Load(npy, target, seed),
            ImagesData images => ImageLoader.Load(images, target, seed),
            TextData text => TextLoader.Load(text, target),
            SyntheticData synthetic => SyntheticRows.Load(synthetic, target, seed),
            _ => throw new ArgumentOutOfRangeException(nameof(spec), spec, "No reader for this source."),
        };

    /// <summary>The set as another node has it, whose rows come through a cache.</summary>
    /// <param name="description">The other node's word.</param>
    /// <param name="spec">The job's.</param>
    /// <param name="seed">The job's.</param>
    /// <param name="cache">Of as many rows as the description says; disposed with the set.</param>
    /// <exception cref="DataException">The job's augmentation does not fit.</exception>
    public static DataSet Fetch(DataDescription description, DataSpec spec, ulong seed, RowCache cache) =>
        FetchedLoader.Load(description, spec, seed, cache);

    /// <summary>What a node without the files must know of the set; null where <see cref="Stored"/> is.</summary>
    public DataDescription? Describe() => Layout is null ? null : DataDescription.Of(this, Layout);

    /// <summary>What one thread reads training rows with.</summary>
    public TrainingReader CreateTrainingReader() => new(Train, Augmentation);

    /// <summary>What one thread reads unlabelled rows with, to train on them.</summary>
    /// <exception cref="InvalidOperationException">There are none.</exception>
    public TrainingReader CreateUnlabelledReader() =>
        new(Unlabelled ?? throw new InvalidOperationException("These data have no unlabelled rows."), Augmentation);

    /// <summary>Reads rows that a trained model is to predict; their targets are not read and may be absent.</summary>
    /// <param name="files">
    /// In the kind of format that the model was trained on: a table, or an array file (.npy, IDX plain or gzipped).
    /// </param>
    /// <param name="preparation">What the model's training fitted.</param>
    /// <exception cref="DataException">A file is missing, wrong, or of another shape than the training data.</exception>
    public static NewRows LoadForPrediction(DataFiles files, Preparation preparation) =>
        NewRowsLoader.Load(files, preparation, withTargets: false);

    /// <summary>Reads rows with their targets, to measure a trained model on. Array files need their labels' file.</summary>
    /// <inheritdoc cref="LoadForPrediction" path="/param"/>
    /// <exception cref="DataException">
    /// As <see cref="LoadForPrediction"/>; also a target missing, or a class that training never saw.
    /// </exception>
    public static NewRows LoadForEvaluation(DataFiles files, Preparation preparation) =>
        NewRowsLoader.Load(files, preparation, withTargets: true);

    public void Dispose() => Owner?.Dispose();

    private DataSet WithUnlabelled(DataFiles files)
    {
        try
        {
            var rows = NewRowsLoader.Load(files, Preparation, withTargets: false, UnlabelledIds);
            var fingerprint = new DataFingerprint();
            fingerprint.AddText($"labelled {Sha256}");
            fingerprint.AddText($"unlabelled {rows.Sha256}");
            return this with { Unlabelled = rows.Examples, Sha256 = fingerprint.Sha256(), Owner = new Owners(Owner, rows) };
        }
        catch
        {
            Dispose();
            throw;
        }
    }

    private sealed record Owners(IDisposable? First, IDisposable Second) : IDisposable
    {
        public void Dispose()
        {
            First?.Dispose();
            Second.Dispose();
        }
    }
}
