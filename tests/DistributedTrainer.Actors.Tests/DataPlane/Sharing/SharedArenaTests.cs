using System.Runtime.InteropServices;

namespace DistributedTrainer.Actors.Tests;

public unsafe class SharedArenaTests
{
    private static readonly SharedArena? Arena = Started();

    [LinuxFact]
    public void What_is_written_in_a_block_is_read_through_the_offer()
    {
        var block = Arena!.Allocate(100_000)!;
        using var view = SharedView.Open(Arena.Offer)!;
        new Span<byte>(block.Start, 100_000).Fill(7);
        Assert.True(view.TryRead(block.Place(0), 100_000, out var bytes));
        Assert.True(bytes.SequenceEqual(new Span<byte>(block.Start, 100_000)));
        GC.KeepAlive(block);
    }

    [LinuxFact]
    public void A_copy_is_believed_until_the_block_is_used_again()
    {
        var block = Arena!.Allocate(100_000)!;
        block.BeginUse();
        var place = block.Place(64);
        using var view = SharedView.Open(Arena.Offer)!;
        Assert.True(view.IsStillLent(place));
        block.BeginUse();
        Assert.False(view.IsStillLent(place));
        Assert.False(view.TryRead(place with { Block = SharedArena.Blocks }, 1, out _));
        GC.KeepAlive(block);
    }

    [LinuxFact]
    public void Small_blocks_are_not_worth_it() => Assert.Null(Arena!.Allocate(SharedArena.LeastBytes - 1));

    [LinuxFact]
    public void Another_nonce_is_another_process()
    {
        Assert.Null(SharedView.Open(Arena!.Offer with { Nonce = Arena.Offer.Nonce + 1 }));
    }

    [LinuxFact]
    public void A_file_that_is_none_or_could_shrink_is_not_taken()
    {
        Assert.Null(SharedView.Open(Arena!.Offer with { File = 1_000_000 }));
        Assert.Null(SharedView.Open(Arena.Offer with { Process = int.MaxValue }));
        using var file = new FileStream(Path.GetTempFileName(), FileMode.Open, FileAccess.ReadWrite, FileShare.ReadWrite, 0, FileOptions.DeleteOnClose);
        file.Write(BitConverter.GetBytes(Arena.Offer.Nonce));
        Assert.Null(SharedView.Open(Arena.Offer with { File = (int)file.SafeFileHandle.DangerousGetHandle() }));
    }

    [LinuxTheory]
    [InlineData(-1, 4)]
    [InlineData(long.MaxValue, 4)]
    [InlineData((1L << 38) - 3, 4)]
    [InlineData(0, -1)]
    public void Nothing_is_read_outside(long offset, int bytes)
    {
        using var view = SharedView.Open(Arena!.Offer)!;
        Assert.False(view.TryRead(new SharedPlace(offset, 0, 1), bytes, out _));
    }

    [LinuxFact]
    public void A_freed_block_gives_its_memory_back()
    {
        using var view = SharedView.Open(Arena!.Offer)!;
        var place = Fill();
        for (var round = 0; round < 10; round++)
        {
            GC.Collect();
            GC.WaitForPendingFinalizers();
        }

        Assert.False(view.IsStillLent(place));
        Assert.True(view.TryRead(place, 1 << 20, out var bytes));
        Assert.False(bytes.ContainsAnyExcept((byte)0)); // what the system has taken back reads as zeros

        [System.Runtime.CompilerServices.MethodImpl(System.Runtime.CompilerServices.MethodImplOptions.NoInlining)]
        static SharedPlace Fill()
        {
            var block = Arena!.Allocate(1 << 20)!;
            NativeMemory.Fill(block.Start, 1 << 20, 9);
            return block.Place(0);
        }
    }

    private static SharedArena? Started()
    {
        SharedArena.Open();
        return SharedArena.Current;
    }
}

/// <summary>Memory shared between processes is there on Linux only; elsewhere everything goes through sockets.</summary>
public sealed class LinuxFactAttribute : FactAttribute
{
    public LinuxFactAttribute() => Skip = LinuxTheoryAttribute.WhyNot;
}

/// <inheritdoc cref="LinuxFactAttribute"/>
public sealed class LinuxTheoryAttribute : TheoryAttribute
{
    public LinuxTheoryAttribute() => Skip = WhyNot;

    internal static string? WhyNot => OperatingSystem.IsLinux() ? null : "shared memory is there on Linux only";
}
