using Akka.Actor;

namespace DistributedTrainer.Actors;

/// <summary>What a node lends to the servers and workers of one job.</summary>
/// <param name="Self">The node's address.</param>
/// <param name="JobActor">The job's actor on this node.</param>
internal sealed record ServerPlace(string Self, IActorRef JobActor, ParameterStore Store, BufferPool Pool, ITensorTransport Transport);
