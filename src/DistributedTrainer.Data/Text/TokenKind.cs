namespace DistributedTrainer.Data;

/// <summary>What one token of a text is.</summary>
public enum TokenKind
{
    /// <summary>A Unicode character (code point) of UTF-8 text; the vocabulary is those that the file has, by code point.</summary>
    Characters,

    /// <summary>A byte; the vocabulary is all 256.</summary>
    Bytes,
}
