using DistributedTrainer.Coordination;
using DistributedTrainer.Learning;

namespace DistributedTrainer.Actors;

/// <summary>
/// What the leading range's state has besides: the epoch's loss summed in step order, the stamp, the mark of the last version, and the
/// evaluation while an epoch ends. Its backup has the same, but for the evaluation, which is asked for again.
/// </summary>
internal sealed class EpochLead(OpenedJob job)
{
    private readonly List<EvaluationArrived> _early = [];
    private SlotLedger<double[]>? _evaluation;
    private double? _penalty;
    private EpochDecisionKnown _decision = EpochDecisionKnown.None;
    private long _version = -1;
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

    public void StampNext(int number) => _next = Math.Max(_next, number);

    public void StopAtNextVersion() => _stopNext = true;

    public bool IsFinal(long version) => version == _final;

    /// <summary>The number that goes on a version being published.</summary>
    public int TakeStamp(long version)
    {
        if (_next > Stamped)
        {
            Stamped = _next;
            TrainingMeter.Assigned.Record(version);
        }

        return Stamped;
    }

    public void Committed(StepSums sums, long version)
    {
        TrainingMeter.Committed.Record(version);
        Add(sums, version);
        if (_stopNext && _final < 0)
            _final = version;
    }

    /// <summary>A backup makes a version that its primary has stamped.</summary>
    public void Follow(StepSums sums, long version, int stamp, bool isFinal)
    {
        Add(sums, version);
        Stamped = Math.Max(Stamped, stamp);
        if (isFinal)
            _final = version;
    }

    /// <summary>A version that is to be made again was seen elsewhere with this stamp: it gets the same one.</summary>
    public void Adopt(in FrameHeader stamp)
    {
        if (stamp.Step != _version + 1 && !(_version < 0 && stamp.Step == 1))
            return;
        StampNext(stamp.Assignment);
        if (stamp.IsFinal)
            _final = stamp.Step;
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
    }

    /// <summary>Goes on from a checkpoint. Nothing is stamped yet.</summary>
    public void BeginFrom(RangeSnapshot snapshot) => (_version, EpochSums, RunSamples) = (snapshot.Version, snapshot.Epoch, snapshot.RunSamples);

    /// <summary>A node's share of the evaluation.</summary>
    public void Take(EvaluationArrived arrived)
    {
        if (arrived.Version > _version)
        {
            _early.Add(arrived);
            return;
        }

        if (arrived.Version != _version || _version <= _decision.Version)
            return;
        if (!double.IsNaN(arrived.Penalty))
            _penalty ??= arrived.Penalty;
        if (arrived.Values.Length > 0 && job.Data.Validation is not null)
            Evaluation().Offer(arrived.Slot, arrived.Values, Scorer.Add, _ => { });
    }

    /// <summary>What the evaluation of the version misses; nothing where none is due.</summary>
    public IReadOnlyList<Slot> MissingScores()
    {
        if (!IsEnd(_version))
            return [];
        var missing = job.Data.Validation is null ? [] : Evaluation().Missing();
        return !job.Job.Penalty.IsNone && _penalty is null && !missing.Any(slot => slot.First == 0) ? [new Slot(0, 1), .. missing] : missing;
    }

    /// <returns>The figures of the epoch that ends with this version; null where none does, or where the evaluation is not complete.</returns>
    public EpochFigures? AtVersion(long version)
    {
        TakeEarly();
        if (!IsEnd(version) || version != _version || Stamped == 0)
            return null; // before the first stamp, the run has only just been resumed
        if ((job.Data.Validation is not null && Evaluation().Root is null) || (!job.Job.Penalty.IsNone && _penalty is null))
            return null;
        // The decision before this one is what this one begins from.
        var before = (job.Plan.EpochOf(version) - 1L) * job.Plan.StepsPerEpoch;
        if (before > 0 && _decision.Version != before)
            return null;
        return new EpochFigures(version, IsFinal(version) || version == job.Plan.TotalSteps, Stamped, EpochSums, _penalty ?? 0, _evaluation?.Root);
    }

    public void Decided(EpochDecisionKnown decision) => _decision = decision;

    public StepReport Progress(long version, string waiting, IEnumerable<string> slow) => new(
        job.Id, version, job.Plan.EpochOf(version), EpochSums.Loss, EpochSums.Denominator, RunSamples, Stamped, waiting)
    {
        Slow = [.. slow],
    };

    /// <summary>
    /// Epochs begin anew by the version's number alone: the decision may be here long before the version, from somebody who was faster.
    /// </summary>
    private void Add(StepSums sums, long version)
    {
        if (_version >= 0 && version != _version + 1)
            throw new BrokenInvariantException($"version {version} was counted after version {_version}");
        EpochSums = job.Plan.IsBoundary(version - 1) ? sums : EpochSums + sums;
        RunSamples += sums.Samples;
        (_version, _evaluation, _penalty) = (version, null, null);
    }

    private bool IsEnd(long version) => version > _decision.Version && (IsFinal(version) || job.Plan.IsBoundary(version));

    private void TakeEarly()
    {
        for (var index = _early.Count - 1; index >= 0; index--)
        {
            var evaluation = _early[index];
            if (evaluation.Version > _version)
                continue;
            _early.RemoveAt(index);
            Take(evaluation);
        }
    }

    private SlotLedger<double[]> Evaluation() => _evaluation ??= Scorer.NewLedger(job, job.Data.Validation!);
}
