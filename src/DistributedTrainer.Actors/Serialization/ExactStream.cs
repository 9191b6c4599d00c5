namespace DistributedTrainer.Actors;

/// <summary>
/// A message's bytes, read whole or not at all: other streams answer a read beyond their end with less than was asked for, and Hyperion
/// does not look.
/// </summary>
/// <param name="begin">Where the message begins in the bytes.</param>
internal sealed class ExactStream(byte[] bytes, int begin) : MemoryStream(bytes, begin, bytes.Length - begin, writable: false)
{
    /// <exception cref="EndOfStreamException">Fewer bytes are left.</exception>
    public override int Read(byte[] buffer, int offset, int count)
    {
        Require(count);
        return base.Read(buffer, offset, count);
    }

    /// <inheritdoc cref="Read(byte[], int, int)" path="/exception"/>
    public override int Read(Span<byte> buffer)
    {
        Require(buffer.Length);
        return base.Read(buffer);
    }

    /// <inheritdoc cref="Read(byte[], int, int)" path="/exception"/>
    public override int ReadByte()
    {
        Require(1);
        return base.ReadByte();
    }

    private void Require(int count)
    {
        if (count > Length - Position)
            throw new EndOfStreamException($"The message wants {count} bytes at {Position} of {Length}.");
    }
}
