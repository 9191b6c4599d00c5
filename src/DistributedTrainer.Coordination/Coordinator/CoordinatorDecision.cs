namespace DistributedTrainer.Coordination;

/// <summary>What the coordinator wants delivered. The actor around it does nothing else.</summary>
public abstract record CoordinatorDecision;

/// <param name="Node">Address of the node.</param>
public sealed record TellNode(string Node, IControlMessage Message) : CoordinatorDecision;

/// <summary>To all followers of the job.</summary>
public sealed record TellFollowers(JobEvent Event) : CoordinatorDecision;

/// <summary>For the log: a decision and why it was taken.</summary>
public sealed record Explain(string Reason) : CoordinatorDecision;
