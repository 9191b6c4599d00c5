namespace DistributedTrainer.Coordination;

/// <summary>A value on its way from the tree into the job: the node, the dotted key it stands under, and where relative paths begin.</summary>
/// <param name="Folder">The job file's folder, absolute.</param>
internal readonly record struct Found(JobNode Node, string Key, string Folder)
{
    public Found Child(string name, JobNode node) => this with { Node = node, Key = Key.Length == 0 ? name : $"{Key}.{name}" };

    public JobFileException Error(string message) => new(Node.Place, Key, message);

    public JobFileException Expected(string what) => Error($"expected {what}; found {Node.Description}");
}
