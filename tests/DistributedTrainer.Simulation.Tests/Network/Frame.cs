using DistributedTrainer.Actors;

namespace DistributedTrainer.Simulation.Tests;

/// <summary>A frame on its way.</summary>
/// <param name="Payload">Held until it has arrived or is lost; as contents may only be read then, it shows who writes over what is held.</param>
internal sealed record Frame(SimulatedNode From, SimulatedNode To, string JobId, FrameHeader Header, TensorSlice Payload)
{
    public override string ToString()
    {
        var (head, what) = (Header, $"{Header.Kind} {From.Address}→{To.Address} {JobId} range {Header.Range} step {Header.Step}");
        return head.Kind switch
        {
            FrameKind.Push or FrameKind.Help => $"{what} {head.Slot} attempt {head.Part}",
            FrameKind.Publish or FrameKind.Stamp => $"{what} assignment {head.Assignment}{(head.IsFinal ? " final" : "")}",
            _ => $"{what} part {head.Part}/{head.Parts} assignment {head.Assignment}",
        };
    }
}
