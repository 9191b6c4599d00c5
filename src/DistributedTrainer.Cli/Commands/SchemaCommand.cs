using System.CommandLine;
using DistributedTrainer.Coordination;

namespace DistributedTrainer.Cli;

/// <summary><c>dtrain schema job</c>: the JSON Schema of job files, so that editors complete them.</summary>
internal static class SchemaCommand
{
    public static Command Create()
    {
        var job = new Command("job", "The schema of job files.");
        job.SetAction(_ =>
        {
            Console.Out.WriteLine(JobFile.Schema());
            return ExitCode.Done;
        });
        return new Command("schema", "Prints the JSON Schema of a kind of file.") { job };
    }
}
