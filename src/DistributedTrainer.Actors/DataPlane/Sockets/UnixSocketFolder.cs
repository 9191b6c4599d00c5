using System.Net.Sockets;
using System.Text;

namespace DistributedTrainer.Actors;

/// <summary>
/// A folder that only this user may enter, for the Unix socket that this process listens on. Removed at the end of the data plane or of the
/// process; what a killed process left is removed by the next one.
/// </summary>
internal sealed class UnixSocketFolder : IDisposable
{
    private const string Prefix = "dtrain-tensors-";
    private const string SocketName = "s";

    /// <summary>What the smallest of the systems has room for, without the zero at the end.</summary>
    private const int MaxPathBytes = 103;

    /// <summary>A younger folder's socket may be about to listen.</summary>
    private static readonly TimeSpan Young = TimeSpan.FromMinutes(1);

    private readonly DirectoryInfo _folder;

    private UnixSocketFolder(DirectoryInfo folder)
    {
        _folder = folder;
        AppDomain.CurrentDomain.ProcessExit += Remove;
    }

    public string SocketPath => Path.Combine(_folder.FullName, SocketName);

    /// <returns>Null where the system has no Unix sockets, or its temporary folder's name is too long for one.</returns>
    public static UnixSocketFolder? Create()
    {
        if (!Socket.OSSupportsUnixDomainSockets)
            return null;
        try
        {
            var folder = new UnixSocketFolder(Directory.CreateTempSubdirectory(Prefix)); // mode 0700
            folder.RemoveAbandoned();
            if (Encoding.UTF8.GetByteCount(folder.SocketPath) <= MaxPathBytes)
                return folder;
            folder.Dispose();
            return null;
        }
        catch (Exception error) when (error is IOException or UnauthorizedAccessException)
        {
            return null;
        }
    }

    public void Dispose()
    {
        AppDomain.CurrentDomain.ProcessExit -= Remove;
        TryDelete(_folder);
    }

    private void Remove(object? sender, EventArgs arguments) => TryDelete(_folder);

    /// <summary>Folders of our kind whose sockets nobody listens on any more.</summary>
    private void RemoveAbandoned()
    {
        foreach (var other in _folder.Parent!.EnumerateDirectories($"{Prefix}*"))
        {
            if (_folder.LastWriteTimeUtc - other.LastWriteTimeUtc > Young && IsAbandoned(Path.Combine(other.FullName, SocketName)))
                TryDelete(other);
        }
    }

    private static bool IsAbandoned(string path)
    {
        if (!File.Exists(path))
            return false;
        using var socket = new Socket(AddressFamily.Unix, SocketType.Stream, ProtocolType.Unspecified) { Blocking = false };
        try
        {
            socket.Connect(new UnixDomainSocketEndPoint(path));
            return false;
        }
        catch (SocketException error)
        {
            return error.SocketErrorCode == SocketError.ConnectionRefused;
        }
        catch (ArgumentException)
        {
            return false; // a longer path than a socket can have is not ours
        }
    }

    private static void TryDelete(DirectoryInfo folder)
    {
        try
        {
            folder.Delete(recursive: true);
        }
        catch (Exception error) when (error is IOException or UnauthorizedAccessException)
        {
            // Somebody else has tidied up, or must.
        }
    }
}
