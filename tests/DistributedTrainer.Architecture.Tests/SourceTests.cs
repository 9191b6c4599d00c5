using System.Text.RegularExpressions;

namespace DistributedTrainer.Architecture.Tests;

/// <summary>Habits that the compiler does not hold.</summary>
public partial class SourceTests
{
    private static readonly string[] Folders = ["src", "tests", "bench"];

    [Fact]
    public void No_file_is_a_drawer_for_leftovers() => Assert.DoesNotContain(
        Folders.SelectMany(folder => Rooms.Sources(folder)), path => Drawer().IsMatch(Path.GetFileNameWithoutExtension(path)));

    [Fact]
    public void Namespaces_are_flat_and_file_scoped()
    {
        foreach (var room in Rooms.MayUse.Keys)
        {
            foreach (var path in Rooms.Sources(Path.Combine("src", Rooms.Project(room))))
            {
                var declared = Namespace().Matches(File.ReadAllText(path)).Select(match => match.Groups[1].Value).ToList();
                Assert.True(declared.Count == 0 || declared.Single() == $"{Rooms.Project(room)};", $"{path} declares namespace {string.Join(", ", declared)}");
            }
        }
    }

    [Fact]
    public void Nothing_is_left_to_do_in_source()
    {
        foreach (var path in Rooms.Sources("src"))
        {
            var line = File.ReadLines(path).Index().FirstOrDefault(line => Unfinished().IsMatch(line.Item));
            Assert.True(line.Item is null, $"{path}:{line.Index + 1}: {line.Item}");
        }
    }

    [Fact]
    public void Tests_wait_for_conditions_and_never_sleep()
    {
        foreach (var path in Rooms.Sources("tests").Where(path => Path.GetFileName(path) != $"{nameof(SourceTests)}.cs"))
            Assert.DoesNotContain("Thread.Sleep", File.ReadAllText(path));
    }

    [Fact]
    public void Package_versions_are_central()
    {
        foreach (var path in Folders.SelectMany(folder => Rooms.Sources(folder, "*.csproj")))
            Assert.DoesNotMatch("<PackageReference[^>]*Version=", File.ReadAllText(path));
    }

    [Fact]
    public void Every_project_is_in_the_solution()
    {
        var solution = File.ReadAllText(Path.Combine(Rooms.Root, "DistributedTrainer.sln"));
        foreach (var path in Folders.SelectMany(folder => Rooms.Sources(folder, "*.csproj")))
            Assert.Contains(Path.GetFileName(path), solution);
    }

    [GeneratedRegex("(?i)(utils?|utilit(y|ies)|helpers?|common|misc)$")]
    private static partial Regex Drawer();

    [GeneratedRegex(@"^namespace\s+(.+?)\s*$", RegexOptions.Multiline)]
    private static partial Regex Namespace();

    [GeneratedRegex(@"\b(TODO|FIXME|HACK|XXX)\b|new NotImplementedException")]
    private static partial Regex Unfinished();
}
