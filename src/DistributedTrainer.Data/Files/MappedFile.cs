using System.IO.MemoryMappedFiles;

namespace DistributedTrainer.Data;

/// <summary>A file mapped for reading: the operating system pages it in and out, so it may be larger than memory.</summary>
internal sealed unsafe class MappedFile : ByteBlock
{
    private readonly MemoryMappedFile _file;
    private readonly MemoryMappedViewAccessor _view;

    private MappedFile(MemoryMappedFile file, MemoryMappedViewAccessor view, byte* bytes, long length)
        : base(bytes, length)
    {
        _file = file;
        _view = view;
    }

    /// <exception cref="DataException">The file is missing, unreadable or empty.</exception>
    public static MappedFile Open(string path)
    {
        using var stream = DataFile.OpenRead(path);
        var length = stream.Length;
        if (length == 0)
            throw new DataException($"{path}: the file is empty.");
        var file = MemoryMappedFile.CreateFromFile(
            stream, mapName: null, capacity: 0, MemoryMappedFileAccess.Read, HandleInheritability.None, leaveOpen: true);
        var view = file.CreateViewAccessor(0, length, MemoryMappedFileAccess.Read);
        byte* bytes = null;
        view.SafeMemoryMappedViewHandle.AcquirePointer(ref bytes);
        return new MappedFile(file, view, bytes + view.PointerOffset, length);
    }

    public override void Dispose()
    {
        base.Dispose();
        if (!_view.SafeMemoryMappedViewHandle.IsClosed)
            _view.SafeMemoryMappedViewHandle.ReleasePointer();
        _view.Dispose();
        _file.Dispose();
    }
}
