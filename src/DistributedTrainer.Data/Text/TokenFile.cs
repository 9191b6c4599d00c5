using System.Buffers;
using System.Text;

namespace DistributedTrainer.Data;

/// <summary>A text file as one array of tokens, in which windows are places.</summary>
internal abstract unsafe class TokenFile : IDisposable
{
    public abstract long Count { get; }

    /// <summary>Writes the indexes of <paramref name="length"/> tokens from <paramref name="first"/> on, as floats.</summary>
    public abstract void Read(long first, int length, float* indexes);

    /// <inheritdoc cref="RowSource.Cache"/>
    public virtual RowCache? Cache => null;

    /// <summary>Adds the rows of <see cref="Cache"/> that hold so many tokens from <paramref name="begin"/> on.</summary>
    public virtual void AddFetched(long begin, int length, ICollection<int> rows)
    {
    }

    public abstract void Dispose();

    /// <param name="path">The file.</param>
    /// <param name="kind">What a token is.</param>
    /// <param name="known">The vocabulary of the training text; null takes the file's own.</param>
    /// <exception cref="DataException">The file is missing, empty, no UTF-8, or has a character that the vocabulary lacks.</exception>
    public static (TokenFile Tokens, Vocabulary Vocabulary) Open(string path, TokenKind kind, Vocabulary? known = null)
    {
        if (kind == TokenKind.Bytes)
            return (new ByteTokens(MappedFile.Open(path)), Vocabulary.Bytes);
        var codes = ReadCodes(path);
        var vocabulary = known ?? Vocabulary.Of(codes);
        if (vocabulary.Count > ushort.MaxValue + 1)
            throw new DataException($"{path}: {vocabulary.Count:N0} different characters; at most {ushort.MaxValue + 1:N0} are taken. Use tokens: bytes.");
        var indexes = new ushort[codes.Length];
        for (var i = 0; i < codes.Length; i++)
        {
            var index = vocabulary.IndexOf(codes[i]);
            if (index < 0)
            {
                throw new DataException($"{path}, character {i:N0}: '{char.ConvertFromUtf32(codes[i])}' does not occur in the training text, whose "
                    + $"{vocabulary.Count} characters are the model's vocabulary. Remove it, or train with tokens: bytes.");
            }

            indexes[i] = (ushort)index;
        }

        return (new CharacterTokens(indexes), vocabulary);
    }

    private static int[] ReadCodes(string path)
    {
        using var file = MappedFile.Open(path);
        if (file.Length > Array.MaxLength)
            throw new DataException($"{path}: {file.Length:N0} bytes; characters are decoded into memory, up to {Array.MaxLength:N0} bytes. Use tokens: bytes.");
        var codes = new List<int>((int)file.Length);
        var rest = new ReadOnlySpan<byte>(file.Bytes, (int)file.Length);
        while (!rest.IsEmpty)
        {
            if (Rune.DecodeFromUtf8(rest, out var rune, out var consumed) != OperationStatus.Done)
                throw new DataException($"{path}, byte {file.Length - rest.Length:N0}: no valid UTF-8 text. Save it as UTF-8, or use tokens: bytes.");
            codes.Add(rune.Value);
            rest = rest[consumed..];
        }

        return [.. codes];
    }

    private sealed class ByteTokens(MappedFile file) : TokenFile
    {
        public override long Count => file.Length;

        public override void Read(long first, int length, float* indexes)
        {
            var bytes = file.Bytes + first;
            for (var i = 0; i < length; i++)
                indexes[i] = bytes[i];
        }

        public override void Dispose() => file.Dispose();
    }

    private sealed class CharacterTokens(ushort[] tokens) : TokenFile
    {
        public override long Count => tokens.LongLength;

        public override void Read(long first, int length, float* indexes)
        {
            foreach (var token in tokens.AsSpan((int)first, length))
                *indexes++ = token;
        }

        public override void Dispose()
        {
        }
    }
}
