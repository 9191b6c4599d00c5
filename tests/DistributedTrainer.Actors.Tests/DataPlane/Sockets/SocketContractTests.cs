namespace DistributedTrainer.Actors.Tests;

public class UnixSocketTransportTests(UnixSocketPair pair) : TransportContract(pair), IClassFixture<UnixSocketPair>
{
    private readonly UnixSocketPair _pair = pair;

    [Fact]
    public async Task Steady_traffic_allocates_little_more_than_the_news_of_each_frame()
    {
        var counter = new Counter();
        _pair.Right.Register("steady", counter);
        var buffer = _pair.LeftPlane.Pool.Rent(100_000);
        async Task Send(int frames)
        {
            var until = counter.Frames + frames;
            for (var frame = 0; frame < frames; frame++)
                _pair.Left.Send(_pair.RightAddress, "steady", new FrameHeader { Kind = FrameKind.Push }, new TensorSlice(buffer, 0, frame % 50 == 0 ? 100_000 : 1000));
            await Wait.Until(() => counter.Frames == until, "the frames");
        }

        await Send(500);
        var before = GC.GetTotalAllocatedBytes(precise: true);
        await Send(2000);
        Assert.InRange((GC.GetTotalAllocatedBytes(precise: true) - before) / 2000, 0, 512);
        buffer.Release();
    }

    private sealed class Counter : IFrameReceiver
    {
        private int _frames;

        public int Frames => Volatile.Read(ref _frames);

        public TensorSlice Place(in FrameHeader header, int length) => default;

        public void Deliver(FrameArrived frame)
        {
            frame.Payload.Release();
            Interlocked.Increment(ref _frames);
        }

        public void Fail(LinkFailed failure)
        {
        }
    }
}

public class SharedMemoryTransportTests(SharedMemoryPair pair) : TransportContract(pair), IClassFixture<SharedMemoryPair>
{
    private readonly SharedMemoryPair _pair = pair;

    [Fact]
    public async Task Large_tensors_do_not_pass_through_the_socket()
    {
        if (!OperatingSystem.IsLinux())
            return; // all of the contract holds through the socket
        var sink = _pair.ReceiveOnTheRight("shared");
        var values = Enumerable.Range(0, 300_000).Select(index => (float)index).ToArray();
        // The two have yet to tell each other of their memory when the first frames go.
        await Wait.Until(
            () =>
            {
                _pair.SendToTheRight("shared", new FrameHeader { Kind = FrameKind.Push }, values);
                return ((SocketTransport)_pair.Left).Counters.BytesShared > 0;
            },
            "a tensor in shared memory");
        Assert.True((await sink.Next()).Values.AsSpan().SequenceEqual(values));
    }

    [Fact]
    public async Task A_lent_buffer_comes_back_once_the_other_side_has_taken_it()
    {
        var sink = _pair.ReceiveOnTheRight("lent");
        var buffer = _pair.LeftPlane.Pool.Rent(1 << 19);
        for (var frame = 0; frame < 100; frame++) // far more than may be lent at once
            _pair.Left.Send(_pair.RightAddress, "lent", new FrameHeader { Kind = FrameKind.Push, Step = frame }, new TensorSlice(buffer, 0, 1 << 19));
        buffer.Release();
        for (var frame = 0; frame < 100; frame++)
            Assert.Equal(frame, (await sink.Next()).Header.Step);
        await Wait.Until(
            () =>
            {
                var again = _pair.LeftPlane.Pool.Rent(1 << 19);
                var isBack = ReferenceEquals(again, buffer);
                again.Release();
                return isBack;
            },
            "the buffer to be back in its pool");
    }
}

public class TcpTransportTests(TcpPair pair) : TransportContract(pair), IClassFixture<TcpPair>;
