using System.CommandLine;
using System.Security.Cryptography;
using DistributedTrainer.Coordination;

namespace DistributedTrainer.Cli;

/// <summary>A job as the command line names it.</summary>
internal static class JobInput
{
    public static Option<string[]> CreateSetOption() => new("--set")
    {
        Description = "Changes a value of the job: model.0.dense.units=64",
        HelpName = "key=value",
        DefaultValueFactory = _ => [],
    };

    /// <param name="path">The job file.</param>
    /// <param name="overrides">What <c>--set</c> gave.</param>
    /// <exception cref="CommandException">The file cannot be read.</exception>
    /// <exception cref="JobFileException">The job is wrong.</exception>
    public static Job Read(string path, IReadOnlyList<string> overrides)
    {
        string text;
        try
        {
            text = File.ReadAllText(path);
        }
        catch (Exception exception) when (exception is IOException or UnauthorizedAccessException)
        {
            var found = Directory.Exists(path) ? "it is a folder" : File.Exists(path) ? exception.Message : "there is no such file";
            throw new CommandException($"cannot read the job file {path} ({Path.GetFullPath(path)}): {found}", ExitCode.WrongInput);
        }

        return JobFile.Parse(text, path, overrides);
    }

    /// <summary>A name that no other job has. It decides nothing of the training.</summary>
    public static string NewId(Job job) => $"{job.Name}-{RandomNumberGenerator.GetHexString(8, lowercase: true)}";
}
