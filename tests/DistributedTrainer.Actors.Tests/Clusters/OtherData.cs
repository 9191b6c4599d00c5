using DistributedTrainer.Coordination;

namespace DistributedTrainer.Actors.Tests;

/// <summary>Opens a job on data that hashes to something else, as on a node whose file differs.</summary>
internal static class OtherData
{
    public const string Sha256 = "0bad0bad";

    public static JobOpenedHere Open(OpenJob open)
    {
        var opened = JobOpenedHere.Open(open);
        var (job, data) = (opened.Job!, opened.Job!.Data);
        var other = data with { Sha256 = Sha256, Owner = data };
        return opened with { Job = new OpenedJob(open.JobId, job.Job, other, job.Network, open.Servers) };
    }
}
