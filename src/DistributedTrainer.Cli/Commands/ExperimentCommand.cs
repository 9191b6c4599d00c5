using System.CommandLine;
using DistributedTrainer.Actors;
using DistributedTrainer.Coordination;
using DistributedTrainer.Data;

namespace DistributedTrainer.Cli;

/// <summary><c>dtrain experiment SCENARIO</c>: a clean run, disturbed runs, and what came of it.</summary>
internal static class ExperimentCommand
{
    public static Command Create()
    {
        var scenario = new Argument<string>("SCENARIO") { Description = "The scenario file (YAML)." };
        var report = new Option<string?>("--report") { Description = "The report's folder. Default: runs/NAME-N", HelpName = "folder" };
        var json = new Option<bool>("--json") { Description = "Prints experiment.json's object on standard output, and nothing else there." };
        var command = new Command("experiment", "Trains undisturbed, then while nodes are killed, frozen or cut off, and compares.") { scenario, report, json };
        command.SetAction((parsed, _) => RunAsync(parsed.GetRequiredValue(scenario), parsed.GetValue(report), parsed.GetValue(json)));
        return command;
    }

    private static async Task<int> RunAsync(string file, string? reportFolder, bool json)
    {
        var text = ReadFile(file);
        var scenario = ScenarioFile.Parse(text, file);
        var job = ReadJob(scenario, file);
        ScenarioFile.CheckAgainstJob(scenario, text, file, job, stepsPerEpoch: null);
        ExperimentSupport.Check(scenario, file);
        CheckWithData(scenario, text, file, job);
        var report = ReportFolder.Create(reportFolder, scenario.Name, ExperimentReport.ScenarioFileName, text, Environment.CurrentDirectory);
        var setup = new ExperimentSetup(scenario, job, Environment.ProcessorCount);
        return await new Experiment(setup, report, Screen.For(json), json, TimeProvider.System).RunAsync();
    }

    private static string ReadFile(string path)
    {
        try
        {
            return File.ReadAllText(path);
        }
        catch (Exception exception) when (exception is IOException or UnauthorizedAccessException)
        {
            var found = Directory.Exists(path) ? "it is a folder" : File.Exists(path) ? exception.Message : "there is no such file";
            throw new CommandException($"cannot read the scenario file {path} ({Path.GetFullPath(path)}): {found}", ExitCode.WrongInput);
        }
    }

    private static Job ReadJob(Scenario scenario, string file)
    {
        try
        {
            return JobInput.Read(scenario.Job, scenario.Set);
        }
        catch (JobFileException exception) when (exception.Line is null && scenario.Set.Count > 0)
        {
            throw new CommandException($"{file}: set: {exception.Message}", ExitCode.WrongInput);
        }
        catch (CommandException exception)
        {
            throw new CommandException($"{file}: job: {exception.Message}", exception.ExitCode);
        }
    }

    /// <summary>How many steps an epoch has depends on the rows, so they are read: an event after the end would cost a whole run to find out.</summary>
    private static void CheckWithData(Scenario scenario, string text, string file, Job job)
    {
        using var data = DataSet.Load(job.Data, OpenedJob.TargetOf(job.Loss), job.Seed);
        if (JobChecks.AgainstData(job, job.EpochRows(data), data.Validation?.Count ?? 0) is [var problem, ..])
            throw new JobFileException($"{scenario.Job}: {problem}");
        ScenarioFile.CheckAgainstJob(scenario, text, file, job, new RunPlan(job, job.EpochRows(data)).StepsPerEpoch);
    }
}
