using System.Runtime.InteropServices;

namespace DistributedTrainer.Actors;

/// <summary>
/// Flushes a folder's entries to disk, so that a renamed file is there under its name after a power cut. .NET opens no folders, so this asks
/// the system; Windows keeps names in its journal and needs nothing.
/// </summary>
internal static partial class FolderFlush
{
    /// <exception cref="IOException">The folder is gone, or the disk failed.</exception>
    public static void Flush(string folder)
    {
        if (OperatingSystem.IsWindows())
            return;
        var handle = SystemFile.Open(folder, SystemFile.ReadOnly);
        if (handle < 0)
            throw Failed(folder);
        try
        {
            // Some network file systems cannot flush folders and say so; that is no failure of the write.
            const int notSupported = 22;
            if (Synchronize(handle) != 0 && Marshal.GetLastPInvokeError() != notSupported)
                throw Failed(folder);
        }
        finally
        {
            _ = SystemFile.Close(handle);
        }
    }

    private static IOException Failed(string folder) => new($"{folder}: {Marshal.GetLastPInvokeErrorMessage()}");

    [LibraryImport("libc", EntryPoint = "fsync", SetLastError = true)]
    private static partial int Synchronize(int handle);
}
