using Akka.Actor;
using DistributedTrainer.Coordination;
using DistributedTrainer.Data;

namespace DistributedTrainer.Actors;

// Messages within a node, besides those of one job (TrainingMessages.cs).

/// <summary>A job has been loaded, or could not be.</summary>
internal sealed record JobOpenedHere(string JobId, OpenedJob? Job, ParameterStore? Store, string Error)
{
    /// <summary>It could not, because the data is not on this node.</summary>
    public bool Lacks { get; init; }

    /// <summary>Loads the data, compiles the model and fills version 0. Takes long: never on an actor's thread.</summary>
    public static JobOpenedHere Open(OpenJob open) => Open(open, hasReadyGradient: false);

    /// <inheritdoc cref="OpenedJob.HasReadyGradient" path="/summary"/>
    public static JobOpenedHere OpenForExchange(OpenJob open) => Open(open, hasReadyGradient: true);

    /// <summary>The same on a node that has not the data.</summary>
    public static JobOpenedHere OpenFetched(OpenJob open, Func<Job, DataSet> fetched, RowSupply rows) => Complete(open, OpenedJob.Open(open, hasReadyGradient: false, fetched, rows));

    private static JobOpenedHere Open(OpenJob open, bool hasReadyGradient) => Complete(open, OpenedJob.Open(open, hasReadyGradient));

    private static JobOpenedHere Complete(OpenJob open, OpenedJob job)
    {
        var store = new ParameterStore(job.Network.Layout.Length, open.Replicas > 0 ? 3 : 2, open.Version);
        // A later version comes from the servers, who read it from the checkpoint.
        if (open.Version == 0)
            InitialWeights.Write(job.Job, job.Network, store.Initial);
        return new JobOpenedHere(open.JobId, job, store, "");
    }
}

/// <summary>Hand everything over; answered with <see cref="MayLeave"/>, perhaps more than once.</summary>
internal sealed record Leave;

internal sealed record MayLeave;

/// <summary>Published when the coordinator has taken this node.</summary>
internal sealed record NodeWelcome;

/// <summary>Published when the coordinator refuses this node.</summary>
internal sealed record NodeRefused(string Reason);

/// <summary>This node has joined by these seeds.</summary>
internal sealed record WatchSeeds(IReadOnlyList<Address> Seeds);
