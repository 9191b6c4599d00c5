using System.Net.Sockets;
using System.Text;

namespace DistributedTrainer.Actors;

/// <summary>A folder that only this user may enter, for the Unix socket that this process listens on. Removed at the end.</summary>
internal sealed class UnixSocketFolder : IDisposable
{
    private const string Prefix = "dtrain-";

    /// <summary>What the smallest of the systems has room for, without the zero at the end.</summary>
    private const int MaxPathBytes = 103;

    private readonly DirectoryInfo _folder;

    private UnixSocketFolder(DirectoryInfo folder) => _folder = folder;

    public string SocketPath => Path.Combine(_folder.FullName, "tensors");

    /// <returns>Null where the system has no Unix sockets, or its temporary folder's name is too long for one.</returns>
    public static UnixSocketFolder? Create()
    {
        if (!Socket.OSSupportsUnixDomainSockets)
            return null;
        try
        {
            var folder = new UnixSocketFolder(Directory.CreateTempSubdirectory(Prefix));
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
        try
        {
            _folder.Delete(recursive: true);
        }
        catch (Exception error) when (error is IOException or UnauthorizedAccessException)
        {
            // Somebody else has tidied up.
        }
    }
}
