using System.ComponentModel;
using System.Diagnostics;
using System.Globalization;
using System.Text;
using System.Text.Json;

namespace DistributedTrainer.Cli;

/// <summary>A child that runs <c>dtrain node --managed</c>.</summary>
internal sealed class NodeProcess : INodeProcess
{
    private const int KeptErrorLines = 40;

    private readonly Process _process;
    private readonly Queue<string> _errors = new();
    private readonly Lock _sending = new();

    private NodeProcess(string name, Process process, Action<ManagedReport> received)
    {
        Name = name;
        _process = process;
        Exited = Task.WhenAll(ReadReportsAsync(received), ReadErrorsAsync(), process.WaitForExitAsync()).ContinueWith(
            _ => process.ExitCode, CancellationToken.None, TaskContinuationOptions.ExecuteSynchronously, TaskScheduler.Default);
    }

    public string Name { get; }

    /// <summary>Of the process.</summary>
    public int Id => _process.Id;

    public Task<int> Exited { get; }

    public IReadOnlyList<string> LastErrors
    {
        get
        {
            lock (_errors)
                return [.. _errors];
        }
    }

    /// <summary>What a node of a local cluster is started with.</summary>
    public static string[] Arguments(int threads) => ["node", "--managed", "--port", "0", "--threads", threads.ToString(CultureInfo.InvariantCulture)];

    public static NodeProcess Start(string name, string[] arguments, Action<ManagedReport> received)
    {
        var start = ThisProgram.StartInfo(arguments);
        start.RedirectStandardInput = start.RedirectStandardOutput = start.RedirectStandardError = true;
        start.StandardInputEncoding = start.StandardOutputEncoding = start.StandardErrorEncoding = new UTF8Encoding(false);
        // Addresses of another cluster in this shell's environment are not for this one.
        start.Environment.Remove("CLUSTER_IP");
        start.Environment.Remove("CLUSTER_PORT");
        start.Environment.Remove("CLUSTER_SEEDS");
        start.Environment.Remove(ConfigFile.Variable);
        try
        {
            return new NodeProcess(name, Process.Start(start)!, received);
        }
        catch (Win32Exception exception)
        {
            throw new CommandException($"cannot start {name} ({start.FileName}): {exception.Message}", ExitCode.Failed);
        }
    }

    public void Send(ManagedOrder order)
    {
        try
        {
            lock (_sending)
            {
                _process.StandardInput.WriteLine(order.ToLine());
                _process.StandardInput.Flush();
            }
        }
        catch (IOException)
        {
            // It has ended; Exited tells.
        }
    }

    public void Kill()
    {
        try
        {
            _process.Kill();
        }
        catch (InvalidOperationException)
        {
            // It has ended.
        }
    }

    private async Task ReadReportsAsync(Action<ManagedReport> received)
    {
        while (await _process.StandardOutput.ReadLineAsync() is { } line)
        {
            try
            {
                received(ManagedReport.Parse(line));
            }
            catch (JsonException)
            {
                KeepError(line);
            }
        }
    }

    private async Task ReadErrorsAsync()
    {
        while (await _process.StandardError.ReadLineAsync() is { } line)
            KeepError(line);
    }

    private void KeepError(string line)
    {
        lock (_errors)
        {
            _errors.Enqueue(line);
            if (_errors.Count > KeptErrorLines)
                _errors.Dequeue();
        }
    }
}
