using System.Diagnostics;
using System.Threading.Channels;
using Akka.Remote.Transport;
using Google.Protobuf;

namespace DistributedTrainer.Actors;

/// <summary>A connection of the control plane that this node made, with its faults.</summary>
internal sealed class FaultyAssociation : AssociationHandle
{
    private readonly AssociationHandle _wrapped;
    private readonly string _node;
    private readonly FaultInjection _faults;
    private readonly Channel<(ByteString Payload, long Due)> _late = Channel.CreateUnbounded<(ByteString, long)>(new UnboundedChannelOptions { SingleReader = true });
    private int _waiting;

    public FaultyAssociation(AssociationHandle wrapped, string node, FaultInjection faults)
        : base(wrapped.LocalAddress, wrapped.RemoteAddress)
    {
        (_wrapped, _node, _faults) = (wrapped, node, faults);
        // Whoever reads from this handle reads from the wrapped one.
        ReadHandlerSource.Task.ContinueWith(
            read => _wrapped.ReadHandlerSource.TrySetResult(read.Result),
            CancellationToken.None, TaskContinuationOptions.ExecuteSynchronously | TaskContinuationOptions.OnlyOnRanToCompletion, TaskScheduler.Default);
        _ = WriteLateAsync();
    }

    public override bool Write(ByteString payload)
    {
        if (_faults.IsCut(_node))
            return true; // lost on the way, as far as the writer can tell
        var delay = _faults.DelayTo(_node);
        if (delay == TimeSpan.Zero && Volatile.Read(ref _waiting) == 0)
            return _wrapped.Write(payload);
        Interlocked.Increment(ref _waiting);
        return _late.Writer.TryWrite((payload, Stopwatch.GetTimestamp() + (long)(delay.TotalSeconds * Stopwatch.Frequency)));
    }

    [Obsolete("Akka's own: use the method that states reasons as well as make sure logger is configured.")]
    public override void Disassociate()
    {
        _late.Writer.TryComplete();
        _wrapped.Disassociate();
    }

    /// <summary>In order; what the connection does not take is lost, as from a cut: whatever matters here is repeated.</summary>
    private async Task WriteLateAsync()
    {
        await foreach (var (payload, due) in _late.Reader.ReadAllAsync().ConfigureAwait(false))
        {
            // A timer counts whole milliseconds and may be early: what is left is waited for again.
            while (Stopwatch.GetElapsedTime(Stopwatch.GetTimestamp(), due) is { Ticks: > 0 } left)
                await Task.Delay(TimeSpan.FromMilliseconds(Math.Ceiling(left.TotalMilliseconds))).ConfigureAwait(false);
            if (!_faults.IsCut(_node))
                _wrapped.Write(payload);
            Interlocked.Decrement(ref _waiting);
        }
    }
}
