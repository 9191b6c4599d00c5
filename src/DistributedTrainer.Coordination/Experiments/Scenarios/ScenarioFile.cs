using System.Globalization;
using System.Text.Json.Nodes;

namespace DistributedTrainer.Coordination;

/// <summary>The YAML form of a <see cref="Scenario"/>.</summary>
public static class ScenarioFile
{
    private const string Kind = "scenario file";

    /// <summary>Parses and checks the text of a scenario file. Nothing is opened: the job is only named.</summary>
    /// <param name="text">YAML.</param>
    /// <param name="file">The file's path: named in errors, and relative paths in the text are relative to its folder.</param>
    /// <exception cref="JobFileException">Something is wrong, or could never happen; the message names file, line and key.</exception>
    public static Scenario Parse(string text, string file)
    {
        var root = YamlReader.Read(text, file, kind: Kind);
        if (root is ScalarNode { IsNull: true })
            throw new JobFileException(root.Place, "", "the file is empty; a scenario needs job and events");
        var folder = Path.GetDirectoryName(Path.GetFullPath(file)) ?? Path.GetFullPath(".");
        var scenario = ScenarioSection.Form.Read(new Found(root, "", folder));
        if (ScenarioChecks.Impossible(scenario) is { } problem)
            throw At(root, problem.Key, problem.Message);
        return scenario;
    }

    /// <summary>The same for what only shows once the job is known.</summary>
    /// <param name="text">The scenario's text, for the line at fault.</param>
    /// <param name="stepsPerEpoch">Null where the data have not been read.</param>
    /// <exception cref="JobFileException">The job is unfit for experiments, or ends before an event.</exception>
    public static void CheckAgainstJob(Scenario scenario, string text, string file, Job job, long? stepsPerEpoch)
    {
        if (ScenarioChecks.AgainstJob(scenario, job, stepsPerEpoch) is { } problem)
            throw At(YamlReader.Read(text, file, kind: Kind), problem.Key, problem.Message);
    }

    /// <summary>The JSON Schema (2020-12) of scenario files, from the same tables that the parser reads by.</summary>
    public static string Schema()
    {
        var schema = new JsonObject { ["$schema"] = "https://json-schema.org/draft/2020-12/schema", ["title"] = "DistributedTrainer scenario" };
        foreach (var (key, value) in ScenarioSection.Form.Schema())
            schema[key] = value?.DeepClone();
        return schema.ToJsonString(JobFile.Indented);
    }

    private static JobFileException At(JobNode root, string key, string message)
    {
        var node = root;
        foreach (var part in key.Split('.'))
        {
            node = node switch
            {
                MapNode map when map.Find(part) is { } entry => entry.Value,
                ListNode list when int.TryParse(part, NumberStyles.None, CultureInfo.InvariantCulture, out var index) && index < list.Items.Count => list.Items[index],
                _ => node,
            };
        }

        return new JobFileException(node.Place, key, message);
    }
}
