namespace DistributedTrainer.Cli;

/// <summary>A command cannot go on; the message is for the user.</summary>
internal sealed class CommandException(string message, int exitCode) : Exception(message)
{
    public int ExitCode { get; } = exitCode;
}
