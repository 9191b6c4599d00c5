namespace DistributedTrainer.Actors;

/// <summary>Another process's <see cref="SharedArena"/>, for reading.</summary>
internal sealed unsafe class SharedView : ISharedMemory, IDisposable
{
    private readonly byte* _start;
    private readonly long _length;
    private bool _isDisposed;

    private SharedView(byte* start, long length)
    {
        _start = start;
        _length = length;
    }

    /// <returns>Null where it cannot be reached from here, or is not the one that was offered: then everything goes through the socket.</returns>
    public static SharedView? Open(SharedOffer offer)
    {
        if (!OperatingSystem.IsLinux() || !Environment.Is64BitProcess)
            return null;
        var file = LinuxMemory.OpenFile(offer.Process, offer.File);
        var length = file < 0 ? -1 : LinuxMemory.Length(file);
        var start = length >= SharedArena.LeastLength ? LinuxMemory.Map(file, length, writable: false) : null;
        LinuxMemory.CloseFile(file);
        if (start is null)
            return null;
        var view = new SharedView(start, length);
        if (*(ulong*)start == offer.Nonce)
            return view;
        view.Dispose();
        return null;
    }

    public bool TryRead(in SharedPlace place, int bytes, out ReadOnlySpan<byte> span)
    {
        var isInside = !_isDisposed && bytes >= 0 && place.Offset >= 0 && place.Offset <= _length - bytes && (uint)place.Block < SharedArena.Blocks;
        span = isInside ? new ReadOnlySpan<byte>(_start + place.Offset, bytes) : default;
        return isInside;
    }

    public bool IsStillLent(in SharedPlace place)
    {
        Interlocked.MemoryBarrier(); // the copy first, then the count
        return *SharedArena.UsesOf(_start, place.Block) == place.Use;
    }

    public void Dispose()
    {
        if (_isDisposed)
            return;
        _isDisposed = true;
        LinuxMemory.Unmap(_start, _length);
    }
}
