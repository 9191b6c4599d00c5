using System.Buffers;

namespace DistributedTrainer.Data;

/// <summary>
/// A data set's rows as they are kept by nodes without its files, all parts' files one behind the other: what is read from the files, before
/// anything is normalized or augmented. Safe to read from several threads.
/// </summary>
public sealed unsafe class StoredRows
{
    private readonly IReadOnlyList<StoredSection> _sections;

    internal StoredRows(IReadOnlyList<StoredSection> sections) => (_sections, Count) = (sections, sections.Sum(section => (long)section.Count));

    /// <summary>Bytes of one row; a multiple of four.</summary>
    /// <exception cref="OverflowException">More than 2 GiB.</exception>
    public int RowBytes => _sections[0].RowBytes;

    public long Count { get; }

    internal IReadOnlyList<int> Counts => [.. _sections.Select(section => section.Count)];

    /// <summary>Writes rows in the order asked, RowBytes each.</summary>
    /// <returns>False where one of them does not exist; then nothing is to be believed of what was written.</returns>
    public bool TryCopy(ReadOnlySpan<int> rows, Span<byte> stored)
    {
        fixed (byte* first = stored)
        {
            var at = first;
            foreach (var row in rows)
            {
                if ((uint)row >= (ulong)Count || stored.Length - (at - first) < RowBytes)
                    return false;
                Copy(row, at);
                at += RowBytes;
            }
        }

        return true;
    }

    private void Copy(int row, byte* to)
    {
        foreach (var section in _sections)
        {
            if (row < section.Count)
            {
                section.Copy(row, to);
                return;
            }

            row -= section.Count;
        }
    }
}

/// <summary>One file, or pair of files.</summary>
internal abstract unsafe class StoredSection
{
    public abstract int Count { get; }

    public abstract int RowBytes { get; }

    public abstract void Copy(int row, byte* to);
}

/// <summary>Inputs, then targets.</summary>
internal sealed unsafe class StoredExamples(RowSource inputs, RowSource targets) : StoredSection
{
    private readonly StoredValues _inputs = new(0, inputs.Length, inputs.IsBytes);

    public override int Count => inputs.Count;

    public override int RowBytes => TargetsBehind(_inputs, targets.Length).End;

    public static StoredValues TargetsBehind(StoredValues inputs, int length) => new(inputs.End, length, AreBytes: false);

    public override void Copy(int row, byte* to)
    {
        new Span<byte>(to, _inputs.End).Clear();
        inputs.Store(row, to);
        targets.Read(row, (float*)(to + _inputs.End));
    }
}

/// <summary>Chunks of tokens, the last one with zeros behind it.</summary>
internal sealed unsafe class StoredTokens(TokenFile tokens, int chunk, bool isWide) : StoredSection
{
    private const int ShortestChunk = 64;
    private const int LongestChunk = 1 << 14;

    public override int Count { get; } = (int)Math.Min(int.MaxValue, (tokens.Count + chunk - 1) / chunk);

    public override int RowBytes => RowBytesOf(chunk, isWide);

    /// <summary>As long as a window, which then takes two of them, or three.</summary>
    public static int ChunkOf(int window) => int.Clamp(window, ShortestChunk, LongestChunk) + 3 & ~3;

    public static int RowBytesOf(int chunk, bool isWide) => chunk * (isWide ? sizeof(ushort) : 1);

    public override void Copy(int row, byte* to)
    {
        new Span<byte>(to, RowBytes).Clear();
        var first = (long)row * chunk;
        var length = (int)Math.Min(chunk, tokens.Count - first);
        var indexes = ArrayPool<float>.Shared.Rent(length);
        fixed (float* values = indexes)
            tokens.Read(first, length, values);
        for (var i = 0; i < length; i++)
        {
            if (isWide)
                ((ushort*)to)[i] = (ushort)indexes[i];
            else
                to[i] = (byte)indexes[i];
        }

        ArrayPool<float>.Shared.Return(indexes);
    }
}
