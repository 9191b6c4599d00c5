using System.Runtime.InteropServices;

namespace DistributedTrainer.Cli;

/// <summary>Ctrl-C, SIGTERM and a closed terminal: the first one asks, the second one insists.</summary>
internal sealed class Interruption : IDisposable
{
    private readonly PosixSignalRegistration[] _registrations;
    private int _count;

    /// <param name="first">Called on the first signal, on any thread.</param>
    /// <param name="again">Called on each further one.</param>
    public Interruption(Action first, Action again)
    {
        PosixSignal[] signals = [PosixSignal.SIGINT, PosixSignal.SIGTERM, PosixSignal.SIGHUP];
        _registrations = [.. signals.Select(signal => PosixSignalRegistration.Create(signal, context =>
        {
            context.Cancel = true;
            (Interlocked.Increment(ref _count) == 1 ? first : again)();
        }))];
    }

    public void Dispose()
    {
        foreach (var registration in _registrations)
            registration.Dispose();
    }
}
