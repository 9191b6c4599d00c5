using System.Globalization;
using DistributedTrainer.Coordination;

namespace DistributedTrainer.Cli;

/// <summary>The folder that a run leaves behind: run.json, history.csv, job.yaml, report.html, and the model that the coordinator's node writes there.</summary>
internal sealed class ReportFolder
{
    public const string RunFile = "run.json";
    public const string HistoryFile = "history.csv";
    public const string JobFileName = "job.yaml";

    private readonly List<string> _createdFolders = [];

    private readonly string _firstFile;

    private ReportFolder(string path, string firstFile, bool isResumed = false) => (Path, _firstFile, IsResumed) = (path, firstFile, isResumed);

    /// <summary>Absolute.</summary>
    public string Path { get; }

    /// <summary>An earlier run's folder: what is in it stays until the run that resumes replaces it.</summary>
    public bool IsResumed { get; }

    /// <summary>
    /// Takes the folder that was asked for, which must be empty or absent, or the first free runs/name-n. Writes job.yaml into it, which is
    /// what keeps two runs that start together from sharing a folder.
    /// </summary>
    /// <exception cref="CommandException">The folder has something in it, or cannot be written.</exception>
    public static ReportFolder Create(string? asked, Job job, string workingFolder) =>
        Create(asked, job.Name, JobFileName, JobFile.Format(job), workingFolder);

    /// <inheritdoc cref="Create(string?, Job, string)"/>
    /// <param name="firstFile">The file that is written at once.</param>
    /// <param name="text">Its content.</param>
    public static ReportFolder Create(string? asked, string name, string firstFile, string text, string workingFolder)
    {
        if (asked is not null)
        {
            var path = System.IO.Path.GetFullPath(asked, workingFolder);
            if (File.Exists(path))
                throw new CommandException($"--report {asked} is a file; name a folder", ExitCode.WrongInput);
            if (Directory.Exists(path) && Directory.EnumerateFileSystemEntries(path).Any())
                throw new CommandException($"--report {asked} is not empty; name an empty or a new folder", ExitCode.WrongInput);
            var folder = new ReportFolder(path, firstFile);
            return folder.TryTake(text) ? folder : throw new CommandException($"--report {asked} is in use by another run", ExitCode.WrongInput);
        }

        for (var number = 1; ; number++)
        {
            var folder = new ReportFolder(Numbered(name, number, workingFolder), firstFile);
            if (!Directory.Exists(folder.Path) && folder.TryTake(text))
                return folder;
        }
    }

    /// <summary>
    /// Takes the folder of the run to go on with: the one that was asked for, or the newest runs/name-n. Where there is none yet, or it is
    /// empty, a new one as <see cref="Create(string?, Job, string)"/> does, so that who restarts a run may always ask to resume.
    /// </summary>
    /// <exception cref="CommandException">The folder holds something else than a run, or cannot be written.</exception>
    public static ReportFolder Resume(string? asked, Job job, string workingFolder)
    {
        var path = asked is null ? Newest(job.Name, workingFolder) : System.IO.Path.GetFullPath(asked, workingFolder);
        if (path is null || !Directory.Exists(path) || !Directory.EnumerateFileSystemEntries(path).Any())
            return Create(asked, job, workingFolder);
        return File.Exists(System.IO.Path.Combine(path, JobFileName))
            ? new ReportFolder(path, JobFileName, isResumed: true)
            : throw new CommandException($"{path} holds no run: {JobFileName} is missing; name the report folder of the run to resume with --report", ExitCode.WrongInput);
    }

    /// <summary>The run is over and nobody will resume it.</summary>
    public void DeleteCheckpoints()
    {
        if (Directory.Exists(PathOf(CheckpointPath.Folder)))
            Directory.Delete(PathOf(CheckpointPath.Folder), recursive: true);
    }

    /// <summary>Training begins: a folder that is resumed gets the job as it is run now.</summary>
    public void Begin(Job job)
    {
        if (IsResumed)
            WriteWhole(JobFileName, System.Text.Encoding.UTF8.GetBytes(JobFile.Format(job)));
    }

    /// <summary>A file of the report.</summary>
    public string PathOf(string name) => System.IO.Path.Combine(Path, name);

    /// <summary>Takes back what <see cref="Create(string?, Job, string)"/> made: the run never began, and nothing is left of it.</summary>
    public void Discard()
    {
        if (IsResumed)
            return;
        File.Delete(PathOf(_firstFile));
        File.Delete(PathOf(HistoryFile));
        // The coordinator sees that checkpoints can be written before it knows whether the job can run.
        foreach (var folder in Enumerable.Reverse(_createdFolders).Prepend(PathOf(CheckpointPath.Folder)))
        {
            if (Directory.Exists(folder) && !Directory.EnumerateFileSystemEntries(folder).Any())
                Directory.Delete(folder);
        }
    }

    /// <summary>Replaces a file at once, so that a reader never sees half of it.</summary>
    public void WriteWhole(string name, ReadOnlySpan<byte> content)
    {
        var temporary = PathOf(name + ".tmp");
        File.WriteAllBytes(temporary, content);
        File.Move(temporary, PathOf(name), overwrite: true);
    }

    private bool TryTake(string jobText)
    {
        try
        {
            CreateFolders(Path);
            using var file = new FileStream(PathOf(_firstFile), FileMode.CreateNew);
            file.Write(System.Text.Encoding.UTF8.GetBytes(jobText));
            return true;
        }
        catch (IOException) when (File.Exists(PathOf(_firstFile)))
        {
            return false;
        }
        catch (Exception exception) when (exception is IOException or UnauthorizedAccessException)
        {
            throw new CommandException($"cannot write the report folder {Path}: {exception.Message}", ExitCode.WrongInput);
        }
    }

    private void CreateFolders(string path)
    {
        if (Directory.Exists(path))
            return;
        if (System.IO.Path.GetDirectoryName(path) is { Length: > 0 } parent)
            CreateFolders(parent);
        Directory.CreateDirectory(path);
        _createdFolders.Add(path);
    }

    private static string? Newest(string name, string workingFolder)
    {
        var number = 0;
        while (Directory.Exists(Numbered(name, number + 1, workingFolder)))
            number++;
        return number == 0 ? null : Numbered(name, number, workingFolder);
    }

    private static string Numbered(string name, int number, string workingFolder) =>
        System.IO.Path.Combine(workingFolder, "runs", $"{FileName(name)}-{number.ToString(CultureInfo.InvariantCulture)}");

    /// <summary>A job's name as a folder's: anything but letters, digits, dots, hyphens and underscores becomes a hyphen.</summary>
    private static string FileName(string name)
    {
        var safe = string.Concat(name.Select(letter => char.IsAsciiLetterOrDigit(letter) || letter is '-' or '_' or '.' ? letter : '-'));
        return safe.Trim('.', '-') is { Length: > 0 } trimmed ? trimmed : "job";
    }
}
