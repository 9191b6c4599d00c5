using System.Buffers.Binary;

namespace DistributedTrainer.Actors.Tests;

/// <summary>Whatever comes in: no crash, no growth, no frame that nobody sent; what is dropped is counted.</summary>
public class FuzzTests
{
    private const int FrameLimit = 64 * 1024;
    private const int Seed = 20_271;

    /// <summary>Step of frames whose payload may be anything.</summary>
    private const long Elsewhere = -1;

    [Fact]
    public void A_million_random_and_mutated_frames()
    {
        var random = new Random(Seed);
        var sink = new Sink();
        using var counters = new TransportCounters();
        var reader = new RecordReader(sink, new BufferPool(), counters, FrameLimit);
        var stream = new byte[16 * 1024];
        var memory = Environment.WorkingSet;
        for (var frames = 0; frames < 1_000_000;)
        {
            // A connection: some good records, then one that is random, damaged, or well-formed and wrong.
            var length = 0;
            for (var good = random.Next(4); good > 0; good--, frames++)
                length += Write(stream.AsSpan(length), Good(random), random);
            length += Worse(stream.AsSpan(length), random);
            frames++;
            var delivered = sink.Delivered;
            var fault = Feed(reader, stream.AsSpan(0, length), random);
            if (fault is { } reason)
                counters.Drop(reason);
            Assert.InRange(sink.Delivered - delivered, 0, 4);
            reader.Abandon();
            Assert.Equal(0, sink.Held);
        }

        Assert.Equal(0, sink.Torn);
        Assert.InRange(sink.Delivered, 100_000, 1_000_000);
        foreach (var reason in (DropReason[])[DropReason.Malformed, DropReason.Oversized, DropReason.BadChecksum, DropReason.Overwritten, DropReason.UnknownJob])
            Assert.InRange(counters.Dropped(reason), 1000, 1_000_000);
        Assert.InRange(Environment.WorkingSet - memory, long.MinValue, 128L << 20);
    }

    [Fact]
    public async Task Thousands_of_them_over_real_connections()
    {
        var random = new Random(Seed + 1);
        await using var node = new SocketNode($"frame-limit = {FrameLimit}, strangers = 16");
        var sink = node.Receive("job");
        var stream = new byte[16 * 1024];
        var memory = Environment.WorkingSet;
        for (var connection = 0; connection < 400; connection++)
        {
            var length = 0;
            for (var good = random.Next(20); good > 0; good--)
                length += Write(stream.AsSpan(length), RecordHead.Signal(RecordType.KeepAlive, 0), random);
            length += Worse(stream.AsSpan(length), random);
            using var peer = FakePeer.Call(node.Transport, $"127.0.0.1:{1 + (connection % 3)}", connection);
            try
            {
                peer.Send(stream.AsSpan(0, length));
            }
            catch (System.Net.Sockets.SocketException)
            {
                // Closed before all was said.
            }
        }

        using var last = FakePeer.Call(node.Transport);
        last.SendFrame("still here", new FrameHeader { Kind = FrameKind.Push });
        last.SendFrame("job", new FrameHeader { Kind = FrameKind.Push, Step = -77 }, 5);
        while ((await sink.Next()).Header.Step != -77)
        {
        }

        Assert.InRange(node.Transport.Counters.FramesDropped, 50, 10_000);
        Assert.InRange(Environment.WorkingSet - memory, long.MinValue, 128L << 20);
    }

    private static RecordHead Good(Random random) => new(
        random.Next(8) switch { 0 => RecordType.KeepAlive, 1 => RecordType.SharedFrame, _ => RecordType.Frame },
        0, 0, 0, (ulong)random.Next(4), default, new FrameHeader { Kind = (FrameKind)random.Next(1, 19), Step = random.Next() });

    /// <summary>Writes a record with a payload that its checksum, its first and its last value fit.</summary>
    private static int Write(Span<byte> stream, in RecordHead head, Random random)
    {
        if (head.Type == RecordType.SharedFrame)
        {
            var shared = 1 + random.Next(LentMemory.Floats);
            (head with { PayloadBytes = shared * sizeof(float), Place = LentMemory.PlaceOf(shared) }).Write(stream);
            return RecordHead.Size;
        }

        var floats = head.Type == RecordType.Frame ? random.Next(300) : 0;
        var payload = stream.Slice(RecordHead.Size, floats * sizeof(float));
        for (var index = 0; index < floats; index++)
            BinaryPrimitives.WriteSingleLittleEndian(payload[(index * sizeof(float))..], floats);
        (head with { PayloadBytes = payload.Length, PayloadChecksum = Checksum.Of(payload) }).Write(stream);
        return RecordHead.Size + payload.Length;
    }

