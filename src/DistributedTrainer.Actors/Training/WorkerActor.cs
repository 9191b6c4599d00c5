using System.Diagnostics;
using Akka.Actor;
using DistributedTrainer.Coordination;
using DistributedTrainer.Data;
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
    private readonly TrainingReader _training;
    private readonly Slowness? _slowness;
    private NetworkPass? _pass;
    private int[] _rows = [];

    public WorkerActor(OpenedJob job, ParameterStore store, BufferPool pool)
    {
        (_job, _store) = (job, store);
        _gradient = new GradientStream(job, pool);
        _parts = job.Job.MicroBatches > 1 ? new MicroBatches(job, pool) : null;
        _training = job.Data.CreateTrainingReader();
        _slowness = FaultInjection.Find(Context.System) is { } faults ? new Slowness(faults) : null;
        var ready = job.HasReadyGradient ? new ReadyGradient(job, pool) : null;
        Receive<ComputeStep>(work => Sender.Tell(ready?.Push(work) ?? Compute(work)));
        Receive<MergePartials>(work => Sender.Tell(new PartialsMerged(work.Step, PartialTree.Merge(_job, work.Partials), work.Route)));
        Receive<ComputeEvaluation>(work => Sender.Tell(Evaluate(work)));
    }

    protected override void PostStop() => _pass?.Dispose();

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
            partials = _parts?.Compute(work, PassFor, parameters.Pointer);
            if (partials is null)
                _gradient.Run(Read(work.Step, work.First, work.End, _gradient.Rows), parameters.Pointer);
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

    private NetworkPass Read(long step, int first, int end, int rows)
    {
        var pass = PassFor(rows);
        var at = 0;
        for (var shard = first; shard < end; shard++)
            at += _job.Plan.Batches.Slice(step, shard, _rows.AsSpan(at));
        _training.Read(_rows.AsSpan(0, at), _job.Plan.Batches.Epoch(step), pass.Inputs, pass.Targets);
        pass.Step = step;
        for (var row = 0; row < at; row++)
            pass.RowIds[row] = (uint)_job.Data.Train.RowId(_rows[row]);
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
            if (Scorer.Shard(_job, _job.Data.Validation, shard, scored.Pointer, PassFor(_job.Network.RowsAtOnce)) is { } sums)
                slots.Add(new EvaluationSums(new Slot(shard, shard + 1), sums));
        }

        var penalty = work.First == 0 && !_job.Job.Penalty.IsNone
            ? Penalty.Value(_job.Job.Penalty, _job.Network.Layout, parameters.Pointer)
            : double.NaN;
        parameters.Release();
        work.Average?.Release();
        return new EvaluationComputed(work.Version, slots, penalty);
    }

    private NetworkPass PassFor(int rows)
    {
        if (_pass is null || _pass.MaxRows < rows)
        {
            _pass?.Dispose();
            _pass = _job.Network.CreatePass(rows, _job.Job.Seed);
            _rows = new int[rows];
        }

        return _pass;
    }
}
