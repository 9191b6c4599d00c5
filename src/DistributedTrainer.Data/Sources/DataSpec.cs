namespace DistributedTrainer.Data;

/// <summary>Where the examples come from and how they are prepared, as the user writes it. Paths are absolute here.</summary>
public abstract record DataSpec
{
    /// <summary>Fraction of the rows kept for validation, drawn by the seed, stratified by class; 0 for none.</summary>
    public double ValidationFraction { get; init; }

    /// <summary>A file of validation rows instead of a fraction.</summary>
    public DataFiles? ValidationFiles { get; init; }

    public double TestFraction { get; init; }

    public DataFiles? TestFiles { get; init; }

    /// <summary>Null is the source's default: images 0..1, tables standard, npy none.</summary>
    public Normalization? Normalize { get; init; }

    public ShardBy ShardBy { get; init; }
}

/// <summary>Files of a further part (validation or test) in the source's own format.</summary>
/// <param name="Path">The inputs (or the whole table).</param>
/// <param name="Labels">The labels, where the format keeps them apart.</param>
public sealed record DataFiles(string Path, string? Labels = null);

/// <summary>One of the sets the product carries: digits, iris, wine, breast-cancer, diabetes.</summary>
public sealed record BuiltInData(string Set) : DataSpec;

/// <summary>MNIST's four files in a folder; null means <c>$DTRAIN_DATA/mnist</c>. Its 10,000 test rows are the test part.</summary>
public sealed record MnistData(string? Path = null) : DataSpec;

/// <summary>A comma-separated table with a header line.</summary>
public sealed record CsvData(string Path, string Target) : DataSpec
{
    /// <summary>Columns turned into one-hot columns; the rest is numeric.</summary>
    public IReadOnlyList<string> Categorical { get; init; } = [];

    public IReadOnlyList<string> Ignore { get; init; } = [];

    public MissingValues Missing { get; init; }
}

/// <summary>IDX files, plain or gzipped.</summary>
public sealed record IdxData(string Path, string Labels) : DataSpec;

/// <summary>NumPy .npy files.</summary>
public sealed record NpyData(string Path, string Labels) : DataSpec;

/// <summary>Random inputs in [0, 1) and random classes, keyed by the seed: what benchmarks train on.</summary>
public sealed record SyntheticData(int Rows, int Inputs, int Classes) : DataSpec;

public enum Normalization
{
    None,

    /// <summary>(x − mean) / standard deviation of the training rows, by column.</summary>
    Standard,

    /// <summary>(x − min) / (max − min) of the training rows, by column.</summary>
    MinMax,

    /// <summary>x / 255 for bytes: 0..1.</summary>
    Scale,
}

public enum MissingValues
{
    Error,
    Mean,
    Median,
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
