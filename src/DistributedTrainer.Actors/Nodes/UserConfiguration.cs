using Akka.Cluster;
using Akka.Cluster.SBR;
using Akka.Configuration;
using Akka.Configuration.Hocon;
using Akka.Event;

namespace DistributedTrainer.Actors;

/// <summary>
/// The HOCON that a user adds to ours. Akka's parser closes whatever was left open and passes over words without a value, so that a
/// slip of the pen would silently be another configuration, and it never comes back from <c>${?name}</c>: here each is an error with its line.
/// </summary>
internal static class UserConfiguration
{
    private static readonly string[] SecretKeys = ["password", "secret", "token"];

    /// <param name="name">What errors call it, e.g. the file's name.</param>
    /// <exception cref="NodeStartException">Exit code 2: it cannot be read.</exception>
    public static Config Parse(string text, string name)
    {
        RequireReadable(text, name);
        Config config;
        try
        {
            config = ConfigurationFactory.ParseString(text);
        }
        catch (Exception error)
        {
            throw new NodeStartException($"{name}: cannot be read: {error.Message}", 2, error);
        }

        if (!config.IsEmpty)
            RequireValues(config.Root, "", text, name);
        RequireResolver(config, text, name);
        RequirePolicy(config, text, name);
        return config;
    }

    /// <summary>What the user wants to hear of; warnings where nothing is said. Akka.Hosting takes it from code alone.</summary>
    /// <exception cref="NodeStartException">Exit code 2: there is no such level.</exception>
    public static LogLevel LogLevel(Config config, NodeOptions options)
    {
        const string Key = "akka.loglevel";
        if (!config.HasPath(Key))
            return Akka.Event.LogLevel.WarningLevel;
        try
        {
            return Logging.LogLevelFor(config.GetString(Key));
        }
        catch (ArgumentException error)
        {
            throw new NodeStartException(
                $"{Place(options.HoconName, LineOf(options.Hocon ?? "", "loglevel"))}: {Key} is '{config.GetString(Key)}'; allowed are OFF, ERROR, WARNING, INFO, DEBUG", 2, error);
        }
    }

    /// <summary>A start that failed with this configuration: the value that was refused, with its line where it is found.</summary>
    public static NodeStartException Refused(Exception error, string text, string name)
    {
        var cause = error;
        while (cause.InnerException is { } inner)
            cause = inner;
        var quoted = cause.Message.Split('\'', '[', ']').Where((_, index) => index % 2 == 1);
        var line = quoted.Select(value => LineOf(text, value)).FirstOrDefault(found => found > 0);
        return new NodeStartException($"{Place(name, line)}: this configuration does not work: {cause.Message.ReplaceLineEndings(" ").Trim()}", 2, error);
    }

    /// <summary>Every bracket and quotation mark has its partner, and nothing is to be taken from the environment if it is there.</summary>
    private static void RequireReadable(string text, string name)
    {
        var open = new Stack<(char Bracket, int Line)>();
        var line = 1;
        for (var at = 0; at < text.Length; at++)
        {
            switch (text[at])
            {
                case '\n':
                    line++;
                    break;
                case '#':
                case '/' when at + 1 < text.Length && text[at + 1] == '/':
                    at = (text.IndexOf('\n', at) is >= 0 and var end ? end : text.Length) - 1;
                    break;
                case '"':
                    at = EndOfText(at);
                    break;
                case '$' when text.AsSpan(at).StartsWith("${?"):
                    throw new NodeStartException($"{Place(name, line)}: '${{?' is not read here, nor are environment variables; write the value", 2);
                case '{' or '[':
                    open.Push((text[at], line));
                    break;
                case '}' or ']' when !open.TryPop(out var opened) || opened.Bracket != (text[at] == '}' ? '{' : '['):
                    throw new NodeStartException($"{Place(name, line)}: '{text[at]}' closes nothing", 2);
            }
        }

        if (open.TryPop(out var left))
            throw new NodeStartException($"{Place(name, left.Line)}: '{left.Bracket}' is never closed", 2);

        // The last character of the quoted text that begins here; lines in it are counted.
        int EndOfText(int begin)
        {
            var isLong = text.AsSpan(begin).StartsWith("\"\"\"");
            var first = line;
            for (var at = begin + (isLong ? 3 : 1); at < text.Length; at++)
            {
                if (text[at] == '\n' && !isLong)
                    break;
                if (text[at] == '\n')
                    line++;
                else if (text[at] == '\\' && !isLong)
                    at++;
                else if (isLong ? text.AsSpan(at).StartsWith("\"\"\"") : text[at] == '"')
                    return isLong ? at + 2 : at;
            }

            throw new NodeStartException($"{Place(name, first)}: the quotation mark has no partner", 2);
        }
    }

    /// <summary>Every key has a value: <c>port 4053</c> without an equals sign is one long key without.</summary>
    private static void RequireValues(HoconValue value, string path, string text, string name)
    {
        if (value.Values.Count == 0)
            throw new NodeStartException($"{Place(name, LineOf(text, path.Split('.')[^1]))}: '{WithoutSecret(path)}' has no value; write key = value", 2);
        if (!value.IsObject())
            return;
        foreach (var (key, item) in value.GetObject().Items)
            RequireValues(item, path.Length == 0 ? key : $"{path}.{key}", text, name);
    }

    /// <summary>What stands behind a password's key may be the password.</summary>
    private static string WithoutSecret(string path) => SecretKeys.Any(word => path.Contains(word, StringComparison.OrdinalIgnoreCase)) ? $"{path.Split(' ')[0]} …" : path;

    /// <summary>A split-brain resolver that cannot be made would crash the actor system half-way through its start.</summary>
    private static void RequireResolver(Config config, string text, string name)
    {
        try
        {
            var defaults = ConfigurationFactory.FromResource<Cluster>("Akka.Cluster.Configuration.Cluster.conf");
            _ = new SplitBrainResolverSettings(config.WithFallback(NodeSystem.Shipped("node.conf")).WithFallback(defaults));
        }
        catch (Exception error)
        {
            throw Refused(error, text, name);
        }
    }

    /// <summary>What is read only once the node runs would end it half-way through its start.</summary>
    private static void RequirePolicy(Config config, string text, string name)
    {
        try
        {
            SurvivalDowning.PolicyOf(config.WithFallback(NodeSystem.Shipped("node.conf")).GetConfig("dtrain"));
        }
        catch (NodeStartException error)
        {
            throw new NodeStartException($"{Place(name, LineOf(text, "survive"))}: {error.Message}", 2, error);
        }
    }

    private static int LineOf(string text, string part) =>
        part.Length > 0 && text.IndexOf(part, StringComparison.Ordinal) is >= 0 and var at ? text.AsSpan(0, at).Count('\n') + 1 : 0;

    private static string Place(string name, int line) => line > 0 ? $"{name}, line {line}" : name;
}
