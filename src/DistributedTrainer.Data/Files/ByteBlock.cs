namespace DistributedTrainer.Data;

/// <summary>Bytes at a fixed address: a mapped file or memory.</summary>
internal abstract unsafe class ByteBlock : IDisposable
{
    private byte* _bytes;

    protected ByteBlock(byte* bytes, long length)
    {
        _bytes = bytes;
        Length = length;
    }

    public long Length { get; }

    /// <exception cref="ObjectDisposedException">The data set was disposed; reading on would touch unmapped memory.</exception>
    public byte* Bytes
    {
        get
        {
            var bytes = _bytes;
            ObjectDisposedException.ThrowIf(bytes is null, this);
            return bytes;
        }
    }

    public virtual void Dispose() => _bytes = null;
}
