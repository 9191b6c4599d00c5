using System.Reflection.Metadata;
using System.Reflection.PortableExecutable;

namespace DistributedTrainer.Architecture.Tests;

/// <summary>What a compiled project refers to, read from its metadata: nothing that it calls escapes this.</summary>
internal sealed class CompiledRoom
{
    public CompiledRoom(string path)
    {
        using var file = new PEReader(File.OpenRead(path));
        var metadata = file.GetMetadataReader();
        Assemblies = [.. metadata.AssemblyReferences.Select(handle => metadata.GetString(metadata.GetAssemblyReference(handle).Name))];
        Types = [.. metadata.TypeReferences.Select(handle => NameOf(metadata, handle))];
        Members = [.. metadata.MemberReferences.Select(metadata.GetMemberReference)
            .Where(member => member.Parent.Kind == HandleKind.TypeReference)
            .Select(member => $"{NameOf(metadata, (TypeReferenceHandle)member.Parent)}.{metadata.GetString(member.Name)}")];
    }

    public IReadOnlyList<string> Assemblies { get; }

    /// <summary>Full names of the types of other assemblies that it uses.</summary>
    public IReadOnlyList<string> Types { get; }

    /// <summary>Members of those, as Type.Member.</summary>
    public IReadOnlyList<string> Members { get; }

    private static string NameOf(MetadataReader metadata, TypeReferenceHandle handle)
    {
        var type = metadata.GetTypeReference(handle);
        var name = metadata.GetString(type.Name);
        if (type.ResolutionScope.Kind == HandleKind.TypeReference)
            return $"{NameOf(metadata, (TypeReferenceHandle)type.ResolutionScope)}+{name}";
        return type.Namespace.IsNil ? name : $"{metadata.GetString(type.Namespace)}.{name}";
    }
}
