namespace DistributedTrainer.Data;

/// <summary>How a set that was read from files is laid out in its <see cref="StoredRows"/>.</summary>
/// <param name="Stored">The rows.</param>
/// <param name="AreBytes">An input value, or a token, is a byte.</param>
internal sealed record DataLayout(StoredRows Stored, bool AreBytes)
{
    /// <summary>Which rows of the first file are in which part; null for text.</summary>
    public RowSplit? Split { get; init; }

    /// <summary>Where the parts of a text lie; null for other data.</summary>
    public TextLayout? Text { get; init; }

    /// <summary>Tokens by file, for text.</summary>
    public IReadOnlyList<long> Tokens { get; init; } = [];
}

/// <summary>Where a part of a text lies.</summary>
/// <param name="File">Index of the token file.</param>
/// <param name="First">Its first token there.</param>
/// <param name="Count">Its tokens.</param>
/// <param name="Stride">Tokens from one window's begin to the next one's.</param>
public sealed record TextPart(int File, long First, long Count, int Stride);

public sealed record TextLayout(TextPart Train, TextPart? Validation, TextPart? Test);
