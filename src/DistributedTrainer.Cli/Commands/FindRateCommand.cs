using System.CommandLine;
using System.Globalization;
using DistributedTrainer.Actors;
using DistributedTrainer.Coordination;

namespace DistributedTrainer.Cli;

/// <summary><c>dtrain find-lr JOB</c>: the range test for a learning rate, with its curve.</summary>
internal static class FindRateCommand
{
    public const string CsvFile = "find-lr.csv";

    public static Command Create()
    {
        var job = new Argument<string>("JOB") { Description = "The job file (YAML)." };
        var from = new Option<double>("--from") { Description = "The first learning rate. Default: 1e-6", HelpName = "rate", DefaultValueFactory = _ => 1e-6 };
        var to = new Option<double>("--to") { Description = "The last one. Default: 10", HelpName = "rate", DefaultValueFactory = _ => 10 };
        var steps = new Option<int>("--steps") { Description = "Steps from the one to the other. Default: 100", HelpName = "n", DefaultValueFactory = _ => 100 };
        var report = new Option<string?>("--report") { Description = "Where find-lr.csv and report.html go. Default: runs/<name>-find-lr", HelpName = "dir" };
        var set = JobInput.CreateSetOption();
        var command = new Command("find-lr", "Tries a job's learning rates, from small to large, in one short training.") { job, from, to, steps, report, set };
        command.SetAction(parsed => Run(
            JobInput.Read(parsed.GetRequiredValue(job), parsed.GetValue(set)!), parsed.GetValue(from), parsed.GetValue(to), parsed.GetValue(steps), parsed.GetValue(report)));
        return command;
    }

    private static int Run(Job job, double from, double to, int steps, string? report)
    {
        if (!((float)from > 0 && to > from && float.IsFinite((float)to)))
            throw new CommandException(
                string.Create(CultureInfo.InvariantCulture, $"--from is {from} and --to is {to}; allowed are numbers above 0 in float32's range, the second above the first"), ExitCode.WrongInput);
        if (steps < 10)
            throw new CommandException($"--steps is {steps}; allowed is a whole number from 10", ExitCode.WrongInput);
        var folder = report ?? Path.Combine("runs", $"{job.Name}-find-lr");
        RatePoint[] points = [.. RateSearch.Run(job, from, to, steps)];
        if (points.Length < 2)
            throw new CommandException($"the loss is not finite at a learning rate of {Number(from)}; try a smaller --from, and check the data", ExitCode.Failed);
        var steepest = RateSearch.Steepest(points);
        CreateFolder(folder);
        File.WriteAllLines(
            Path.Combine(folder, CsvFile),
            ["step,learning_rate,loss,smoothed_loss", .. points.Select((point, step) => string.Create(CultureInfo.InvariantCulture, $"{step},{point.Rate:R},{point.Loss:R},{point.Smoothed:R}"))]);
        File.WriteAllText(Path.Combine(folder, ReportPage.FileName), FindRatePage.Html(job, points, steepest));
        foreach (var point in points.Where((_, step) => step % Math.Max(1, points.Length / 20) == 0))
            Console.Out.WriteLine(string.Create(CultureInfo.InvariantCulture, $"{point.Rate,12:0.00e+00}  {point.Smoothed:G6}"));
        Console.Out.WriteLine(FindRatePage.Verdict(steepest));
        Console.Out.WriteLine($"curve: {Path.Combine(folder, ReportPage.FileName)}");
        return ExitCode.Done;
    }

    private static void CreateFolder(string folder)
    {
        try
        {
            Directory.CreateDirectory(folder);
        }
        catch (Exception exception) when (exception is IOException or UnauthorizedAccessException)
        {
            throw new CommandException($"cannot write to {folder}: {exception.Message}; name another folder with --report", ExitCode.WrongInput);
        }
    }

    private static string Number(double value) => value.ToString("G3", CultureInfo.InvariantCulture);
}
