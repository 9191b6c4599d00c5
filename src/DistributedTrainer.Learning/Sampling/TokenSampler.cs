using DistributedTrainer.Numerics;

namespace DistributedTrainer.Learning;

/// <summary>
/// Draws tokens from a model's logits: token t of a text is a function of seed, logits and t alone (<see cref="RandomPurpose.Sampling"/>,
/// step t), so that the same model, prompt and seed give the same text anywhere.
/// </summary>
public sealed class TokenSampler
{
    private readonly Philox _random;
    private readonly double _temperature;
    private readonly int _topK;

    /// <param name="seed">Decides the text.</param>
    /// <param name="temperature">Divides the logits; 0 takes the most likely token always.</param>
    /// <param name="topK">Only so many of the most likely tokens are drawn from; null for all.</param>
    /// <exception cref="ArgumentOutOfRangeException">The temperature is negative or not finite, or k is below 1.</exception>
    public TokenSampler(ulong seed, double temperature, int? topK)
    {
        if (!(temperature >= 0 && double.IsFinite(temperature)))
            throw new ArgumentOutOfRangeException(nameof(temperature), temperature, "A temperature is 0 or more.");
        if (topK < 1)
            throw new ArgumentOutOfRangeException(nameof(topK), topK, "At least 1 token is needed to draw from.");
        (_random, _temperature, _topK) = (new Philox(seed, RandomPurpose.Sampling), temperature, topK ?? int.MaxValue);
    }

    /// <param name="logits">One a token.</param>
    /// <param name="step">Number of the drawn token, from 0.</param>
    /// <returns>The token's index. Of equal logits the lowest index counts as the largest.</returns>
    public int Draw(ReadOnlySpan<float> logits, uint step)
    {
        var order = Enumerable.Range(0, logits.Length).ToArray();
        var values = logits.ToArray();
        Array.Sort(order, (a, b) => values[a] != values[b] ? values[b].CompareTo(values[a]) : a.CompareTo(b));
        if (_temperature == 0)
            return order[0];
        var candidates = order.AsSpan(0, Math.Min(_topK, order.Length));
        var weights = new double[candidates.Length];
        var sum = 0.0;
        for (var i = 0; i < weights.Length; i++)
            sum += weights[i] = DoubleMath.Exp(((double)values[candidates[i]] - values[order[0]]) / _temperature);
        var drawn = (_random.Word(0, 0, 0, step) >> 8) * (1.0 / (1 << 24)) * sum;
        for (var i = 0; i < weights.Length - 1; i++)
        {
            drawn -= weights[i];
            if (drawn < 0)
                return candidates[i];
        }

        return candidates[^1];
    }
}
