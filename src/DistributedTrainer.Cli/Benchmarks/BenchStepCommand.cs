using System.CommandLine;
using DistributedTrainer.Coordination;

namespace DistributedTrainer.Cli;

/// <summary><c>dtrain bench step</c>: time of a training step on a real cluster.</summary>
internal static class BenchStepCommand
{
    private const int MostNodes = 64;

    public static Command Create()
    {
        var model = Word("--model", BenchModels.Names, "The model to train.", required: true);
        var batch = new WholeNumberOption("--batch", "Rows of a step, all nodes together.", 1) { Required = true };
        var nodes = new WholeNumberOption("--nodes", "Node processes; 1 trains in this process. Default: 1", 1, MostNodes);
        var steps = new WholeNumberOption("--steps", "Steps to measure.", 1) { Required = true };
        var optimizer = Word("--optimizer", BenchModels.Optimizers, "Default: adam", required: false);
        var threads = new WholeNumberOption("--threads", "Compute threads of a node. Default: 1", 1, 1024);
        var shards = new WholeNumberOption("--shards", "Slices of a batch. Default: 8, or the batch's rows where those are fewer", 1);
        var servers = new WholeNumberOption("--servers", "Parameter server ranges. Default: 2, or 1 on one node", 1);
        var replicas = new WholeNumberOption("--replicas", "Backups of each range. Default: 0", 0, MostNodes - 1);
        var warmUp = new WholeNumberOption("--warmup", "Steps before the measured ones. Default: a second or two's, at least 100", 1);
        var config = ConfigFile.CreateOption();
        var json = new Option<bool>("--json") { Description = "Prints one JSON object on standard output, and nothing else there." };
        var command = new Command("step", "Time of a training step on random inputs, through the same processes and actors as training.")
        {
            model, batch, nodes, steps, optimizer, threads, shards, servers, replicas, warmUp, config, json,
        };
        command.SetAction((parsed, _) => RunAsync(new BenchStepOptions(
            parsed.GetRequiredValue(model)!, parsed.GetRequiredValue(batch)!.Value, parsed.GetValue(nodes) ?? 1, parsed.GetRequiredValue(steps)!.Value,
            parsed.GetValue(optimizer) ?? "adam", parsed.GetValue(threads) ?? 1, parsed.GetValue(shards), parsed.GetValue(servers),
            parsed.GetValue(replicas) ?? 0, parsed.GetValue(warmUp), parsed.GetValue(config), parsed.GetValue(json))));
        return command;
    }

    private static async Task<int> RunAsync(BenchStepOptions options)
    {
        Check(options);
        var window = new StepWindow(options.WarmUp ?? BenchModels.WarmUpSteps(options.Model, options.Batch), options.Steps);
        if ((long)options.Batch * ((long)options.Steps + window.First + 1) > Array.MaxLength)
            throw new CommandException($"--batch {options.Batch} × ({options.Steps} steps and {window.First} before) is more than {Array.MaxLength:N0} rows; take fewer steps", ExitCode.WrongInput);
        var job = BenchModels.CreateJob(options.Model, options.Optimizer, options.Batch, options.EffectiveShards, window.JobSteps);
        var folder = Directory.CreateTempSubdirectory("dtrain-bench-");
        try
        {
            await using var run = new MeasuredRun(new MeasuredNodes(options.Nodes, options.Threads, options.Config), window, TimeProvider.System);
            var submission = new JobSubmission(
                JobInput.NewId(job), JobFile.Format(job), options.Nodes, options.Servers ?? 0, options.Replicas, folder.FullName);
            var (result, nodes) = await run.RunAsync(submission);
            Figures(options, result, nodes).Print(options.Json);
        }
        finally
        {
            folder.Delete(recursive: true);
        }

        return ExitCode.Done;
    }

    private static BenchFigures Figures(BenchStepOptions options, JobResult result, IReadOnlyList<StepMeasurement> nodes)
    {
        var times = nodes.Select(node => node.Times).Single(times => times is not null)!;
        var phases = nodes.Single(node => node.Times is not null).Phases;
        return new BenchFigures(
        [
            new("model", options.Model),
            new("parameters", result.Parameters),
            new("nodes", options.Nodes),
            new("threads", options.Threads),
            new("shards", result.Shards),
            new("replicas", options.Replicas),
            new("global_batch", options.Batch),
            new("optimizer", options.Optimizer),
            new("steps", options.Steps),
            new("step_ms_mean", Math.Round(times.MeanMs, 4)),
            new("step_ms_median", Math.Round(times.MedianMs, 4)),
            new("step_ms_p99", Math.Round(times.P99Ms, 4)),
            new("samples_per_s", Math.Round(options.Batch / times.MeanMs * 1000, 1)),
            new("allocated_bytes_per_step", nodes.Max(node => node.AllocatedBytes) / options.Steps),
            new("weights_sha256", result.WeightsSha256),
            new("gen0_collections", nodes.Max(node => node.Gen0Collections)),
            new("gen2_collections", nodes.Max(node => node.Gen2Collections)),
            new("methods_compiled", nodes.Max(node => node.MethodsCompiled)),
            new("compute_ms_mean", Rounded(phases?.ComputeMs)),
            new("update_ms_mean", Rounded(phases?.UpdateMs)),
            new("parameters_ms_mean", Rounded(phases?.ParametersMs)),
            new("peak_memory_bytes", nodes.Max(node => node.PeakMemoryBytes)),
        ]);
    }

    private static object? Rounded(double? milliseconds) => milliseconds is { } value ? Math.Round(value, 4) : null;

    private static void Check(BenchStepOptions options)
    {
        if (options.Config is not null)
            ConfigFile.Read(options.Config);
        if (options.Shards > options.Batch)
            throw new CommandException($"--shards is {options.Shards}; a batch of {options.Batch} rows has room for at most {options.Batch}", ExitCode.WrongInput);
        if (options.Nodes > options.EffectiveShards)
            throw new CommandException($"--nodes is {options.Nodes}; {options.EffectiveShards} shards keep at most {options.EffectiveShards} nodes busy", ExitCode.WrongInput);
        if (options.Replicas >= options.Nodes)
            throw new CommandException($"--replicas is {options.Replicas}; {options.Nodes} nodes have room for at most {options.Nodes - 1}", ExitCode.WrongInput);
    }

    private static Option<string?> Word(string name, IReadOnlyList<string> words, string description, bool required) => new(name)
    {
        Description = $"{description} One of {string.Join(", ", words)}",
        HelpName = "name",
        Required = required,
        CustomParser = result =>
        {
            var word = result.Tokens[0].Value;
            if (words.Contains(word))
                return word;
            result.AddError($"{name} is '{word}'; allowed are {string.Join(", ", words)}{Nearest.Hint(word, words)}");
            return null;
        },
    };
}

/// <summary>What the command line says; null where the default depends on the rest.</summary>
internal sealed record BenchStepOptions(
    string Model, int Batch, int Nodes, int Steps, string Optimizer, int Threads, int? Shards, int? Servers, int Replicas, int? WarmUp, string? Config, bool Json)
{
    public int EffectiveShards => Shards ?? Math.Min(8, Batch);
}
