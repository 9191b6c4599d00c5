using DistributedTrainer.Learning;

namespace DistributedTrainer.Coordination;

/// <summary>What the coordinator knows of one job: the fold of its book entries.</summary>
internal sealed class JobRecord(JobSubmission submission)
{
    private (Assignment? InForce, Assignment? Latest) _participantsOf;
    private IReadOnlyList<string> _participants = [];

    /// <summary>As submitted; once the job was opened again, with the newest run's name, from any number of nodes, and resuming.</summary>
    public JobSubmission Submission { get; private set; } = submission;

    /// <summary>The last time that the job was opened again; null for never.</summary>
    public JobReopened? Reopened { get; private set; }

    /// <summary>The furthest step at which the job was opened again, and how often it was since without coming further.</summary>
    public (long Step, int Times) FurthestLoss { get; private set; } = (-1, 0);

    /// <summary>Steps that were computed again after a loss.</summary>
    public long StepsRepeated { get; private set; }

    public Job Job { get; } = JobFile.Parse(submission.JobText, "submitted job");

    /// <summary>What is known of the checkpoint folder; null before, and for a job without one.</summary>
    public CheckpointsReady? Checkpoints { get; private set; }

    /// <summary>The version that the run begins from.</summary>
    public long StartVersion => Checkpoints?.Version ?? 0;

    public JobOpened? Opened { get; private set; }

    /// <summary>The newest assignment made; nodes may still be getting ready for it.</summary>
    public Assignment? Latest { get; private set; }

    /// <summary>The assignment that the leading server last stamped.</summary>
    public Assignment? InForce { get; private set; }

    public List<EpochDecided> Epochs { get; } = [];

    public List<RunEvent> Events { get; } = [];

    public StopRequested? Stop { get; private set; }

    public JobClosed? Closed { get; private set; }

    public double RecoveredAtSeconds { get; private set; }

    public EpochDecided? LastEpoch => Epochs.Count == 0 ? null : Epochs[^1];

    public bool IsSaving => LastEpoch is { Decision.Stop: true };

    /// <summary>Every node that has a part now or is about to: asked for many times a second, and made anew where assignments have changed.</summary>
    public IReadOnlyList<string> Participants
    {
        get
        {
            if (InForce != _participantsOf.InForce || Latest != _participantsOf.Latest)
                (_participantsOf, _participants) = ((InForce, Latest), [.. (InForce?.Nodes ?? []).Union(Latest?.Nodes ?? [])]);
            return _participants;
        }
    }

    /// <summary>Whether a node has joined the job's cluster and not gone since, by the book.</summary>
    public bool HasMember(string node) => Events.LastOrDefault(change => change.Node == node && change.Kind is "node-joined" or "node-left" or "node-lost")
        is { Kind: "node-joined" };

    /// <summary>Nodes that have joined the job's cluster and not gone since, by the book.</summary>
    public IEnumerable<string> Members => Events.Where(change => change.Kind == "node-joined").Select(change => change.Node).Distinct().Where(HasMember);

    /// <summary>That a step was made at: one of the epoch that this state follows.</summary>
    public double LearningRate(long step, ConvergenceState state) => Opened is { Started.StepsPerEpoch: var steps }
        ? new RateSchedule(Job.Optimizer.LearningRate, Job.Schedule, Job.Epochs * steps, (int)steps).At(step, state.Plateau.ReductionsBefore)
        : Job.Optimizer.LearningRate;

    /// <summary>Why an entry cannot follow what the book says of this job so far; null where it can.</summary>
    public string? WhyImpossible(BookEntry entry) => entry switch
    {
        _ when Closed is not null => "something is written of a job that is closed",
        AssignmentMade { Assignment: var made } when made.Number != (Latest?.Number ?? 0) + 1 => $"assignment {made.Number} follows assignment {Latest?.Number ?? 0}",
        AssignmentMade { Assignment: var made } when made.Term < (Latest?.Term ?? 0) => $"assignment {made.Number} is of term {made.Term}, the one before it of term {Latest!.Term}",
        AssignmentMade { Assignment: var made } => made.WhyBroken(),
        AssignmentInForce inForce when inForce.Number != Latest?.Number => $"assignment {inForce.Number} is in force, and {Latest?.Number ?? 0} was made last",
        EpochDecided epoch when epoch.Row.Epoch != Epochs.Count + 1 => $"epoch {epoch.Row.Epoch} is decided after {Epochs.Count} epochs",
        EpochDecided epoch when epoch.Row.Step <= (LastEpoch?.Row.Step ?? 0) => $"epoch {epoch.Row.Epoch} ends at step {epoch.Row.Step}, the one before it at step {LastEpoch?.Row.Step ?? 0}",
        EpochDecided epoch when epoch.State.BestVersion > epoch.Row.Step => $"the best version at step {epoch.Row.Step} is {epoch.State.BestVersion}",
        _ => null,
    };

    public void Apply(BookEntry entry)
    {
        switch (entry)
        {
            case JobRecovered recovered: RecoveredAtSeconds = recovered.AtSeconds; break;
            case CheckpointsReady checkpoints: Checkpoints = checkpoints; break;
            case JobReopened reopened: Reopen(reopened); break;
            case JobOpened opened:
                Opened = opened;
                StepsRepeated += Math.Max(0, (Reopened?.Step ?? 0) - StartVersion);
                break;
            case AssignmentMade made: Latest = made.Assignment; break;
            case AssignmentInForce: InForce = Latest; break;
            case EpochDecided epoch: Epochs.Add(epoch); break;
            case RunEventHappened happened: Events.Add(happened.Event); break;
            case StopRequested stop: Stop = stop; break;
            case JobClosed closed: Closed = closed; break;
            default: break;
        }
    }

    private void Reopen(JobReopened reopened)
    {
        Submission = Submission with { JobId = reopened.JobId, MinNodes = 1, Servers = Opened?.Started.Servers ?? Submission.Servers, Resume = true };
        FurthestLoss = reopened.Step > FurthestLoss.Step ? (reopened.Step, 1) : (FurthestLoss.Step, FurthestLoss.Times + 1);
        (Reopened, Opened, Checkpoints, Latest, InForce) = (reopened, null, null, null, null);
        Epochs.Clear();
    }
}
