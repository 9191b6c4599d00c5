using System.Diagnostics;
using System.Runtime.InteropServices;
using System.Text;
using System.Text.RegularExpressions;

namespace DistributedTrainer.Cluster.Tests;

/// <summary>One process of the built product. It never outlives its test.</summary>
internal sealed partial class Dtrain : IAsyncDisposable
{
    public const int Interrupt = 2;
    public const int Kill = 9;
    public const int Terminate = 15;
    public const int Stop = 19;
    public const int Continue = 18;

    public static readonly TimeSpan Bound = TimeSpan.FromSeconds(90);

    private readonly Process _process;
    private readonly string _command;
    private readonly StringBuilder _output = new();
    private readonly StringBuilder _errors = new();
    private readonly Lock _reading = new();
    private readonly Task _read;
    private TaskCompletionSource _moreLines = new(TaskCreationOptions.RunContinuationsAsynchronously);

    private Dtrain(ProcessStartInfo start)
    {
        _command = $"dtrain {string.Join(' ', start.ArgumentList)}";
        _process = Process.Start(start)!;
        _read = Task.WhenAll(Read(_process.StandardOutput, _output), Read(_process.StandardError, _errors), _process.WaitForExitAsync());
    }

    public int Id => _process.Id;

    public bool HasExited => _process.HasExited;

    public string Output => Text(_output);

    public string Errors => Text(_errors);

    /// <param name="workplace">Where it runs, and what its processes are known by.</param>
    /// <param name="environment">Added to this process's.</param>
    public static Dtrain Start(Workplace workplace, IReadOnlyDictionary<string, string>? environment, params string[] arguments)
    {
        var start = new ProcessStartInfo(Repository.Program, arguments)
        {
            WorkingDirectory = workplace.Path,
            RedirectStandardInput = true,
            RedirectStandardOutput = true,
            RedirectStandardError = true,
        };
        foreach (var variable in (string[])["CLUSTER_IP", "CLUSTER_PORT", "CLUSTER_SEEDS", "DTRAIN_DATA"])
            start.Environment.Remove(variable);
        start.Environment[Workplace.MarkVariable] = workplace.Mark;
        foreach (var (name, value) in environment ?? new Dictionary<string, string>())
            start.Environment[name] = value;
        return new Dtrain(start);
    }

    /// <summary>Runs a command to its end.</summary>
    public static async Task<Dtrain> Run(Workplace workplace, params string[] arguments)
    {
        var process = Start(workplace, null, arguments);
        await process.Exit();
        return process;
    }

    /// <summary>The exit code, once everything it wrote has been read.</summary>
    public async Task<int> Exit(TimeSpan? bound = null)
    {
        await Within(_read, bound ?? Bound, "end");
        return _process.ExitCode;
    }

    /// <summary>Waits for a text on either stream.</summary>
    /// <param name="text">A regular expression.</param>
    public async Task Says(string text)
    {
        var ended = _read.ContinueWith(_ => { }, TaskScheduler.Default);
        for (var deadline = Task.Delay(Bound); !Has(text);)
        {
            Task more;
            lock (_reading)
                more = _moreLines.Task;
            if (Has(text))
                return;
            var first = await Task.WhenAny(more, ended, deadline);
            if (first != more && !Has(text))
                Assert.Fail($"{_command} {(first == deadline ? $"did not say '{text}' within {Bound.TotalSeconds:0} s" : $"ended without saying '{text}'")}.{Environment.NewLine}{Transcript()}");
        }
    }

    public void Signal(int signal)
    {
        if (SendSignal(Id, signal) != 0)
            throw new InvalidOperationException($"{_command}: signal {signal} could not be sent (errno {Marshal.GetLastPInvokeError()}).");
    }

    public static void Signal(int process, int signal) => _ = SendSignal(process, signal);

    public string Transcript() => $"{_command}{Environment.NewLine}{Output}{Environment.NewLine}{Errors}";

    public async ValueTask DisposeAsync()
    {
        if (!_process.HasExited)
            _process.Kill(entireProcessTree: true);
        await _read.WaitAsync(Bound);
        _process.Dispose();
    }

    private bool Has(string text) => Regex.IsMatch(Output, text) || Regex.IsMatch(Errors, text);

    private async Task Within(Task task, TimeSpan bound, string what)
    {
        try
        {
            await task.WaitAsync(bound);
        }
        catch (TimeoutException)
        {
            Assert.Fail($"{_command} did not {what} within {bound.TotalSeconds:0} s.{Environment.NewLine}{Transcript()}");
        }
    }

    private async Task Read(StreamReader stream, StringBuilder into)
    {
        while (await stream.ReadLineAsync() is { } line)
        {
            TaskCompletionSource more;
            lock (_reading)
            {
                into.AppendLine(line);
                (more, _moreLines) = (_moreLines, new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously));
            }

            more.SetResult();
        }
    }

    private string Text(StringBuilder text)
    {
        lock (_reading)
            return text.ToString();
    }

    [LibraryImport("libc", EntryPoint = "kill", SetLastError = true)]
    private static partial int SendSignal(int process, int signal);
}
