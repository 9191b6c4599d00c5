namespace DistributedTrainer.Learning.Tests;

public class TokenSamplerTests
{
    private static readonly float[] Logits = [0, 2, 1, 2, -1];

    [Fact]
    public void Without_temperature_the_first_of_the_most_likely_is_taken() =>
        Assert.All(Draws(new TokenSampler(1, 0, null), 50), token => Assert.Equal(1, token));

    [Fact]
    public void Tokens_come_as_often_as_the_softmax_says()
    {
        const int Count = 20_000;
        var counts = Draws(new TokenSampler(1, 0.5, null), Count).CountBy(token => token).ToDictionary();
        var weights = Logits.Select(logit => Math.Exp(logit / 0.5)).ToArray();
        for (var token = 0; token < Logits.Length; token++)
        {
            var expected = weights[token] / weights.Sum();
            var deviation = Math.Sqrt(expected * (1 - expected) / Count);
            Assert.InRange((double)counts.GetValueOrDefault(token) / Count, expected - 5 * deviation, expected + 5 * deviation);
        }
    }

    [Fact]
    public void Only_the_k_most_likely_are_drawn_from()
    {
        Assert.Equal([1, 3], Draws(new TokenSampler(1, 1, 2), 200).Distinct().Order());
        Assert.Equal([1], Draws(new TokenSampler(1, 1, 1), 50).Distinct());
    }

    [Fact]
    public void The_seed_and_the_place_decide()
    {
        Assert.Equal(Draws(new TokenSampler(7, 1, null), 100), Draws(new TokenSampler(7, 1, null), 100));
        Assert.NotEqual(Draws(new TokenSampler(7, 1, null), 100), Draws(new TokenSampler(8, 1, null), 100));
    }

    [Theory]
    [InlineData(-1.0, null)]
    [InlineData(double.NaN, null)]
    [InlineData(1.0, 0)]
    public void Refuses_what_cannot_be_drawn(double temperature, int? topK) =>
        Assert.Throws<ArgumentOutOfRangeException>(() => new TokenSampler(1, temperature, topK));

    private static int[] Draws(TokenSampler sampler, int count) =>
        [.. Enumerable.Range(0, count).Select(step => sampler.Draw(Logits, (uint)step))];
}
