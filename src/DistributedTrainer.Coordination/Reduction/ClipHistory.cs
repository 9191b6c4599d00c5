namespace DistributedTrainer.Coordination;

/// <summary>What the gradients of a range's last steps were multiplied by: a part of its state, for servers of other ranges that are behind.</summary>
public sealed class ClipHistory
{
    /// <summary>As many as a <see cref="NormLedger"/> keeps.</summary>
    public const int Kept = 4;

    private readonly (long Step, float Factor)[] _last = [.. Enumerable.Repeat((-1L, 0f), Kept)];

    public void Note(long step, float factor) => _last[step % Kept] = (step, factor);

    /// <summary>Null where it is not known: long past, or before a checkpoint.</summary>
    public float? Of(long step) => step >= 0 && _last[step % Kept] is var (known, factor) && known == step ? factor : null;
}
