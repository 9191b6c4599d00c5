using Akka.Actor;
using Akka.Dispatch;
using Akka.Event;

namespace DistributedTrainer.Actors;

/// <summary>
/// Writes log events to standard error, a line each: standard output belongs to the command. What Akka's connections say about
/// themselves when a peer comes or goes is left out: the coordinator tells who was lost.
/// </summary>
internal sealed class StandardErrorLogger : ReceiveActor, IRequiresMessageQueue<ILoggerMessageQueueSemantics>
{
    private static readonly string[] Chatter = ["/system/endpointManager", "remoting", "TcpClientHandler", "TcpServerHandler"];

    public StandardErrorLogger()
    {
        Receive<InitializeLogger>(_ => Sender.Tell(new LoggerInitialized()));
        Receive<LogEvent>(Write);
    }

    private static void Write(LogEvent logEvent)
    {
        if (Array.Exists(Chatter, chatter => logEvent.LogSource.Contains(chatter, StringComparison.Ordinal)))
            return;
        Console.Error.WriteLine(Line(logEvent));
    }

    internal static string Line(LogEvent logEvent)
    {
        var level = logEvent.LogLevel().ToString().Replace("Level", "", StringComparison.Ordinal).ToLowerInvariant();
        return DataPlaneAdvert.WithoutKeys($"{level}: {logEvent.Message}{(logEvent.Cause is { } cause ? $" ({cause.GetType().Name}: {cause.Message})" : "")}");
    }
}
