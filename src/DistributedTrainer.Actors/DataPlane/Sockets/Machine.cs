namespace DistributedTrainer.Actors;

/// <summary>Tells whether two processes may share Unix sockets: they run on the same machine, since the same start of it, for the same user.</summary>
internal static class Machine
{
    private const string BootIdPath = "/proc/sys/kernel/random/boot_id";

    public static string Current { get; } = $"{BootId()}/{Environment.MachineName}/{Environment.UserName}";

    private static string BootId()
    {
        try
        {
            return File.ReadAllText(BootIdPath).Trim();
        }
        catch (Exception error) when (error is IOException or UnauthorizedAccessException)
        {
            return ""; // not Linux
        }
    }
}
