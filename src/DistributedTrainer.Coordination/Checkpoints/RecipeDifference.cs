namespace DistributedTrainer.Coordination;

/// <summary>One key of two recipes that differ.</summary>
/// <param name="Key">Dotted: optimizer.adam.learning-rate.</param>
/// <param name="Before">As text; "nothing" where the key is not there.</param>
public sealed record RecipeDifference(string Key, string Before, string Now)
{
    private const string Nothing = "nothing";

    private const string Epochs = "epochs";

    /// <summary>Keys that only say when the run ends. A state that was reached before that end is a valid past of the changed job too.</summary>
    private static readonly string[] EndOfRun = [Epochs, "stop.steps", "stop.time"];

    /// <summary>The learning rate is stretched over all epochs, whose number then decides every step.</summary>
    public bool EpochsDecideRates { get; init; }

    /// <summary>Whether the run may be resumed all the same.</summary>
    public bool IsHarmless => EndOfRun.Contains(Key) && !(Key == Epochs && EpochsDecideRates);

    public override string ToString() => $"{Key} was {Before} and is {Now}";

    /// <summary>All keys by which two jobs' recipes differ, in the order of the job file.</summary>
    public static IReadOnlyList<RecipeDifference> Between(Job before, Job now)
    {
        var (old, current) = (Leaves(before), Leaves(now));
        return
        [
            .. old.Keys.Union(current.Keys)
                .Select(key => new RecipeDifference(key, old.GetValueOrDefault(key, Nothing), current.GetValueOrDefault(key, Nothing))
                {
                    EpochsDecideRates = now.Schedule is { SpansTheEpochs: true },
                })
                .Where(difference => difference.Before != difference.Now),
        ];
    }

    private static Dictionary<string, string> Leaves(Job job)
    {
        var leaves = new Dictionary<string, string>();
        Add(JobFile.RecipeTree(job), "", leaves);
        return leaves;
    }

    private static void Add(JobNode node, string key, Dictionary<string, string> leaves)
    {
        switch (node)
        {
            case MapNode map:
                foreach (var entry in map.Entries)
                    Add(entry.Value, key.Length == 0 ? entry.Key : $"{key}.{entry.Key}", leaves);
                break;
            case ListNode list:
                for (var index = 0; index < list.Items.Count; index++)
                    Add(list.Items[index], $"{key}.{index}", leaves);
                break;
            case ScalarNode scalar:
                leaves[key] = scalar.Text;
                break;
        }
    }
}
