using System.CommandLine;
using System.CommandLine.Invocation;
using DistributedTrainer.Numerics;

namespace DistributedTrainer.Cli;

/// <summary><c>dtrain --version</c>: product version, arithmetic version, commit.</summary>
internal sealed class PrintVersion : SynchronousCommandLineAction
{
    public override bool ClearsParseErrors => true;

    public override int Invoke(ParseResult parseResult)
    {
        Console.Out.WriteLine($"dtrain {ProductVersion.Number}, arithmetic {ArithmeticVersion.Current}, commit {ProductVersion.Commit ?? "unknown"}");
        return ExitCode.Done;
    }
}
