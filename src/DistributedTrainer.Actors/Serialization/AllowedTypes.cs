using DistributedTrainer.Coordination;
using Hyperion;

namespace DistributedTrainer.Actors;

/// <summary>What Hyperion may write and read: the control messages, their parts, and nothing else.</summary>
internal sealed class AllowedTypes : ITypeFilter
{
    /// <summary>In ordinal order of their names, which every node of a build shares.</summary>
    public static IReadOnlyList<Type> Messages { get; } =
    [
        .. typeof(IControlMessage).Assembly.GetTypes()
            .Where(type => type is { IsAbstract: false } && typeof(IControlMessage).IsAssignableFrom(type))
            .Concat([typeof(NodeDescription), typeof(OpenState)])
            .OrderBy(type => type.FullName, StringComparer.Ordinal),
    ];

    // After Messages: static fields are initialized in the order in which they stand.
    private static readonly HashSet<string> Names =
        [.. Messages.Concat([typeof(string[]), typeof(int[]), typeof(long[]), typeof(double[]), typeof(byte[])]).Select(type => type.FullName!)];

    /// <summary>Hyperion asks with short names on one side and assembly-qualified ones on the other.</summary>
    public bool IsAllowed(string typeName)
    {
        var comma = typeName.IndexOf(',');
        return Names.Contains((comma < 0 ? typeName : typeName[..comma]).Trim());
    }
}
