namespace DistributedTrainer.Learning.Tests;

public sealed class MemoryPlanTests
{
    [Fact]
    public void BlocksThatNeverMeetShareMemory()
    {
        using var plan = new MemoryPlan(4);
        var first = plan.Reserve(100);
        plan.Next();
        plan.Use(first);
        var second = plan.Reserve(50);
        plan.Next();
        var third = plan.Reserve(80);
        plan.Use(second);
        plan.Place();
        Assert.Equal(400 + 200, plan.Length);
        Assert.Equal(first.Offset, third.Offset);
        Assert.True(second.Offset >= 400);
    }

    [Fact]
    public void NoTwoBlocksThatMeetOverlap()
    {
        var random = new Random(1);
        for (var round = 0; round < 50; round++)
        {
            using var plan = new MemoryPlan(3);
            var blocks = new List<MemoryBlock>();
            for (var step = 0; step < 20; step++)
            {
                plan.Next();
                foreach (var block in blocks.Where(_ => random.Next(4) == 0))
                    plan.Use(block);
                blocks.Add(plan.Reserve(random.Next(1, 60)));
            }

            plan.Place();
            foreach (var (i, a) in blocks.Index())
            {
                Assert.Equal(0, a.Offset % 16);
                foreach (var b in blocks.Skip(i + 1).Where(a.Meets))
                    Assert.True(a.Offset + a.Length <= b.Offset || b.Offset + b.Length <= a.Offset, $"round {round}");
            }
        }
    }

    [Fact]
    public void ADeepChainOfLayersKeepsOutputsButReusesGradients()
    {
        LayerSpec[] layers = [.. Enumerable.Range(0, 10).Select(_ => new Dense(64) { Activation = Activation.Relu }), new Dense(64)];
        var network = Network.Compile(layers, new MeanSquaredError(), [64], 64, 0);
        // Eleven outputs are kept for the backward pass; of the gradients by them, two live at once.
        Assert.InRange(network.ActivationBytes(32), 12 * 32 * 64 * sizeof(float), 13 * 32 * 64 * sizeof(float));
    }
}
