using System.Runtime.InteropServices;

namespace DistributedTrainer.Actors;

/// <summary>The few system calls of Linux that memory shared between processes takes; .NET has none of them. Each says whether it worked.</summary>
internal static unsafe partial class LinuxMemory
{
    private const int CloseOnExec = 0x80000;
    private const uint CreateCloseOnExec = 1;
    private const uint CreateAllowSealing = 2;
    private const int AddSeals = 1033;
    private const int GetSeals = 1034;
    private const int SealShrink = 2;
    private const int ProtectRead = 1;
    private const int ProtectWrite = 2;
    private const int MapShared = 1;
    private const int MapNoReserve = 0x4000;
    private const int KeepSize = 1;
    private const int PunchHole = 2;
    private static readonly void* Failed = (void*)-1;

    /// <summary>A file without a name or a disk that is freed with its last user, all zeros, and never shrinks; −1 if the system has none.</summary>
    public static int CreateFile(string label, long bytes)
    {
        var file = MemfdCreate(label, CreateCloseOnExec | CreateAllowSealing);
        if (file >= 0 && Truncate(file, bytes) == 0 && Control(file, AddSeals, SealShrink) == 0)
            return file;
        CloseFile(file);
        return -1;
    }

    /// <summary>Another process's file by its number there; −1 if it cannot be opened or could shrink, which would kill whoever reads it.</summary>
    public static int OpenFile(int process, int number)
    {
        var file = SystemFile.Open($"/proc/{process}/fd/{number}", SystemFile.ReadOnly | CloseOnExec);
        var seals = file < 0 ? -1 : Control(file, GetSeals, 0);
        if (seals >= 0 && (seals & SealShrink) != 0)
            return file;
        CloseFile(file);
        return -1;
    }

    public static void CloseFile(int file)
    {
        if (file >= 0)
            _ = SystemFile.Close(file);
    }

    /// <summary>Null if the system refuses.</summary>
    public static byte* Map(int file, long bytes, bool writable)
    {
        var start = MemoryMap(null, (nuint)bytes, writable ? ProtectRead | ProtectWrite : ProtectRead, MapShared | MapNoReserve, file, 0);
        return start == Failed ? null : (byte*)start;
    }

    public static void Unmap(byte* start, long bytes) => _ = MemoryUnmap(start, (nuint)bytes);

    /// <summary>Gives a part of a file back to the system; it reads as zeros from then on.</summary>
    public static void Discard(int file, long offset, long bytes) => _ = Allocate(file, KeepSize | PunchHole, offset, bytes);

    /// <summary>Length of a file in bytes; −1 if it cannot be told.</summary>
    public static long Length(int file) => Seek(file, 0, 2);

    [LibraryImport("libc", EntryPoint = "memfd_create", StringMarshalling = StringMarshalling.Utf8)]
    private static partial int MemfdCreate(string name, uint flags);

    [LibraryImport("libc", EntryPoint = "ftruncate")]
    private static partial int Truncate(int file, long length);

    [LibraryImport("libc", EntryPoint = "fcntl")]
    private static partial int Control(int file, int command, int argument);

    [LibraryImport("libc", EntryPoint = "mmap")]
    private static partial void* MemoryMap(void* start, nuint length, int protection, int flags, int file, long offset);

    [LibraryImport("libc", EntryPoint = "munmap")]
    private static partial int MemoryUnmap(void* start, nuint length);

    [LibraryImport("libc", EntryPoint = "fallocate")]
    private static partial int Allocate(int file, int mode, long offset, long length);

    [LibraryImport("libc", EntryPoint = "lseek")]
    private static partial long Seek(int file, long offset, int whence);
}
