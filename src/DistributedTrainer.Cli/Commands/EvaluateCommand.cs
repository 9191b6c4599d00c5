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
        var quantize = QuantizeOption.Create();
        var command = new Command("evaluate", "Measures a trained model.") { model, data, labels, quantize };
        command.SetAction(parsed => Run(
            parsed.GetRequiredValue(model), parsed.GetValue(data), parsed.GetValue(labels), parsed.GetValue(quantize) is not null));
        return command;
    }

    private static int Run(string folder, string? dataFile, string? labels, bool quantized)
    {
        using var model = ModelFolder.Read(folder);
        if (dataFile is null)
        {
            var parts = model.ScoreOwnParts();
            if (parts.Count == 0)
                throw new CommandException($"{folder}: its job kept no rows for validation or test; name a file with --data", ExitCode.WrongInput);
            var others = quantized ? model.ScoreOwnParts(quantized) : [];
            foreach (var (index, (part, count, score)) in parts.Index())
                Write(part, count, score, quantized ? others[index].Score : null);
            return ExitCode.Done;
        }

        using var rows = DataSet.LoadForEvaluation(new DataFiles(dataFile, labels), model.Description.Preparation);
        Write(
            Path.GetFileName(dataFile), rows.Examples.Count, model.Evaluate(rows.Examples), quantized ? model.Evaluate(rows.Examples, quantized) : null);
        return ExitCode.Done;
    }

    /// <param name="quantized">The same of int8, which is written beside it with what it costs; null for none.</param>
    private static void Write(string part, int rows, Evaluation score, Evaluation? quantized)
    {
        Console.Out.WriteLine($"{part}: {Text(score)}  ({ModelTable.Count(rows)} rows)");
        if (quantized is null)
            return;
        Console.Out.WriteLine($"{part} in int8: {Text(quantized)}");
        Console.Out.WriteLine($"{part}, int8 less as trained: {string.Join("  ", Figures(quantized).Zip(Figures(score), (own, other) => Text(own.Key, own.Value - other.Value, "+0.######;-0.######;0")))}");
    }

    private static IEnumerable<KeyValuePair<string, double>> Figures(Evaluation score) => score.Metrics.Prepend(new("loss", score.Loss));

    private static string Text(Evaluation score) => string.Join("  ", Figures(score).Select(figure => Text(figure.Key, figure.Value, "0.######")));

    private static string Text(string name, double value, string format) => $"{name} {value.ToString(format, CultureInfo.InvariantCulture)}";
}
