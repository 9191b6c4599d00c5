using System.Runtime.InteropServices;

namespace DistributedTrainer.Cli;

/// <summary>Freezes processes and lets them go on: signals that .NET has no call for.</summary>
internal static partial class ProcessFreezer
{
    /// <summary>Windows cannot freeze a process from outside.</summary>
    public static bool IsSupported => !OperatingSystem.IsWindows();

    private static int Stop => OperatingSystem.IsMacOS() ? 17 : 19;

    private static int Continue => OperatingSystem.IsMacOS() ? 19 : 18;

    /// <summary>Does nothing where the process has ended.</summary>
    public static void Set(int process, bool isFrozen) => _ = Kill(process, isFrozen ? Stop : Continue);

    [LibraryImport("libc", EntryPoint = "kill", SetLastError = true)]
    private static partial int Kill(int process, int signal);
}
