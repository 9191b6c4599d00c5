namespace DistributedTrainer.Coordination.Tests;

/// <summary>Small scenarios to vary, and the error that a text gives.</summary>
internal static class ScenarioText
{
    public const string File = "cluster-configs/experiments/x.yaml";

    /// <summary>The contract's example.</summary>
    public const string Contract = """
        name: one-of-each
        job: ../../jobs/mnist-mlp.yaml
        set: { epochs: 2 }
        cluster: { nodes: 3, servers: 2, replicas: 1, threads: 1 }
        repeat: 5
        seed: 1
        events:
          - { at: 200 steps, kill: worker, restart: 2 s }
          - { at: 400 steps, stop: node-3, for: 3 s }
          - { at: 600 steps, slow: any, factor: 4, for: 5 s }
          - { at: 1 epochs, partition: [[node-1, node-2], [node-3]], for: 5 s }
          - { at: 20 s, delay: [node-1, node-3], by: 20 ms, for: 5 s }
          - { at: 1200 steps, add: 1 }
          - { at: 1300 steps, remove: node-2 }
          - { at: 1500 steps, kill: all, resume: 2 s }
        random: { mean-time-between: 5 s, do: [kill, stop], restart: 2 s, until: 3 min }
        expect: { same-weights: true, samples-lost: 0, pause-max: 250 ms }
        """;

    public static Scenario Parse(string text) => ScenarioFile.Parse(text, File);

    /// <summary>A job and these events, the first on line 4.</summary>
    public static Scenario With(params string[] events) => Parse(Lines(events));

    public static JobFileException ErrorOf(params string[] events) => Error(Lines(events));

    public static JobFileException Error(string text) => Assert.Throws<JobFileException>(() => Parse(text));

    public static string Lines(params string[] events) =>
        $"job: x.yaml\ncluster: {{ nodes: 3, servers: 2 }}\nevents:\n{string.Join('\n', events.Select(e => $"  - {{ {e} }}"))}\n";
}
