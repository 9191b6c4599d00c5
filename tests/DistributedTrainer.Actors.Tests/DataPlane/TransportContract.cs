using System.Diagnostics;
using DistributedTrainer.Learning;

namespace DistributedTrainer.Actors.Tests;

/// <summary>What every transport promises.</summary>
public abstract class TransportContract(TransportPair pair)
{
    private const int ChunkFloats = AkkaRemoteTransport.ChunkBytes / sizeof(float);
    private static readonly int[] Lengths = [0, 1, 1000, ChunkFloats - 32, ChunkFloats, ChunkFloats + 1, 1 << 18];

    [Fact]
    public async Task Frames_of_all_sizes_arrive_in_order_each_once()
    {
        var sink = pair.ReceiveOnTheRight("order");
        const int frames = 500;
        for (var step = 0; step < frames; step++)
            pair.SendToTheRight("order", new FrameHeader { Kind = FrameKind.Push, Step = step }, Values(step));
        for (var step = 0; step < frames; step++)
        {
            var (header, values) = await sink.Next();
            Assert.Equal(step, header.Step);
            Assert.True(values.AsSpan().SequenceEqual(Values(step)), $"the payload of frame {step} is another");
        }

        await UntilFlushed();
        Assert.False(sink.HasMore);
    }

    [Fact]
    public async Task A_frame_of_many_megabytes_arrives_whole()
    {
        var sink = pair.ReceiveOnTheRight("large");
        var values = Enumerable.Range(0, 5_000_003).Select(index => (float)index).ToArray();
        pair.SendToTheRight("large", new FrameHeader { Kind = FrameKind.Model }, values);
        Assert.True((await sink.Next()).Values.AsSpan().SequenceEqual(values));
    }

    [Fact]
    public async Task A_header_arrives_whole()
    {
        var sink = pair.ReceiveOnTheRight("header");
        var header = new FrameHeader
        {
            Kind = FrameKind.State,
            IsFinal = true,
            Part = 1,
            Parts = 3,
            Range = 2,
            Piece = 5,
            Term = 1L << 40,
            Step = 9,
            Assignment = 4,
            BadShard = -1,
            SlotFirst = 2,
            SlotEnd = 3,
            Sums = new StepSums(0.5, 10, 10),
            Extra = double.NaN,
            BestVersion = 8,
        };
        pair.SendToTheRight("header", header, [1]);
        Assert.Equal(header, (await sink.Next()).Header);
    }

    [Fact]
    public async Task Both_directions_work_at_once()
    {
        var right = pair.ReceiveOnTheRight("duplex");
        var left = pair.ReceiveOnTheLeft("duplex");
        for (var step = 0; step < 60; step++)
        {
            pair.SendToTheRight("duplex", new FrameHeader { Kind = FrameKind.Push, Step = step }, Values(6));
            pair.SendToTheLeft("duplex", new FrameHeader { Kind = FrameKind.Publish, Step = step, Range = step }, Values(6));
        }

        for (var step = 0; step < 60; step++)
        {
            Assert.Equal(step, (await right.Next()).Header.Step);
            Assert.Equal(step, (await left.Next()).Header.Step);
        }
    }

    [Fact]
    public async Task A_payload_is_received_where_it_belongs()
    {
        var buffer = pair.RightPlane.Pool.Rent(300_000);
        var isThere = new List<bool>();
        var sink = new FrameSink
        {
            PlaceOf = (header, length) => new TensorSlice(buffer.Retain(), header.Range, length),
            Look = payload => isThere.Add(ReferenceEquals(payload.Buffer, buffer) && payload.Offset == 7),
        };
        pair.Right.Register("placed", sink);
        foreach (var length in (int[])[1, 1000, 200_000])
        {
            pair.SendToTheRight("placed", new FrameHeader { Kind = FrameKind.Publish, Range = 7, Step = length }, Enumerable.Repeat(length + 0.5f, length).ToArray());
            Assert.All((await sink.Next()).Values, value => Assert.Equal(length + 0.5f, value));
        }

        Assert.Equal([true, true, true], isThere);
        buffer.Release();
    }

