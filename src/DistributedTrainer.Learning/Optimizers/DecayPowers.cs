namespace DistributedTrainer.Learning;

/// <summary>βᵗ as one fixed chain of double products, since a library's pow differs between processors.</summary>
internal sealed class DecayPowers(double beta)
{
    private long _exponent;
    private double _power = 1;

    /// <summary>β raised to <paramref name="exponent"/>: one product where the exponent is the last one's successor.</summary>
    public double At(long exponent)
    {
        if (exponent < _exponent)
            (_exponent, _power) = (0, 1);

        // Below 2^-60 the power no longer changes 1 - power; ending the chain there keeps a resume at a late step short.
        for (; _exponent < exponent; _exponent++)
            _power = _power < Negligible ? 0 : _power * beta;
        return _power;
    }

    private const double Negligible = 8.673617379884035e-19;
}
