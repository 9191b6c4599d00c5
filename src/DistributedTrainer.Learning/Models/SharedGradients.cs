using DistributedTrainer.Numerics;

namespace DistributedTrainer.Learning;

/// <summary>
/// Gradients of parameters that several layers use. A slice's gradient is the sum of all uses, in layer order, and only then do slices go up
/// the tree, so that the sum does not depend on who computes which slices. So layers that share a parameter compute each slice by itself,
/// into memory of their own, until the first of them, which owns the parameter, has the last part.
/// </summary>
internal sealed unsafe class SharedGradients : IDisposable
{
    /// <summary>Layers that own or use a shared parameter, in layer order.</summary>
    private readonly List<Part> _parts;
    private SlotWork[] _leaves = [];
    private Segment[] _segments = [];

    private SharedGradients(List<Part> parts) => _parts = parts;

    /// <summary>Null where no parameter is shared.</summary>
    public static SharedGradients? Of(IReadOnlyList<Layer> layers)
    {
        Layer[] all = [.. layers.SelectMany(layer => layer.All)];
        HashSet<Parameter> shared = [.. all.SelectMany(layer => layer.Tied)];
        return shared.Count == 0
            ? null
            : new SharedGradients(
                [.. all.Where(layer => layer.Tied.Count > 0 || layer.Parameters.Any(shared.Contains)).Select(layer => new Part(layer, shared))]);
    }

    public bool Concerns(Layer layer) => Find(layer) is not null;

    /// <summary>The backward pass of a layer that shares a parameter.</summary>
    public void Backward(Layer layer, LayerPass pass, in Batch batch)
    {
        var part = Find(layer)!;
        var count = MakeLeaves(part, batch.Slots);
        pass.Backward(batch with { Slots = _leaves.AsSpan(0, count), Observer = null });
        foreach (var parameter in layer.Parameters)
        {
            if (part.IsShared(parameter))
                AddUses(part, parameter, count);
            Fold(part, parameter, batch.Slots);
        }
    }

    public void Dispose()
    {
        foreach (var part in _parts)
            part.Dispose();
    }

    private Part? Find(Layer layer)
    {
        foreach (var part in _parts)
        {
            if (part.Layer == layer)
                return part;
        }

        return null;
    }

    /// <summary>A slot for each slice, whose gradient lies in the part's memory.</summary>
    private int MakeLeaves(Part part, ReadOnlySpan<SlotWork> slots)
    {
        var count = 0;
        foreach (ref readonly var slot in slots)
            count += slot.Segments.Length;
        if (_leaves.Length < count)
            (_leaves, _segments) = (new SlotWork[count], new Segment[count]);
        part.Reserve(count);
        var leaf = 0;
        foreach (ref readonly var slot in slots)
        {
            foreach (var segment in slot.Segments.Span)
            {
                _segments[leaf] = segment with { Merges = 0 };
                _leaves[leaf] = new SlotWork(new ReadOnlyMemory<Segment>(_segments, leaf, 1), part.Leaf(leaf) - part.Begin, slot.Sums);
                leaf++;
            }
        }

        return count;
    }

    /// <summary>Adds what later layers left for this parameter, slice by slice.</summary>
    private void AddUses(Part owner, Parameter parameter, int leaves)
    {
        foreach (var use in _parts)
        {
            if (!use.Uses(parameter))
                continue;
            for (var leaf = 0; leaf < leaves; leaf++)
                GradientSum.Add(owner.At(leaf, parameter), use.At(leaf, parameter), parameter.Length);
        }
    }

    /// <summary>Adds the slices along each slot's tree, in place, and copies the result to where the slot wants it.</summary>
    private static void Fold(Part part, Parameter parameter, ReadOnlySpan<SlotWork> slots)
    {
        const int MaxOpen = 32; // one a level of a tree over 2³¹ leaves, and one more
        Span<int> open = stackalloc int[MaxOpen];
        var leaf = 0;
        foreach (ref readonly var slot in slots)
        {
            var depth = 0;
            foreach (var segment in slot.Segments.Span)
            {
                open[depth++] = leaf++;
                for (var merge = 0; merge < segment.Merges; merge++)
                {
                    depth--;
                    GradientSum.Add(part.At(open[depth - 1], parameter), part.At(open[depth], parameter), parameter.Length);
                }
            }

            new ReadOnlySpan<float>(part.At(open[0], parameter), parameter.Length).CopyTo(new(slot.Gradient + parameter.Offset, parameter.Length));
        }
    }

    /// <summary>One layer's gradients by slice: memory from its first parameter to its last.</summary>
    private sealed class Part : IDisposable
    {
        private readonly HashSet<Parameter> _shared;
        private readonly int _length;
        private FloatBuffer _memory = new(0);

        public Part(Layer layer, HashSet<Parameter> shared)
        {
            (Layer, _shared) = (layer, shared);
            Parameter[] all = [.. layer.Parameters, .. layer.Tied];
            Begin = all.Min(parameter => parameter.Offset);
            _length = all.Max(parameter => parameter.Offset + parameter.Length) - Begin;
        }

        public Layer Layer { get; }

        /// <summary>The place of the memory's first float in the parameter vector.</summary>
        public int Begin { get; }

        public bool Uses(Parameter parameter) => Layer.Tied.Contains(parameter);

        public bool IsShared(Parameter parameter) => _shared.Contains(parameter);

        public void Reserve(int leaves)
        {
            if (_memory.Length >= (long)leaves * _length)
                return;
            _memory.Dispose();
            _memory = new FloatBuffer(checked(leaves * _length));
        }

        public float* Leaf(int leaf) => _memory.Pointer + (long)leaf * _length;

        public float* At(int leaf, Parameter parameter) => Leaf(leaf) + (parameter.Offset - Begin);

        public void Dispose() => _memory.Dispose();
    }
}
