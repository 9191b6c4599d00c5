using System.Runtime.InteropServices;
using Akka.Actor;
using DistributedTrainer.Coordination;
using DistributedTrainer.Learning;

namespace DistributedTrainer.Actors;

/// <summary>
/// The part that clips by the norm of the whole gradient: once a step's sums are complete, the servers tell one another the sums of their
/// blocks' squares, and each comes to the same factor. Without this kind of clipping none of it exists.
/// </summary>
internal sealed unsafe partial class ParameterServerActor
{
    private static readonly TimeSpan NormPatience = TimeSpan.FromMilliseconds(50);

    private readonly NormLedger? _norms;
    private TimeSpan _normsSharedAt;

    /// <summary>What the step's gradient is multiplied by; null while another server has not told the sums of its range.</summary>
    private float? ClipFactor()
    {
        if (_norms is null)
            return 1;
        if (_norms.Factor(Version) is { } factor)
            return factor;
        SumSquares();
        return _norms.Factor(Version);
    }

    private void SumSquares()
    {
        foreach (var piece in _pieces)
        {
            if (piece.Root is null)
                return;
        }

        var sums = _norms!.Begin(_range.Index, Version);
        if (sums.IsEmpty)
            return; // done already
        foreach (var ledger in _pieces)
        {
            var (piece, root) = (ledger.Piece, ledger.SettleRoot());
            var begin = piece.Begin - _range.Begin;
            var first = begin / ParameterLayout.BlockLength;
            if (first < sums.Length)
                _state.Optimizer.SquareSums(begin, piece.Length, _current!.Pointer + piece.Begin, root.Pointer, root.Sums.Denominator, sums[first..]);
        }

        ShareNorm(Version, isAsking: _isTakenOver);
    }

    /// <param name="isAsking">Servers of other ranges are to tell theirs again.</param>
    private void ShareNorm(long step, bool isAsking)
    {
        if (_job.Ranges.Count == 1)
            return;
        var sums = _norms!.Find(_range.Index, step);
        if (sums.IsEmpty)
        {
            ShareFactor(step);
            return;
        }

        _normsSharedAt = Now;
        var buffer = _place.Pool.Rent(2 * sums.Length);
        MemoryMarshal.AsBytes(sums).CopyTo(buffer.Bytes);
        var header = new FrameHeader { Kind = FrameKind.Norm, Range = _range.Index, Term = _authority, Step = step, Part = isAsking ? NormFrame.Ask : NormFrame.Tell };
        _place.JobActor.Tell(new ShareNorm(header, new TensorSlice(buffer, 0, 2 * sums.Length)));
    }

    /// <summary>
    /// This server goes on from a state that another one made: it never had the sums, and who still lacks them would wait for ever. What
    /// that other one came to is in the state.
    /// </summary>
    private void ShareFactor(long step)
    {
        if (_norms!.Factor(step) is not { } factor)
            return;
        var header = new FrameHeader { Kind = FrameKind.Norm, Range = _range.Index, Term = _authority, Step = step, Part = NormFrame.Factor, ClipFactor = factor };
        _place.JobActor.Tell(new ShareNorm(header, default));
    }

    /// <summary>The state is here: what the gradients of its last steps were multiplied by, others may ask for.</summary>
    private void TakeFactorsOfState()
    {
        for (var step = Version - ClipHistory.Kept; step < Version; step++)
        {
            if (_state.Clips.Of(step) is { } factor)
                _norms?.Settle(step, factor);
        }
    }

    private void TakeNorm(FrameArrived frame)
    {
        var (header, payload) = frame;
        // Two steps ahead is as far as others come; what would be beyond is not believed.
        var isCredible = _norms is not null && header.Range != _range.Index && (!HasState || header.Step <= Version + 2);
        if (isCredible && header.Part == NormFrame.Factor)
        {
            _norms!.Settle(header.Step, header.ClipFactor);
        }
        else if (isCredible)
        {
            var sums = _norms!.Begin(header.Range, header.Step);
            if (!sums.IsEmpty)
                MemoryMarshal.Cast<byte, double>(payload.Bytes).CopyTo(sums);
            if (header.Part == NormFrame.Ask)
                ShareNorm(header.Step, isAsking: false);
        }

        payload.Release();
        if (_norms is not null && HasState && !_isHandedOver && header.Step == Version)
            CommitWhatIsComplete();
    }

    /// <summary>A server that took a range over has not heard what others told the one before it.</summary>
    private void AskForNorms()
    {
        if (_norms is null || !HasState || _isHandedOver || IsStopped || _norms.Find(_range.Index, Version).IsEmpty || Now - _normsSharedAt < NormPatience)
            return;
        if (_norms.Factor(Version) is null)
            ShareNorm(Version, isAsking: true);
    }
}

/// <summary>What a frame of norms says.</summary>
internal static class NormFrame
{
    /// <summary>The sums of the sender's range.</summary>
    public const byte Tell = 0;

    /// <summary>The same, and the receivers are to send theirs again.</summary>
    public const byte Ask = 1;

    /// <summary>What the step's gradient was multiplied by, from one that has no sums of it.</summary>
    public const byte Factor = 2;
}
