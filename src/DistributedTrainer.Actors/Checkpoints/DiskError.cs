namespace DistributedTrainer.Actors;

/// <summary>Errors of the disk in words that are the same for every file: a trouble that lasts is told once, not once a checkpoint.</summary>
internal static class DiskError
{
    /// <summary>.NET ends the system's words with the path, whose last parts are the version's and the process's.</summary>
    private const string BeforePath = " : '";

    public static string Reason(Exception exception)
    {
        var end = exception.Message.IndexOf(BeforePath, StringComparison.Ordinal);
        return end < 0 ? exception.Message : exception.Message[..end];
    }
}
