using DistributedTrainer.Actors;
using DistributedTrainer.Coordination;

namespace DistributedTrainer.Simulation.Tests;

/// <summary>
/// Sees everything that nodes send and coordinators say, and compares it with the plain run: each state is that of its version, each sum has
/// each row once, each sample is reported once, and the end is the same.
/// </summary>
internal sealed class Referee(World world, Recipe recipe, Action<long> committed)
{
    private readonly Dictionary<int, RangePiece[]> _cuts = [];
    private readonly HashSet<int> _epochsTold = [];
    private long _committed = -1;

    private Trajectory Plain => recipe.Undisturbed;

    /// <summary>How the job ended; null while it runs.</summary>
    public JobResult? Result { get; private set; }

    /// <summary>The newest version that the leading server has published.</summary>
    public long Committed => _committed;

    /// <summary>A server has sent something, before the network does anything to it.</summary>
    public void Sent(SimulatedNode node, int servers, in FrameHeader header, TensorSlice payload)
    {
        switch (header.Kind)
        {
            case FrameKind.Publish:
                IsOf(node, servers, header.Kind, header.Range, header.Piece, header.Step, payload.Floats);
                if (header.Range == 0 && header.Step > _committed)
                    committed(_committed = header.Step);
                break;
            case FrameKind.Model when header.Step == Plain.Saved:
            case FrameKind.Average:
                IsOf(node, servers, header.Kind, header.Range, header.Piece, header.Step, payload.Floats, Plain.Shown(header.Step));
                break;
            case FrameKind.State or FrameKind.ReplicaState when header.Part == 0:
                IsOf(node, servers, header.Kind, header.Range, 0, header.Step, payload.Floats);
                break;
            case FrameKind.Model:
                world.Violate($"{node.Address} sends version {header.Step} to be saved, and {Plain.Saved} is the one");
                break;
            case FrameKind.Replicate when header.Sums.Samples != Plain.BatchLength(header.Step):
                world.Violate($"{node.Address} has summed {header.Sums.Samples} of {Plain.BatchLength(header.Step)} rows in step {header.Step}, range {header.Range}");
                break;
            case FrameKind.Push when header.Sums.Samples != Plain.SlotLength(header.Step, header.Slot):
                world.Violate($"{node.Address} has summed {header.Sums.Samples} rows for {header.Slot} in step {header.Step}");
                break;
            default:
                break;
        }
    }

    /// <summary>A server's range has been captured for a checkpoint.</summary>
    public void Wrote(RangeSnapshot snapshot)
    {
        if (!snapshot.Parameters.Floats.SequenceEqual(Plain.At(snapshot.Version).Slice(snapshot.Range.Begin, snapshot.Range.Length)))
            world.Violate($"the checkpoint of step {snapshot.Version} holds another range {snapshot.Range.Index} than that version has");
        if (snapshot.Range.Index == 0 && snapshot.RunSamples != Plain.SamplesUpTo(snapshot.Version))
            world.Violate($"the checkpoint of step {snapshot.Version} counts {snapshot.RunSamples} of {Plain.SamplesUpTo(snapshot.Version)} samples");
    }

    /// <summary>A node has told the coordinator something.</summary>
    public void Reported(object message)
    {
        switch (message)
        {
            case StepReport report when report.Samples != Plain.SamplesUpTo(report.Step):
                world.Violate($"{report.Samples} samples are reported at step {report.Step}; they are {Plain.SamplesUpTo(report.Step)}");
                break;
            case StepReport report when (report.EpochLoss, report.EpochDenominator) != (Plain.EpochSums(report.Step).Loss, Plain.EpochSums(report.Step).Denominator):
                world.Violate($"at step {report.Step} the epoch's loss is {report.EpochLoss} / {report.EpochDenominator}; it is {Plain.EpochSums(report.Step)}");
                break;
            case EpochReport report when report.Samples != Plain.EpochSums(report.Version).Samples || report.TrainLoss != Plain.TrainLosses[report.Epoch - 1]:
                world.Violate($"epoch {report.Epoch} is reported with {report.Samples} samples and loss {report.TrainLoss}");
                break;
            default:
                break;
        }
    }

    /// <summary>What the client hears.</summary>
    public void Told(JobEvent told)
    {
        switch (told)
        {
            case EpochClosed { Row: var row } when row.Epoch > Plain.TrainLosses.Count || row.TrainLoss != Plain.TrainLosses[row.Epoch - 1]:
                world.Violate($"the client hears of epoch {row.Epoch} with loss {row.TrainLoss}");
                break;
            case EpochClosed { Row: var row } when row.Epoch > 1 && !_epochsTold.Contains(row.Epoch - 1):
                world.Violate($"the client hears of epoch {row.Epoch} before the one before it");
                break;
            case EpochClosed { Row: var row }:
                _epochsTold.Add(row.Epoch);
                break;
            case JobFinished { Result: var result }:
                Finished(result);
                break;
            default:
                break;
        }
    }

    private void Finished(JobResult result)
    {
        Result = result;
        if (result.State != "completed")
            world.Violate($"the job ends as {result.State}: {result.StopReason}");
        else if (result.WeightsSha256 != Plain.WeightsSha256)
            world.Violate($"the weights are {result.WeightsSha256}, undisturbed {Plain.WeightsSha256}");
        else if (result.Steps != Plain.Steps || result.Epochs != Plain.TrainLosses.Count || result.Samples != Plain.Samples)
            world.Violate($"the result counts {result.Steps} steps, {result.Epochs} epochs, {result.Samples} samples; undisturbed {Plain.Steps}, {Plain.TrainLosses.Count}, {Plain.Samples}");
        world.Note($"the job has ended: {result.State}, {result.StopReason}");
        world.IsOver = true;
    }

    private void IsOf(SimulatedNode node, int servers, FrameKind kind, int range, int piece, long version, ReadOnlySpan<float> floats) =>
        IsOf(node, servers, kind, range, piece, version, floats, Plain.At(version));

    private void IsOf(SimulatedNode node, int servers, FrameKind kind, int range, int piece, long version, ReadOnlySpan<float> floats, ReadOnlySpan<float> plain)
    {
        var (_, _, begin, length) = Array.Find(CutFor(servers), candidate => candidate.Range == range && candidate.Index == piece);
        if (plain.IsEmpty)
            world.Violate($"{node.Address} has version {version} of range {range}; training ends at {Plain.Steps}");
        else if (floats.Length != length || !Same(floats, plain.Slice(begin, length)))
            world.Violate($"{node.Address} sends another range {range} as {kind} than version {version} has");
    }

    /// <summary>By their bits.</summary>
    private static bool Same(ReadOnlySpan<float> one, ReadOnlySpan<float> other) =>
        System.Runtime.InteropServices.MemoryMarshal.AsBytes(one).SequenceEqual(System.Runtime.InteropServices.MemoryMarshal.AsBytes(other));

    private RangePiece[] CutFor(int servers)
    {
        if (!_cuts.TryGetValue(servers, out var pieces))
            _cuts[servers] = pieces = [.. RangePiece.Cut(ServerRange.Split(Plain.At(0).Length, servers))];
        return pieces;
    }
}
