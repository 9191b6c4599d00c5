using DistributedTrainer.Coordination;

namespace DistributedTrainer.Cli;

/// <summary>Writes history.csv as epochs close, so that a run that is killed leaves what it had.</summary>
/// <param name="keepsEarlier">A run that resumes: what is there stays until the epochs before the checkpoint are told again.</param>
internal sealed class HistoryWriter(string path, bool keepsEarlier = false) : IDisposable
{
    private StreamWriter? _file;

    public void Append(HistoryRow row)
    {
        _file ??= Open(row.ValidationMetrics.Select(metric => metric.Key));
        _file.WriteLine(HistoryCsv.Line(row));
        _file.Flush();
    }

    /// <summary>Leaves at least the header, where no epoch closed.</summary>
    public void Dispose()
    {
        if (_file is null && keepsEarlier)
            return;
        (_file ?? Open([])).Dispose();
    }

    private StreamWriter Open(IEnumerable<string> metrics)
    {
        var file = new StreamWriter(path, append: false) { NewLine = "\n" };
        file.WriteLine(HistoryCsv.Header(metrics));
        return file;
    }
}
