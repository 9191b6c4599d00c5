using DistributedTrainer.Coordination;

namespace DistributedTrainer.Cli;

/// <summary>Shows a run while it runs: one live line on a terminal, now and then a line elsewhere.</summary>
internal sealed class ProgressView(Screen screen, TimeProvider time)
{
    private static readonly TimeSpan BetweenEpochLines = TimeSpan.FromSeconds(1);
    private static readonly TimeSpan BetweenStepLines = TimeSpan.FromSeconds(5);
    private static readonly TimeSpan BetweenLiveLines = TimeSpan.FromMilliseconds(100);

    private long _last = time.GetTimestamp();
    private string? _shown;
    private string? _held;
    private bool _drawn;
    private bool _first = true;

    /// <param name="run">What is known, with <paramref name="jobEvent"/> in it.</param>
    public void Show(RunRecord run, JobEvent jobEvent)
    {
        switch (jobEvent)
        {
            case JobAccepted { Waiting.Length: > 0 } accepted when run.Nodes != 1:
                Line($"{accepted.Name}: waiting for {accepted.Waiting}");
                break;
            case JobStarted started:
                Line(Opening(started));
                if (started.Layers.Count > 0)
                    ModelTable.Write(screen.Progress, started.Layers, []);
                break;
            // The opening line counts the nodes that are there from the start. Checkpoints are written all the time; those that are not are told.
            case ClusterChanged { Change: var change } when change.Kind != "checkpoint" && !(change.Kind == "node-joined" && run.Progress is null):
                Line($"step {change.Step}: {change.Kind} {change.Node} {change.Detail}".TrimEnd());
                break;
            case StepProgress:
                Update(run, BetweenStepLines);
                break;
            case EpochClosed:
                Update(run, BetweenEpochLines);
                break;
        }
    }

    /// <summary>A line of its own between the others.</summary>
    public void Line(string text)
    {
        Clear();
        screen.Progress.WriteLine(text);
    }

    /// <summary>The run is over: shows the last state, and leaves the line.</summary>
    public void Close()
    {
        if (_held is not null && (screen.IsLive || _held != _shown))
            Line(_held);
        _held = null;
    }

    private void Update(RunRecord run, TimeSpan between)
    {
        _held = ProgressText.Line(run);
        if (!_first && time.GetElapsedTime(_last) < (screen.IsLive ? BetweenLiveLines : between))
            return;
        _first = false;
        _last = time.GetTimestamp();
        if (screen.IsLive)
        {
            Clear();
            screen.Progress.Write(_held.Length < screen.Width ? _held : _held[..(screen.Width - 1)]);
            screen.Progress.Flush();
            _drawn = true;
        }
        else
        {
            screen.Progress.WriteLine(_held);
            _shown = _held;
        }
    }

    private void Clear()
    {
        if (_drawn)
            screen.Progress.Write("\r\u001b[K");
        _drawn = false;
    }

    private static string Opening(JobStarted started)
    {
        var nodes = started.Nodes.Count == 1 ? "1 node" : $"{started.Nodes.Count} nodes";
        return $"{started.Name}: {started.TrainRows:N0} rows, batches of {started.BatchSize:N0}, {started.Parameters:N0} parameters, "
            + $"{started.Shards} shards on {nodes}, {started.Servers} server {(started.Servers == 1 ? "range" : "ranges")}";
    }
}
