using System.Diagnostics;
using Akka.Actor;
using DistributedTrainer.Coordination;
using DistributedTrainer.Learning;

namespace DistributedTrainer.Actors;

/// <summary>
/// Computes gradient sums and scores for the shards it is given, all their rows in one pass, on the compute dispatcher. It holds no
/// state between messages but its working memory.
/// </summary>
internal sealed unsafe class WorkerActor : ReceiveActor
{
    private readonly OpenedJob _job;
    private readonly ParameterStore _store;
    private readonly GradientStream _gradient;
    private readonly MicroBatches? _parts;
    private readonly StepRows _reader;
    private readonly PseudoLabeller? _labeller;
    private readonly Slowness? _slowness;
    private readonly GrowingPass _pass;
    private readonly Func<int, NetworkPass> _passFor;
    private readonly int[] _rows;

    public WorkerActor(OpenedJob job, ParameterStore store, BufferPool pool)
    {
        (_job, _store) = (job, store);
        _labeller = PseudoLabeller.For(job);
        _gradient = new GradientStream(job, pool, _labeller);
        _parts = job.Job.MicroBatches > 1 ? new MicroBatches(job, pool, _labeller) : null;
        _reader = new StepRows(job);
        _pass = new GrowingPass(job.Network, job.Job.Seed);
        _passFor = _pass.For;
        _rows = new int[job.Plan.Batches.SliceLengthMax * job.Plan.Shards];
        _slowness = FaultInjection.Find(Context.System) is { } faults ? new Slowness(faults) : null;
        var ready = job.HasReadyGradient ? new ReadyGradient(job, pool) : null;
        Receive<ComputeStep>(work => Sender.Tell(ready?.Push(work) ?? Compute(work)));
        Receive<MergePartials>(work => Sender.Tell(new PartialsMerged(work.Step, PartialTree.Merge(_job, work.Partials), work.Route)));
        Receive<ComputeEvaluation>(work => Sender.Tell(Evaluate(work)));
    }

    protected override void PostStop() => _pass.Dispose();

    private StepComputed Compute(ComputeStep work)
    {
        _gradient.Begin(work);
        // Where others had to do this node's work, steps have gone on, and the version may be no longer kept: then nobody needs it.
        if (_gradient.Rows == 0 || _store.TryHold(work.Step) is not { } parameters)
            return new StepComputed(work.Step, 0, []);
        var begun = TrainingMeter.Shards.Enabled ? Stopwatch.GetTimestamp() : 0;
        _slowness?.Begin();
        IReadOnlyList<PartialSum>? partials;
        try
        {
            _labeller?.Label(work, _passFor, parameters.Pointer);
            partials = _parts?.Compute(work, _passFor, parameters.Pointer);
            if (partials is null)
                _gradient.Run(Read(work, parameters.Pointer), parameters.Pointer);
        }
        finally
        {
            parameters.Release(); // rows that others have may never come
        }

        _slowness?.End();
        TrainingMeter.Computed.Record(work.Step);
        if (begun != 0)
            TrainingMeter.RecordShards(work.Step, work.First, work.End, begun);
        return new StepComputed(work.Step, _gradient.Shards, partials ?? _gradient.Finish());
    }

    private NetworkPass Read(ComputeStep work, float* parameters)
    {
        var pass = _pass.For(_gradient.Rows);
        var at = 0;
        for (var shard = work.First; shard < work.End; shard++)
            at += _job.Plan.Batches.Slice(work.Step, shard, _rows.AsSpan(at));
        _reader.Fill(pass, work.Step, _rows.AsSpan(0, at), parameters);
        return pass;
    }

    private EvaluationComputed Evaluate(ComputeEvaluation work)
    {
        var slots = new List<EvaluationSums>();
        if (_store.TryHold(work.Version) is not { } parameters)
        {
            work.Average?.Release();
            return new EvaluationComputed(work.Version, slots, double.NaN);
        }

        var scored = work.Average ?? parameters;
        for (var shard = work.First; shard < work.End && _job.Data.Validation is not null; shard++)
        {
            if (Scorer.Shard(_job, _job.Data.Validation, shard, scored.Pointer, _pass.For(_job.Network.RowsAtOnce)) is { } sums)
                slots.Add(new EvaluationSums(new Slot(shard, shard + 1), sums));
        }

        var penalty = work.First == 0 && !_job.Job.Penalty.IsNone
            ? Penalty.Value(_job.Job.Penalty, _job.Network.Layout, parameters.Pointer)
            : double.NaN;
        parameters.Release();
        work.Average?.Release();
        return new EvaluationComputed(work.Version, slots, penalty);
    }
}
