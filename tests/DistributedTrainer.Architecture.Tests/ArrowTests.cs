using System.Xml.Linq;

namespace DistributedTrainer.Architecture.Tests;

/// <summary>Cli → Actors → Coordination → {Learning, Data} → Numerics, and packages only where they belong.</summary>
public class ArrowTests
{
    public static TheoryData<string> Names => Rooms.Names;

    [Fact]
    public void Every_source_project_is_a_room_and_has_a_test_project()
    {
        var projects = Directory.GetDirectories(Path.Combine(Rooms.Root, "src")).Select(folder => Path.GetFileName(folder)).ToHashSet();
        Assert.Equal(Rooms.MayUse.Keys.Select(Rooms.Project).ToHashSet(), projects);
        Assert.All(projects, project => Assert.True(
            File.Exists(Path.Combine(Rooms.Root, "tests", $"{project}.Tests", $"{project}.Tests.csproj")), $"{project} has no test project"));
    }

    [Theory, MemberData(nameof(Names))]
    public void A_room_refers_only_to_rooms_below_it(string room)
    {
        var project = XDocument.Load(Path.Combine(Rooms.Root, "src", Rooms.Project(room), $"{Rooms.Project(room)}.csproj"));
        var referred = project.Descendants("ProjectReference")
            .Select(reference => Rooms.RoomOf(Path.GetFileNameWithoutExtension(reference.Attribute("Include")!.Value.Replace('\\', '/'))));
        Assert.Empty(referred.Except(Rooms.MayUse[room]));
    }

    [Theory, MemberData(nameof(Names))]
    public void A_room_uses_only_rooms_below_it_and_its_own_packages(string room)
    {
        foreach (var assembly in Rooms.Compiled(room).Assemblies)
        {
            if (Rooms.RoomOf(assembly) is { } below)
                Assert.Contains(below, Rooms.MayUse[room]);
            else if (!IsRuntime(assembly))
                Assert.Contains(Rooms.MayTake[room], package => assembly.StartsWith(package, StringComparison.Ordinal));
        }
    }

    [Theory, MemberData(nameof(Names))]
    public void Only_test_projects_see_internals(string room)
    {
        var project = XDocument.Load(Path.Combine(Rooms.Root, "src", Rooms.Project(room), $"{Rooms.Project(room)}.csproj"));
        Assert.All(
            project.Descendants("InternalsVisibleTo").Select(visible => visible.Attribute("Include")!.Value),
            friend => Assert.EndsWith(".Tests", friend));
    }

    /// <summary>What comes with .NET itself. System.CommandLine is a package.</summary>
    private static bool IsRuntime(string assembly) =>
        assembly.StartsWith("System.", StringComparison.Ordinal) && assembly != "System.CommandLine" || assembly is "System" or "Microsoft.Win32.Primitives";
}
