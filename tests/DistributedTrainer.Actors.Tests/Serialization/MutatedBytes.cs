namespace DistributedTrainer.Actors.Tests;

/// <summary>Bytes as a broken or hostile peer may send them.</summary>
internal static class MutatedBytes
{
    /// <summary>A valid message cut, extended, with some bytes changed, or bytes without any sense.</summary>
    public static byte[] Next(Random random, byte[] valid)
    {
        switch (random.Next(4))
        {
            case 0:
                return valid[..random.Next(valid.Length)];
            case 1:
                var noise = new byte[random.Next(200)];
                random.NextBytes(noise);
                return noise;
            case 2:
                return [.. valid, .. new byte[random.Next(1, 50)]];
            default:
                var changed = (byte[])valid.Clone();
                for (var change = random.Next(1, 6); change > 0; change--)
                    changed[random.Next(changed.Length)] = (byte)random.Next(256);
                return changed;
        }
    }
}
