using System.Runtime.Serialization;
using DistributedTrainer.Learning;

namespace DistributedTrainer.Actors.Tests;

public class TensorChunkSerializerTests(SerializerSystem system) : IClassFixture<SerializerSystem>
{
    private readonly TensorChunkSerializer _serializer = new(system.System);

    private static TensorChunk Chunk => new(
        "127.0.0.1:4053#17",
        "jöb",
        1L << 40,
        new FrameHeader { Kind = FrameKind.Push, Step = 7, SlotEnd = 4, Sums = new StepSums(1, 2, 3) },
        200_000,
        65_536,
        new byte[] { 1, 2, 3, 250 });

    [Fact]
    public void A_chunk_comes_back_as_it_was()
    {
        var again = Assert.IsType<TensorChunk>(RoundTrip(Chunk));
        Assert.Equal(Chunk.Payload.ToArray(), again.Payload.ToArray());
        Assert.Equal(Chunk with { Payload = default }, again with { Payload = default });
    }

    [Fact]
    public void An_empty_payload_is_a_chunk_too()
    {
        var empty = Chunk with { Payload = default, FrameLength = 0, Offset = 0 };
        Assert.Equal(0, Assert.IsType<TensorChunk>(RoundTrip(empty)).Payload.Length);
    }

    [Fact]
    public void An_acknowledgement_comes_back_as_it_was()
    {
        var acknowledged = new ChunkAcknowledged("127.0.0.1:4053", long.MaxValue);
        Assert.Equal(acknowledged, RoundTrip(acknowledged));
    }

    [Fact]
    public void Nothing_else_is_written()
    {
        Assert.Throws<ArgumentException>(() => _serializer.ToBinary("text"));
        Assert.Throws<ArgumentException>(() => _serializer.ToBinary(Chunk with { JobId = new string('x', 2000) }));
    }

    [Fact]
    public void A_truncated_head_is_malformed()
    {
        var bytes = _serializer.ToBinary(Chunk);
        for (var length = 0; length < bytes.Length - Chunk.Payload.Length; length++)
            Assert.Throws<SerializationException>(() => _serializer.FromBinary(bytes[..length], _serializer.Manifest(Chunk)));
        var acknowledged = new ChunkAcknowledged("n:1", 5);
        var cut = _serializer.ToBinary(acknowledged)[..^1];
        Assert.Throws<SerializationException>(() => _serializer.FromBinary(cut, _serializer.Manifest(acknowledged)));
    }

    [Fact]
    public void A_name_that_claims_to_be_too_long_is_malformed()
    {
        var bytes = _serializer.ToBinary(Chunk);
        bytes[0] = bytes[1] = 0xFF;
        Assert.Throws<SerializationException>(() => _serializer.FromBinary(bytes, _serializer.Manifest(Chunk)));
    }

    [Fact]
    public void Any_bytes_are_a_message_or_malformed_and_nothing_worse()
    {
        var random = new Random(20_231);
        var valid = _serializer.ToBinary(Chunk);
        var manifests = new[] { _serializer.Manifest(Chunk), _serializer.Manifest(new ChunkAcknowledged("", 0)) };
        var refused = 0;
        for (var round = 0; round < 100_000; round++)
        {
            var bytes = MutatedBytes.Next(random, valid);
            try
            {
                Assert.True(_serializer.FromBinary(bytes, manifests[round % 2]) is TensorChunk or ChunkAcknowledged);
            }
            catch (SerializationException)
            {
                refused++;
            }
        }

        Assert.InRange(refused, 10_000, 90_000);
    }

    private object RoundTrip(object message) => _serializer.FromBinary(_serializer.ToBinary(message), _serializer.Manifest(message));
}
