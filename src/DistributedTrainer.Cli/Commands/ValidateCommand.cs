using System.CommandLine;
using DistributedTrainer.Coordination;
using DistributedTrainer.Data;
using DistributedTrainer.Learning;

namespace DistributedTrainer.Cli;

/// <summary><c>dtrain validate JOB</c>: checks the job with its data and its model, and prints the model table.</summary>
internal static class ValidateCommand
{
    public static Command Create()
    {
        var job = new Argument<string>("JOB") { Description = "The job file (YAML)." };
        var set = new Option<string[]>("--set") { Description = "Changes a value of the job: model.0.dense.units=64", HelpName = "key=value", DefaultValueFactory = _ => [] };
        var command = new Command("validate", "Checks a job with its data without training.") { job, set };
        command.SetAction(parsed => Run(JobInput.Read(parsed.GetRequiredValue(job), parsed.GetValue(set)!)));
        return command;
    }

    private static int Run(Job job)
    {
        using var data = DataSet.Load(job.Data, TargetOf(job.Loss), job.Seed);
        var network = Network.Compile(job.Model, job.Loss, data.InputShape, data.TargetLength, data.Classes.Count);
        Console.Out.WriteLine($"{job.Name}: {ModelTable.Count(data.Train.Count)} training rows{Part(data.Validation, "validation")}{Part(data.Test, "test")}");
        ModelTable.Write(Console.Out, network.Summary, data.InputShape);
        return ExitCode.Done;
    }

    private static TargetType TargetOf(LossSpec loss) => loss.Target switch
    {
        TargetKind.Binary => TargetType.Binary,
        TargetKind.Class => TargetType.Class,
        _ => TargetType.Values,
    };

    private static string Part(Examples? part, string name) => part is null ? "" : $", {ModelTable.Count(part.Count)} for {name}";
}
