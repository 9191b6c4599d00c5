namespace DistributedTrainer.Numerics;

internal readonly struct Permutation
{
    private readonly ulong _key;
    private readonly int _length;
    private readonly int _half;

    public Permutation(ulong seed, RandomPurpose purpose, uint stream, int length)
    {
        _key = seed * 0x9E3779B97F4A7C15UL + (ulong)purpose * 0xBF58476D1CE4E5B9UL + stream * 0x94D049BB133111EBUL;
        _length = length;
        _half = 1;
        while (1L << (2 * _half) < length)
            _half++;
    }

    public int At(int index)
    {
        var mask = (1u << _half) - 1;
        var value = (uint)index;
        do
        {
            var (left, right) = (value >> _half, value & mask);
            for (var round = 0; round < 6; round++)
            {
                var mixed = (right + 1 + (ulong)round * 77) * (_key | 1);
                mixed ^= mixed >> 29;
                mixed *= 0xBF58476D1CE4E5B9UL;
                mixed ^= mixed >> 32;
                (left, right) = (right, left ^ ((uint)mixed & mask));
            }

            value = (left << _half) | right;
        }
        while (value >= (uint)_length);

        return (int)value;
    }
}
