namespace DistributedTrainer.Data;

/// <summary>Where the examples come from and how they are prepared, as the user writes it. Paths are absolute here.</summary>
public abstract record DataSpec
{
    /// <summary>
    /// Fraction of the rows kept for validation, drawn by the seed, stratified by class; 0 for none. The part has ⌊N·fraction + ½⌋ rows,
    /// each class is within one row of its share where it has rows to spare, and every class keeps at least one training row.
    /// </summary>
    public double ValidationFraction { get; init; }

    /// <summary>A file of validation rows instead of a fraction.</summary>
    public DataFiles? ValidationFiles { get; init; }

    /// <summary>Fraction of the rows kept for the test, drawn after validation in the same way; 0 for none.</summary>
    public double TestFraction { get; init; }

    /// <summary>A file of test rows instead of a fraction.</summary>
    public DataFiles? TestFiles { get; init; }

    /// <summary>How many training rows keep their labels, drawn by the seed, stratified by class; the others are unlabelled. Null: all.</summary>
    public int? LabelledRows { get; init; }

    /// <summary>A file, or a folder of images, of unlabelled rows. Null: none but those that <see cref="LabelledRows"/> leaves.</summary>
    public DataFiles? UnlabelledFiles { get; init; }

    /// <summary>Null is the source's default: images (MNIST, folders, IDX of bytes) scale, tables standard, npy and other IDX none.</summary>
    public Normalization? Normalize { get; init; }

    /// <summary>Random changes of training images, one after another; empty for none. Only for sources of images.</summary>
    public IReadOnlyList<Augmentation> Augment { get; init; } = [];

    public ShardBy ShardBy { get; init; }

    /// <summary>What users know it by: the files, or the name of the set.</summary>
    public string Describe() => string.Join(", ", All());

    /// <summary>The files and folders that the user has named, absolute.</summary>
    public IEnumerable<string> Files() => All().Where(Path.IsPathRooted);

    private protected abstract IEnumerable<string> Sources();

    private IEnumerable<string> All() =>
        Sources().Concat(FilesOf(ValidationFiles)).Concat(FilesOf(TestFiles)).Concat(FilesOf(UnlabelledFiles));

    private static IEnumerable<string> FilesOf(DataFiles? part) => part is null ? [] : part.Labels is null ? [part.Path] : [part.Path, part.Labels];
}

/// <summary>Files of a further part (validation or test) in the source's own format.</summary>
/// <param name="Path">The inputs (or the whole table).</param>
/// <param name="Labels">The labels, where the format keeps them apart.</param>
public sealed record DataFiles(string Path, string? Labels = null);

/// <summary>One of the sets the product carries: digits, iris, wine, breast-cancer, diabetes.</summary>
public sealed record BuiltInData(string Set) : DataSpec
{
    private protected override IEnumerable<string> Sources() => [Set];
}

/// <summary>MNIST's four files in a folder; null means <c>$DTRAIN_DATA/mnist</c>. Its 10,000 test rows are the test part.</summary>
public sealed record MnistData(string? Path = null) : DataSpec
{
    private protected override IEnumerable<string> Sources() => [Path ?? "mnist"];
}

/// <summary>
/// A comma-separated table (RFC 4180, UTF-8) with a header line, held in memory. A cell is missing when it is empty, a numeric one also
/// when it is NA, N/A, null or ?.
/// </summary>
public sealed record CsvData(string Path, string Target) : DataSpec
{
    /// <summary>Columns turned into one-hot columns, one a category of the training rows; the rest is numeric.</summary>
    public IReadOnlyList<string> Categorical { get; init; } = [];

    /// <summary>Columns left unread.</summary>
    public IReadOnlyList<string> Ignore { get; init; } = [];

    public MissingValues Missing { get; init; }

    private protected override IEnumerable<string> Sources() => [Path];
}

/// <summary>IDX files: plain ones are memory-mapped, gzipped ones decompressed into memory (just under 2 GiB each at most).</summary>
public sealed record IdxData(string Path, string Labels) : DataSpec
{
    private protected override IEnumerable<string> Sources() => [Path, Labels];
}

/// <summary>NumPy .npy files, versions 1.0 and 2.0, of f4, f8, u1, i4 or i8 in C order; memory-mapped.</summary>
public sealed record NpyData(string Path, string Labels) : DataSpec
{
    private protected override IEnumerable<string> Sources() => [Path, Labels];
}

/// <summary>
/// PNG files, 8 bits a channel and all of one size, in a folder for each class; held in memory. Classes are the folders' names.
/// </summary>
public sealed record ImagesData(string Path) : DataSpec
{
    /// <summary>What images become; null is what the first one is, and then all must be it.</summary>
    public ImageColor? Color { get; init; }

    private protected override IEnumerable<string> Sources() => [Path];
}

/// <summary>
/// A text file as windows of tokens; the target is the token that follows each. Validation and test fractions are the last tokens, the
/// test behind the validation; their windows lie one behind the other.
/// </summary>
/// <param name="Path">The file; null means <c>$DTRAIN_DATA/tinyshakespeare/input.txt</c>.</param>
/// <param name="Window">Tokens in a window.</param>
public sealed record TextData(string? Path, int Window) : DataSpec
{
    public TokenKind Tokens { get; init; }

    /// <summary>
    /// Tokens from one training window's begin to the next one's. Null is the window's length, which uses each token once an epoch; 1 makes
    /// a row of every place.
    /// </summary>
    public int? Stride { get; init; }

    private protected override IEnumerable<string> Sources() => [Path ?? "tinyshakespeare"];
}

/// <summary>
/// Random inputs in [0, 1) and random classes (for real targets: <paramref name="Classes"/> random values a row), keyed by the seed:
/// what benchmarks train on.
/// </summary>
public sealed record SyntheticData(int Rows, int Inputs, int Classes) : DataSpec
{
    /// <summary>Rows that differ, D: row r repeats row r mod D, and only D are held in memory. Null: all rows differ.</summary>
    public int? Distinct { get; init; }

    /// <summary>Inputs are tokens, indexes below the classes, and each position has a class of its own.</summary>
    public bool Tokens { get; init; }

    private protected override IEnumerable<string> Sources() => ["synthetic"];
}

public enum Normalization
{
    None,

    /// <summary>
    /// (x − mean) / standard deviation of the training rows, by column; a constant column becomes 0, one-hot columns stay.
    /// </summary>
    Standard,

    /// <summary>(x − min) / (max − min) of the training rows, by column; a constant column becomes 0, one-hot columns stay.</summary>
    MinMax,

    /// <summary>x · (1/255f), which brings bytes to 0..1; the same for whatever the source holds.</summary>
    Scale,
}

/// <summary>
/// What becomes of a missing value. Statistics are those of the training rows; a categorical column takes its most frequent category
/// under each of the three. A missing target is an error, unless its row is dropped.
/// </summary>
public enum MissingValues
{
    Error,
    Mean,

    /// <summary>Of an even number of values the mean of the two in the middle.</summary>
    Median,

    /// <summary>Of equally frequent values the smallest.</summary>
    MostFrequent,
    DropRow,
}

public enum ShardBy
{
    /// <summary>Shards are slices of every shuffled batch.</summary>
    Batch,

    /// <summary>Shards are fixed parts of the rows, each permuted in itself.</summary>
    Rows,
}
