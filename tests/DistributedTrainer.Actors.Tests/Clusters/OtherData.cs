using DistributedTrainer.Coordination;
using DistributedTrainer.Data;

namespace DistributedTrainer.Actors.Tests;

/// <summary>Opens a job on data that hashes to something else, as on a node whose file differs.</summary>
internal static class OtherData
{
    public const string Sha256 = "0bad0bad";

    public static JobOpenedHere Open(OpenJob open)
    {
        var opened = JobOpenedHere.Open(open);
        var (job, data) = (opened.Job!, opened.Job!.Data);
        var other = new DataSet
        {
            Sha256 = Sha256,
            InputShape = data.InputShape,
            TargetLength = data.TargetLength,
            Classes = data.Classes,
            Columns = data.Columns,
            Train = data.Train,
            Validation = data.Validation,
            Test = data.Test,
            Preparation = data.Preparation,
            Owner = data,
        };
        return opened with { Job = new OpenedJob(open.JobId, job.Job, other, job.Network, open.Servers) };
    }
}
