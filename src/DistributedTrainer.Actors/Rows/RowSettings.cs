using Akka.Configuration;

namespace DistributedTrainer.Actors;

/// <summary>The block <c>dtrain.rows</c>; what each key means stands in node.conf.</summary>
/// <param name="CacheLimit">Bytes of fetched rows that are kept.</param>
/// <param name="Within">For any answer.</param>
internal sealed record RowSettings(long CacheLimit, TimeSpan Within)
{
    private const string Block = "dtrain.rows";

    /// <exception cref="NodeStartException">A value is not allowed.</exception>
    public static RowSettings Read(Config config)
    {
        var block = new SettingsBlock(Block, config);
        return new RowSettings(block.Bytes("cache-limit", 1 << 16, 1L << 42), block.Time("within", TimeSpan.FromSeconds(1), TimeSpan.FromHours(1)));
    }
}
