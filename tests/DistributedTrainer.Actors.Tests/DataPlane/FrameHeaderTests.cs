using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;
using DistributedTrainer.Learning;

namespace DistributedTrainer.Actors.Tests;

public class FrameHeaderTests
{
    private static readonly FrameHeader Full = new()
    {
        Kind = FrameKind.State,
        IsFinal = true,
        Part = 2,
        Parts = 3,
        Range = 4,
        Step = long.MaxValue - 1,
        Assignment = 6,
        BadShard = -1,
        SlotFirst = 8,
        SlotEnd = 16,
        Sums = new StepSums(1.5, -2.5, 1L << 40),
        Extra = double.NaN,
        BestVersion = -1,
    };

    [Fact]
    public void Fits_the_bytes_that_the_wire_has_for_it() =>
        Assert.InRange(Math.Max(Unsafe.SizeOf<FrameHeader>(), Marshal.SizeOf<FrameHeader>()), 1, FrameHeader.Size);

    [Fact]
    public void Comes_back_as_it_was()
    {
        var bytes = new byte[FrameHeader.Size];
        Full.Write(bytes);
        Assert.Equal(Full, FrameHeader.Read(bytes));
    }

    [Fact]
    public void Writes_its_own_bytes_only_and_the_same_ones_each_time()
    {
        var first = new byte[FrameHeader.Size + 8];
        var second = new byte[FrameHeader.Size + 8];
        Array.Fill(second, (byte)0xA5);
        Full.Write(first);
        Full.Write(second);
        Assert.Equal(first[..FrameHeader.Size], second[..FrameHeader.Size]);
        Assert.All(second[FrameHeader.Size..], rest => Assert.Equal(0xA5, rest));
    }
}
