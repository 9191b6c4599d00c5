using System.Security.Cryptography;
using System.Text;
using System.Text.Encodings.Web;
using System.Text.Json;
using System.Text.Json.Nodes;

namespace DistributedTrainer.Coordination;

/// <summary>The YAML form of a <see cref="Job"/>.</summary>
public static class JobFile
{
    /// <summary>Begins what <see cref="RecipeSha256"/> hashes; grows when the canonical form changes its meaning.</summary>
    private const string RecipeVersion = "dtrain recipe 1\n";

    internal static readonly JsonSerializerOptions Indented = new() { WriteIndented = true, Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping };

    /// <summary>Parses and checks the text of a job file. Nothing is opened: the result depends on the arguments alone.</summary>
    /// <param name="text">YAML.</param>
    /// <param name="file">The file's path: named in errors, and relative paths in the text are relative to its folder.</param>
    /// <param name="overrides"><c>dotted.path=value</c> settings, as <c>--set</c> takes them.</param>
    /// <returns>The job, with the source's normalization and the layers' names filled in.</returns>
    /// <exception cref="JobFileException">Something is wrong; the message names file, line and key, what was found and what is allowed.</exception>
    public static Job Parse(string text, string file, IReadOnlyList<string>? overrides = null)
    {
        var root = YamlReader.Read(text, file);
        if (root is ScalarNode { IsNull: true } && overrides is not { Count: > 0 })
            throw new JobFileException(root.Place, "", "the file is empty; a job needs data, model, loss and optimizer");
        foreach (var setting in overrides ?? []) root = Override.Apply(root, setting, file);
        var folder = Path.GetDirectoryName(Path.GetFullPath(file)) ?? Path.GetFullPath(".");
        return JobSection.Form.Read(new Found(root, "", folder)).WithLayerNames();
    }

    /// <summary>
    /// The job as YAML with all defaults spelled out, absolute paths; parsing it gives the equal job. With <c>batch-size: all</c>
    /// the default of <c>shards</c> depends on the data and stays out, unless <see cref="Job.ResolveShards"/> has set it.
    /// </summary>
    public static string Format(Job job) => YamlWriter.Write((MapNode)JobSection.Form.Write(job.SpelledOut(), Purpose.JobFile));

    /// <summary>SHA-256, lower-case hex, of everything that can change the weights: all but name, metrics, checkpoint and data paths.</summary>
    public static string RecipeSha256(Job job) =>
        Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes(RecipeVersion + JsonForm.Of(RecipeTree(job))!.ToJsonString())));

    /// <summary>What <see cref="RecipeSha256"/> hashes.</summary>
    internal static JobNode RecipeTree(Job job)
    {
        // Eight is what the default of shards comes to for every batch that an explicit eight is allowed for.
        var spelled = job.SpelledOut();
        return JobSection.Form.Write(spelled with { Shards = spelled.Shards ?? Job.DefaultShards }, Purpose.Recipe);
    }

    /// <summary>The JSON Schema (2020-12) of job files, from the same tables that the parser reads by.</summary>
    public static string Schema()
    {
        var schema = new JsonObject { ["$schema"] = "https://json-schema.org/draft/2020-12/schema", ["title"] = "DistributedTrainer job" };
        foreach (var (key, value) in JobSection.Form.Schema()) schema[key] = value?.DeepClone();
        schema["$defs"] = ModelSection.Definitions();
        return schema.ToJsonString(Indented);
    }
}
