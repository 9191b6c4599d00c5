using System.Text.Json;

namespace DistributedTrainer.Cluster.Tests;

/// <summary>
/// A test's own folder, where its commands run. All processes started there, and their children, carry its mark in their environment:
/// so the test can find what is left of them.
/// </summary>
internal sealed class Workplace : IDisposable
{
    public const string MarkVariable = "DTRAIN_TEST_MARK";
    private static readonly TimeSpan Poll = TimeSpan.FromMilliseconds(50);
    private static int _count;

    private readonly DirectoryInfo _folder = Directory.CreateTempSubdirectory("dtrain-cluster-");

    public string Path => _folder.FullName;

    public string Mark { get; } = $"{Environment.ProcessId}-{Interlocked.Increment(ref _count)}";

    public string FullName(params string[] parts) => System.IO.Path.Combine([Path, .. parts]);

    public string Write(string name, string text)
    {
        File.WriteAllText(FullName(name), text);
        return FullName(name);
    }

    /// <summary>run.json of a report folder.</summary>
    public RunReport Report(string folder) => new(FullName(folder));

    /// <summary>Processes of this test that still run, by id, with their command lines.</summary>
    public IReadOnlyDictionary<int, string> Processes()
    {
        var found = new Dictionary<int, string>();
        foreach (var folder in Directory.EnumerateDirectories("/proc").Where(path => int.TryParse(System.IO.Path.GetFileName(path), out _)))
        {
            try
            {
                if (File.ReadAllText($"{folder}/environ").Split('\0').Contains($"{MarkVariable}={Mark}"))
                    found[int.Parse(System.IO.Path.GetFileName(folder))] = File.ReadAllText($"{folder}/cmdline").Replace('\0', ' ');
            }
            catch (Exception error) when (error is IOException or UnauthorizedAccessException)
            {
                // It ended while we looked, or is another user's.
            }
        }

        return found;
    }

    /// <summary>Nothing of this test runs any more, at once or within a bound.</summary>
    public async Task NothingIsLeft(TimeSpan? within = null)
    {
        using var bound = new CancellationTokenSource(within ?? TimeSpan.FromSeconds(2));
        IReadOnlyDictionary<int, string> left;
        while ((left = Processes()).Count > 0)
        {
            Assert.False(bound.IsCancellationRequested, $"still running: {string.Join("; ", left.Values)}");
            await Task.Delay(Poll);
        }
    }

    /// <summary>Asks again and again until the answer is as expected.</summary>
    public static async Task<T> Until<T>(Func<Task<T>> ask, Func<T, bool> expected, string what)
    {
        using var bound = new CancellationTokenSource(Dtrain.Bound);
        while (true)
        {
            var answer = await ask();
            if (expected(answer))
                return answer;
            Assert.False(bound.IsCancellationRequested, $"waited {Dtrain.Bound.TotalSeconds:0} s for {what}; last: {answer}");
            await Task.Delay(Poll);
        }
    }

    public void Dispose()
    {
        foreach (var process in Processes().Keys)
            Dtrain.Signal(process, Dtrain.Kill);
        _folder.Delete(recursive: true);
    }
}

/// <summary>A run's report folder.</summary>
internal sealed class RunReport(string folder)
{
    private readonly JsonElement _run = JsonDocument.Parse(File.ReadAllBytes(Path.Combine(folder, "run.json"))).RootElement;

    public string State => _run.GetProperty("state").GetString()!;

    public string StopReason => _run.GetProperty("stop_reason").GetString()!;

    public string Hash => _run.GetProperty("weights_sha256").GetString()!;

    public int Shards => _run.GetProperty("shards").GetInt32();

    public long StepsRepeated => _run.GetProperty("steps_repeated").GetInt64();

    /// <summary>The version of the checkpoint that the run began from; null where it began anew.</summary>
    public long? ResumedFrom => _run.GetProperty("resumed_from") is { ValueKind: JsonValueKind.Number } version ? version.GetInt64() : null;

    /// <summary>history.csv without the columns that are measured.</summary>
    public IReadOnlyList<string> History => [.. File.ReadAllLines(Path.Combine(folder, "history.csv")).Select(line => string.Join(',', line.Split(',').SkipLast(2)))];

    public long Steps => _run.GetProperty("steps").GetInt64();

    /// <summary>Shard steps by node address.</summary>
    public IReadOnlyDictionary<string, long> ShardSteps => _run.GetProperty("per_node").EnumerateArray()
        .ToDictionary(node => node.GetProperty("node").GetString()!, node => node.GetProperty("shard_steps").GetInt64());

    public IReadOnlyList<(string Kind, string Node, string Detail)> Events =>
        [.. _run.GetProperty("events").EnumerateArray().Select(change =>
            (change.GetProperty("kind").GetString()!, change.GetProperty("node").GetString()!, change.GetProperty("detail").GetString()!))];

    public byte[] Model => File.ReadAllBytes(Path.Combine(folder, "model.safetensors"));
}
