using System.CommandLine;

namespace DistributedTrainer.Cli;

/// <summary>The command <c>dtrain</c>: its subcommands, and one way out for every error.</summary>
internal static class CommandLine
{
    public static RootCommand Create()
    {
        var root = new RootCommand("Trains models on a cluster of nodes, bit-for-bit reproducibly.")
        {
            TrainCommand.Create(),
            NodeCommand.Create(),
            SubmitCommand.Create(),
            StatusCommand.Create(),
            CancelCommand.Create(),
            ValidateCommand.Create(),
            FindRateCommand.Create(),
            EvaluateCommand.Create(),
            PredictCommand.Create(),
            GenerateCommand.Create(),
            SchemaCommand.Create(),
            ExperimentCommand.Create(),
            BenchCommand.Create(),
            CertsCommand.Create(),
        };
        root.Options.OfType<VersionOption>().Single().Action = new PrintVersion();
        return root;
    }

    public static async Task<int> RunAsync(string[] arguments)
    {
        var json = arguments.Contains("--json");
        try
        {
            var parsed = Create().Parse(arguments, new ParserConfiguration { ResponseFileTokenReplacer = null });
            if (parsed.Errors.Count > 0 && parsed.Action is not { ClearsParseErrors: true })
                throw UsageError.From(parsed);
            // Signals are ours (Interruption), and so are exceptions: see Failure.
            return await parsed.InvokeAsync(new InvocationConfiguration { EnableDefaultExceptionHandler = false, ProcessTerminationTimeout = null });
        }
        catch (Exception exception)
        {
            var failure = Failure.Of(exception);
            Console.Error.WriteLine(failure.Text);
            if (json)
                Console.Out.WriteLine(failure.ToJson());
            return failure.ExitCode;
        }
    }
}
