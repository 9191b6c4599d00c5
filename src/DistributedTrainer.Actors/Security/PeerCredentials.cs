using System.Net.Sockets;
using System.Runtime.InteropServices;

namespace DistributedTrainer.Actors;

/// <summary>Who is at the other end of a Unix socket, by the system's word.</summary>
internal static partial class PeerCredentials
{
    private const int SocketLevel = 1;
    private const int PeerCredentialsOption = 17;

    /// <summary>Whether the other end is a process of this user. Where the system cannot tell (not Linux), the socket's folder has to.</summary>
    public static bool IsSameUser(Socket socket)
    {
        if (!OperatingSystem.IsLinux() || socket.AddressFamily != AddressFamily.Unix)
            return true;
        Span<int> processUserGroup = stackalloc int[3];
        var bytes = socket.GetRawSocketOption(SocketLevel, PeerCredentialsOption, MemoryMarshal.AsBytes(processUserGroup));
        return bytes == 3 * sizeof(int) && (uint)processUserGroup[1] == EffectiveUser();
    }

    [LibraryImport("libc", EntryPoint = "geteuid")]
    private static partial uint EffectiveUser();
}
