using DistributedTrainer.Coordination;
using DistributedTrainer.Learning;
using DistributedTrainer.Numerics;

namespace DistributedTrainer.Actors;

/// <summary>One step of a search for the learning rate.</summary>
/// <param name="Rate">That the step was made at.</param>
/// <param name="Loss">Of its batch, before it.</param>
/// <param name="Smoothed">The loss's moving average, corrected for its beginning at 0.</param>
public sealed record RatePoint(double Rate, double Loss, double Smoothed);

/// <summary>
/// The range test for a learning rate (Smith 2017): trains for some steps while the rate grows by the same factor at each, and watches the
/// loss. It ends early once that has become four times its lowest. One thread, no cluster; the same bits everywhere.
/// </summary>
public static unsafe class RateSearch
{
    private const double Smoothing = 0.9;
    private const double Hopeless = 4;

    /// <param name="job">Its own schedule is put aside, and so are its unlabelled rows, which have no labels at its beginning.</param>
    /// <param name="from">The first rate, above 0.</param>
    /// <param name="to">The last, above the first.</param>
    /// <param name="steps">At least 2.</param>
    /// <exception cref="JobFileException">The job does not fit its data.</exception>
    /// <exception cref="Data.DataException">The data is missing or wrong.</exception>
    public static IEnumerable<RatePoint> Run(Job job, double from, double to, int steps)
    {
        using var opened = OpenedJob.Open(job.Name, JobFile.Format(OnLabelledRows(job)), servers: 1);
        using var run = new PlainRun(opened);
        var (average, decay, lowest) = (0.0, 1.0, double.PositiveInfinity);
        for (var step = 0; step < steps; step++)
        {
            var rate = from * DoubleMath.Pow(to / from, step / (steps - 1.0));
            var loss = run.Step(step, rate);
            average = Smoothing * average + (1 - Smoothing) * loss;
            decay *= Smoothing;
            var smoothed = average / (1 - decay);
            if (!double.IsFinite(loss))
                yield break;
            yield return new RatePoint(rate, loss, smoothed);
            lowest = Math.Min(lowest, smoothed);
            if (smoothed > Hopeless * lowest)
                yield break;
        }
    }

    private static Job OnLabelledRows(Job job) => job with { PseudoLabels = null, Data = job.Data with { UnlabelledFiles = null } };

    /// <summary>The rate at which the loss falls fastest, by the logarithm of the rate; null where it never falls.</summary>
    public static double? Steepest(IReadOnlyList<RatePoint> points)
    {
        var (steepest, slope) = (-1, 0.0);
        for (var index = 1; index + 1 < points.Count; index++)
        {
            var here = (points[index + 1].Smoothed - points[index - 1].Smoothed) / DoubleMath.Log(points[index + 1].Rate / points[index - 1].Rate);
            if (here < slope)
                (steepest, slope) = (index, here);
        }

        return steepest < 0 ? null : points[steepest].Rate;
    }

    /// <summary>The parts of a training step in one place, on one thread.</summary>
    private sealed class PlainRun : IDisposable
    {
        private readonly OpenedJob _job;
        private readonly BufferPool _pool = new();
        private readonly MicroBatches _shards;
        private readonly RangeOptimizer _optimizer;
        private readonly FloatBuffer _parameters;

        /// <summary>The parameters as passes read them: rounded in a job in bfloat16.</summary>
        private readonly FloatBuffer _read;
        private readonly double[] _squares;
        private readonly GrowingPass _pass;

        public PlainRun(OpenedJob job)
        {
            _job = job;
            var layout = job.Network.Layout;
            _shards = new MicroBatches(job, _pool);
            _pass = new GrowingPass(job.Network, job.Job.Seed);
            _optimizer = new RangeOptimizer(job.Job.Update, layout, 0, layout.Length);
            _parameters = new FloatBuffer(layout.Length);
            _read = job.IsHalf ? new FloatBuffer(layout.Length) : _parameters;
            _squares = new double[layout.TrainedBlocks(0, layout.Length)];
            InitialWeights.Write(job.Job, job.Network, _parameters.Span);
        }

        /// <returns>The batch's mean loss.</returns>
        public double Step(long step, double rate)
        {
            if (_job.IsHalf)
                Bfloat16.Round(_parameters.Pointer, _read.Pointer, _read.Length);
            var partials = _shards.Compute(new ComputeStep(step, 0, _job.Plan.Shards, null), _pass.For, _read.Pointer);
            var root = PartialTree.Merge(_job, partials).Single();
            var gradient = root.Buffer.Pointer;
            var sums = root.Head.Sums;
            var (length, factor) = (_job.Network.Layout.Length, 1f);
            if (_job.Job.Clip is ClipNorm clip)
            {
                _optimizer.SquareSums(0, length, _parameters.Pointer, gradient, sums.Denominator, _squares);
                factor = GradientNorm.Factor(clip.Limit, _squares);
            }

            _optimizer.Update(0, length, _parameters.Pointer, _parameters.Pointer, gradient, null, sums, 0, new StepTerms(step, rate, factor));
            root.Buffer.Release();
            return sums.Loss / sums.Denominator;
        }

        public void Dispose()
        {
            _pass.Dispose();
            _optimizer.Dispose();
            _parameters.Dispose();
            _read.Dispose();
        }
    }
}
