using System.Diagnostics;

namespace DistributedTrainer.Cli;

/// <summary>Ends the process without asking its libraries, some of which would take seconds to say goodbye to nodes that are going too.</summary>
internal static class HardExit
{
    private static readonly TimeSpan Grace = TimeSpan.FromMilliseconds(300);

    /// <summary>Ends with exit code 0, or killed where something holds that up.</summary>
    public static void Now()
    {
        After(Grace);
        Environment.Exit(ExitCode.Done);
    }

    /// <summary>The last resort of an orderly end: a process that takes longer than <paramref name="grace"/> kills itself.</summary>
    public static void After(TimeSpan grace) =>
        new Thread(() =>
        {
            Thread.Sleep(grace);
            Process.GetCurrentProcess().Kill();
        })
        { IsBackground = true, Name = "hard exit" }.Start();
}
