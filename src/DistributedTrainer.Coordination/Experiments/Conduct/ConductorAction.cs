namespace DistributedTrainer.Coordination;

/// <summary>What the conductor wants done now, in this order.</summary>
public abstract record ConductorAction;

/// <summary>End the process at once.</summary>
public sealed record KillNode(string Node) : ConductorAction;

/// <summary>Freeze the process, or let it go on.</summary>
public sealed record FreezeNode(string Node, bool IsFrozen) : ConductorAction;

/// <summary>Start a process of this name, which joins the cluster: a new node, or one in a dead one's place.</summary>
public sealed record StartNewNode(string Node) : ConductorAction;

/// <summary>Ask the node to hand its work over and leave.</summary>
public sealed record RemoveNode(string Node) : ConductorAction;

/// <summary>From now on these are the node's faults, all of them.</summary>
public sealed record SetNodeFaults(string Node, NodeFaults Faults) : ConductorAction;

/// <summary>Every process is gone: start as many nodes as at first, and resume the job from its last checkpoint.</summary>
public sealed record ResumeJob : ConductorAction;
