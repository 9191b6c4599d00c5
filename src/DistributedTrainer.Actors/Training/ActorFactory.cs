using Akka.Actor;

namespace DistributedTrainer.Actors;

/// <summary>
/// Makes an actor by a plain call. Akka's own way, an expression, is compiled each time: milliseconds that a backup does not have when it
/// takes over.
/// </summary>
internal sealed class ActorFactory<TActor>(Func<TActor> make) : IIndirectActorProducer
    where TActor : ActorBase
{
    public Type ActorType => typeof(TActor);

    public static Props Props(Func<TActor> make) => Akka.Actor.Props.CreateBy(new ActorFactory<TActor>(make));

    public ActorBase Produce() => make();

    public void Release(ActorBase actor)
    {
    }
}
