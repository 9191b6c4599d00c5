namespace DistributedTrainer.Data;

/// <summary>Rows for a trained model, prepared as its training rows were; in file order.</summary>
public sealed class NewRows : IDisposable
{
    public required Examples Examples { get; init; }

    /// <summary>SHA-256, lower-case hex, of the files.</summary>
    public required string Sha256 { get; init; }

    /// <summary>Memory maps and files to close.</summary>
    internal IDisposable? Owner { get; init; }

    public void Dispose() => Owner?.Dispose();
}
