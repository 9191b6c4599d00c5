using DistributedTrainer.Coordination;

namespace DistributedTrainer.Actors;

/// <summary>
/// Remembers what arrived while slots may come twice, in the step under way and the one before, by checksum: before they are added in
/// place, and a late one is dropped. On an undisturbed run there is nothing to remember.
/// </summary>
internal sealed class DuplicateWatch
{
    private Dictionary<(int Piece, Slot Slot), (uint Checksum, string Sender)> _now = [];
    private Dictionary<(int Piece, Slot Slot), (uint Checksum, string Sender)> _before = [];
    private long _version = -1;

    /// <summary>
    /// Whether a sum may come twice: in the step under way once help was asked for, else only as the late twin of one that is remembered.
    /// </summary>
    /// <param name="isNow">Of the step under way; false: of the one before.</param>
    /// <param name="hasAsked">Whether help was asked for in the step under way.</param>
    public bool Watches(bool isNow, bool hasAsked) => isNow ? hasAsked : _before.Count > 0;

    /// <param name="version">Of the step that begins; a step that is begun again, after an epoch's decision, is still the same one.</param>
    /// <param name="hasAsked">Whether help was asked for in the step that ends.</param>
    public void NextStep(long version, bool hasAsked)
    {
        if (version == _version)
            return;
        _version = version;
        if (!hasAsked && _now.Count == 0 && _before.Count == 0)
            return;
        (_now, _before) = (_before, _now);
        _now.Clear();
    }

    /// <summary>Remembers a sum, or compares it with the same one that came before.</summary>
    /// <param name="isNow">Of the step under way; false: of the one before.</param>
    /// <returns>Who sent another one; null where there is none, or it is the same.</returns>
    public string? Differs(in FrameHeader header, ReadOnlySpan<byte> payload, string sender, bool isNow)
    {
        var known = isNow ? _now : _before;
        var checksum = Checksum.Of(payload) ^ (uint)HashCode.Combine(header.Sums.Loss, header.Sums.Denominator, header.Sums.Samples);
        if (known.TryAdd((header.Piece, header.Slot), (checksum, sender)))
            return null;
        var other = known[(header.Piece, header.Slot)];
        return other.Checksum == checksum ? null : other.Sender;
    }
}
