using System.Security.Cryptography;

namespace DistributedTrainer.Actors;

/// <summary>
/// Memory of this process that other processes of the same user on this machine may read where it is: tensors in it need not pass through
/// a socket. One file without a name, of which only what is used takes memory. Linux only. Safe from any thread.
/// </summary>
internal sealed unsafe class SharedArena
{
    /// <summary>Smaller tensors are faster through the socket.</summary>
    public const int LeastBytes = 32 * 1024;

    /// <summary>Blocks at the most; more are allocated elsewhere, and sent through the socket.</summary>
    public const int Blocks = 64 * 1024;

    /// <summary>Bytes before the blocks: a page that begins with the nonce, then each block's count of uses.</summary>
    public const long LeastLength = PageBytes + (Blocks * sizeof(uint));

    private const int PageBytes = 4096;

    /// <summary>Addresses, not memory.</summary>
    private const long Capacity = 1L << 38;

    private static readonly Lock Starting = new();

    private readonly Lock _gate = new();
    private readonly FreeSpans _free = new(LeastLength, Capacity - LeastLength);
    private readonly Stack<int> _numbers = new(Enumerable.Range(0, Blocks).Reverse());
    private readonly int _file;

    private SharedArena(int file, byte* start)
    {
        _file = file;
        Start = start;
        var nonce = RandomNumberGenerator.GetBytes(sizeof(ulong));
        Offer = new SharedOffer(Environment.ProcessId, file, BitConverter.ToUInt64(nonce));
        *(ulong*)start = Offer.Nonce;
    }

    /// <summary>This process's arena, once started; null before, and where the system has no such memory.</summary>
    public static SharedArena? Current { get; private set; }

    /// <summary>Address of its first byte.</summary>
    public byte* Start { get; }

    /// <summary>How others find it.</summary>
    public SharedOffer Offer { get; }

    /// <summary>From now on this process's large tensors are allocated in it, until the process ends.</summary>
    public static void Open()
    {
        if (!OperatingSystem.IsLinux() || !Environment.Is64BitProcess)
            return;
        lock (Starting)
            Current ??= Create();
    }

    /// <returns>Null where there is no room, or the block is too small for it.</returns>
    public SharedBlock? Allocate(long bytes)
    {
        if (bytes < LeastBytes)
            return null;
        var length = (bytes + PageBytes - 1) / PageBytes * PageBytes;
        lock (_gate)
            return _numbers.Count > 0 && _free.Take(length) is { } offset ? new SharedBlock(this, offset, length, _numbers.Pop()) : null;
    }

    internal void Free(SharedBlock block)
    {
        LinuxMemory.Discard(_file, block.Offset, block.Length);
        lock (_gate)
        {
            _free.Return(block.Offset, block.Length);
            _numbers.Push(block.Number);
        }
    }

    /// <summary>Address of a block's count of uses, which goes on from block to block of a number.</summary>
    internal uint* UsesOf(int number) => UsesOf(Start, number);

    internal static uint* UsesOf(byte* arena, int number) => (uint*)(arena + PageBytes) + number;

    private static SharedArena? Create()
    {
        var file = LinuxMemory.CreateFile("dtrain-tensors", Capacity);
        if (file < 0)
            return null;
        var start = LinuxMemory.Map(file, Capacity, writable: true);
        if (start is not null)
            return new SharedArena(file, start);
        LinuxMemory.CloseFile(file);
        return null;
    }
}
