using System.Buffers.Binary;
using System.Runtime.Serialization;
using Akka.Actor;
using DistributedTrainer.Coordination;
using Hyperion;

namespace DistributedTrainer.Actors;

/// <summary>
/// Control messages through Hyperion, with an allow-list: exactly the types of ControlMessages.cs go through, whatever the bytes say.
/// Both ends must be the same build, which nodes and clients compare before the first such message.
/// </summary>
public sealed class ControlSerializer(ExtendedActorSystem system) : Akka.Serialization.Serializer(system)
{
    /// <summary>No control message comes near this; anything longer is refused before it is read.</summary>
    public const int MaxBytes = 4 * 1024 * 1024;

    /// <summary>
    /// A message begins with the checksum of the rest. Hyperion believes the lengths it reads: a few damaged bytes would have it make
    /// arrays of gigabytes.
    /// </summary>
    internal const int SealLength = sizeof(uint);

    private static readonly Serializer Hyperion = new(new SerializerOptions(
        versionTolerance: false,
        preserveObjectReferences: false,
        surrogates: [],
        serializerFactories: [],
        knownTypes: AllowedTypes.Messages,
        ignoreISerializable: true,
        packageNameOverrides: [],
        disallowUnsafeTypes: true,
        typeFilter: new AllowedTypes()));

    public override int Identifier => 4101;

    public override bool IncludeManifest => false;

    /// <exception cref="SerializationException">The object is not a control message.</exception>
    public override byte[] ToBinary(object obj)
    {
        if (obj is not IControlMessage)
            throw new SerializationException($"{obj.GetType()} is not a control message.");
        using var stream = new MemoryStream();
        stream.Write(stackalloc byte[SealLength]);
        Hyperion.Serialize(obj, stream);
        var bytes = stream.ToArray();
        Seal(bytes);
        return bytes;
    }

    /// <exception cref="SerializationException">The bytes are too long, malformed, or name a type that is not allowed.</exception>
    public override object FromBinary(byte[] bytes, Type type)
    {
        if (bytes.Length > MaxBytes)
            throw new SerializationException($"A control message of {bytes.Length} bytes is longer than {MaxBytes}.");
        if (bytes.Length < SealLength || BinaryPrimitives.ReadUInt32LittleEndian(bytes) != Checksum.Of(bytes.AsSpan(SealLength)))
            throw new SerializationException($"A control message of {bytes.Length} bytes is damaged: its checksum is wrong.");
        try
        {
            using var stream = new ExactStream(bytes, SealLength);
            return Hyperion.Deserialize<object>(stream) as IControlMessage ?? throw new SerializationException("The bytes are not a control message.");
        }
        catch (Exception error) when (error is not SerializationException)
        {
            // Hyperion meets malformed bytes with almost any exception.
            throw new SerializationException($"A control message of {bytes.Length} bytes is malformed: {error.Message}", error);
        }
    }

    /// <summary>Writes the checksum of what follows it into the first bytes.</summary>
    internal static void Seal(Span<byte> bytes) => BinaryPrimitives.WriteUInt32LittleEndian(bytes, Checksum.Of(bytes[SealLength..]));
}
