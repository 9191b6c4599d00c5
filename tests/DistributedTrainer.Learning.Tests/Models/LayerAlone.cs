using DistributedTrainer.Numerics;

namespace DistributedTrainer.Learning.Tests;

/// <summary>One layer, or a few, without loss and network: input and upstream gradient in, output and gradients out.</summary>
internal sealed unsafe class LayerAlone : IDisposable
{
    private readonly SequencePass _pass;
    private readonly MemoryPlan _memory;
    private readonly FloatBuffer _input;
    private readonly MemoryBlock _output;
    private readonly MemoryBlock _outputGradient;
    private readonly MemoryBlock? _inputGradient;
    private readonly Shape _inputShape;
    private readonly int _rows;
    private readonly SharedGradients? _shared;

    public LayerAlone(LayerSpec spec, IReadOnlyList<int> inputShape, int rows)
        : this([spec], inputShape, rows)
    {
    }

    public LayerAlone(IReadOnlyList<LayerSpec> specs, IReadOnlyList<int> inputShape, int rows)
    {
        (_rows, _inputShape) = (rows, new Shape(inputShape));
        var named = LayerNames.Assign(specs);
        var builder = new ModelBuilder(0);
        builder.Compile(named, "", _inputShape);
        builder = new ModelBuilder(builder.Length);
        Layers = builder.Compile(named, "", _inputShape);
        Layout = builder.Layout();
        Parameters = GC.AllocateArray<float>(Math.Max(1, Layout.Length), pinned: true);
        foreach (var layer in Layers)
            layer.Initialize(Parameters, 1);
        _pass = new SequencePass(Layers);
        _shared = SharedGradients.Of(Layers);
        _memory = new MemoryPlan(rows);
        _input = new FloatBuffer(rows * _inputShape.Elements);
        _output = _pass.PlanForward(_memory, new MemoryBlock(_input.Length, 0) { Pointer = _input.Pointer });
        _memory.Next();
        _memory.Use(_output);
        _outputGradient = _memory.Reserve(Layers[^1].OutputLength);
        _inputGradient = _pass.PlanBackward(_memory, _outputGradient, needsInputGradient: true);
        _memory.Allocate();
    }

    public IReadOnlyList<Layer> Layers { get; }

    public ParameterLayout Layout { get; }

    public float[] Parameters { get; }

    public uint Step { get; set; }

    public bool Training { get; set; } = true;

    /// <summary>Row ids are 0, 1, 2… unless they are set.</summary>
    public uint[]? RowIds { get; set; }

    /// <summary>Slices of the coming passes; one of all rows unless it is set.</summary>
    public Segment[]? Segments { get; set; }

    public float[] Forward(ReadOnlySpan<float> input)
    {
        input.CopyTo(_input.Span);
        Run(new float[Layout.Length], _pass.Forward);
        return new ReadOnlySpan<float>(_output.Pointer, _rows * Layers[^1].OutputLength).ToArray();
    }

    /// <summary>What a training pass over the input leaves in the gradient vector before any backward pass.</summary>
    public float[] ForwardMoments(ReadOnlySpan<float> input)
    {
        var gradient = new float[Layout.Length];
        input.CopyTo(_input.Span);
        Run(gradient, _pass.Forward);
        return gradient;
    }

    /// <summary>The gradients after the last <see cref="Forward"/>.</summary>
    public (float[] Input, float[] Parameters) Backward(ReadOnlySpan<float> upstream, Segment[] segments)
    {
        Segments = segments;
        var gradient = new float[Layout.Length];
        upstream.CopyTo(new Span<float>(_outputGradient.Pointer, upstream.Length));
        Run(gradient, _pass.Backward);
        var inputGradient = _inputGradient is null ? [] : new ReadOnlySpan<float>(_inputGradient.Pointer, _input.Length).ToArray();
        return (inputGradient, gradient);
    }

    public void Dispose()
    {
        _pass.Dispose();
        _shared?.Dispose();
        _memory.Dispose();
        _input.Dispose();
    }

    private delegate void BatchAction(in Batch batch);

    private void Run(float[] gradient, BatchAction run)
    {
        var sums = default(StepSums);
        var ids = RowIds ?? [.. Enumerable.Range(0, _rows).Select(row => (uint)row)];
        fixed (float* w = Parameters, g = gradient.Length > 0 ? gradient : new float[1])
        {
            fixed (uint* rowIds = ids)
            {
                run(new Batch
                {
                    Parameters = w,
                    Rows = _rows,
                    Training = Training,
                    Slots = new[] { new SlotWork(Segments ?? [new Segment(_rows, 0)], g, &sums) },
                    Shared = _shared,
                    Seed = 5,
                    Step = Step,
                    RowIds = rowIds,
                });
            }
        }
    }
}
