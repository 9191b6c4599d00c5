using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;

namespace DistributedTrainer.Data;

/// <summary>Bytes in a pinned array.</summary>
internal sealed unsafe class MemoryBlock : ByteBlock
{
    // Keeps the array alive as long as its address is in use.
    private byte[]? _array;

    /// <param name="pinned">Allocated with <see cref="GC.AllocateUninitializedArray{T}"/>, pinned.</param>
    public MemoryBlock(byte[] pinned)
        : base((byte*)Unsafe.AsPointer(ref MemoryMarshal.GetArrayDataReference(pinned)), pinned.Length) => _array = pinned;

    public override void Dispose()
    {
        base.Dispose();
        _array = null;
    }
}
