using System.Runtime.InteropServices;

namespace DistributedTrainer.Actors.Tests;

/// <summary>Bytes as a socket link has them.</summary>
internal static class Records
{
    public static byte[] Frame(string jobId, in FrameHeader header, float[] values) =>
        Record(new RecordHead(RecordType.Frame, 0, 0, 0, JobKey.Of(jobId), default, header), MemoryMarshal.AsBytes(values.AsSpan()));

    public static byte[] Signal(RecordType type, long acknowledged = 0) => Record(RecordHead.Signal(type, acknowledged), []);

    /// <summary>The length and the checksum are filled in.</summary>
    public static byte[] Record(in RecordHead head, ReadOnlySpan<byte> payload)
    {
        var bytes = new byte[RecordHead.Size + payload.Length];
        (head with { PayloadBytes = payload.Length, PayloadChecksum = Checksum.Of(payload) }).Write(bytes);
        payload.CopyTo(bytes.AsSpan(RecordHead.Size));
        return bytes;
    }
}
