namespace DistributedTrainer.Numerics;

/// <summary>
/// The memory in which a thread packs operands. Each thread has its own, so that any number of threads multiply at once;
/// it grows to the largest product the thread has met and stays, so that a steady state allocates nothing.
/// </summary>
internal sealed unsafe class Workspace
{
    [ThreadStatic]
    private static Workspace? _current;

    private FloatBuffer _left = new(0);
    private FloatBuffer _right = new(0);
    private FloatBuffer _tiles = new(0);
    private FloatBuffer _planes = new(0);
    private FloatBuffer _turned = new(0);
    private FloatBuffer _offsets = new(0);
    private Segment[] _segments = [];

    private Workspace()
    {
    }

    /// <summary>The calling thread's workspace.</summary>
    public static Workspace Current => _current ??= new Workspace();

    /// <summary>Memory for packed panels of A.</summary>
    public float* Left(long length) => Reserve(ref _left, length);

    /// <summary>Memory for packed panels of B.</summary>
    public float* Right(long length) => Reserve(ref _right, length);

    /// <summary>Memory for tiles that are not in C: stacks of partial sums, and tiles that overhang C's last column.</summary>
    public float* Tiles(long length) => Reserve(ref _tiles, length);

    /// <summary>Memory for images with borders.</summary>
    public float* Planes(long length) => Reserve(ref _planes, length);

    /// <summary>Memory for weights in another order.</summary>
    public float* Turned(long length) => Reserve(ref _turned, length);

    /// <summary>Room for so many offsets.</summary>
    public int* Offsets(int count) => (int*)Reserve(ref _offsets, count);

    /// <summary>Room for segments as blocks of rows cut them.</summary>
    public Span<Segment> Segments(int count)
    {
        if (_segments.Length < count)
            _segments = new Segment[count];
        return _segments.AsSpan(0, count);
    }

    private static float* Reserve(ref FloatBuffer buffer, long length)
    {
        if (buffer.Length < length)
        {
            buffer.Dispose();
            buffer = new FloatBuffer(checked((int)length));
        }

        return buffer.Pointer;
    }
}
