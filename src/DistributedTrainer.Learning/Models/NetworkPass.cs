using System.Runtime.InteropServices;
using DistributedTrainer.Numerics;

namespace DistributedTrainer.Learning;

/// <summary>
/// Working memory of one thread: activations and their gradients for up to MaxRows rows, all reserved at creation. The caller
/// fills <see cref="Inputs"/> and <see cref="Targets"/>, then computes.
/// </summary>
public sealed unsafe class NetworkPass : IDisposable
{
    private readonly Network _network;
    private readonly SequencePass _layers;
    private readonly MemoryPlan _memory;
    private readonly FloatBuffer _inputs;
    private readonly FloatBuffer _targets;
    private readonly FloatBuffer _losses;
    private readonly uint[] _rowIds;
    private readonly ulong _seed;
    private readonly SharedGradients? _shared;
    private readonly MemoryBlock _output;
    private readonly MemoryBlock _outputGradient;

    internal NetworkPass(Network network, int maxRows, ulong seed)
    {
        ArgumentOutOfRangeException.ThrowIfNegativeOrZero(maxRows);
        _network = network;
        _seed = seed;
        MaxRows = maxRows;
        _layers = new SequencePass(network.Layers);
        _memory = new MemoryPlan(maxRows);
        _shared = SharedGradients.Of(network.Layers);
        _inputs = new FloatBuffer(checked(maxRows * network.InputLength));
        _targets = new FloatBuffer(checked(maxRows * network.TargetLength));
        _losses = new FloatBuffer(maxRows);
        _rowIds = GC.AllocateArray<uint>(maxRows, pinned: true);
        (_output, _outputGradient) = Plan(network, _layers, _memory, new MemoryBlock(_inputs.Length, 0) { Pointer = _inputs.Pointer });
        _memory.Allocate();
    }

    public int MaxRows { get; }

    /// <summary>(MaxRows, InputLength), to be filled by the caller.</summary>
    public float* Inputs => _inputs.Pointer;

    /// <summary>(MaxRows, TargetLength), to be filled by the caller.</summary>
    public float* Targets => _targets.Pointer;

    /// <summary>(MaxRows): each row's number in the data set, to be filled by the caller where a layer draws at random.</summary>
    public Span<uint> RowIds => _rowIds;

    /// <summary>t, the version of the parameters that the next gradient is computed from.</summary>
    public long Step { get; set; }

    /// <summary>Weights in int8 that <see cref="Predict"/> and <see cref="Evaluate"/> take; null: those of the parameters.</summary>
    public QuantizedWeights? Quantized { get; init; }

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
        CheckRows(rows);
        var batch = new Batch
        {
            Parameters = parameters,
            Rows = rows,
            Training = true,
            IsHalf = _network.Precision == Precision.Bfloat16,
            Slots = slots,
            Observer = observer,
            Shared = _shared,
            Seed = _seed,
            Step = unchecked((uint)Step),
            RowIds = (uint*)Marshal.UnsafeAddrOfPinnedArrayElement(_rowIds, 0),
        };
        _layers.Forward(batch);
        _network.Loss.Evaluate(rows, _output.Pointer, Targets, _losses.Pointer, _outputGradient.Pointer);
        SumLosses(slots);
        observer?.LossKnown(new ReadOnlySpan<float>(_losses.Pointer, rows));
        _layers.Backward(batch);

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
        _network.Loss.Evaluate(rows, output, Targets, _losses.Pointer, _outputGradient.Pointer);
        var weights = _network.Loss.ClassWeights;
        metrics.AddLoss(
            new(_losses.Pointer, rows), weights.IsEmpty ? (double)rows * _network.Loss.DenominatorPerRow : StepSums.WeightOf(new(Targets, rows), weights), sums);
        metrics.AddRows(rows, output, Targets, sums);
        var classes = _network.OutputLength / _network.Positions;
        for (var position = 0; position < rows * _network.Positions && confusion is not null; position++)
            confusion.Add(new(output + (long)position * classes, classes), (int)Targets[position]);
        GC.KeepAlive(this);
    }

    /// <summary>Forward pass over the first <paramref name="rows"/> rows; returns the output (rows, OutputLength), valid until the next call.</summary>
    /// <exception cref="ArgumentException">More than MaxRows rows.</exception>
    public float* Predict(float* parameters, int rows) => Forward(parameters, rows);

    public void Dispose()
    {
        _layers.Dispose();
        _shared?.Dispose();
        _memory.Dispose();
        _inputs.Dispose();
        _targets.Dispose();
        _losses.Dispose();
    }

    private void SumLosses(ReadOnlySpan<SlotWork> slots)
    {
        var losses = _losses.Pointer;
        var targets = Targets;
        var weights = _network.Loss.ClassWeights;
        foreach (var slot in slots)
        {
            *slot.Sums = StepSums.Of(new(losses, slot.Rows), slot.Segments.Span, _network.Loss.DenominatorPerRow, weights.IsEmpty ? default : new(targets, slot.Rows), weights);
            losses += slot.Rows;
            targets += weights.IsEmpty ? 0 : slot.Rows;
        }
    }

    /// <summary>Reserves the memory of all layers, forward, loss and backward; returns the output and the loss's gradient by it.</summary>
    internal static (MemoryBlock Output, MemoryBlock OutputGradient) Plan(
        Network network, SequencePass layers, MemoryPlan memory, MemoryBlock inputs)
    {
        var output = layers.PlanForward(memory, inputs);
        memory.Next();
        memory.Use(output);
        var gradient = memory.Reserve(network.OutputLength);
        layers.PlanBackward(memory, gradient, needsInputGradient: false);
        return (output, gradient);
    }

    private float* Forward(float* parameters, int rows)
    {
        CheckRows(rows);
        _layers.Forward(new Batch
        {
            Parameters = parameters,
            Rows = rows,
            IsHalf = _network.Precision == Precision.Bfloat16,
            Quantized = Quantized,
        });
        return _output.Pointer;
    }

    private void CheckRows(int rows)
    {
        if (rows < 0 || rows > MaxRows)
            throw new ArgumentException($"{rows} rows asked of a pass made for at most {MaxRows}.", nameof(rows));
    }
}
