using System.Text;

namespace DistributedTrainer.Numerics;

/// <summary>
/// Random numbers by key and place instead of by turn: Philox 4×32-10. A number depends on the seed, on what it is for and on
/// its place alone, so any node can make any of them at any time, in any order, and a crash loses no state.
/// J. Salmon et al., "Parallel random numbers: as easy as 1, 2, 3", SC 2011.
/// </summary>
/// <remarks>
/// <para>
/// Counter = (block, stream, row, step). The stream is a layer, a parameter (<see cref="StreamOf"/>) or an epoch; the row is a
/// row of the data set; what a use does not need is 0. Element e of a row takes word (e/16) mod 4 of block (e/64)·16 + e mod 16:
/// sixteen neighbours come from the same word of sixteen blocks, so that every vector width stores whole vectors.
/// </para>
/// <para>
/// Key = mix(seed + purpose·φ), φ = 0x9e3779b97f4a7c15, mix a bijection of 64 bits (the finalizer of SplitMix64). So under one
/// seed no two purposes share a key, for one purpose no two seeds do, and with the purposes of today no two pairs with seeds below 2⁶⁰ do.
/// </para>
/// </remarks>
public readonly record struct Philox
{
    private readonly uint _key0;
    private readonly uint _key1;

    public Philox(ulong seed, RandomPurpose purpose)
    {
        var key = SplitMix.Mix(seed + (ulong)purpose * SplitMix.GoldenGamma);
        (_key0, _key1) = ((uint)key, (uint)(key >> 32));
    }

    /// <summary>The 32 random bits of one element.</summary>
    public uint Word(int element, uint stream, uint row, uint step)
    {
        var block = PhiloxBlock.Encrypt(((uint)element / 64 * 16) + ((uint)element % 16), stream, row, step, _key0, _key1);
        return ((element / 16) % 4) switch
        {
            0 => block.Word0,
            1 => block.Word1,
            2 => block.Word2,
            _ => block.Word3,
        };
    }

    /// <summary>The random bits of elements 0 to n − 1 of a row.</summary>
    public unsafe void Fill(uint* destination, int n, uint stream, uint row, uint step)
        => Fill(default(WordForm), (float*)destination, n, stream, row, step, VectorPath.Current);

    /// <inheritdoc cref="Fill(uint*, int, uint, uint, uint)"/>
    public unsafe void Fill(Span<uint> destination, uint stream, uint row, uint step)
    {
        fixed (uint* pointer = destination)
            Fill(pointer, destination.Length, stream, row, step);
    }

    /// <summary>Uniform numbers in [0, 1) with 24 random bits: (word » 8)·2⁻²⁴.</summary>
    public unsafe void FillUniform(float* destination, int n, uint stream, uint row, uint step)
        => Fill(default(UniformForm), destination, n, stream, row, step, VectorPath.Current);

    /// <summary>
    /// Normal numbers with mean 0 and deviation 1, by Box and Muller: words 0 and 1 of a block give the elements at words 0 and 1,
    /// words 2 and 3 the other two. The greatest magnitude is √(48·ln 2) = 5.77.
    /// </summary>
    public unsafe void FillNormal(float* destination, int n, uint stream, uint row, uint step)
        => Fill(default(NormalForm), destination, n, stream, row, step, VectorPath.Current);

    /// <summary>
    /// The stream of something known by its name, such as a parameter: 32-bit FNV-1a of its UTF-8 bytes
    /// (the chance that two of a thousand names share a stream is 10⁻⁴, and then only their initial numbers repeat).
    /// </summary>
    public static uint StreamOf(string name)
    {
        var hash = 2_166_136_261u;
        foreach (var octet in Encoding.UTF8.GetBytes(name))
            hash = unchecked((hash ^ octet) * 16_777_619u);
        return hash;
    }

    internal unsafe void Fill<TForm>(
        TForm form, float* destination, int n, uint stream, uint row, uint step, VectorWidth width)
        where TForm : struct, IPhiloxForm
    {
        var kernel = new PhiloxKernel<TForm>(form, new(0, stream, row, step), _key0, _key1, destination, n);
        VectorPath.Run(ref kernel, width);
    }
}
