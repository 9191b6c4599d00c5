namespace DistributedTrainer.Data;

/// <summary>One named array of a safetensors file.</summary>
/// <param name="Name">Unique in the file.</param>
/// <param name="Type">The format's word for the element type: F32, I64, BF16…</param>
/// <param name="Shape">Sizes, slowest axis first; empty for a scalar.</param>
/// <param name="Begin">First byte, counted from the end of the header.</param>
/// <param name="End">The byte after the last one.</param>
public sealed record SafetensorsTensor(string Name, string Type, IReadOnlyList<long> Shape, long Begin, long End)
{
    /// <summary>(2, 3), as messages show it.</summary>
    public string ShapeText => $"({string.Join(", ", Shape)})";
}
