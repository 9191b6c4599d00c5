using System.CommandLine;
using System.Globalization;
using DistributedTrainer.Actors;
using DistributedTrainer.Data;
using DistributedTrainer.Learning;

namespace DistributedTrainer.Cli;

/// <summary><c>dtrain evaluate MODEL_DIR</c>: loss and metrics of a trained model on its own validation and test parts, or on other rows.</summary>
internal static class EvaluateCommand
{
    public static Command Create()
    {
        var model = new Argument<string>("MODEL_DIR") { Description = "The report folder of a finished run." };
        var data = new Option<string?>("--data") { Description = "Labelled rows in the format of the training data. Default: the run's own parts", HelpName = "file" };
        var labels = new Option<string?>("--labels") { Description = "Their labels, where the format keeps them apart (.npy, IDX).", HelpName = "file" };
        var command = new Command("evaluate", "Measures a trained model.") { model, data, labels };
        command.SetAction(parsed => Run(parsed.GetRequiredValue(model), parsed.GetValue(data), parsed.GetValue(labels)));
        return command;
    }

    private static int Run(string folder, string? dataFile, string? labels)
    {
        using var model = ModelFolder.Read(folder);
        if (dataFile is null)
        {
            var parts = model.ScoreOwnParts();
            if (parts.Count == 0)
                throw new CommandException($"{folder}: its job kept no rows for validation or test; name a file with --data", ExitCode.WrongInput);
            foreach (var (part, count, score) in parts)
                Write(part, count, score);
            return ExitCode.Done;
        }

        using var rows = DataSet.LoadForEvaluation(new DataFiles(dataFile, labels), model.Description.Preparation);
        Write(Path.GetFileName(dataFile), rows.Examples.Count, model.Evaluate(rows.Examples));
        return ExitCode.Done;
    }

    private static void Write(string part, int rows, Evaluation score)
    {
        var figures = score.Metrics.Prepend(new("loss", score.Loss))
            .Select(figure => $"{figure.Key} {figure.Value.ToString("0.######", CultureInfo.InvariantCulture)}");
        Console.Out.WriteLine($"{part}: {string.Join("  ", figures)}  ({ModelTable.Count(rows)} rows)");
    }
}
