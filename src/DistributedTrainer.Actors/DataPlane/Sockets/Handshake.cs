using System.Buffers.Binary;
using System.Diagnostics;
using System.Globalization;
using System.Net.Sockets;
using System.Text;

namespace DistributedTrainer.Actors;

/// <summary>The first words on a connection: who calls whom, and what shows that it was told to. Text behind its length, bounded in bytes and time.</summary>
internal static class Handshake
{
    private const string Word = "dtrain-tensors";
    private const string Welcome = "welcome";
    private const int MaxBytes = 1024;

    public static string Hello(DataPlaneAdvert self, DataPlaneAdvert peer) =>
        string.Create(CultureInfo.InvariantCulture, $"{Word}\n{self.Version}\n{peer.Key}\n{peer.Uid}\n{self.Node}\n{self.Uid}");

    /// <returns>Who calls; null for a stranger, who gets no answer.</returns>
    public static (string Node, int Uid)? Check(string hello, DataPlaneAdvert self)
    {
        var lines = hello.Split('\n');
        return lines.Length == 6 && lines[0] == Word && lines[1] == self.Version.ToString(CultureInfo.InvariantCulture) && lines[2] == self.Key
            && lines[3] == self.Uid.ToString(CultureInfo.InvariantCulture) && lines[4].Length > 0 && string.CompareOrdinal(lines[4], self.Node) < 0
            && int.TryParse(lines[5], NumberStyles.AllowLeadingSign, CultureInfo.InvariantCulture, out var uid)
            ? (lines[4], uid)
            : null;
    }

    public static string Answer(DataPlaneAdvert self) => string.Create(CultureInfo.InvariantCulture, $"{Welcome}\n{self.Node}\n{self.Uid}");

    /// <exception cref="SocketException">The connection is broken.</exception>
    /// <exception cref="TimeoutException">The other side did not take the text in time.</exception>
    public static void Send(Socket socket, string text, TimeSpan bound)
    {
        var bytes = new byte[sizeof(ushort) + Encoding.UTF8.GetByteCount(text)];
        BinaryPrimitives.WriteUInt16LittleEndian(bytes, checked((ushort)(bytes.Length - sizeof(ushort))));
        Encoding.UTF8.GetBytes(text, bytes.AsSpan(sizeof(ushort)));
        var started = Stopwatch.GetTimestamp();
        for (var at = 0; at < bytes.Length;)
        {
            var sent = socket.Send(bytes.AsSpan(at), SocketFlags.None, out var error);
            at += sent;
            Await(socket, SelectMode.SelectWrite, error, started, bound);
        }
    }

    /// <returns>Null where the other side closed the connection, or sent more than a handshake has.</returns>
    /// <exception cref="SocketException">The connection is broken.</exception>
    /// <exception cref="TimeoutException">Not all of the text came in time.</exception>
    public static string? Receive(Socket socket, TimeSpan bound)
    {
        Span<byte> bytes = stackalloc byte[MaxBytes];
        var started = Stopwatch.GetTimestamp();
        if (!Fill(socket, bytes[..sizeof(ushort)], started, bound))
            return null;
        var length = BinaryPrimitives.ReadUInt16LittleEndian(bytes);
        return length <= MaxBytes && Fill(socket, bytes[..length], started, bound) ? Encoding.UTF8.GetString(bytes[..length]) : null;
    }

    private static bool Fill(Socket socket, Span<byte> bytes, long started, TimeSpan bound)
    {
        while (bytes.Length > 0)
        {
            var count = socket.Receive(bytes, SocketFlags.None, out var error);
            if (count == 0 && error == SocketError.Success)
                return false;
            bytes = bytes[count..];
            Await(socket, SelectMode.SelectRead, error, started, bound);
        }

        return true;
    }

    private static void Await(Socket socket, SelectMode mode, SocketError error, long started, TimeSpan bound)
    {
        if (error == SocketError.Success)
            return;
        if (error != SocketError.WouldBlock)
            throw new SocketException((int)error);
        var left = bound - Stopwatch.GetElapsedTime(started);
        if (left <= TimeSpan.Zero || !socket.Poll(left, mode))
            throw new TimeoutException();
    }
}
