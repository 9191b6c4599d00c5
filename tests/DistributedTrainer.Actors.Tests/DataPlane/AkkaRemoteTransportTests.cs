using DistributedTrainer.Learning;

namespace DistributedTrainer.Actors.Tests;

public class AkkaRemoteTransportTests(TransportPair pair) : IClassFixture<TransportPair>
{
    private static readonly int[] Lengths = [0, 4, 4096, AkkaRemoteTransport.ChunkBytes, AkkaRemoteTransport.ChunkBytes + 4, 1 << 20];

    [Fact]
    public async Task Frames_of_all_sizes_arrive_in_order_each_once()
    {
        var sink = pair.ReceiveOnTheRight("order");
        const int frames = 600;
        for (var step = 0; step < frames; step++)
            pair.Left.Send(pair.RightAddress, "order", new FrameHeader { Kind = FrameKind.Push, Step = step }, Payload(step));
        for (var step = 0; step < frames; step++)
        {
            var (header, payload) = await sink.Next();
            Assert.Equal(step, header.Step);
            Assert.True(payload.AsSpan().SequenceEqual(Payload(step)), $"the payload of frame {step} is another");
        }

        await UntilFlushed();
        Assert.False(sink.HasMore);
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
            Step = 9,
            Assignment = 4,
            BadShard = -1,
            SlotFirst = 2,
            SlotEnd = 3,
            Sums = new StepSums(0.5, 10, 10),
            Extra = double.NaN,
            BestVersion = 8,
        };
        pair.Left.Send(pair.RightAddress, "header", header, [1, 2, 3, 4]);
        Assert.Equal(header, (await sink.Next()).Header);
    }

    [Fact]
    public async Task The_sender_may_overwrite_its_payload_at_once()
    {
        var sink = pair.ReceiveOnTheRight("overwrite");
        var payload = Payload(5);
        var sent = (byte[])payload.Clone();
        pair.Left.Send(pair.RightAddress, "overwrite", new FrameHeader { Kind = FrameKind.Push }, payload);
        Array.Clear(payload);
        Assert.True((await sink.Next()).Payload.AsSpan().SequenceEqual(sent));
    }

    [Fact]
    public async Task Frames_of_a_job_that_is_not_open_are_dropped_and_counted()
    {
        var dropped = pair.Right.Counters.FramesDropped;
        var sink = pair.ReceiveOnTheRight("closed");
        pair.Right.Unregister("closed");
        pair.Left.Send(pair.RightAddress, "closed", new FrameHeader { Kind = FrameKind.Push }, [1, 2, 3, 4]);
        await UntilFlushed();
        Assert.Equal(dropped + 1, pair.Right.Counters.FramesDropped);
        Assert.False(sink.HasMore);
    }

    [Fact]
    public async Task A_repeated_chunk_is_acknowledged_and_not_delivered_again()
    {
        var sink = pair.ReceiveOnTheRight("repeat");
        var chunk = Chunk("repeat", 0, [1, 2, 3, 4], 4, 0);
        for (var time = 0; time < 3; time++)
            Assert.Equal(new ChunkAcknowledged(pair.RightAddress, 0), await pair.SendChunk(chunk));
        await sink.Next();
        Assert.False(sink.HasMore);
    }

    [Fact]
    public async Task A_chunk_that_comes_too_early_waits_for_its_repetition()
    {
        var sink = pair.ReceiveOnTheRight("gap");
        Assert.Equal(-1, (await pair.SendChunk(Chunk("gap", 1, [5, 6, 7, 8], 4, 0))).Sequence);
        Assert.False(sink.HasMore);
        Assert.Equal(0, (await pair.SendChunk(Chunk("gap", 0, [1, 2, 3, 4], 4, 0))).Sequence);
        Assert.Equal(1, (await pair.SendChunk(Chunk("gap", 1, [5, 6, 7, 8], 4, 0))).Sequence);
        Assert.Equal([1, 2, 3, 4], (await sink.Next()).Payload);
        Assert.Equal([5, 6, 7, 8], (await sink.Next()).Payload);
    }

    [Theory]
    [InlineData(-1, 0)]
    [InlineData(int.MaxValue, 0)]
    [InlineData(8, 2)]
    [InlineData(3, 0)]
    [InlineData(4, -4)]
    [InlineData(8, int.MaxValue)]
    public async Task A_malformed_frame_is_dropped_and_the_next_one_arrives(int frameLength, int offset)
    {
        var job = $"malformed {frameLength} {offset}";
        var sink = pair.ReceiveOnTheRight(job);
        await pair.SendChunk(Chunk(job, 0, [9, 9, 9, 9], frameLength, offset));
        await pair.SendChunk(Chunk(job, 1, [1, 2, 3, 4], 4, 0));
        Assert.Equal([1, 2, 3, 4], (await sink.Next()).Payload);
        Assert.False(sink.HasMore);
    }

    [Fact]
    public async Task Bytes_are_counted_on_both_sides()
    {
        await UntilFlushed();
        var (sent, received) = (pair.Left.BytesSent, pair.Right.BytesReceived);
        var sink = pair.ReceiveOnTheRight("count");
        pair.Left.Send(pair.RightAddress, "count", new FrameHeader { Kind = FrameKind.Push }, Payload(5));
        await sink.Next();
        Assert.Equal((1 << 20) + FrameHeader.Size, pair.Left.BytesSent - sent);
        Assert.Equal(pair.Left.BytesSent - sent, pair.Right.BytesReceived - received);
    }

    private Task UntilFlushed() => Wait.Until(() => pair.Left.IsFlushed, "all frames to be acknowledged");

    /// <summary>A chunk of a link of its own, one a job.</summary>
    private static TensorChunk Chunk(string job, long sequence, byte[] payload, int frameLength, int offset) =>
        new($"stranger {job}", job, sequence, new FrameHeader { Kind = FrameKind.Push, Step = sequence }, frameLength, offset, payload);

    private static byte[] Payload(int step)
    {
        var payload = new byte[Lengths[step % Lengths.Length]];
        new Random(step).NextBytes(payload);
        return payload;
    }
}
