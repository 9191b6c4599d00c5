namespace DistributedTrainer.Coordination;

/// <summary>What the coordinator knows of one job: the fold of its book entries.</summary>
internal sealed class JobRecord(JobSubmission submission)
{
    public JobSubmission Submission { get; } = submission;

    public Job Job { get; } = JobFile.Parse(submission.JobText, "submitted job");

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

    /// <summary>Every node that has a part now or is about to.</summary>
    public IEnumerable<string> Participants => (InForce?.Nodes ?? []).Union(Latest?.Nodes ?? []);

    /// <summary>Whether a node has joined the job's cluster and not gone since, by the book.</summary>
    public bool HasMember(string node) => Events.LastOrDefault(change => change.Node == node && change.Kind is "node-joined" or "node-left" or "node-lost")
        is { Kind: "node-joined" };

    /// <summary>Nodes that have joined the job's cluster and not gone since, by the book.</summary>
    public IEnumerable<string> Members => Events.Where(change => change.Kind == "node-joined").Select(change => change.Node).Distinct().Where(HasMember);

    public void Apply(BookEntry entry)
    {
        switch (entry)
        {
            case JobRecovered recovered: RecoveredAtSeconds = recovered.AtSeconds; break;
            case JobOpened opened: Opened = opened; break;
            case AssignmentMade made: Latest = made.Assignment; break;
            case AssignmentInForce: InForce = Latest; break;
            case EpochDecided epoch: Epochs.Add(epoch); break;
            case RunEventHappened happened: Events.Add(happened.Event); break;
            case StopRequested stop: Stop = stop; break;
            case JobClosed closed: Closed = closed; break;
            default: break;
        }
    }
}
