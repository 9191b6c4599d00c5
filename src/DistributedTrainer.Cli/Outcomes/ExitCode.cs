namespace DistributedTrainer.Cli;

/// <summary>What the process ends with.</summary>
internal static class ExitCode
{
    public const int Done = 0;

    /// <summary>The run failed: a loss that is not a number, a node that died.</summary>
    public const int Failed = 1;

    /// <summary>What the user wrote is wrong: usage, a file, a value.</summary>
    public const int WrongInput = 2;

    /// <summary>Not admitted or not reached: a silent seed, another build, a port in use.</summary>
    public const int NotAdmitted = 3;

    /// <summary>Ended by a signal.</summary>
    public const int Interrupted = 130;
}
