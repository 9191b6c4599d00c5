using System.CommandLine;
using DistributedTrainer.Coordination;

namespace DistributedTrainer.Cli;

/// <summary>Turns the parser's findings into one clear error.</summary>
internal static class UsageError
{
    /// <summary>The first finding, the nearest valid word where one is near, and where to read more.</summary>
    public static CommandException From(ParseResult parsed)
    {
        var command = parsed.CommandResult.Command;
        var path = PathOf(command);
        var message = parsed.Errors[0].Message;
        if (parsed.UnmatchedTokens is [var unknown, ..])
        {
            var names = command.Subcommands.Where(sub => !sub.Hidden).Select(sub => sub.Name)
                .Concat(command.Options.Where(option => !option.Hidden).Select(option => option.Name)).ToList();
            message = $"{(command is RootCommand ? "there is no command or option" : $"{command.Name} does not know")} '{unknown}'{Nearest.Hint(unknown, names)}";
        }

        return new CommandException($"{message.TrimEnd('.', '?')}{(message.EndsWith('?') ? '?' : '.')} See: {path} --help", ExitCode.WrongInput);
    }

    private static string PathOf(Command command) =>
        command is not RootCommand && command.Parents.OfType<Command>().FirstOrDefault() is { } parent ? $"{PathOf(parent)} {command.Name}" : "dtrain";
}
