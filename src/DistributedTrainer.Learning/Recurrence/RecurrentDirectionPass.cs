using DistributedTrainer.Numerics;

namespace DistributedTrainer.Learning;

/// <summary>
/// One layer in one direction. Forward: the inputs of all positions meet their weight in one product; then, position after position,
/// the hidden states meet theirs, and one loop applies biases, gate functions and states. Backward: the same positions in reverse
/// order, then one product a weight for all positions.
/// </summary>
internal sealed unsafe class RecurrentDirectionPass<TCell> : IDisposable
    where TCell : struct, ICellFormula
{
    private readonly RecurrentWeights _weights;
    private readonly int _time;
    private readonly int _inputs;
    private readonly int _units;
    private readonly bool _reverse;
    private readonly PositionSegments _segments;
    private readonly PackedMatrix _recurrentWeight;
    private readonly PackedMatrix _recurrentWeightBackward;

    /// <summary>(maxRows, time, G·H).</summary>
    private readonly FloatBuffer _gates;

    /// <summary>(maxRows, time, G·H): gradient by the hidden states' sums, where the cell splits it.</summary>
    private readonly FloatBuffer _recurrentGates;

    /// <summary>(maxRows, G·H): the hidden states' sums of one step.</summary>
    private readonly FloatBuffer _recurrent;

    /// <summary>(maxRows, time, H): hidden state before each step.</summary>
    private readonly FloatBuffer _before;

    /// <summary>(maxRows, time + 1, H) each: what the cell keeps; the place before the first step holds zeros.</summary>
    private readonly FloatBuffer _kept;
    private readonly FloatBuffer _second;

    /// <summary>(maxRows, H) each.</summary>
    private readonly FloatBuffer _hiddenGradient;
    private readonly FloatBuffer _carriedGradient;

    /// <summary>(G·H) zeros: the biases of a layer that has none.</summary>
    private readonly FloatBuffer _noBias;

    public RecurrentDirectionPass(RecurrentWeights weights, int maxRows, int time, int inputs, int units, bool reverse)
    {
        (_weights, _time, _inputs, _units, _reverse) = (weights, time, inputs, units, reverse);
        _segments = new PositionSegments(time);
        _recurrentWeight = new PackedMatrix(units, Sums);
        _recurrentWeightBackward = new PackedMatrix(Sums, units);
        _gates = new FloatBuffer(checked(maxRows * time * Sums));
        _recurrentGates = TCell.SplitsGradient ? new FloatBuffer(_gates.Length) : _gates;
        _recurrent = new FloatBuffer(checked(maxRows * Sums));
        _before = new FloatBuffer(checked(maxRows * time * units));
        _kept = new FloatBuffer(TCell.KeepsState ? checked(maxRows * (time + 1) * units) : 0);
        _second = new FloatBuffer(_kept.Length);
        _hiddenGradient = new FloatBuffer(checked(maxRows * units));
        _carriedGradient = new FloatBuffer(_hiddenGradient.Length);
        _noBias = new FloatBuffer(Sums);
    }

    /// <summary>G·H: sums in a step.</summary>
    private int Sums => TCell.Gates * _units;

    /// <param name="parameters">The whole parameter vector.</param>
    /// <param name="input">(rows, time, inputs).</param>
    /// <param name="rows">Rows of the pass.</param>
    /// <param name="output">Receives H floats a step at the step's place, or of the last step alone.</param>
    /// <param name="place">Where a step's output goes.</param>
    public void Forward(float* parameters, float* input, int rows, float* output, OutputPlace place)
    {
        var positions = checked(rows * _time);
        Gemm.Multiply(
            positions, Sums, _inputs, input, _inputs, false, parameters + _weights.Input.Offset, _inputs, true, _gates.Pointer, Sums);
        _recurrentWeight.Pack(parameters + _weights.Recurrent.Offset, _units, transposed: true);
        for (var order = 0; order < _time; order++)
        {
            var step = At(order, rows, parameters);
            step.Recurrent = _recurrent.Pointer;
            step.Output = Output(output, place, order, ref step);
            if (order == 0)
                _recurrent.Span[..(rows * Sums)].Clear();
            else
                Gemm.Multiply(rows, step.Before, step.HiddenStride, _recurrentWeight, _recurrent.Pointer, Sums);
            var kernel = new CellKernel<TCell>(step, backward: false);
            VectorPath.Run(ref kernel);
        }
    }

    /// <param name="parameters">The whole parameter vector.</param>
    /// <param name="input">(rows, time, inputs), as in the forward pass.</param>
    /// <param name="rows">Rows of the pass.</param>
    /// <param name="outputGradient">The gradient by the output, where the forward pass wrote that.</param>
    /// <param name="place">As in the forward pass.</param>
    /// <param name="inputGradient">Receives (rows, time, inputs); null where nobody needs it.</param>
    /// <param name="slots">Where each slot's parameter gradients go.</param>
    public void Backward(
        float* parameters, float* input, int rows, float* outputGradient, OutputPlace place, float* inputGradient, ReadOnlySpan<SlotWork> slots)
    {
        _recurrentWeightBackward.Pack(parameters + _weights.Recurrent.Offset, _units, transposed: false);
        _hiddenGradient.Span[..(rows * _units)].Clear();
        _carriedGradient.Span[..(rows * _units)].Clear();
        for (var order = _time - 1; order >= 0; order--)
        {
            var step = At(order, rows, parameters);
            step.Recurrent = _recurrentGates.Pointer + (step.Gates - _gates.Pointer);
            step.Output = Output(outputGradient, place, order, ref step);
            var kernel = new CellKernel<TCell>(step, backward: true);
            VectorPath.Run(ref kernel);
            if (order > 0)
                Gemm.Multiply(rows, step.Recurrent, step.GateStride, _recurrentWeightBackward, _hiddenGradient.Pointer, _units);
        }

        if (inputGradient is not null)
        {
            Gemm.Multiply(
                checked(rows * _time), _inputs, Sums, _gates.Pointer, Sums, false, parameters + _weights.Input.Offset, _inputs, false,
                inputGradient, _inputs);
        }

        ParameterGradients(input, slots);
    }

    public void Dispose()
    {
        _recurrentWeight.Dispose();
        _recurrentWeightBackward.Dispose();
        foreach (var buffer in (ReadOnlySpan<FloatBuffer>)
            [_gates, _recurrentGates, _recurrent, _before, _kept, _second, _hiddenGradient, _carriedGradient, _noBias])
        {
            buffer.Dispose();
        }
    }

    private void ParameterGradients(float* input, ReadOnlySpan<SlotWork> slots)
    {
        float* gates = _gates.Pointer, recurrentGates = _recurrentGates.Pointer, before = _before.Pointer;
        foreach (var slot in slots)
        {
            var segments = _segments.Of(slot);
            Gemm.WeightGradient(Sums, _inputs, gates, Sums, input, _inputs, segments, slot.Gradient + _weights.Input.Offset, _inputs);
            Gemm.WeightGradient(
                Sums, _units, recurrentGates, Sums, before, _units, segments, slot.Gradient + _weights.Recurrent.Offset, _units);
            if (_weights.InputBias is not null)
            {
                float* inputBias = slot.Gradient + _weights.InputBias.Offset, bias = slot.Gradient + _weights.RecurrentBias!.Offset;
                ColumnSums.Sum(Sums, gates, Sums, segments, inputBias);
                if (TCell.SplitsGradient)
                    ColumnSums.Sum(Sums, recurrentGates, Sums, segments, bias);
                else
                    new Span<float>(inputBias, Sums).CopyTo(new(bias, Sums));
            }

            var positions = (long)slot.Rows * _time;
            gates += positions * Sums;
            recurrentGates += positions * Sums;
            before += positions * _units;
            input += positions * _inputs;
        }
    }

    /// <summary>The arrays at the direction's n-th step.</summary>
    private CellStep At(int order, int rows, float* parameters)
    {
        var position = _reverse ? _time - 1 - order : order;
        var next = _reverse ? position - 1 : position + 1;

        // Place p of the kept arrays holds what was kept of the direction's step p − 1, so that the place of no step holds zeros.
        return new CellStep
        {
            Rows = rows,
            Units = _units,
            Gates = _gates.Pointer + (long)position * Sums,
            GateStride = _time * Sums,
            InputBias = _weights.InputBias is null ? _noBias.Pointer : parameters + _weights.InputBias.Offset,
            RecurrentBias = _weights.RecurrentBias is null ? _noBias.Pointer : parameters + _weights.RecurrentBias.Offset,
            Before = _before.Pointer + (long)position * _units,
            After = order == _time - 1 ? null : _before.Pointer + (long)next * _units,
            HiddenStride = _time * _units,
            Kept = _kept.Pointer + (order + 1L) * _units,
            KeptBefore = _kept.Pointer + (long)order * _units,
            Second = _second.Pointer + (order + 1L) * _units,
            KeptStride = TCell.KeepsState ? (_time + 1) * _units : 0,
            HiddenGradient = _hiddenGradient.Pointer,
            CarriedGradient = _carriedGradient.Pointer,
        };
    }

    /// <summary>The step's place in the output: every position's, or that of the direction's last step.</summary>
    private float* Output(float* output, OutputPlace place, int order, ref CellStep step)
    {
        step.OutputStride = place.RowLength;
        if (place.LastOnly)
            return order == _time - 1 ? output + place.Column : null;
        var position = _reverse ? _time - 1 - order : order;
        return output + (long)position * place.PositionLength + place.Column;
    }
}
