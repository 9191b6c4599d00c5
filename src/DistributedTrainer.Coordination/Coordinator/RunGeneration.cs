using System.Globalization;

namespace DistributedTrainer.Coordination;

/// <summary>
/// A job that is opened again after a loss runs under a name of its own among nodes: job, job~1, job~2. So nothing that was sent for the run
/// before, by any plane, is taken for this one. Clients know the job's name only; no name that they give has a ~ in it.
/// </summary>
public static class RunGeneration
{
    private const char Mark = '~';

    /// <summary>The job of a run.</summary>
    public static string JobOf(string runId) => runId.IndexOf(Mark) is >= 0 and var mark ? runId[..mark] : runId;

    /// <summary>How often the job was opened again: 0 for the first run.</summary>
    public static int Of(string runId) =>
        runId.IndexOf(Mark) is >= 0 and var mark ? int.Parse(runId.AsSpan(mark + 1), NumberStyles.None, CultureInfo.InvariantCulture) : 0;

    public static string Next(string runId) => string.Create(CultureInfo.InvariantCulture, $"{JobOf(runId)}{Mark}{Of(runId) + 1}");
}
