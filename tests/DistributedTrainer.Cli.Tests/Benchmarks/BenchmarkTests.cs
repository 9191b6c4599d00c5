using System.Net;
using DistributedTrainer.Coordination;

namespace DistributedTrainer.Cli.Tests;

public sealed class BenchmarkTests
{
    [Fact]
    public void TimesAreMeanMedianAndTheSlowestOfAHundred()
    {
        var times = StepTimes.Of([.. Enumerable.Range(1, 200).Select(step => (double)(201 - step))]);

        Assert.Equal((100.5, 100.0, 198.0), (times.MeanMs, times.MedianMs, times.P99Ms));
        Assert.Equal(new StepTimes(7, 7, 7), StepTimes.Of([7]));
    }

    [Theory]
    [InlineData("softmax", 7_850)]
    [InlineData("mlp", 101_770)]
    [InlineData("mlp1k", 1_863_690)]
    [InlineData("lenet", 61_706)]
    [InlineData("lstm", 82_186)]
    [InlineData("gpt", 818_176)]
    public void ModelsHaveTheSizesThatOthersAreMeasuredWith(string model, int parameters)
    {
        var job = BenchModels.CreateJob(model, "adam", batch: 64, shards: 8, steps: 30);
        using var data = Data.DataSet.Load(job.Data, Data.TargetType.Class, job.Seed);
        var network = Learning.Network.Compile(job.Model, job.Loss, data.InputShape, data.TargetLength, data.Classes.Count);

        Assert.Equal(parameters, network.Layout.TrainedLength);
        Assert.Equal(30, new RunPlan(job, 64 * 30).TotalSteps);
        Assert.Equal(JobFile.Format(job), JobFile.Format(JobFile.Parse(JobFile.Format(job), "bench")));
        Assert.InRange(BenchModels.WarmUpSteps(model, 64), 100, 20_000);
    }

    [Theory]
    [InlineData(1)]
    [InlineData(7)]
    [InlineData(1_000)]
    [InlineData(100_003)]
    [InlineData(25_000_000)]
    public void AnExchangeIsOfExactlySoManyFloatsAndCrossesTheWireTwice(int floats)
    {
        var plan = new ExchangePlan(floats, 2);
        var job = plan.CreateJob(plan.DefaultSteps);
        var data = Assert.IsType<Data.SyntheticData>(job.Data);
        var (push, publish) = plan.FirstSends;

        Assert.Equal(floats, data.Inputs * Assert.IsType<Learning.Dense>(Assert.Single(job.Model)).Units);
        Assert.Equal(floats, push + publish);
        Assert.InRange(push, 0, publish + Learning.ParameterLayout.BlockLength);
    }

    [Theory]
    [InlineData(0, 4_000)]
    [InlineData(200_000, 204_096)]
    public async Task TheFloorMovesBothPhasesBothWays(int push, int publish)
    {
        using var listener = SocketFloor.NewSocket(new IPEndPoint(IPAddress.Loopback, 0));
        listener.Bind(new IPEndPoint(IPAddress.Loopback, 0));
        listener.Listen(1);
        var dialled = SocketFloor.NewSocket(listener.LocalEndPoint!);
        await dialled.ConnectAsync(listener.LocalEndPoint!);
        var accepted = await listener.AcceptAsync();

        var other = Task.Run(() => Rounds(new SocketFloor(dialled, publish, push)));
        Rounds(new SocketFloor(accepted, push, publish));
        await other;

        static void Rounds(SocketFloor floor)
        {
            using (floor)
            {
                for (var round = 0; round < 20; round++)
                    floor.Exchange();
            }
        }
    }

    [Fact]
    public async Task AVanishedPeerEndsTheFloorWithAnError()
    {
        using var listener = SocketFloor.NewSocket(new IPEndPoint(IPAddress.Loopback, 0));
        listener.Bind(new IPEndPoint(IPAddress.Loopback, 0));
        listener.Listen(1);
        using var dialled = SocketFloor.NewSocket(listener.LocalEndPoint!);
        await dialled.ConnectAsync(listener.LocalEndPoint!);
        using var floor = new SocketFloor(await listener.AcceptAsync(), 400_000, 400_000);
        dialled.Dispose();

        Assert.ThrowsAny<Exception>(floor.Exchange);
    }

    [Fact]
    public async Task AStepIsMeasuredInThisProcess()
    {
        var window = new StepWindow(First: 3, Steps: 5);
        var job = BenchModels.CreateJob("softmax", "gd", batch: 16, shards: 4, window.JobSteps);
        var folder = Directory.CreateTempSubdirectory("dtrain-bench-test-");
        try
        {
            await using var run = new MeasuredRun(new MeasuredNodes(1, 1, Config: null), window, TimeProvider.System);
            var (result, nodes) = await run.RunAsync(new JobSubmission("bench-test", JobFile.Format(job), 1, 0, 0, folder.FullName));

            Assert.Equal(9, result.Steps);
            Assert.Equal(64, result.WeightsSha256.Length);
            var times = Assert.Single(nodes).Times!;
            Assert.True(times.MeanMs > 0 && times.MedianMs > 0 && times.P99Ms >= times.MedianMs, $"{times}");
            Assert.Equal(0, nodes[0].Gen2Collections);
        }
        finally
        {
            folder.Delete(recursive: true);
        }
    }

    [Fact]
    public void OrdersAndFiguresOfAMeasurementSurviveTheWay()
    {
        var order = new ManagedOrder { Measure = new StepWindow(100, 200) };
        var measured = new StepMeasurement(new StepTimes(1.5, 1.25, 4), new StepPhases(0.5, 0.25, 0.75), 4096, 1, 0, 2, 1L << 40);

        Assert.Equal("""{"measure":{"first":100,"steps":200}}""", order.ToLine());
        Assert.Equal(order, ManagedOrder.Parse(order.ToLine()));
        Assert.Equal(measured, ManagedReport.Parse(new ManagedReport { Measured = measured }.ToLine()).Measured);
        Assert.Null(ManagedReport.Parse(new ManagedReport { Measured = measured with { Times = null } }.ToLine()).Measured!.Times);
    }
}
