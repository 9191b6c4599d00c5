using System.Buffers.Binary;

namespace DistributedTrainer.Fuzz.Tests;

/// <summary>
/// Makes of good and bad files others that are nearly like them: the same ones for the same seed. It knows the numbers that readers get
/// wrong, in both byte orders and as text, and joins the beginning of one file to the end of another.
/// </summary>
internal sealed class Mutator(int seed, IReadOnlyList<byte[]> corpus)
{
    private const int MostChanges = 6;

    private static readonly long[] Numbers =
    [
        0, 1, -1, 2, 7, 255, 256, short.MaxValue, ushort.MaxValue, int.MaxValue, int.MinValue, uint.MaxValue, 1L << 32, 1L << 40, 1L << 60, long.MaxValue, long.MinValue,
        100_000_000, 100_000_001, int.MaxValue / 4, (int.MaxValue / 4) + 1,
    ];

    private static readonly string[] Words =
    [
        "{", "}", "[", "]", "\"", "'", ",", ":", "\n", "\r\n", "\0", "&a", "*a", "<<: *a", "!!binary", "- ", "# ", "---\n", "null", "true", "NaN", "1e999", "-0",
        "9223372036854775808", "18446744073709551615", "1e308", "../..", "/etc/passwd", "\uFFFE", "\uD800", "𝄞", "    ", "\t", "__metadata__", "data_offsets", "shape",
    ];

    private readonly Random _random = new(seed);

    /// <summary>The next file.</summary>
    public byte[] Next()
    {
        var bytes = corpus[_random.Next(corpus.Count)].ToList();
        for (var change = _random.Next(1, MostChanges); change > 0; change--)
            Change(bytes);
        return [.. bytes];
    }

    private void Change(List<byte> bytes)
    {
        var at = _random.Next(bytes.Count + 1);
        var length = Math.Min(_random.Next(1, 40), bytes.Count - at);
        switch (_random.Next(10))
        {
            case 0 when at < bytes.Count:
                bytes[at] ^= (byte)(1 << _random.Next(8));
                break;
            case 1 when at < bytes.Count:
                bytes[at] = (byte)_random.Next(256);
                break;
            case 2:
                bytes.RemoveRange(at, length);
                break;
            case 3:
                bytes.RemoveRange(at, bytes.Count - at);
                break;
            case 4:
                bytes.InsertRange(at, bytes.GetRange(at, length));
                break;
            case 5:
                Overwrite(bytes, at, Number());
                break;
            case 6:
                bytes.InsertRange(at, System.Text.Encoding.UTF8.GetBytes(Words[_random.Next(Words.Length)]));
                break;
            case 7:
                bytes.InsertRange(at, System.Text.Encoding.ASCII.GetBytes(Numbers[_random.Next(Numbers.Length)].ToString(System.Globalization.CultureInfo.InvariantCulture)));
                break;
            case 8:
                var other = corpus[_random.Next(corpus.Count)];
                bytes.RemoveRange(at, bytes.Count - at);
                bytes.AddRange(other.AsSpan(Math.Min(at, other.Length)));
                break;
            default:
                bytes.InsertRange(at, Enumerable.Repeat((byte)"\0 (,[{\xFF"u8[_random.Next(7)], _random.Next(1, 300)));
                break;
        }
    }

    private byte[] Number()
    {
        var number = Numbers[_random.Next(Numbers.Length)];
        var bytes = new byte[sizeof(long)];
        if (_random.Next(2) == 0)
            BinaryPrimitives.WriteInt64LittleEndian(bytes, number);
        else
            BinaryPrimitives.WriteInt64BigEndian(bytes, number);
        var width = 1 << _random.Next(4);
        return bytes[0] != 0 || number == 0 || width == sizeof(long) ? bytes[..width] : bytes[^width..];
    }

    private static void Overwrite(List<byte> bytes, int at, byte[] number)
    {
        for (var index = 0; index < number.Length && at + index < bytes.Count; index++)
            bytes[at + index] = number[index];
    }
}
