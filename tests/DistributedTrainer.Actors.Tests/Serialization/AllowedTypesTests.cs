using System.Buffers.Binary;
using System.Reflection;
using System.Runtime.Serialization;
using System.Text;
using Akka.Actor;
using Akka.Configuration;
using DistributedTrainer.Coordination;
using Hyperion;

namespace DistributedTrainer.Actors.Tests;

/// <summary>The list of types that Hyperion may make is all that messages are made of, and nothing else.</summary>
public class AllowedTypesTests(SerializerSystem system) : IClassFixture<SerializerSystem>
{
    /// <summary>Written as values, without a type's name.</summary>
    private static readonly Type[] Plain = [typeof(string), typeof(bool), typeof(int), typeof(long), typeof(double)];

    /// <summary>Ways in that deserializers have been attacked by (ysoserial.net's list of gadgets and formatters).</summary>
    public static TheoryData<string> Gadgets =>
    [
        "System.Windows.Data.ObjectDataProvider, PresentationFramework",
        "System.Windows.ResourceDictionary, PresentationFramework",
        "System.Configuration.Install.AssemblyInstaller, System.Configuration.Install",
        "System.Activities.Presentation.WorkflowDesigner, System.Activities.Presentation",
        "System.Security.Principal.WindowsIdentity, System.Security.Principal.Windows",
        "System.Security.Principal.WindowsPrincipal, System.Security.Principal.Windows",
        "System.Security.Claims.ClaimsIdentity, System.Security.Claims",
        "System.Security.Claims.ClaimsPrincipal, System.Security.Claims",
        "System.Data.DataSet, System.Data.Common",
        "System.Data.DataTable, System.Data.Common",
        "System.Collections.Hashtable, System.Private.CoreLib",
        "System.Collections.Generic.SortedSet`1[[System.String, System.Private.CoreLib]], System.Collections",
        "System.DelegateSerializationHolder, System.Private.CoreLib",
        "System.UnitySerializationHolder, System.Private.CoreLib",
        "System.Runtime.Serialization.Formatters.Binary.BinaryFormatter, System.Runtime.Serialization.Formatters",
        "System.Management.Automation.PSObject, System.Management.Automation",
        "Microsoft.VisualStudio.Text.Formatting.TextFormattingRunProperties, Microsoft.PowerShell.Editor",
        "System.Web.Security.RolePrincipal, System.Web",
        "System.Runtime.Remoting.ObjRef, mscorlib",
        "System.IO.FileInfo, System.Private.CoreLib",
        "System.IO.DirectoryInfo, System.Private.CoreLib",
        "System.Diagnostics.Process, System.Diagnostics.Process",
        "System.Diagnostics.ProcessStartInfo, System.Diagnostics.Process",
        "System.Xml.XmlDocument, System.Private.Xml",
        "System.Type, System.Private.CoreLib",
        "System.Object[], System.Private.CoreLib",
        "System.Exception, System.Private.CoreLib",
        "Akka.Actor.Props, Akka",
        "Akka.Actor.LocalActorRef, Akka",
        "DistributedTrainer.Actors.ClusterNode, DistributedTrainer.Actors",
        // Allowed names in disguise.
        "DistributedTrainer.Coordination.NodeReport[], DistributedTrainer.Coordination",
        "DistributedTrainer.Coordination.nodereport, DistributedTrainer.Coordination",
        "System.Collections.Generic.List`1[[DistributedTrainer.Coordination.NodeReport, DistributedTrainer.Coordination]], System.Private.CoreLib",
    ];

    [Fact]
    public void It_is_what_messages_are_made_of_and_nothing_else()
    {
        var needed = new HashSet<Type>();
        foreach (var message in SampleMessages.Types)
            Collect(message, needed);
        var allowed = AllTypes().Where(type => type.FullName is { } name && new AllowedTypes().IsAllowed(name)).ToHashSet();
        allowed.UnionWith(new[] { typeof(string[]), typeof(int[]), typeof(double[]), typeof(long[]), typeof(byte[]) }.Where(array => new AllowedTypes().IsAllowed(array.FullName!)));
        Assert.Equal(needed.Select(type => type.FullName).Order(), allowed.Select(type => type.FullName).Order());
    }

    [Fact]
    public void No_other_type_of_this_process_passes_under_any_form_of_its_name()
    {
        var needed = new HashSet<Type>();
        foreach (var message in SampleMessages.Types)
            Collect(message, needed);
        var filter = new AllowedTypes();
        var others = AllTypes().Where(type => !needed.Contains(type)).ToList();
        Assert.InRange(others.Count, 10_000, 1_000_000);
        Assert.DoesNotContain(others, type => filter.IsAllowed(type.FullName ?? "") || filter.IsAllowed(type.AssemblyQualifiedName ?? "") || (!needed.Any(array => array.IsArray && array.GetElementType() == type) && filter.IsAllowed($"{type.FullName}[]")));
    }

