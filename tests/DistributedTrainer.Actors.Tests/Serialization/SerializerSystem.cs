using Akka.Actor;

namespace DistributedTrainer.Actors.Tests;

/// <summary>An actor system for serializers to belong to; it never sends anything.</summary>
public sealed class SerializerSystem : IDisposable
{
    public ExtendedActorSystem System { get; } = (ExtendedActorSystem)ActorSystem.Create("serializers");

    public void Dispose() => System.Terminate().Wait(TimeSpan.FromSeconds(10));
}
