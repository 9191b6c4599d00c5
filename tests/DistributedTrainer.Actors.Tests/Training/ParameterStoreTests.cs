namespace DistributedTrainer.Actors.Tests;

public class ParameterStoreTests
{
    [Fact]
    public void The_two_newest_versions_are_kept()
    {
        using var store = new ParameterStore(10);
        Fill(store, 1, 1);
        Fill(store, 2, 2);
        Assert.Null(store.TryHold(0));
        Assert.Equal(1, First(store, 1));
        Assert.Equal(2, First(store, 2));
        Assert.Throws<InvalidOperationException>(() => store.Hold(0));
    }

    [Fact]
    public void What_somebody_holds_is_not_written_over()
    {
        using var store = new ParameterStore(10);
        Fill(store, 1, 1);
        var held = store.Hold(1);
        for (var version = 2; version < 8; version++)
            Fill(store, version, version);
        Assert.Equal(1, held.Floats[0]);
        held.Release();
    }

    [Fact]
    public void A_steady_state_uses_the_same_buffers_again()
    {
        using var store = new ParameterStore(10);
        var seen = new HashSet<TensorBuffer>();
        for (var version = 0; version < 100; version++)
        {
            var buffer = store.Hold(version);
            seen.Add(buffer);
            buffer.Release();
        }

        Assert.InRange(seen.Count, 2, 3);
    }

    [Fact]
    public void A_newcomer_jumps_to_the_version_it_is_sent()
    {
        using var store = new ParameterStore(10);
        Fill(store, 57, 5);
        Assert.Equal(5, First(store, 57));
        Assert.Null(store.TryHold(56));
    }

    [Fact]
    public void A_stranger_gets_what_is_kept_and_the_next_version_and_no_other()
    {
        using var store = new ParameterStore(10);
        Assert.Null(store.HoldNext(2));
        Assert.Null(store.HoldNext(-1));
        foreach (var version in new[] { 0, 1, 0, 2, 1 })
        {
            var buffer = store.HoldNext(version);
            Assert.NotNull(buffer);
            Assert.True(store.Owns(buffer));
            buffer.Release();
        }

        Assert.Null(store.HoldNext(0));
    }

    [Fact]
    public void Nothing_is_handed_out_after_its_end()
    {
        var store = new ParameterStore(10);
        store.Dispose();
        store.Dispose();
        Assert.Null(store.HoldNext(0));
        Assert.Null(store.TryHold(1));
    }

    private static void Fill(ParameterStore store, long version, float value)
    {
        var buffer = store.Hold(version);
        buffer.Floats.Fill(value);
        buffer.Release();
    }

    private static float First(ParameterStore store, long version)
    {
        var buffer = store.Hold(version);
        var value = buffer.Floats[0];
        buffer.Release();
        return value;
    }
}