    [Fact]
    public void What_a_message_has_beside_its_parameters_comes_back_too()
    {
        var saved = new ModelSaved("job", "hash", "folder", true, 0.5, ["accuracy"], [0.25], "") { Classes = ["a", "b"], ClassCounts = [1, 2, long.MaxValue, 4] };
        var serializer = new ControlSerializer(system.System);
        Assert.Equal(SampleMessages.Describe(saved), SampleMessages.Describe(serializer.FromBinary(serializer.ToBinary(saved), typeof(object))));
    }

    [Theory, MemberData(nameof(Gadgets))]
    public void A_gadget_is_refused_by_its_name(string name)
    {
        Assert.False(new AllowedTypes().IsAllowed(name));
        var error = Assert.Throws<SerializationException>(() => new ControlSerializer(system.System).FromBinary(Named(name, sealIt: true), typeof(object)));
        Assert.Contains("malformed", error.Message);
    }

    [Fact]
    public void Bytes_of_that_form_do_name_a_type()
    {
        // What the test above rests on: an open serializer makes an object of the type that they name.
        var open = new Serializer(new SerializerOptions(
            versionTolerance: false, preserveObjectReferences: false, surrogates: [], serializerFactories: [], knownTypes: [], ignoreISerializable: true,
            packageNameOverrides: [], disallowUnsafeTypes: false, typeFilter: DisabledTypeFilter.Instance));
        using var stream = new MemoryStream(Named($"{typeof(Harmless).FullName}, {typeof(Harmless).Assembly.GetName().Name}", sealIt: false));
        Assert.IsType<Harmless>(open.Deserialize<object>(stream));
    }

    [Fact]
    public void Akkas_JSON_makes_no_objects_here()
    {
        var bytes = Encoding.UTF8.GetBytes($$"""{"$type":"{{typeof(Harmless).FullName}}, {{typeof(Harmless).Assembly.GetName().Name}}"}""");
        // As Akka comes, the sender's word is enough.
        Assert.IsType<Harmless>(system.System.Serialization.Deserialize(bytes, 1, ""));
        using var node = Node();
        Assert.Throws<SerializationException>(() => node.Value.Serialization.Deserialize(bytes, 1, ""));
    }

    [Fact]
    public void A_node_has_these_serializers_and_no_others()
    {
        using var node = Node();
        var known = Enumerable.Range(-10, 10_000).Where(id => IsKnown(node.Value, id)).ToList();
        // 0 null, 1 refuses, 4 bytes, 5 cluster, 6 containers, 16 Akka's own, 17 text and numbers, 22 system messages, and our two.
        Assert.Equal([0, 1, 4, 5, 6, 16, 17, 22, 4101, 4102], known);
    }

    private static bool IsKnown(ExtendedActorSystem system, int id)
    {
        try
        {
            system.Serialization.Deserialize([], id, "");
            return true;
        }
        catch (Exception error)
        {
            return !error.Message.Contains("Cannot find serializer with id", StringComparison.Ordinal);
        }
    }

    /// <summary>An actor system configured as a node's.</summary>
    private static Disposing Node() => new((ExtendedActorSystem)ActorSystem.Create(
        "node", ConfigurationFactory.ParseString("akka.remote.dot-netty.tcp { hostname = \"127.0.0.1\", port = 0 }\nakka.loglevel = OFF").WithFallback(NodeSystem.Shipped("node.conf"))));

    /// <summary>255, the length of a name in UTF-8, the name: what Hyperion writes before an object of a type it has not written before.</summary>
    private static byte[] Named(string name, bool sealIt)
    {
        var text = Encoding.UTF8.GetBytes(name);
        var begin = sealIt ? ControlSerializer.SealLength : 0;
        var bytes = new byte[begin + 1 + sizeof(int) + text.Length + 64];
        bytes[begin] = 255;
        BinaryPrimitives.WriteInt32LittleEndian(bytes.AsSpan(begin + 1), text.Length);
        text.CopyTo(bytes, begin + 1 + sizeof(int));
        if (sealIt)
            ControlSerializer.Seal(bytes);
        return bytes;
    }

    private static void Collect(Type type, HashSet<Type> into)
    {
        if (Plain.Contains(type) || type.IsEnum && type != typeof(OpenState) || !into.Add(type))
            return;
        if (type.IsArray)
            return;
        foreach (var field in type.GetFields(BindingFlags.Instance | BindingFlags.NonPublic | BindingFlags.Public))
            Collect(Nullable.GetUnderlyingType(field.FieldType) ?? field.FieldType, into);
    }

    private static IEnumerable<Type> AllTypes() => AppDomain.CurrentDomain.GetAssemblies().Where(assembly => !assembly.IsDynamic).SelectMany(assembly =>
    {
        try
        {
            return assembly.GetTypes();
        }
        catch (ReflectionTypeLoadException error)
        {
            return error.Types.OfType<Type>().ToArray();
        }
    });

    private sealed class Harmless;

    private sealed class Disposing(ExtendedActorSystem system) : IDisposable
    {
        public ExtendedActorSystem Value => system;

        public void Dispose() => system.Terminate().Wait(Wait.Bound);
    }
}