    private static int Worse(Span<byte> stream, Random random)
    {
        var head = Good(random);
        if (head.Type == RecordType.SharedFrame)
            head = head with { Header = head.Header with { Step = Elsewhere } }; // whoever may write a place may write another
        var length = Write(stream, head, random);
        switch (random.Next(7))
        {
            case 0: // noise
                random.NextBytes(stream[..length]);
                break;
            case 1: // damaged bits, most often in the head
                for (var times = random.Next(1, 4); times > 0; times--)
                    stream[random.Next(random.Next(2) == 0 ? RecordHead.Size : length)] ^= (byte)(1 << random.Next(8));
                break;
            case 2: // broken off
                length = random.Next(length);
                break;
            case 3: // a number in the head is anything, and the checksum fits it
                random.NextBytes(stream.Slice(random.Next(4, RecordHead.Size - 8), random.Next(1, 8)));
                Seal(stream);
                break;
            case 4: // a length beyond all bounds
                BinaryPrimitives.WriteInt32LittleEndian(stream[8..], random.Next(FrameLimit, int.MaxValue) & ~3);
                stream[6] = (byte)RecordType.Frame;
                stream[48] = (byte)FrameKind.Push;
                Seal(stream);
                break;
            case 5: // another payload than the head speaks of
                BinaryPrimitives.WriteInt32LittleEndian(stream[8..], random.Next(300) * sizeof(float));
                Seal(stream);
                break;
            default: // a piece is missing
                var cut = random.Next(length);
                stream[(length - ((length - cut) / 2))..length].CopyTo(stream[cut..]);
                length -= (length - cut) / 2;
                break;
        }

        return length;
    }

    private static void Seal(Span<byte> head) => BinaryPrimitives.WriteUInt32LittleEndian(head, Checksum.Of(head[4..RecordHead.Size]));

    /// <summary>In pieces, as a network would bring them.</summary>
    private static DropReason? Feed(RecordReader reader, ReadOnlySpan<byte> stream, Random random)
    {
        while (stream.Length > 0)
        {
            var target = reader.Target;
            Assert.False(target.IsEmpty);
            var count = Math.Min(random.Next(3) == 0 ? random.Next(1, 200) : stream.Length, Math.Min(stream.Length, target.Length));
            stream[..count].CopyTo(target);
            stream = stream[count..];
            if (reader.Received(count) is { } fault)
                return fault;
        }

        return null;
    }

    /// <summary>Knows jobs 0 and 1, gives places to every second frame, and sees to it that payloads are whole and released.</summary>
    private sealed class Sink : IRecordSink, IFrameReceiver
    {
        private readonly BufferPool _pool = new();
        private TensorBuffer? _placed;

        public int Delivered { get; private set; }

        public int Torn { get; private set; }

        /// <summary>Buffers that were given as places and have not come back.</summary>
        public int Held
        {
            get
            {
                if (_placed is null)
                    return 0;
                var buffer = _placed;
                _placed = null;
                buffer.Release(); // the test's own hold; now it must be back in the pool, which gives it out again
                var again = _pool.Rent(16 * 1024);
                var isBack = ReferenceEquals(again, buffer);
                again.Release();
                return isBack ? 0 : 1;
            }
        }

        public string Node => "127.0.0.1:1";

        public IFrameReceiver? ReceiverOf(ulong job) => job < 2 ? this : null;

        public bool Acknowledge(long frames) => frames == 0;

        public void Goodbye()
        {
        }

        public void Offered(SharedOffer offer)
        {
        }

        public void OfferTaken()
        {
        }

        public ISharedMemory? SharedMemory { get; } = new LentMemory();

        public TensorSlice Place(in FrameHeader header, int length)
        {
            if (header.Step % 2 == 0 || length > 16 * 1024)
                return default;
            _placed ??= _pool.Rent(16 * 1024);
            return new TensorSlice(_placed.Retain(), 0, length);
        }

        public void Deliver(FrameArrived frame)
        {
            Delivered++;
            foreach (var value in frame.Payload.Floats)
                Torn += value == frame.Payload.Length || frame.Header.Step == Elsewhere ? 0 : 1;
            frame.Payload.Release();
        }

        public void Fail(LinkFailed failure)
        {
        }
    }

    /// <summary>Payloads of 1 to <see cref="Floats"/> floats of that value, a block each; each third has been used for something else.</summary>
    private sealed class LentMemory : ISharedMemory
    {
        public const int Floats = 40;
        private readonly float[] _floats = [.. Enumerable.Range(0, Floats * Floats).Select(index => (float)((index / Floats) + 1))];

        public static SharedPlace PlaceOf(int floats) => new((floats - 1) * Floats * sizeof(float), floats, 7);

        public bool TryRead(in SharedPlace place, int bytes, out ReadOnlySpan<byte> span)
        {
            var all = System.Runtime.InteropServices.MemoryMarshal.AsBytes(_floats.AsSpan());
            var isInside = bytes >= 0 && place.Offset >= 0 && place.Offset <= all.Length - bytes;
            span = isInside ? all.Slice((int)place.Offset, bytes) : default;
            return isInside;
        }

        public bool IsStillLent(in SharedPlace place) => place.Use == 7 && place.Block % 3 != 0;
    }
}
