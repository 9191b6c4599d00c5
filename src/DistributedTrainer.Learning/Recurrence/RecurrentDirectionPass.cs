using DistributedTrainer.Numerics;

namespace DistributedTrainer.Learning;

/// <summary>
/// One layer in one direction. Forward: position after position, inputs and hidden states meet their weights, and one loop applies biases,
/// gate functions and states; a position's sums are few enough to stay in a core's cache until then. Backward: the same positions in
/// reverse order, then one product a weight for all positions.
/// </summary>
/// <param name="weights">Where its parameters lie.</param>
/// <param name="time">Positions in a row.</param>
/// <param name="inputs">Floats at a position of the input.</param>
/// <param name="units">H.</param>
/// <param name="directions">Directions whose hidden states stand side by side in the output.</param>
/// <param name="reverse">Whether it runs from the last position to the first; it then comes second in the output.</param>
/// <param name="lastOnly">Whether the output has the last step's hidden state only.</param>
internal sealed unsafe class RecurrentDirectionPass<TCell>(
    RecurrentWeights weights, int time, int inputs, int units, int directions, bool reverse, bool lastOnly) : IDisposable
    where TCell : struct, ICellFormula
{
    private readonly PositionSegments _segments = new(time);
    private readonly PackedMatrix _inputWeight = new(inputs, TCell.Gates * units);
    private readonly PackedMatrix _recurrentWeight = new(units, TCell.Gates * units);
    private readonly PackedMatrix _recurrentWeightBackward = new(TCell.Gates * units, units);

    /// <summary>(G·H) zeros: the biases of a layer that has none.</summary>
    private readonly FloatBuffer _noBias = new(TCell.Gates * units);

    private MemoryBlock? _input;
    private MemoryBlock? _output;
    private MemoryBlock? _outputGradient;

    /// <summary>(rows, time, G·H).</summary>
    private MemoryBlock? _gates;

    /// <summary>(rows, time, G·H): gradient by the hidden states' sums; the gates' own memory where the cell does not split it.</summary>
    private MemoryBlock? _recurrentGates;

    /// <summary>(rows, G·H) each: the inputs' and the hidden states' sums of one step.</summary>
    private MemoryBlock? _inputSums;
    private MemoryBlock? _recurrentSums;

    /// <summary>
    /// (rows, time, H): hidden state before each step. Where the gates have one gradient for both sums, (rows, time, inputs + H): the
    /// step's input stands before it, so that one product gives the gradients of both weights.
    /// </summary>
    private MemoryBlock? _before;

    /// <summary>(G·H, inputs + H): those gradients side by side; empty where each has a product of its own.</summary>
    private readonly FloatBuffer _joined = new(TCell.SplitsGradient ? 0 : TCell.Gates * units * (inputs + units));

    /// <summary>(rows, time + 1, H) each: what the cell keeps; the place before the first step holds zeros.</summary>
    private MemoryBlock? _kept;
    private MemoryBlock? _second;

    /// <summary>(rows, H) each.</summary>
    private MemoryBlock? _hiddenGradient;
    private MemoryBlock? _carriedGradient;

    /// <summary>Receives (rows, time, inputs) in the backward pass; null where nobody needs it.</summary>
    public MemoryBlock? InputGradient { get; private set; }

    /// <summary>G·H: sums in a step.</summary>
    private static int Sums(int units) => TCell.Gates * units;

    /// <summary>Floats before the hidden state at a place of what stands before each step.</summary>
    private int InputsBefore => TCell.SplitsGradient ? 0 : inputs;

    private int Before => InputsBefore + units;

    public void PlanForward(MemoryPlan memory, MemoryBlock input, MemoryBlock output)
    {
        memory.Next();
        (_input, _output) = (input, output);
        memory.Use(input);
        memory.Use(output);
        _gates = memory.Reserve(time * Sums(units));
        _inputSums = memory.Reserve(Sums(units));
        _recurrentSums = memory.Reserve(Sums(units));
        _before = memory.Reserve(time * Before);
        _kept = memory.Reserve(TCell.KeepsState ? (time + 1) * units : 0);
        _second = memory.Reserve(TCell.KeepsState ? (time + 1) * units : 0);
    }

    public void PlanBackward(MemoryPlan memory, MemoryBlock outputGradient, bool needsInputGradient)
    {
        memory.Next();
        _outputGradient = outputGradient;
        foreach (var block in (ReadOnlySpan<MemoryBlock>)[outputGradient, _gates!, _before!, _kept!, _second!])
            memory.Use(block);
        if (TCell.SplitsGradient)
            memory.Use(_input!);
        _recurrentGates = TCell.SplitsGradient ? memory.Reserve(time * Sums(units)) : _gates;
        _hiddenGradient = memory.Reserve(units);
        _carriedGradient = memory.Reserve(units);
        InputGradient = needsInputGradient ? memory.Reserve(time * inputs) : null;
    }

    public void Forward(in Batch batch)
    {
        var (sums, rows) = (Sums(units), batch.Rows);
        _inputWeight.Pack(batch.Parameters + weights.Input.Offset, inputs, transposed: true);
        _recurrentWeight.Pack(batch.Parameters + weights.Recurrent.Offset, units, transposed: true);
        PutInputsBefore(rows);
        ClearFirstStates(rows);
        for (var order = 0; order < time; order++)
        {
            var step = At(order, batch, _output!);
            step.Input = _inputSums!.Pointer;
            step.Recurrent = _recurrentSums!.Pointer;
            Gemm.Multiply(rows, _input!.Pointer + (long)Position(order) * inputs, time * inputs, _inputWeight, step.Input, sums);
            if (order == 0)
                new Span<float>(step.Recurrent, rows * sums).Clear();
            else
                Gemm.Multiply(rows, step.Before, step.HiddenStride, _recurrentWeight, step.Recurrent, sums);
            var kernel = new CellKernel<TCell>(step, backward: false);
            VectorPath.Run(ref kernel);
        }
    }

    public void Backward(in Batch batch)
    {
        var (sums, rows) = (Sums(units), batch.Rows);
        _recurrentWeightBackward.Pack(batch.Parameters + weights.Recurrent.Offset, units, transposed: false);
        new Span<float>(_hiddenGradient!.Pointer, rows * units).Clear();
        new Span<float>(_carriedGradient!.Pointer, rows * units).Clear();
        for (var order = time - 1; order >= 0; order--)
        {
            var step = At(order, batch, _outputGradient!);
            step.Recurrent = _recurrentGates!.Pointer + (step.Gates - _gates!.Pointer);
            step.HiddenGradient = _hiddenGradient.Pointer;
            step.CarriedGradient = _carriedGradient.Pointer;
            var kernel = new CellKernel<TCell>(step, backward: true);
            VectorPath.Run(ref kernel);
            if (order > 0)
                Gemm.Multiply(rows, step.Recurrent, step.GateStride, _recurrentWeightBackward, _hiddenGradient.Pointer, units);
        }

        ParameterGradients(batch);
        if (InputGradient is not null)
        {
            Gemm.Multiply(
                checked(rows * time), inputs, sums, _gates!.Pointer, sums, false, batch.Parameters + weights.Input.Offset, inputs, false,
                InputGradient.Pointer, inputs);
        }
    }

    public void Dispose()
    {
        _inputWeight.Dispose();
        _recurrentWeight.Dispose();
        _recurrentWeightBackward.Dispose();
        _noBias.Dispose();
        _joined.Dispose();
    }

    private void ParameterGradients(in Batch batch)
    {
        var sums = Sums(units);
        float* gates = _gates!.Pointer, recurrentGates = _recurrentGates!.Pointer, before = _before!.Pointer, input = _input!.Pointer;
        foreach (ref readonly var slot in batch.Slots)
        {
            var segments = _segments.Of(slot);
            float* inputWeight = slot.Gradient + weights.Input.Offset, recurrentWeight = slot.Gradient + weights.Recurrent.Offset;
            if (TCell.SplitsGradient)
            {
                Gemm.WeightGradient(sums, inputs, gates, sums, input, inputs, segments, inputWeight, inputs);
                Gemm.WeightGradient(sums, units, recurrentGates, sums, before, units, segments, recurrentWeight, units);
            }
            else
            {
                Gemm.WeightGradient(sums, Before, gates, sums, before, Before, segments, _joined.Pointer, Before);
                Part(inputWeight, recurrentWeight);
            }

            if (weights.InputBias is not null)
            {
                float* inputBias = slot.Gradient + weights.InputBias.Offset, bias = slot.Gradient + weights.RecurrentBias!.Offset;
                ColumnSums.Sum(sums, gates, sums, segments, inputBias);
                if (TCell.SplitsGradient)
                    ColumnSums.Sum(sums, recurrentGates, sums, segments, bias);
                else
                    new Span<float>(inputBias, sums).CopyTo(new(bias, sums));
            }

            var positions = (long)slot.Rows * time;
            gates += positions * sums;
            recurrentGates += positions * sums;
            before += positions * Before;
            input += positions * inputs;
        }
    }

    /// <summary>Gives each weight its part of the joined gradient.</summary>
    private void Part(float* inputWeight, float* recurrentWeight)
    {
        for (var row = 0; row < Sums(units); row++)
        {
            var joined = _joined.Pointer + (long)row * Before;
            new ReadOnlySpan<float>(joined, inputs).CopyTo(new(inputWeight + (long)row * inputs, inputs));
            new ReadOnlySpan<float>(joined + inputs, units).CopyTo(new(recurrentWeight + (long)row * units, units));
        }
    }

    private void PutInputsBefore(int rows)
    {
        for (var place = 0L; place < (long)rows * time && InputsBefore > 0; place++)
            new ReadOnlySpan<float>(_input!.Pointer + place * inputs, inputs).CopyTo(new(_before!.Pointer + place * Before, inputs));
    }

    private void ClearFirstStates(int rows)
    {
        var first = _before!.Pointer + (reverse ? time - 1L : 0L) * Before + InputsBefore;
        for (var row = 0; row < rows; row++)
            new Span<float>(first + (long)row * time * Before, units).Clear();
        for (var row = 0; row < rows && TCell.KeepsState; row++)
            new Span<float>(_kept!.Pointer + (long)row * (time + 1) * units, units).Clear();
    }

    /// <summary>Where in the sequence the direction's n-th step stands.</summary>
    private int Position(int order) => reverse ? time - 1 - order : order;

    /// <summary>The arrays at the direction's n-th step; place p of what the cell keeps belongs to its step p − 1.</summary>
    private CellStep At(int order, in Batch batch, MemoryBlock output)
    {
        var position = Position(order);
        var width = directions * units;
        var place = (lastOnly ? 0L : (long)position * width) + (reverse ? units : 0);
        var kept = TCell.KeepsState ? units : 0;
        return new CellStep
        {
            Rows = batch.Rows,
            Units = units,
            Gates = _gates!.Pointer + (long)position * Sums(units),
            GateStride = time * Sums(units),
            InputBias = weights.InputBias is null ? _noBias.Pointer : batch.Parameters + weights.InputBias.Offset,
            RecurrentBias = weights.RecurrentBias is null ? _noBias.Pointer : batch.Parameters + weights.RecurrentBias.Offset,
            Before = _before!.Pointer + (long)position * Before + InputsBefore,
            After = order == time - 1 ? null : _before.Pointer + (long)Position(order + 1) * Before + InputsBefore,
            HiddenStride = time * Before,
            Kept = _kept!.Pointer + (order + 1L) * kept,
            KeptBefore = _kept.Pointer + (long)order * kept,
            Second = _second!.Pointer + (order + 1L) * kept,
            KeptStride = (time + 1) * kept,
            Output = lastOnly && order < time - 1 ? null : output.Pointer + place,
            OutputStride = lastOnly ? width : time * width,
        };
    }
}
