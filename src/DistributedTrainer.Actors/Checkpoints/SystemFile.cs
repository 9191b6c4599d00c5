using System.Runtime.InteropServices;

namespace DistributedTrainer.Actors;

/// <summary>Files by the system's own numbers, for what .NET's streams cannot open: folders, and files of other processes. Not on Windows.</summary>
internal static partial class SystemFile
{
    public const int ReadOnly = 0;

    /// <summary>The file's number; −1 where it cannot be opened: the last system error says why.</summary>
    [LibraryImport("libc", EntryPoint = "open", SetLastError = true, StringMarshalling = StringMarshalling.Utf8)]
    public static partial int Open(string path, int flags);

    /// <summary>0 where it worked.</summary>
    [LibraryImport("libc", EntryPoint = "close", SetLastError = true)]
    public static partial int Close(int file);
}
