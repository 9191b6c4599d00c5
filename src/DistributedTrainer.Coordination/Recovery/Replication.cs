namespace DistributedTrainer.Coordination;

/// <summary>
/// What a primary knows of its backup, and when it may go on. From its first word on the backup lags by one version at most: nodes keep
/// the versions that its gradients can be computed from, and no more. It counts once it has caught up so far. A pure state machine.
/// </summary>
/// <param name="backup">The backup's node.</param>
/// <param name="assignment">Number of the assignment that made it the backup; it stands in its acknowledgements.</param>
/// <param name="version">The version that it begins from.</param>
/// <param name="counts">It begins from a version that it has already; otherwise the state is on its way to it.</param>
public sealed class Replication(string backup, int assignment, long version, bool counts)
{
    private const int Kept = 4;

    private readonly uint[] _checksums = new uint[Kept];
    private readonly long[] _versions = [-1, -1, -1, -1];
    private bool _isWaitedFor = counts;

    public string Backup => backup;

    public int Assignment => assignment;

    /// <summary>The newest version that the backup has; one less than it begins from until it has said so.</summary>
    public long Acknowledged { get; private set; } = counts ? version : version - 1;

    /// <summary>It is taken to have made the first version from the seed, and has not said so: it may never have heard of that assignment.</summary>
    public bool IsAssumed { get; private set; } = counts;

    /// <summary>Whether it could take over.</summary>
    public bool Counts { get; private set; } = counts;

    /// <summary>Whether the version after this one may be made: the backup has this one.</summary>
    public bool MayLeave(long primaryVersion) => !_isWaitedFor || Acknowledged >= primaryVersion;

    /// <summary>The primary has made a version, whose parameters have this checksum.</summary>
    public void Made(long primaryVersion, uint checksum) =>
        (_versions[primaryVersion % Kept], _checksums[primaryVersion % Kept]) = (primaryVersion, checksum);

    /// <summary>The backup has made a version.</summary>
    /// <returns>False where its parameters are not the primary's: a defect, or a faulty machine.</returns>
    public bool Acknowledge(int number, long backupVersion, uint checksum, long primaryVersion)
    {
        if (number != assignment)
            return true; // of an earlier time as a backup
        if (backupVersion > primaryVersion)
            throw new BrokenInvariantException($"the backup on {backup} acknowledges version {backupVersion}, and its primary has {primaryVersion}");
        (_isWaitedFor, IsAssumed) = (true, false);
        Acknowledged = Math.Max(Acknowledged, backupVersion);
        Counts |= Acknowledged >= primaryVersion - 1;
        return _versions[backupVersion % Kept] != backupVersion || _checksums[backupVersion % Kept] == checksum;
    }
}
