using System.Collections;
using System.Data;
using System.Diagnostics;
using System.Runtime.Serialization;
using DistributedTrainer.Coordination;
using Hyperion;

namespace DistributedTrainer.Actors.Tests;

public class ControlSerializerTests(SerializerSystem system) : IClassFixture<SerializerSystem>
{
    private readonly ControlSerializer _serializer = new(system.System);

    public static TheoryData<string> Messages => [.. SampleMessages.Types.Select(type => type.Name)];

    [Fact]
    public void There_are_messages_to_test() => Assert.InRange(SampleMessages.Types.Count, 20, 100);

    [Theory, MemberData(nameof(Messages))]
    public void A_message_comes_back_as_it_was(string name)
    {
        var type = SampleMessages.Types.Single(candidate => candidate.Name == name);
        foreach (var isFull in (bool[])[true, false])
        {
            var message = SampleMessages.Of(type, isFull);
            Assert.Equal(SampleMessages.Describe(message), SampleMessages.Describe(_serializer.FromBinary(_serializer.ToBinary(message), typeof(object))));
        }
    }

    public static TheoryData<string> Others => [.. OtherObjects.Keys];

    /// <summary>What must not go through: harmless things, and types that deserializers have been attacked with.</summary>
    private static readonly Dictionary<string, object> OtherObjects = new()
    {
        ["text"] = "text",
        ["number"] = 7,
        ["list"] = new List<string> { "a" },
        ["event"] = new JobAccepted("j", "n", "w"),
        ["part of a message"] = new NodeDescription("a", 1, "h", [], 1, "f"),
        ["ProcessStartInfo"] = new ProcessStartInfo("true"),
        ["DataSet"] = new DataSet("set"),
        ["Hashtable"] = new Hashtable { ["a"] = 1 },
        ["FileInfo"] = new FileInfo("file"),
        ["Exception"] = new InvalidOperationException("no"),
        ["Type"] = typeof(string),
        ["delegate"] = new Func<int>(() => 1),
        ["gadget"] = Gadget.Loaded(),
        ["sorted set"] = new SortedSet<string>(["a"], StringComparer.Ordinal),
        ["array of objects"] = new object[] { new AskStatus(), "a" },
    };

    [Theory, MemberData(nameof(Others))]
    public void Nothing_else_is_written(string name) => Assert.Throws<SerializationException>(() => _serializer.ToBinary(OtherObjects[name]));

    [Theory, MemberData(nameof(Others))]
    public void Nothing_else_is_read(string name)
    {
        Gadget.Ran = false;
        if (WriteWithoutFilter(OtherObjects[name]) is not { } bytes)
            return; // not even an open serializer can put this one into bytes
        Assert.Throws<SerializationException>(() => _serializer.FromBinary(bytes, typeof(object)));
        Assert.False(Gadget.Ran);
    }

    [Fact]
    public void An_open_serializer_would_run_the_gadget()
    {
        // What the two tests above rest on: without our filter these bytes do make the object.
        var bytes = WriteWithoutFilter(Gadget.Loaded())!;
        Gadget.Ran = false;
        using var stream = new MemoryStream(bytes[ControlSerializer.SealLength..]);
        Assert.Equal("rm", Assert.Single(Assert.IsType<Dictionary<Gadget, int>>(Open([]).Deserialize<object>(stream))).Key.Command);
        Assert.True(Gadget.Ran);
    }

    [Fact]
    public void A_gadget_inside_a_message_is_not_read()
    {
        // The bytes of a message up to any place, and there the gadget in place of whatever stood there.
        var bytes = _serializer.ToBinary(SampleMessages.Of(typeof(NodeReport), true));
        var gadget = WriteWithoutFilter(Gadget.Loaded())!;
        var open = Open(AllowedTypes.Messages);
        var wouldRun = 0;
        for (var at = ControlSerializer.SealLength; at < bytes.Length; at++)
        {
            byte[] spliced = Sealed([.. bytes[..at], .. gadget[ControlSerializer.SealLength..]]);
            Gadget.Ran = false;
            try
            {
                Assert.IsAssignableFrom<IControlMessage>(_serializer.FromBinary(spliced, typeof(object)));
            }
            catch (SerializationException)
            {
                // What is expected nearly always.
            }

            Assert.False(Gadget.Ran);
            wouldRun += RunsIn(open, spliced) ? 1 : 0;
        }

        // Without the filter the gadget runs wherever an object stood.
        Assert.InRange(wouldRun, 1, bytes.Length);
    }

