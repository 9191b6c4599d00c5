using System.Collections;

namespace DistributedTrainer.Learning;

/// <summary>Sizes of one row's axes, without the batch axis: (features), (time, features), (channels, height, width). Row-major.</summary>
internal sealed class Shape(params IReadOnlyList<int> sizes) : IReadOnlyList<int>, IEquatable<Shape>
{
    /// <summary>Floats in one row.</summary>
    public int Elements { get; } = sizes.Aggregate(1, (product, size) => checked(product * size));

    /// <summary>Number of axes.</summary>
    public int Count => sizes.Count;

    public int this[int axis] => sizes[axis];

    public bool Equals(Shape? other) => other is not null && this.SequenceEqual(other);

    public override bool Equals(object? obj) => Equals(obj as Shape);

    public override int GetHashCode() => sizes.Aggregate(sizes.Count, HashCode.Combine);

    public IEnumerator<int> GetEnumerator() => sizes.GetEnumerator();

    IEnumerator IEnumerable.GetEnumerator() => GetEnumerator();

    /// <summary>(1, 28, 28).</summary>
    public override string ToString() => $"({string.Join(", ", sizes)})";
}
