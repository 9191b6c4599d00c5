using DistributedTrainer.Learning;

namespace DistributedTrainer.Coordination.Tests;

public sealed class LayerLineTests
{
    [Fact]
    public void ALayerSurvivesTheWay()
    {
        var layer = new LayerSummary("first hidden", "dense", [28, 14], 6240);

        var read = LayerLine.Parse(LayerLine.Format(layer));

        Assert.Equal(layer with { OutputShape = read.OutputShape }, read);
        Assert.Equal(layer.OutputShape, read.OutputShape);
    }
}
