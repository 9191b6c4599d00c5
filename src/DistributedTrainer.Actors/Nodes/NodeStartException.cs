namespace DistributedTrainer.Actors;

/// <summary>The node cannot start or may not join.</summary>
/// <param name="exitCode">3: port in use, silent seed, other build; 2: the configuration is wrong.</param>
public sealed class NodeStartException(string message, int exitCode = 3, Exception? inner = null) : Exception(message, inner)
{
    public int ExitCode { get; } = exitCode;
}
