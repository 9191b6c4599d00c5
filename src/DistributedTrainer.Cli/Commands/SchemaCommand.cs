using System.CommandLine;
using DistributedTrainer.Coordination;

namespace DistributedTrainer.Cli;

/// <summary><c>dtrain schema job</c> and <c>schema scenario</c>: JSON Schemas of the files, so that editors complete them.</summary>
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
        var scenario = new Command("scenario", "The schema of scenario files.");
        scenario.SetAction(_ =>
        {
            Console.Out.WriteLine(ScenarioFile.Schema());
            return ExitCode.Done;
        });
        return new Command("schema", "Prints the JSON Schema of a kind of file.") { job, scenario };
    }
}
