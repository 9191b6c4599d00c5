using System.CommandLine;
using DistributedTrainer.Actors;
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
        var set = JobInput.CreateSetOption();
        var command = new Command("validate", "Checks a job with its data without training.") { job, set };
        command.SetAction(parsed => Run(parsed.GetRequiredValue(job), JobInput.Read(parsed.GetRequiredValue(job), parsed.GetValue(set)!)));
        return command;
    }

    private static int Run(string file, Job job)
    {
        using var data = DataSet.Load(job.Data, OpenedJob.TargetOf(job.Loss), job.Seed);
        if (JobChecks.AgainstData(job, job.EpochRows(data), data.Validation?.Count ?? 0) is [var problem, ..])
            throw new JobFileException($"{file}: {problem}");
        var network = Network.Compile(job.Model, job.Loss, data.InputShape, data.TargetLength, data.Classes.Count, job.Precision, job.PseudoLabels?.ToState(job, data));
        if (JobChecks.AgainstModel(job, network, job.EpochRows(data)) is { } misfit)
            throw new JobFileException($"{file}: {misfit}");
        Console.Out.WriteLine($"{job.Name}: {ModelTable.Count(data.Train.Count)} training rows{Part(data.Validation, "validation")}{Part(data.Test, "test")}");
        if (job.Data.Augment.Count > 0)
            Console.Out.WriteLine($"training images are augmented: {string.Join(", ", job.Data.Augment.Select(change => change.GetType().Name.ToLowerInvariant()))}");
        if (job.Precision == Precision.Bfloat16)
            Console.Out.WriteLine("precision: bfloat16 between layers and nodes, sums and the servers' parameters in float32");
        ModelTable.Write(Console.Out, network.Summary, data.InputShape);
        foreach (var line in PracticeTable.Lines(job, network, new RunPlan(job, job.EpochRows(data))))
            Console.Out.WriteLine(line);
        Console.Out.WriteLine(ModelMemory.Of(job, network, job.EpochRows(data)));
        return ExitCode.Done;
    }

    private static string Part(Examples? part, string name) => part is null ? "" : $", {ModelTable.Count(part.Count)} for {name}";
}
