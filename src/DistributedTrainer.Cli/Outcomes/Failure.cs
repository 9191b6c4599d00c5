using System.Text;
using System.Text.Json;
using DistributedTrainer.Actors;
using DistributedTrainer.Coordination;
using DistributedTrainer.Data;
using DistributedTrainer.Learning;

namespace DistributedTrainer.Cli;

/// <summary>What the user sees of an exception: the one place that maps exceptions to messages and exit codes.</summary>
/// <param name="Text">For standard error.</param>
/// <param name="ExitCode">See <see cref="Cli.ExitCode"/>.</param>
internal sealed record Failure(string Text, int ExitCode)
{
    public static Failure Of(Exception exception) => exception switch
    {
        AggregateException { InnerExceptions.Count: 1 } aggregate => Of(aggregate.InnerExceptions[0]),
        JobFileException or DataException or ModelException => Message(exception, Cli.ExitCode.WrongInput),
        CommandException command => Message(exception, command.ExitCode),
        NodeStartException start => Message(exception, start.ExitCode),
        IOException or UnauthorizedAccessException => Message(exception, Cli.ExitCode.WrongInput),
        OperationCanceledException => new Failure("dtrain: interrupted", Cli.ExitCode.Interrupted),
        TimeoutException => Message(exception, Cli.ExitCode.Failed),
        // Anything else is a defect of ours: its trace is what a report of it needs.
        _ => new Failure($"dtrain: a defect, please report it: {exception}", Cli.ExitCode.Failed),
    };

    /// <summary>The message without the program's name, on one line.</summary>
    public string Reason => Text.Split('\n')[0].TrimEnd('\r')["dtrain: ".Length..];

    /// <summary>The same as the one object that <c>--json</c> promises on standard output.</summary>
    public string ToJson()
    {
        using var bytes = new MemoryStream();
        using (var writer = new Utf8JsonWriter(bytes))
        {
            writer.WriteStartObject();
            writer.WriteString("error", Text);
            writer.WriteNumber("exit_code", ExitCode);
            writer.WriteEndObject();
        }

        return Encoding.UTF8.GetString(bytes.ToArray());
    }

    private static Failure Message(Exception exception, int exitCode) => new($"dtrain: {exception.Message}", exitCode);
}
