using DistributedTrainer.Coordination;
using DistributedTrainer.Learning;

namespace DistributedTrainer.Actors;

/// <summary>
/// What the server of range 0 does besides: it sums the epoch's loss in step order, stamps assignments on versions, marks a version
/// as the last when asked to stop, collects the evaluation and reports the epoch's end.
/// </summary>
internal sealed class EpochLead(OpenedJob job)
{
    private readonly List<EvaluationArrived> _early = [];
    private SlotLedger<double[]>? _evaluation;
    private double? _penalty;
    private long _version = -1;
    private long _decided = -1;
    private long _final = -1;
    private int _next;
    private bool _stopNext;

    /// <summary>Loss, denominator and samples of the epoch so far: part of the versioned state.</summary>
    public StepSums EpochSums { get; private set; }

    /// <summary>Samples of the whole run, each committed step's once.</summary>
    public long RunSamples { get; private set; }

    /// <summary>Number of the assignment last stamped on a version; 0 before the first.</summary>
    public int Stamped { get; private set; }

    /// <summary>An assignment waits for the next version to be stamped on.</summary>
    public bool HasStamp => _next > Stamped;

    public void StampNext(int number) => _next = number;

    public void StopAtNextVersion() => _stopNext = true;

    public bool IsFinal(long version) => version == _final;

    /// <summary>The number that goes on the version being published.</summary>
    public int TakeStamp()
    {
        if (_next > Stamped)
            Stamped = _next;
        return Stamped;
    }

    public void Committed(StepSums sums, long version)
    {
        _version = version;
        TrainingMeter.Committed.Record(version);
        if (job.Plan.IsBoundary(version - 1))
            EpochSums = default; // the first step of an epoch; its decision may have come at any time
        EpochSums += sums;
        RunSamples += sums.Samples;
        if (_stopNext && _final < 0)
            _final = version;
    }

    /// <summary>Goes on from another server's state.</summary>
    public void BeginFrom(FrameHeader header)
    {
        _version = header.Step;
        EpochSums = header.Sums;
        RunSamples = (long)header.Extra;
        Stamped = header.Assignment;
        if (header.IsFinal)
            _final = header.Step;
        TakeEarly();
    }

    /// <summary>Goes on from a checkpoint.</summary>
    public void BeginFrom(RangeSnapshot snapshot)
    {
        (_version, EpochSums, RunSamples) = (snapshot.Version, snapshot.Epoch, snapshot.RunSamples);
        TakeEarly();
    }

    private void TakeEarly()
    {
        foreach (var evaluation in _early)
            Take(evaluation);
        _early.Clear();
    }

    /// <summary>A node's share of the evaluation.</summary>
    /// <returns>The epoch's report once the evaluation is complete.</returns>
    public IControlMessage? Take(EvaluationArrived arrived)
    {
        if (_version < 0)
        {
            _early.Add(arrived);
            return null;
        }

        if (arrived.Version != _version || _version <= _decided)
            return null;
        if (!double.IsNaN(arrived.Penalty))
            _penalty ??= arrived.Penalty;
        if (arrived.Values.Length > 0 && job.Data.Validation is { } validation)
        {
            _evaluation ??= Scorer.NewLedger(job, validation);
            _evaluation.Offer(arrived.Slot, arrived.Values, Scorer.Add, _ => { });
        }

        return AtVersion(_version);
    }

    /// <returns>The report of the epoch that ends with this version; null where none does, or where the evaluation is not complete.</returns>
    public IControlMessage? AtVersion(long version)
    {
        var isFinal = IsFinal(version) || version == job.Plan.TotalSteps;
        if (Stamped == 0 || version <= _decided || !(isFinal || job.Plan.IsBoundary(version)))
            return null;
        if ((job.Data.Validation is not null && _evaluation?.Root is null) || (!job.Job.Penalty.IsNone && _penalty is null))
            return null;
        var score = _evaluation?.Root is { } sums ? job.Metrics.Finish(sums) : null;
        return new EpochReport(
            job.Id,
            job.Plan.EpochOf(version),
            version,
            EpochSums.Loss / EpochSums.Denominator,
            EpochSums.Samples,
            _penalty ?? 0,
            score is not null,
            score?.Loss ?? 0,
            [.. score?.Metrics.Select(metric => metric.Key) ?? []],
            [.. score?.Metrics.Select(metric => metric.Value) ?? []],
            isFinal,
            Stamped);
    }

    public void Decided(long version)
    {
        _decided = Math.Max(_decided, version);
        if (version < _version)
            return; // a newcomer hears of epochs before its time
        _evaluation = null;
        _penalty = null;
    }

    public StepReport Progress(long version, string waiting) => new(
        job.Id, version, job.Plan.EpochOf(version), EpochSums.Loss, EpochSums.Denominator, RunSamples, Stamped, waiting);
}
