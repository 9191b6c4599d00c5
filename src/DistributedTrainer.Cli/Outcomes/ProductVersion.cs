using System.Reflection;

namespace DistributedTrainer.Cli;

/// <summary>What this build is: the SDK writes "0.1.0+commit" into the assembly where it finds a git repository.</summary>
internal static class ProductVersion
{
    private static readonly string[] Parts =
        (typeof(ProductVersion).Assembly.GetCustomAttribute<AssemblyInformationalVersionAttribute>()?.InformationalVersion ?? "0.0.0").Split('+', 2);

    public static string Number => Parts[0];

    /// <summary>Null where it was built outside of a git repository.</summary>
    public static string? Commit => Parts.Length > 1 ? Parts[1] : null;
}