    [Fact]
    public void More_bytes_than_any_message_has_are_refused_unread() => Assert.Contains(
        $"{ControlSerializer.MaxBytes}",
        Assert.Throws<SerializationException>(() => _serializer.FromBinary(new byte[ControlSerializer.MaxBytes + 1], typeof(object))).Message);

    [Fact]
    public void Any_bytes_are_a_message_or_malformed_and_nothing_worse()
    {
        var random = new Random(20_232);
        var valid = SampleMessages.Types.Select(type => _serializer.ToBinary(SampleMessages.Of(type, true))).ToArray();
        var refused = 0;
        for (var round = 0; round < 100_000; round++)
        {
            var bytes = MutatedBytes.Next(random, valid[round % valid.Length]);
            try
            {
                Assert.IsAssignableFrom<IControlMessage>(_serializer.FromBinary(bytes, typeof(object)));
            }
            catch (SerializationException)
            {
                refused++;
            }
        }

        Assert.InRange(refused, 90_000, 100_000);
    }

    [Theory, MemberData(nameof(Messages))]
    public void A_message_that_ends_early_is_malformed_even_with_the_right_checksum(string name)
    {
        var message = SampleMessages.Of(SampleMessages.Types.Single(type => type.Name == name), true);
        var bytes = _serializer.ToBinary(message);
        for (var length = ControlSerializer.SealLength; length < bytes.Length; length++)
            Assert.Throws<SerializationException>(() => _serializer.FromBinary(Sealed(bytes[..length]), typeof(object)));
    }

    [Fact]
    public void The_checksum_is_CRC_32C()
    {
        // RFC 3720, B.4: 32 bytes of zeros, of ones, and 0 to 31; and the check value of every CRC catalogue.
        Assert.Equal(0x8A9136AAu, Checksum.Of(new byte[32]));
        Assert.Equal(0x62A8AB43u, Checksum.Of([.. Enumerable.Repeat((byte)0xFF, 32)]));
        Assert.Equal(0x46DD794Eu, Checksum.Of([.. Enumerable.Range(0, 32).Select(value => (byte)value)]));
        Assert.Equal(0xE3069283u, Checksum.Of("123456789"u8));
    }

    /// <summary>Hyperion without an allow-list.</summary>
    private static Serializer Open(IEnumerable<Type> knownTypes) => new(new SerializerOptions(
        versionTolerance: false, preserveObjectReferences: false, surrogates: [], serializerFactories: [], knownTypes: knownTypes, ignoreISerializable: true,
        packageNameOverrides: [], disallowUnsafeTypes: false, typeFilter: DisabledTypeFilter.Instance));

    private static bool RunsIn(Serializer serializer, byte[] bytes)
    {
        Gadget.Ran = false;
        try
        {
            using var stream = new ExactStream(bytes, ControlSerializer.SealLength);
            serializer.Deserialize<object>(stream);
        }
        catch (Exception error) when (error is not OutOfMemoryException)
        {
            // The bytes after it are no message.
        }

        return Gadget.Ran;
    }

    /// <summary>With the right checksum, as somebody who means it would send it.</summary>
    private static byte[] Sealed(byte[] bytes)
    {
        ControlSerializer.Seal(bytes);
        return bytes;
    }

    private static byte[]? WriteWithoutFilter(object value)
    {
        try
        {
            using var stream = new MemoryStream();
            stream.Write(new byte[ControlSerializer.SealLength]);
            Open([]).Serialize(value, stream);
            return Sealed(stream.ToArray());
        }
        catch (Exception error) when (error is not OutOfMemoryException)
        {
            return null;
        }
    }

    /// <summary>
    /// Does something when it is made from bytes: Hyperion sets fields and calls no constructor, but to fill a dictionary it needs the
    /// keys' hash codes, the way in of many a real attack.
    /// </summary>
    private sealed class Gadget
    {
        public static bool Ran { get; set; }

        public string Command { get; init; } = "";

        public static Dictionary<Gadget, int> Loaded() => new() { [new Gadget { Command = "rm" }] = 1 };

        public override int GetHashCode()
        {
            Ran = true;
            return 1;
        }

        public override bool Equals(object? other) => ReferenceEquals(this, other);
    }
}
