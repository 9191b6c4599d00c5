using DistributedTrainer.Learning;

namespace DistributedTrainer.Cli.Tests;

public sealed class PredictionCsvTests
{
    [Fact]
    public void ClassesComeWithTheProbabilityOfEach() => Assert.Equal(
        ["prediction,probability_setosa,\"probability_a,b\"", "\"a,b\",0.25,0.75", "setosa,0.5,0.5"],
        Write(new CrossEntropy(), ["setosa", "a,b"], 2, [0, MathF.Log(3)], [1000, 1000]));

    [Fact]
    public void OneLogitDecidesBetweenTwoClasses() => Assert.Equal(
        ["prediction,probability_benign,probability_malignant", "malignant,0.25,0.75", "benign,0.5,0.5"],
        Write(new BinaryCrossEntropy(), ["benign", "malignant"], 1, [MathF.Log(3)], [0]));

    [Fact]
    public void ValuesAreWrittenInFull()
    {
        Assert.Equal(["prediction", "0.1", "-3E-08"], Write(new MeanSquaredError(), [], 1, [0.1f], [-3e-8f]));
        Assert.Equal(["prediction_1,prediction_2", "1,2"], Write(new MeanSquaredError(), [], 2, [1, 2]));
    }

    private static string[] Write(LossSpec loss, string[] classes, int outputs, params float[][] rows)
    {
        using var text = new StringWriter { NewLine = "\n" };
        var csv = new PredictionCsv(text, loss, classes, outputs);
        csv.WriteHeader();
        foreach (var row in rows)
            csv.WriteRow(row);
        return text.ToString().Split('\n', StringSplitOptions.RemoveEmptyEntries);
    }
}
