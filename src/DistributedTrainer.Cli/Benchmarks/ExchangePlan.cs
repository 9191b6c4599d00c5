using DistributedTrainer.Coordination;
using DistributedTrainer.Data;
using DistributedTrainer.Learning;

namespace DistributedTrainer.Cli;

/// <summary>What one exchange consists of: a model of exactly so many parameters, and the bytes that cross the wire.</summary>
internal sealed record ExchangePlan(int Floats, int Nodes)
{
    /// <summary>Steps to measure: some seconds at most.</summary>
    public int DefaultSteps => Math.Clamp(300_000_000 / Floats, 20, 1000);

    /// <summary>Steps before them, a second or two; more than the compiler counts until a method is worth its last work.</summary>
    public int WarmUpSteps => Math.Clamp((int)(1500 / (0.15 + (Floats * 4e-6))), 60, 5000);

    /// <summary>
    /// One dense layer without biases, about square, a row a node, and plain gradient descent: what a server does beside summing is the
    /// least that there is.
    /// </summary>
    public Job CreateJob(int steps)
    {
        var units = (int)Math.Sqrt(Floats);
        while (Floats % units != 0)
            units--;
        return new Job
        {
            Name = "bench-exchange",
            Data = new SyntheticData(checked(Nodes * steps), Floats / units, units) { Distinct = Nodes },
            Model = [new Dense(units) { Bias = false }],
            Loss = new MeanSquaredError(),
            Optimizer = new GradientDescent { LearningRate = 1e-6 },
            BatchSize = Nodes,
            Epochs = 1,
            Shards = Nodes,
        };
    }

    /// <summary>
    /// Of two nodes: the floats that the first one sends to the second when pushing, and those that it sends when publishing. The second
    /// sends as many in the other order.
    /// </summary>
    public (int Push, int Publish) FirstSends
    {
        get
        {
            var ranges = ServerRange.Split(Floats, servers: 2);
            return (ranges.Skip(1).Sum(range => range.Length), ranges[0].Length);
        }
    }
}
