using System.Threading.Channels;
using Akka.Actor;

namespace DistributedTrainer.Actors.Tests;

/// <summary>Takes a job's frames and hands them to the test.</summary>
internal sealed class FrameSink
{
    private static readonly TimeSpan Bound = TimeSpan.FromSeconds(30);
    private readonly Channel<FrameArrived> _frames = Channel.CreateUnbounded<FrameArrived>();

    public FrameSink(ActorSystem system) => Actor = system.ActorOf(Props.Create(() => new SinkActor(_frames.Writer)));

    public IActorRef Actor { get; }

    /// <summary>Whether a frame is there already.</summary>
    public bool HasMore => _frames.Reader.TryPeek(out _);

    /// <summary>The next frame's header and payload; its buffer is released.</summary>
    public async Task<(FrameHeader Header, byte[] Payload)> Next()
    {
        var frame = await _frames.Reader.ReadAsync().AsTask().WaitAsync(Bound);
        var payload = frame.Buffer.Bytes[..frame.Length].ToArray();
        frame.Buffer.Release();
        return (frame.Header, payload);
    }

    private sealed class SinkActor : ReceiveActor
    {
        public SinkActor(ChannelWriter<FrameArrived> frames) => Receive<FrameArrived>(frame => frames.TryWrite(frame));
    }
}
