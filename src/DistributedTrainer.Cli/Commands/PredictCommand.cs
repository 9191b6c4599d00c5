using System.CommandLine;
using DistributedTrainer.Actors;
using DistributedTrainer.Data;

namespace DistributedTrainer.Cli;

/// <summary><c>dtrain predict MODEL_DIR --data FILE</c>: what a trained model says of new rows, as CSV.</summary>
internal static class PredictCommand
{
    public static Command Create()
    {
        var model = new Argument<string>("MODEL_DIR") { Description = "The report folder of a finished run." };
        var data = new Option<string>("--data") { Description = "Rows in the format of the training data; a target column may be absent.", HelpName = "file", Required = true };
        var target = new Option<string?>("--out") { Description = "Where to write the CSV. Default: standard output", HelpName = "file" };
        var quantize = QuantizeOption.Create();
        var command = new Command("predict", "Predicts new rows with a trained model.") { model, data, target, quantize };
        command.SetAction(parsed => Run(
            parsed.GetRequiredValue(model), parsed.GetRequiredValue(data), parsed.GetValue(target), parsed.GetValue(quantize) is not null));
        return command;
    }

    private static int Run(string folder, string dataFile, string? outFile, bool quantized)
    {
        using var model = ModelFolder.Read(folder);
        if (model.Description.Preparation.Tokens is not null)
            throw new CommandException($"{folder}: a language model predicts the next token of a text; use dtrain generate", ExitCode.WrongInput);
        using var rows = DataSet.LoadForPrediction(new DataFiles(dataFile), model.Description.Preparation);
        if (outFile is null)
        {
            using (var standard = new StreamWriter(Console.OpenStandardOutput()))
                Write(model, rows.Examples, standard, quantized);
            Compare(model, rows.Examples, quantized);
            return ExitCode.Done;
        }

        using (var file = new StreamWriter(outFile) { NewLine = "\n" })
            Write(model, rows.Examples, file, quantized);
        Compare(model, rows.Examples, quantized);
        Console.Error.WriteLine($"{ModelTable.Count(rows.Examples.Count)} predictions in {outFile}");
        return ExitCode.Done;
    }

    /// <summary>What int8 costs on these rows, whose targets nobody needs to know; <c>evaluate --quantize int8</c> has the loss in accuracy.</summary>
    private static void Compare(SavedModel model, Examples rows, bool quantized)
    {
        if (quantized)
            Console.Error.WriteLine(QuantizationLoss.Of(model, rows).ToString());
    }

    private static void Write(SavedModel model, Examples rows, TextWriter output, bool quantized)
    {
        var width = model.Network.OutputLength;
        var csv = new PredictionCsv(output, model.Job.Loss, model.Description.Classes, width);
        csv.WriteHeader();
        model.Predict(rows, (_, count, outputs) =>
        {
            for (var row = 0; row < count; row++)
                csv.WriteRow(outputs.Span.Slice(row * width, width));
        }, quantized);
    }
}
