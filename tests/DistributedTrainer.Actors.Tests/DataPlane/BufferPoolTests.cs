namespace DistributedTrainer.Actors.Tests;

public unsafe class BufferPoolTests
{
    [Theory, InlineData(0), InlineData(1), InlineData(1024), InlineData(1025), InlineData(100_000), InlineData((1 << 22) + 1)]
    public void A_buffer_holds_what_was_asked_for_on_a_cache_line(int floats)
    {
        var buffer = new BufferPool().Rent(floats);
        Assert.True(buffer.Capacity >= floats);
        Assert.Equal(buffer.Capacity * sizeof(float), buffer.Bytes.Length);
        Assert.Equal(0, (long)buffer.Pointer % 64);
        buffer.Release();
    }

    [Fact]
    public void A_released_buffer_is_used_again()
    {
        var pool = new BufferPool();
        var buffer = pool.Rent(5000);
        buffer.Release();
        Assert.Same(buffer, pool.Rent(8000));
        Assert.NotSame(buffer, pool.Rent(5000));
    }

    [Fact]
    public void The_last_holder_returns_it()
    {
        var pool = new BufferPool();
        var buffer = pool.Rent(10);
        buffer.Retain();
        buffer.Release();
        Assert.NotSame(buffer, pool.Rent(10));
        buffer.Release();
        Assert.Same(buffer, pool.Rent(10));
    }

    [Fact]
    public void Released_once_too_often_is_a_defect()
    {
        var buffer = new BufferPool().Rent(10);
        buffer.Release();
        Assert.Throws<InvalidOperationException>(buffer.Release);
    }

    [Fact]
    public void No_two_threads_ever_hold_the_same_buffer()
    {
        var pool = new BufferPool();
        Parallel.For(0, 8, thread =>
        {
            for (var round = 0; round < 20_000; round++)
            {
                var buffer = pool.Rent(1 + round % 3000);
                *buffer.Pointer = thread;
                buffer.Retain();
                buffer.Release();
                if (*buffer.Pointer != thread)
                    throw new InvalidOperationException($"thread {thread} found the mark of {*buffer.Pointer}");
                buffer.Release();
            }
        });
    }

    [Fact]
    public void Steady_use_allocates_nothing()
    {
        var pool = new BufferPool();
        pool.Rent(4096).Release();
        var before = GC.GetAllocatedBytesForCurrentThread();
        for (var round = 0; round < 1000; round++)
            pool.Rent(4096).Release();
        Assert.InRange(GC.GetAllocatedBytesForCurrentThread() - before, 0, 1024);
    }
}
