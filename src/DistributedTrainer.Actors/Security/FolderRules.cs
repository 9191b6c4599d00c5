using Akka.Configuration;
using DistributedTrainer.Coordination;
using DistributedTrainer.Data;

namespace DistributedTrainer.Actors;

/// <summary>
/// Which files jobs may have a node read and write, <c>dtrain.folders</c>: a job comes from whoever reaches the node, and is read with the
/// rights of the node's user.
/// </summary>
internal sealed class FolderRules
{
    private const string Block = "dtrain.folders";
    private const string Auto = "auto";
    private const string Any = "any";
    private const int LongestId = 200;

    private readonly FolderList _read;
    private readonly FolderList _write;

    private FolderRules(FolderList read, FolderList write) => (_read, _write) = (read, write);

    /// <param name="thisMachineOnly">Whether only this machine's processes reach the node: then auto means any.</param>
    /// <exception cref="NodeStartException">A folder is not absolute: exit code 2.</exception>
    public static FolderRules Read(Config config, bool thisMachineOnly)
    {
        var dataFolder = Environment.GetEnvironmentVariable("DTRAIN_DATA");
        string[] own = [Environment.CurrentDirectory, .. dataFolder is { Length: > 0 } ? [Path.GetFullPath(dataFolder)] : Array.Empty<string>()];
        return new FolderRules(List("read", own), List("write", [Environment.CurrentDirectory]));

        FolderList List(string key, string[] auto)
        {
            var folders = config.GetStringList($"{Block}.{key}");
            if (folders.Contains(Any) || (folders.Contains(Auto) && thisMachineOnly))
                return new FolderList($"{Block}.{key}", null);
            if (folders.FirstOrDefault(folder => folder != Auto && !Path.IsPathRooted(folder)) is { } wrong)
                throw new NodeStartException($"{Block}.{key}: '{wrong}' is not allowed; allowed are absolute paths, {Auto}, {Any}", 2);
            return new FolderList($"{Block}.{key}", [.. folders.Where(folder => folder != Auto), .. folders.Contains(Auto) ? auto : []]);
        }
    }

    /// <summary>Why a job may not be taken from a client; null if it may.</summary>
    public string? Refusal(SubmitJob submit) => IdRefusal(submit.JobId) ?? StartRefusal(submit.JobText) ?? DataRefusal(submit.JobText) ?? WriteRefusal(submit.CheckpointFolder) ?? WriteRefusal(submit.ModelFolder);

    /// <summary>Opens a job only where all that it names lies where it may.</summary>
    public Func<OpenJob, JobOpenedHere> Guard(Func<OpenJob, JobOpenedHere> opener) => open =>
    {
        if ((IdRefusal(open.JobId) ?? StartRefusal(open.JobText) ?? WriteRefusal(open.CheckpointFolder) ?? ReadRefusal(open.Checkpoint)) is { } refusal)
            throw new DataException(refusal);
        // What this node must not read is not here, for it: it may still compute on rows that another node reads.
        return DataRefusal(open.JobText) is { } unread ? throw new DataException(unread) { IsMissing = true } : opener(open);
    };

    /// <param name="path">Null or empty for none.</param>
    public string? WriteRefusal(string? path) => _write.Refusal(path);

    private string? ReadRefusal(string? path) => _read.Refusal(path);

    private string? DataRefusal(string jobText) => FirstRefusal(jobText, job => job.Data.Files());

    private string? StartRefusal(string jobText) => FirstRefusal(jobText, job => [job.StartFrom?.File ?? ""]);

    private string? FirstRefusal(string jobText, Func<Job, IEnumerable<string>> files)
    {
        try
        {
            return files(JobFile.Parse(jobText, "submitted job")).Select(ReadRefusal).FirstOrDefault(refusal => refusal is not null);
        }
        catch (JobFileException)
        {
            return null; // whoever opens it says what is wrong with it
        }
    }

    /// <summary>Names of files and actors are made of a job's id.</summary>
    private static string? IdRefusal(string id) =>
        id.Length is > 0 and <= LongestId && id.All(letter => char.IsAsciiLetterOrDigit(letter) || letter is '-' or '_' or '.' or '~') && !id.StartsWith('.')
            ? null
            : $"the job's id '{(id.Length > LongestId ? id[..LongestId] + "…" : id)}' is not allowed: up to {LongestId} letters, digits, '-', '_', '.' and '~'";
}
