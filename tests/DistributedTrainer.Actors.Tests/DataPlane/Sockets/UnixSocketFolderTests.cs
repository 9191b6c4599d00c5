using System.Net.Sockets;

namespace DistributedTrainer.Actors.Tests;

public class UnixSocketFolderTests
{
    [Fact]
    public void What_a_killed_process_left_is_removed_by_the_next_one_and_what_lives_is_not()
    {
        using var listening = UnixSocketFolder.Create()!;
        using var listener = Listen(listening.SocketPath);
        using var young = UnixSocketFolder.Create()!;
        Abandon(young.SocketPath);
        var abandoned = UnixSocketFolder.Create()!;
        Abandon(abandoned.SocketPath);
        foreach (var folder in (UnixSocketFolder[])[listening, abandoned])
            Directory.SetLastWriteTimeUtc(Path.GetDirectoryName(folder.SocketPath)!, DateTime.UnixEpoch);

        using var next = UnixSocketFolder.Create()!;
        Assert.True(File.Exists(listening.SocketPath));
        Assert.True(File.Exists(young.SocketPath));
        Assert.False(Directory.Exists(Path.GetDirectoryName(abandoned.SocketPath)));
        abandoned.Dispose(); // removed already: no harm
    }

    [Fact]
    public void Its_path_is_short_enough_for_a_socket_and_it_goes_with_all_it_has()
    {
        var folder = UnixSocketFolder.Create()!;
        using (Listen(folder.SocketPath))
            folder.Dispose();
        Assert.False(Directory.Exists(Path.GetDirectoryName(folder.SocketPath)));
    }

    private static Socket Listen(string path)
    {
        var socket = new Socket(AddressFamily.Unix, SocketType.Stream, ProtocolType.Unspecified);
        socket.Bind(new UnixDomainSocketEndPoint(path));
        socket.Listen();
        return socket;
    }

    /// <summary>A socket's name with nobody behind it.</summary>
    private static void Abandon(string path)
    {
        using var socket = Listen(path);
        File.Move(path, $"{path}-kept"); // out of the way of the removal that comes with closing
        socket.Dispose();
        File.Move($"{path}-kept", path);
    }
}
