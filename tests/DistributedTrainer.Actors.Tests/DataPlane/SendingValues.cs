namespace DistributedTrainer.Actors.Tests;

internal static class SendingValues
{
    /// <summary>Sends values in a pooled buffer, which the transport is the last to hold.</summary>
    public static void SendValues(this ITensorTransport transport, BufferPool pool, string node, string jobId, in FrameHeader header, float[] values)
    {
        if (values.Length == 0)
        {
            transport.Send(node, jobId, header, default);
            return;
        }

        // Not at the buffer's beginning: a slice says where.
        var buffer = pool.Rent(values.Length + 16);
        values.CopyTo(buffer.Floats[16..]);
        transport.Send(node, jobId, header, new TensorSlice(buffer, 16, values.Length));
        buffer.Release();
    }
}
