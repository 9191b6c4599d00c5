using DistributedTrainer.Numerics;

namespace DistributedTrainer.Learning;

/// <summary>
/// Working memory of one thread: activations and their gradients for up to MaxRows rows, all reserved at creation. The caller
/// fills <see cref="Inputs"/> and <see cref="Targets"/>, then computes.
/// </summary>
public sealed unsafe class NetworkPass : IDisposable
{
    private readonly Network _network;
    private readonly LayerPass[] _layers;
    private readonly FloatBuffer _inputs;
    private readonly FloatBuffer _targets;
    private readonly FloatBuffer _losses;

    /// <summary>Gradients by a layer's output and by its input, in turns.</summary>
    private readonly FloatBuffer _upstream;
    private readonly FloatBuffer _downstream;

    internal NetworkPass(Network network, int maxRows)
    {
        ArgumentOutOfRangeException.ThrowIfNegativeOrZero(maxRows);
        _network = network;
        MaxRows = maxRows;
        _layers = [.. network.Layers.Select(layer => layer.CreatePass(maxRows))];
        _inputs = new FloatBuffer(checked(maxRows * network.InputLength));
        _targets = new FloatBuffer(checked(maxRows * network.TargetLength));
        _losses = new FloatBuffer(maxRows);
        var widest = checked(maxRows * network.Layers.Max(layer => layer.OutputLength));
        _upstream = new FloatBuffer(widest);
        _downstream = new FloatBuffer(widest);
    }

    public int MaxRows { get; }

    /// <summary>(MaxRows, InputLength), to be filled by the caller.</summary>
    public float* Inputs => _inputs.Pointer;

    /// <summary>(MaxRows, TargetLength), to be filled by the caller.</summary>
    public float* Targets => _targets.Pointer;

    /// <summary>
    /// Gradient sums of the loss over the rows of several slots in one pass. The rows of all slots follow each other in
    /// Inputs and Targets. Each slot is a complete subtree of the reduction tree over shards: its segments, in postfix order.
    /// Gradients are of the loss's sum, not its mean.
    /// </summary>
    /// <param name="parameters">Layout.Length floats.</param>
    /// <param name="slots">One entry a slot.</param>
    /// <param name="observer">Hears of each finished layer; null where nobody listens.</param>
    /// <exception cref="ArgumentException">The slots have more than MaxRows rows, or a class target is not an index below the classes.</exception>
    public void Gradient(float* parameters, ReadOnlySpan<SlotWork> slots, IGradientObserver? observer = null)
    {
        var rows = 0;
        foreach (var slot in slots)
            rows = checked(rows + slot.Rows);
        var output = Forward(parameters, rows);

        float* outputGradient = _upstream.Pointer, inputGradient = _downstream.Pointer;
        _network.Loss.Evaluate(rows, output, Targets, _losses.Pointer, outputGradient);
        SumLosses(slots);
        observer?.LossKnown(new ReadOnlySpan<float>(_losses.Pointer, rows));
        for (var i = _layers.Length - 1; i >= 0; i--)
        {
            var input = i == 0 ? Inputs : _layers[i - 1].Output;
            _layers[i].Backward(parameters, input, rows, outputGradient, i == 0 ? null : inputGradient, slots, observer);
            if (observer is not null && _network.Layers[i].Parameters is [var first, ..])
                observer.FinalFrom(first.Offset);
            var free = outputGradient;
            outputGradient = inputGradient;
            inputGradient = free;
        }

        // The buffers' memory is freed with the last reference to them, and the kernels hold addresses only.
        GC.KeepAlive(this);
    }

    /// <summary>
    /// Forward pass over the first <paramref name="rows"/> rows; adds loss and metric sums, row by row in order, to <paramref name="sums"/>
    /// (<see cref="MetricSet.SumCount"/> doubles), and counts classes where asked to.
    /// </summary>
    /// <param name="confusion">Only where targets are classes.</param>
    /// <exception cref="ArgumentException">More than MaxRows rows, or a class target is not an index below the classes.</exception>
    public void Evaluate(float* parameters, int rows, MetricSet metrics, Span<double> sums, ConfusionMatrix? confusion = null)
    {
        var output = Forward(parameters, rows);
        _network.Loss.Evaluate(rows, output, Targets, _losses.Pointer, _upstream.Pointer);
        metrics.AddLoss(new(_losses.Pointer, rows), _network.Loss.DenominatorPerRow, sums);
        metrics.AddRows(rows, output, Targets, sums);
        for (var row = 0; row < rows && confusion is not null; row++)
            confusion.Add(new(output + (long)row * _network.OutputLength, _network.OutputLength), (int)Targets[row]);
        GC.KeepAlive(this);
    }

    /// <summary>Forward pass over the first <paramref name="rows"/> rows; returns the output (rows, OutputLength), valid until the next call.</summary>
    /// <exception cref="ArgumentException">More than MaxRows rows.</exception>
    public float* Predict(float* parameters, int rows) => Forward(parameters, rows);

    public void Dispose()
    {
        foreach (var layer in _layers)
            layer.Dispose();
        _inputs.Dispose();
        _targets.Dispose();
        _losses.Dispose();
        _upstream.Dispose();
        _downstream.Dispose();
    }

    private void SumLosses(ReadOnlySpan<SlotWork> slots)
    {
        var losses = _losses.Pointer;
        foreach (var slot in slots)
        {
            *slot.Sums = StepSums.Of(new(losses, slot.Rows), slot.Segments.Span, _network.Loss.DenominatorPerRow);
            losses += slot.Rows;
        }
    }

    private float* Forward(float* parameters, int rows)
    {
        if (rows < 0 || rows > MaxRows)
            throw new ArgumentException($"{rows} rows asked of a pass made for at most {MaxRows}.", nameof(rows));
        var x = Inputs;
        foreach (var layer in _layers)
        {
            layer.Forward(parameters, x, rows);
            x = layer.Output;
        }

        return x;
    }
}
