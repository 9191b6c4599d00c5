namespace DistributedTrainer.Coordination;

/// <summary><c>start-from</c>: fine-tuning of a saved model.</summary>
internal static class StartFromSection
{
    public static Form<StartFromSpec> Form { get; } = new MapForm<StartFromSpec>("Begins with the weights of a saved model, by their names.", new StartFromSpec(""))
        .Required("model", "The report folder of a finished run, or a model.safetensors file.", PathForm.Instance,
            start => start.Model, (start, path) => start with { Model = path }, inRecipe: false)
        .Optional("mismatches", "Parameters that the model lacks, or has in another shape: refuse them, or initialize them from the seed.",
            new WordForm<Mismatches>("treatment"), start => start.Mismatches, (start, mismatches) => start with { Mismatches = mismatches });
}

/// <param name="Model">The absolute path of a folder, or of a safetensors file.</param>
public sealed record StartFromSpec(string Model)
{
    public Mismatches Mismatches { get; init; }

    /// <summary>The file that is read.</summary>
    public string File => Path.GetExtension(Model) == ".safetensors" ? Model : Path.Combine(Model, "model.safetensors");
}

/// <summary>What becomes of parameters that a saved model does not have, or has in another shape.</summary>
public enum Mismatches
{
    /// <summary>The job is wrong.</summary>
    Refuse,

    /// <summary>They begin as the seed makes them.</summary>
    Initialize,
}
