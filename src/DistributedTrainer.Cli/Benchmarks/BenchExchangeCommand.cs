using System.CommandLine;
using System.Net;
using System.Net.Sockets;
using DistributedTrainer.Coordination;

namespace DistributedTrainer.Cli;

/// <summary><c>dtrain bench exchange</c>: push, sum and publish alone, beside the plain-socket floor of the same bytes in the same run.</summary>
internal static class BenchExchangeCommand
{
    private const int MostNodes = 64;
    private const int MostFloats = 250_000_000;

    public static Command Create()
    {
        var floats = new WholeNumberOption("--floats", "Numbers to exchange: the gradient of a model of so many parameters.", 1, MostFloats) { Required = true };
        var nodes = new WholeNumberOption("--nodes", "Node processes. Default: 2", 2, MostNodes);
        var steps = new WholeNumberOption("--steps", "Exchanges to measure. Default: 20 to 1000, by size", 1);
        var warmUp = new WholeNumberOption("--warmup", "Exchanges before the measured ones. Default: a second or two's, at least 60", 1);
        var config = ConfigFile.CreateOption();
        var json = new Option<bool>("--json") { Description = "Prints one JSON object on standard output, and nothing else there." };
        var command = new Command("exchange", "Time of pushing, summing and publishing a gradient that is ready, and of the same bytes over plain sockets.")
        {
            floats, nodes, steps, warmUp, config, json,
        };
        command.SetAction((parsed, _) => RunAsync(
            new ExchangePlan(parsed.GetRequiredValue(floats)!.Value, parsed.GetValue(nodes) ?? 2), parsed.GetValue(steps), parsed.GetValue(warmUp),
            parsed.GetValue(config), parsed.GetValue(json)));
        return command;
    }

    private static async Task<int> RunAsync(ExchangePlan plan, int? steps, int? warmUp, string? config, bool json)
    {
        var window = new StepWindow(warmUp ?? plan.WarmUpSteps, steps ?? plan.DefaultSteps);
        if (plan.Nodes * (window.First + window.Steps + 1) > Array.MaxLength)
        {
            throw new CommandException(
                $"--steps is {window.Steps} and --warmup {window.First}; together they may be up to {Array.MaxLength / plan.Nodes - 1}", ExitCode.WrongInput);
        }

        if (config is not null)
            ConfigFile.Read(config);
        var job = plan.CreateJob(window.JobSteps);
        var folder = Directory.CreateTempSubdirectory("dtrain-bench-");
        try
        {
            // Half of the floor is measured before and half after the exchange, since other work on the machine comes and goes.
            var floors = new Floors();
            await floors.AddAsync(plan, folder.FullName, window);
            await using var run = new MeasuredRun(new MeasuredNodes(plan.Nodes, Threads: 1, config, ExchangeOnly: true), window, TimeProvider.System);
            var (_, nodes) = await run.RunAsync(new JobSubmission(JobInput.NewId(job), JobFile.Format(job), plan.Nodes, 0, 0, folder.FullName));
            await floors.AddAsync(plan, folder.FullName, window);
            Figures(plan, window, nodes, floors).Print(json);
        }
        finally
        {
            folder.Delete(recursive: true);
        }

        return ExitCode.Done;
    }

    private static BenchFigures Figures(ExchangePlan plan, StepWindow window, IReadOnlyList<StepMeasurement> nodes, Floors floors)
    {
        var times = nodes.Select(node => node.Times).Single(times => times is not null)!;
        return new BenchFigures(
        [
            new("floats", plan.Floats),
            new("nodes", plan.Nodes),
            new("ms_mean", Math.Round(times.MeanMs, 4)),
            new("ms_median", Math.Round(times.MedianMs, 4)),
            new("ms_p99", Math.Round(times.P99Ms, 4)),
            new("mb_per_s", Math.Round(sizeof(float) * (double)plan.Floats / times.MeanMs / 1000, 1)),
            new("floor_ms_median", Median(floors.Unix)),
            new("floor_tcp_ms_median", Median(floors.Tcp)),
            new("steps", window.Steps),
            new("allocated_bytes_per_step", nodes.Max(node => node.AllocatedBytes) / window.Steps),
            new("gen2_collections", nodes.Max(node => node.Gen2Collections)),
            new("methods_compiled", nodes.Max(node => node.MethodsCompiled)),
            new("peak_memory_bytes", nodes.Max(node => node.PeakMemoryBytes)),
        ]);

        static object? Median(List<double> milliseconds) => milliseconds.Count == 0 ? null : Math.Round(StepTimes.Of([.. milliseconds]).MedianMs, 4);
    }

    /// <summary>Of two processes; more have no floor that one pair of sockets could show.</summary>
    private sealed class Floors
    {
        public List<double> Unix { get; } = [];

        public List<double> Tcp { get; } = [];

        public async Task AddAsync(ExchangePlan plan, string folder, StepWindow window)
        {
            if (plan.Nodes != 2)
                return;
            var half = window with { Steps = (window.Steps + 1) / 2 };
            Unix.AddRange(await FloorPeer.MeasureAsync(plan, new UnixDomainSocketEndPoint(Path.Combine(folder, $"floor-{Unix.Count}")), half, TimeProvider.System));
            Tcp.AddRange(await FloorPeer.MeasureAsync(plan, new IPEndPoint(IPAddress.Loopback, 0), half, TimeProvider.System));
        }
    }
}
