namespace DistributedTrainer.Actors.Tests;

public class ChecksumTests
{
    /// <summary>RFC 3720, appendix B.4, and the check value of the CRC catalogues.</summary>
    [Fact]
    public void Known_answers()
    {
        Assert.Equal(0xE3069283u, Checksum.Of("123456789"u8));
        Assert.Equal(0x8A9136AAu, Checksum.Of(new byte[32]));
        Assert.Equal(0x62A8AB43u, Checksum.Of([.. Enumerable.Repeat((byte)0xFF, 32)]));
        Assert.Equal(0x46DD794Eu, Checksum.Of([.. Enumerable.Range(0, 32).Select(value => (byte)value)]));
        Assert.Equal(0x113FDB5Cu, Checksum.Of([.. Enumerable.Range(0, 32).Select(value => (byte)(31 - value))]));
        Assert.Equal(0u, Checksum.Of([]));
    }

    [Fact]
    public void The_streams_give_what_one_bit_after_the_other_gives()
    {
        var bytes = new byte[40_000];
        new Random(7).NextBytes(bytes);
        // Around the borders of the streams: 3 · 256 and 3 · 4096 bytes.
        foreach (var length in (int[])[0, 1, 7, 8, 9, 124, 767, 768, 769, 1535, 1537, 12_287, 12_288, 12_289, 13_056, 24_576, 25_000, 40_000])
            Assert.Equal(BitByBit(0, bytes.AsSpan(0, length)), Checksum.Of(bytes.AsSpan(0, length)));
        Assert.Equal(BitByBit(0, bytes.AsSpan(3, 30_001)), Checksum.Of(bytes.AsSpan(3, 30_001)));
    }

    [Fact]
    public void It_can_be_taken_in_parts()
    {
        var bytes = new byte[50_000];
        new Random(8).NextBytes(bytes);
        var whole = Checksum.Of(bytes);
        foreach (var at in (int[])[0, 1, 1000, 12_288, 33_333, 50_000])
            Assert.Equal(whole, Checksum.Continue(Checksum.Of(bytes.AsSpan(0, at)), bytes.AsSpan(at)));
    }

    [Fact]
    public void Any_damaged_bit_changes_it()
    {
        var bytes = new byte[2000];
        new Random(9).NextBytes(bytes);
        var whole = Checksum.Of(bytes);
        for (var bit = 0; bit < bytes.Length * 8; bit++)
        {
            bytes[bit / 8] ^= (byte)(1 << (bit % 8));
            Assert.NotEqual(whole, Checksum.Of(bytes));
            bytes[bit / 8] ^= (byte)(1 << (bit % 8));
        }
    }

    /// <summary>The definition: the remainder after division by the polynomial, lowest bit first.</summary>
    private static uint BitByBit(uint checksum, ReadOnlySpan<byte> bytes)
    {
        var state = ~checksum;
        foreach (var value in bytes)
        {
            state ^= value;
            for (var bit = 0; bit < 8; bit++)
                state = (state & 1) != 0 ? (state >> 1) ^ 0x82F63B78u : state >> 1;
        }

        return ~state;
    }
}