    [Fact]
    public async Task A_place_of_another_length_is_not_used()
    {
        var buffer = pair.RightPlane.Pool.Rent(10);
        var sink = new FrameSink { PlaceOf = (_, length) => new TensorSlice(buffer.Retain(), 0, length - 1) };
        pair.Right.Register("short place", sink);
        pair.SendToTheRight("short place", new FrameHeader { Kind = FrameKind.Publish }, [1, 2, 3]);
        await sink.Brings(1, 2, 3);
        buffer.Release();
        Assert.Throws<InvalidOperationException>(buffer.Release); // nobody else holds it
    }

    [Fact]
    public async Task Frames_of_a_job_that_is_not_open_are_dropped_and_counted()
    {
        var dropped = pair.Right.Counters.Dropped(DropReason.UnknownJob);
        var sink = pair.ReceiveOnTheRight("closed");
        pair.Right.Unregister("closed");
        for (var step = 0; step < Lengths.Length; step++)
            pair.SendToTheRight("closed", new FrameHeader { Kind = FrameKind.Push }, Values(step));
        await UntilFlushed();
        Assert.Equal(dropped + Lengths.Length, pair.Right.Counters.Dropped(DropReason.UnknownJob));
        Assert.False(sink.HasMore);
        await StillWorks();
    }

    [Fact]
    public async Task Frames_that_the_receiver_does_not_want_are_not_delivered()
    {
        var sink = new FrameSink { Wants = header => header.Range == 1 };
        pair.Right.Register("picky", sink);
        for (var step = 0; step < 40; step++)
            pair.SendToTheRight("picky", new FrameHeader { Kind = FrameKind.Push, Step = step, Range = step % 2 }, Values(step));
        for (var step = 1; step < 40; step += 2)
            Assert.Equal(step, (await sink.Next()).Header.Step);
        await UntilFlushed();
        Assert.False(sink.HasMore);
    }

    [Fact]
    public async Task A_buffer_comes_back_to_its_pool_when_it_has_been_sent()
    {
        var sink = pair.ReceiveOnTheRight("back");
        foreach (var length in (int[])[1, 3000, 600_000])
        {
            var buffer = pair.LeftPlane.Pool.Rent(length);
            pair.Left.Send(pair.RightAddress, "back", new FrameHeader { Kind = FrameKind.Push }, new TensorSlice(buffer, 0, length));
            await sink.Next();
            await UntilFlushed();
            buffer.Release();
            Assert.Throws<InvalidOperationException>(buffer.Release);
        }
    }

    [Fact]
    public async Task Bytes_are_counted_on_both_sides()
    {
        await UntilFlushed();
        var (sent, received) = (pair.Left.Counters.BytesSent, pair.Right.Counters.BytesReceived);
        var sink = pair.ReceiveOnTheRight("count");
        pair.SendToTheRight("count", new FrameHeader { Kind = FrameKind.Push }, Values(6));
        await sink.Next();
        Assert.InRange(pair.Left.Counters.BytesSent - sent, Lengths[6] * sizeof(float), (Lengths[6] * sizeof(float)) + 256);
        Assert.Equal(pair.Left.Counters.BytesSent - sent, pair.Right.Counters.BytesReceived - received);
        Assert.Equal(0, pair.Left.Counters.BytesQueued);
    }

    [Fact]
    public async Task All_is_soon_known_to_have_arrived()
    {
        var sink = pair.ReceiveOnTheRight("flush");
        await StillWorks();
        for (var round = 0; round < 5; round++)
        {
            pair.SendToTheRight("flush", new FrameHeader { Kind = FrameKind.Push }, Values(3));
            await sink.Next();
            var started = Stopwatch.GetTimestamp();
            await UntilFlushed();
            Assert.InRange(Stopwatch.GetElapsedTime(started), TimeSpan.Zero, TimeSpan.FromSeconds(1));
        }
    }

    /// <summary>Values that depend on the step alone, as many as one of <see cref="Lengths"/>.</summary>
    protected static float[] Values(int step)
    {
        var random = new Random(step);
        return [.. Enumerable.Range(0, Lengths[step % Lengths.Length]).Select(_ => random.NextSingle())];
    }

    protected Task UntilFlushed() => Wait.Until(() => pair.Left.IsFlushed, "all frames to be acknowledged");

    protected async Task StillWorks()
    {
        var sink = pair.ReceiveOnTheRight("still works");
        pair.SendToTheRight("still works", new FrameHeader { Kind = FrameKind.Push }, [5]);
        await sink.Brings(5);
    }
}
