using System.Runtime.Serialization;
using Akka.Actor;

namespace DistributedTrainer.Actors;

/// <summary>
/// Stands in the place of serializers of Akka's that make objects of whatever types the bytes name, above all JSON. Strict serialization
/// keeps a node from sending such messages, not from receiving them: a serializer is chosen by the number that the sender writes. Numbers
/// of those replaced are unknown then, but for JSON's, which is this one's.
/// </summary>
public sealed class RefusingSerializer(ExtendedActorSystem system) : Akka.Serialization.Serializer(system)
{
    /// <summary>Configured like the serializer that it stands for, whose settings mean nothing here.</summary>
    public RefusingSerializer(ExtendedActorSystem system, Akka.Configuration.Config settings)
        : this(system) => _ = settings;

    /// <summary>The number of Akka's JSON serializer.</summary>
    public override int Identifier => 1;

    public override bool IncludeManifest => true;

    /// <exception cref="SerializationException">Always.</exception>
    public override byte[] ToBinary(object obj) => throw new SerializationException($"{obj.GetType()} is no message of this program.");

    /// <exception cref="SerializationException">Always.</exception>
    public override object FromBinary(byte[] bytes, Type type) => throw new SerializationException($"A message of {bytes.Length} bytes that calls itself JSON ({type}) is refused.");
}
