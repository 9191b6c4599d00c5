namespace DistributedTrainer.Data.Tests;

public sealed class RowCacheTests : IDisposable
{
    private const int RowBytes = 48;
    private const int Slots = 64;
    private readonly RowCache _cache = new(rows: 1000, RowBytes, limit: Slots * (RowBytes + 16), FetchedSet.Within);

    public void Dispose() => _cache.Dispose();

    [Fact]
    public void A_bound_that_is_too_small_says_what_is_needed()
    {
        var error = Assert.Throws<DataException>(() => new RowCache(1000, RowBytes, 63 * (RowBytes + 16), FetchedSet.Within));
        Assert.Contains("dtrain.rows.cache-limit", error.Message);
        Assert.Contains("4,096 bytes", error.Message);
        using var small = new RowCache(3, RowBytes, 3 * (RowBytes + 16), FetchedSet.Within); // all of a small set
        Assert.Equal(3, small.Capacity);
    }

    [Fact]
    public void It_never_holds_more_than_its_bound()
    {
        for (var row = 0; row < 1000; row++)
            Put(row, step: row % 50);
        Assert.Equal((Slots, Slots, 1000L * RowBytes), (_cache.Capacity, _cache.Count, _cache.BytesFetched));
    }

    [Fact]
    public void Rows_of_steps_to_come_stay_and_those_of_steps_that_have_passed_go()
    {
        for (var row = 0; row < 32; row++)
            Put(row, step: 5);
        for (var row = 32; row < 64; row++)
            Put(row, step: 4);
        _cache.Passed(5);
        for (var row = 100; row < 132; row++)
            Put(row, step: 6);
        Assert.Empty(_cache.Need([.. Enumerable.Range(0, 32)], 6));
        Assert.Equal([40], _cache.Need([40], 6));
    }

    [Fact]
    public void A_row_that_is_here_and_needed_again_stays_for_the_later_step()
    {
        Put(0, step: 1);
        Assert.Empty(_cache.Need([0], 9));
        _cache.Passed(9);
        for (var row = 100; row < 300; row++)
            Put(row, step: 2);
        Assert.Empty(_cache.Need([0], 9));
    }

    [Fact]
    public void A_row_is_asked_for_once()
    {
        Assert.Equal([3, 4], _cache.Need([3, 4, 3], 1));
        Assert.Equal([5], _cache.Need([4, 5], 1));
        var asked = new List<int>();
        _cache.Missed = asked.AddRange;
        _cache.Expect([3, 4, 6]);
        Assert.Equal([6], asked);
    }

    [Fact]
    public unsafe void A_row_that_is_being_read_stays_whatever_arrives()
    {
        Put(7, step: -1);
        var bytes = _cache.Hold(7);
        for (var row = 100; row < 400; row++)
            Put(row, step: 1000);
        Assert.Equal(7, *(int*)bytes);
        _cache.Release(7);
        Assert.Empty(_cache.Need([7], 0));
    }

    [Fact]
    public async Task A_reader_waits_until_its_row_is_here_although_there_is_no_room()
    {
        for (var row = 100; row < 164; row++)
            Put(row, step: 1000);
        var reading = await Waiter(9);
        Put(9, step: -1);
        Assert.Equal(9, await reading.WaitAsync(FetchedSet.Within));
        Assert.Equal(1, _cache.Waits);
    }

    [Fact]
    public async Task A_reader_hears_why_a_row_cannot_be_had()
    {
        var reading = await Waiter(9);
        _cache.Fail("nobody has it");
        Assert.Equal("nobody has it", (await Assert.ThrowsAsync<DataException>(() => reading)).Message);
    }

    [Fact]
    public async Task The_end_of_a_job_ends_waiting()
    {
        var reading = await Waiter(9);
        _cache.Close();
        await Assert.ThrowsAsync<OperationCanceledException>(() => reading);
    }

    [Fact]
    public unsafe void A_wait_has_a_bound()
    {
        using var cache = new RowCache(1000, RowBytes, 1 << 20, TimeSpan.FromMilliseconds(20));
        Assert.Contains("row 9", Assert.Throws<DataException>(() => { cache.Hold(9); }).Message);
    }

    [Fact]
    public void Readers_and_rows_from_many_threads_read_what_was_put()
    {
        _cache.Missed = rows => Array.ForEach(rows, row => Put(row, step: -1));
        Parallel.For(0, 8, new ParallelOptions { MaxDegreeOfParallelism = 8 }, thread =>
        {
            var random = new Random(thread);
            for (var times = 0; times < 20_000; times++)
            {
                var row = random.Next(1000);
                Assert.Equal(row, Value(row));
            }
        });
        Assert.Equal(Slots, _cache.Count);
    }

    /// <summary>Somebody reads a row that is not here, and waits.</summary>
    private async Task<Task<int>> Waiter(int row)
    {
        var missed = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        _cache.Missed = _ => missed.TrySetResult();
        var reading = Task.Run(() => Value(row));
        await missed.Task.WaitAsync(FetchedSet.Within);
        return reading;
    }

    private unsafe int Value(int row)
    {
        var value = *(int*)_cache.Hold(row);
        _cache.Release(row);
        return value;
    }

    private void Put(int row, long step)
    {
        var bytes = new byte[RowBytes];
        BitConverter.TryWriteBytes(bytes, row);
        _cache.Put([row], bytes, step);
    }
}
