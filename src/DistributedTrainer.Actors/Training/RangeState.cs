using DistributedTrainer.Coordination;
using DistributedTrainer.Learning;
using DistributedTrainer.Numerics;

namespace DistributedTrainer.Actors;

/// <summary>
/// The versioned state of a range beside its parameters: optimizer, best version, epoch sums, decision. Its primary and its backup have
/// one each; it moves as one, from node to node and from a backup to the server that it becomes.
/// </summary>
internal sealed class RangeState : IDisposable
{
    private readonly OpenedJob _job;
    private long _keepVersion = -1;
    private int _parts;
    private (long Step, int Assignment, byte Parts) _partsOf;

    /// <param name="job">The job.</param>
    /// <param name="range">The range.</param>
    /// <param name="version">0: as the seed makes it. −1: it comes in parts from another node, or from a checkpoint.</param>
    public RangeState(OpenedJob job, ServerRange range, long version)
    {
        (_job, Range, Version) = (job, range, version);
        Optimizer = new RangeOptimizer(job.Job.Update, job.Network.Layout, range.Begin, range.Length);
        Lead = range.Index == 0 ? new EpochLead(job) : null;
    }

    public ServerRange Range { get; }

    public RangeOptimizer Optimizer { get; }

    /// <summary>What the leading range's state has besides; null for other ranges.</summary>
    public EpochLead? Lead { get; }

    /// <summary>−1 until the state is here.</summary>
    public long Version { get; private set; }

    public FloatBuffer? Best { get; private set; }

    public long BestVersion { get; private set; } = -1;

    /// <summary>What the gradients of the last steps were multiplied by, where norms are clipped: successors of other ranges may be two steps behind.</summary>
    public ClipHistory Clips { get; } = new();

    public EpochDecisionKnown Decision { get; private set; } = EpochDecisionKnown.None;

    /// <summary>No step follows this version. A decision may be here before the version it is about.</summary>
    public bool IsStopped => Decision.Stop && Version >= Decision.Version;

    /// <summary>An epoch ends with this version, and what follows is not decided yet.</summary>
    public bool AwaitsDecision => _job.Plan.IsBoundary(Version) && Decision.Version < Version;

    /// <summary>The learning rate of the coming step depends on a decision that has not arrived on this node.</summary>
    public bool LacksDecision => _job.Plan.Rates.FollowsDecisions && _job.Plan.BoundaryAtOrBefore(Version) is > 0 and var last && Decision.Version < last;

    /// <summary>How often plateaus have reduced the learning rate before the coming step. The decision may be about an epoch that this one is still in.</summary>
    public int Reductions => Decision.Version <= Version ? Decision.State.Plateau.Reductions : Decision.State.Plateau.ReductionsBefore;

    /// <summary>What is evaluated and saved: the moving average where the job has one.</summary>
    /// <param name="parameters">The range at this version.</param>
    public ReadOnlySpan<float> Shown(ReadOnlySpan<float> parameters) => Optimizer.Average is { } average ? average.Span : parameters;

    /// <summary>What is done with the coming step's gradient.</summary>
    public StepTerms Terms(float clipFactor, int reductions) => new(Version, _job.Plan.Rates.At(Version, reductions), clipFactor);

    /// <summary>The next version is made. Whoever has captured it for a checkpoint, if it is due, then calls <see cref="KeepBestIfDecided"/>.</summary>
    public void Advance() => Version++;

    /// <returns>False where it is known already.</returns>
    public bool Decide(EpochDecisionKnown decision, ReadOnlySpan<float> parameters)
    {
        if (decision.Version <= Decision.Version)
            return false;
        Decision = decision;
        Lead?.Decided(decision);
        if (decision.KeepBest)
            _keepVersion = decision.Version;
        KeepBestIfDecided(parameters);
        return true;
    }

    /// <summary>Sends the whole state to another node.</summary>
    /// <param name="place">This node's data plane.</param>
    /// <param name="node">Who gets it.</param>
    /// <param name="header">Kind, authority and assignment of the frames.</param>
    /// <param name="parameters">The range at this version.</param>
    public void Send(ServerPlace place, string node, in FrameHeader header, ReadOnlySpan<float> parameters)
    {
        var parts = Optimizer.State.Count + (Best is null ? 1 : 2);
        for (var part = 0; part < parts; part++)
        {
            var head = header with
            {
                Range = Range.Index,
                Step = Version,
                Part = (byte)part,
                Parts = (byte)parts,
                Sums = Lead?.EpochSums ?? default,
                Extra = Lead?.RunSamples ?? 0,
                BestVersion = BestVersion,
                IsFinal = Lead?.IsFinal(Version) ?? false,
                ClipFactor = Clips.Of(Version - 1) ?? float.NaN,
            };
            place.SendCopy(node, _job.Id, head, part == 0 ? parameters : part <= Optimizer.State.Count ? Optimizer.State[part - 1].Span : Best!.Span);
        }
    }

    /// <summary>Begins from a checkpoint, which holds the state before the decision that may be due at its version.</summary>
    /// <param name="snapshot">The caller releases it.</param>
    /// <param name="parameters">Receives the range's parameters.</param>
    public void Restore(RangeSnapshot snapshot, Span<float> parameters)
    {
        snapshot.Parameters.Floats.CopyTo(parameters);
        foreach (var (moment, state) in snapshot.Moments.Zip(Optimizer.State))
            moment.Floats.CopyTo(state.Span);
        if (snapshot.Best is { } best)
            best.Floats.CopyTo((Best ??= new FloatBuffer(Range.Length)).Span);
        (Version, BestVersion) = (snapshot.Version, snapshot.BestVersion);
        Lead?.BeginFrom(snapshot);
        KeepBestIfDecided(parameters);
    }

    /// <summary>Takes a part of another node's state; the caller releases the frame.</summary>
    /// <param name="frame">The part.</param>
    /// <param name="parameters">Receives the range's parameters.</param>
    /// <returns>Whether the state is whole now.</returns>
    public bool Take(FrameArrived frame, Span<float> parameters)
    {
        var header = frame.Header;
        var floats = frame.Payload.Floats;
        if (_parts > 0 && (header.Step, header.Assignment, header.Parts) != _partsOf)
            throw new BrokenInvariantException($"a state of range {Range.Index} has parts of versions {_partsOf.Step} and {header.Step}");
        _partsOf = (header.Step, header.Assignment, header.Parts);
        if (header.Part == 0)
            floats.CopyTo(parameters);
        else if (header.Part <= Optimizer.State.Count)
            floats.CopyTo(Optimizer.State[header.Part - 1].Span);
        else
            floats.CopyTo((Best ??= new FloatBuffer(Range.Length)).Span);
        if (++_parts < header.Parts)
            return false;
        Version = header.Step;
        BestVersion = Best is null ? -1 : header.BestVersion;
        if (!float.IsNaN(header.ClipFactor))
            Clips.Note(Version - 1, header.ClipFactor);
        Lead?.BeginFrom(header);
        KeepBestIfDecided(parameters);
        return true;
    }

    /// <summary>Copies the version that a decision called the best, once it is here: the decision may have been faster.</summary>
    public void KeepBestIfDecided(ReadOnlySpan<float> parameters)
    {
        if (_keepVersion != Version || BestVersion == Version || Version < 0)
            return;
        Best ??= new FloatBuffer(Range.Length);
        Shown(parameters).CopyTo(Best.Span);
        BestVersion = Version;
    }

    public void Dispose()
    {
        Optimizer.Dispose();
        Best?.Dispose();
    }
}
