using System.Text.RegularExpressions;

namespace DistributedTrainer.Cli.Tests;

/// <summary>The links of all pages lead to files, and to headings, that are there.</summary>
public partial class LinkTests
{
    private static readonly string Root = FindRoot();

    private static IEnumerable<string> Folders => ["docs", "src", "bench", "tests", "jobs", "cluster-configs"];

    private static IEnumerable<string> AllPages => Directory.EnumerateFiles(Root, "*.md")
        .Concat(Folders.SelectMany(folder => Directory.EnumerateFiles(Path.Combine(Root, folder), "*.md", SearchOption.AllDirectories)))
        .Select(file => Path.GetRelativePath(Root, file).Replace('\\', '/'))
        .Where(file => !file.Split('/').Any(folder => folder is "bin" or "obj"))
        .Order(StringComparer.Ordinal);

    public static TheoryData<string> Pages => [.. AllPages];

    [Theory, MemberData(nameof(Pages))]
    public void Lead_to_what_is_there(string page)
    {
        var text = File.ReadAllText(Path.Combine(Root, page));
        var broken = Link().Matches(CodeBlock().Replace(text, "")).Select(match => match.Groups[1].Value)
            .Where(link => !link.Contains("://", StringComparison.Ordinal) && !Exists(page, link));
        Assert.Empty(broken);
    }

    [Fact]
    public void Every_page_of_the_documentation_is_linked_from_another()
    {
        var linked = AllPages.SelectMany(LinksOf).ToHashSet();
        Assert.Empty(Directory.EnumerateFiles(Path.Combine(Root, "docs"), "*.md").Where(page => !linked.Contains(Path.GetFullPath(page))));
    }

    private static IEnumerable<string> LinksOf(string page) => Link().Matches(File.ReadAllText(Path.Combine(Root, page)))
        .Select(match => match.Groups[1].Value.Split('#')[0])
        .Where(link => link.Length > 0 && !link.Contains("://", StringComparison.Ordinal))
        .Select(link => Target(page, link));

    private static bool Exists(string page, string link)
    {
        var (path, heading) = link.Split('#', 2) is [var before, var after] ? (before, after) : (link, null);
        var target = path.Length == 0 ? Path.Combine(Root, page) : Target(page, path);
        return heading is null
            ? File.Exists(target) || Directory.Exists(target)
            : File.Exists(target) && Heading().Matches(CodeBlock().Replace(File.ReadAllText(target), ""))
                .Any(match => Anchor(match.Groups[1].Value) == heading);
    }

    private static string Target(string page, string link) => Path.GetFullPath(link, Path.GetDirectoryName(Path.Combine(Root, page))!);

    /// <summary>A heading's name as GitHub makes it: lower case, hyphens for spaces, without punctuation.</summary>
    private static string Anchor(string heading) =>
        string.Concat(heading.Trim().ToLowerInvariant().Replace(' ', '-').Where(letter => char.IsLetterOrDigit(letter) || letter is '-' or '_'));

    private static string FindRoot()
    {
        var folder = new DirectoryInfo(AppContext.BaseDirectory);
        while (!File.Exists(Path.Combine(folder.FullName, "DistributedTrainer.sln")))
            folder = folder.Parent!;
        return folder.FullName;
    }

    [GeneratedRegex(@"\[[^\]]*\]\(([^)\s]+)\)")]
    private static partial Regex Link();

    [GeneratedRegex("^#+ (.+)$", RegexOptions.Multiline)]
    private static partial Regex Heading();

    [GeneratedRegex("^```.*?^```", RegexOptions.Multiline | RegexOptions.Singleline)]
    private static partial Regex CodeBlock();
}
