using DistributedTrainer.Coordination;

namespace DistributedTrainer.Actors;

/// <summary>The part that publishes the moving average of the weights where it is evaluated. Without one, none of it is used.</summary>
internal sealed unsafe partial class ParameterServerActor
{
    private long _finalVersion = -1;

    /// <summary>What an epoch's evaluation takes in the place of the version itself.</summary>
    private void PublishAverage(RangePiece piece, IReadOnlyList<string> targets)
    {
        var buffer = _place.Pool.Rent(piece.Length);
        _state.Optimizer.Average!.Span.Slice(piece.Begin - _range.Begin, piece.Length).CopyTo(buffer.Floats);
        var (header, slice) = (_header with { Kind = FrameKind.Average, Piece = piece.Index }, new TensorSlice(buffer, 0, piece.Length));
        foreach (var target in targets)
            _place.SendSlice(target, _job.Id, header, slice);
        buffer.Release();
    }

    /// <summary>The leading server has ended the run within an epoch; this one may have published that version as any other.</summary>
    private void Finish(FinalStamped final)
    {
        if (_finalVersion == final.Version)
            return;
        _finalVersion = final.Version;
        if (!HasState || _isHandedOver || Version != _finalVersion || _header.Step != Version || _header.IsFinal)
            return;
        foreach (var piece in _pieces)
            PublishAverage(piece.Piece, _targets);
    }
}
