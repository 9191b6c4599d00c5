namespace DistributedTrainer.Cli.Tests;

public sealed class HistoryTests : IDisposable
{
    private readonly string _path = Path.Combine(Directory.CreateTempSubdirectory("dtrain-history-").FullName, "history.csv");

    public void Dispose() => Directory.Delete(Path.GetDirectoryName(_path)!, recursive: true);

    [Fact]
    public void ColumnsAreThoseOfTheContract()
    {
        using (var history = new HistoryWriter(_path))
        {
            history.Append(Samples.Epoch(1).Row);
            history.Append(Samples.Epoch(2, accuracy: 1.0 / 3).Row);
        }

        Assert.Equal(
            [
                "epoch,step,learning_rate,train_loss,penalty,validation_loss,validation_accuracy,seconds,samples_per_s",
                "1,45,0.1,0.5,0.01,0.6,0.9,1.500,1000.0",
                "2,90,0.1,0.25,0.01,0.6,0.3333333333333333,1.500,1000.0",
            ],
            File.ReadAllLines(_path));
    }

    [Fact]
    public void WithoutValidationItsColumnIsEmpty()
    {
        var row = Samples.Epoch(1).Row with { ValidationLoss = null, ValidationMetrics = [] };

        Assert.Equal("1,45,0.1,0.5,0.01,,1.500,1000.0", HistoryCsv.Line(row));
    }

    [Fact]
    public void ARunWithoutAnEpochLeavesTheHeader()
    {
        new HistoryWriter(_path).Dispose();

        Assert.Equal(["epoch,step,learning_rate,train_loss,penalty,validation_loss,seconds,samples_per_s"], File.ReadAllLines(_path));
    }
}
