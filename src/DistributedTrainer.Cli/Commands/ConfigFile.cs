using System.CommandLine;

namespace DistributedTrainer.Cli;

/// <summary>A HOCON file that the command line names, or the environment where it has none.</summary>
/// <param name="Path">As it was given; what errors call it.</param>
internal sealed record ConfigFile(string Path, string Text)
{
    /// <summary>Names a file for commands without <c>--config</c>; not for the nodes that a launcher starts.</summary>
    public const string Variable = "DTRAIN_CONFIG";

    public static Option<string?> CreateOption() =>
        new("--config") { Description = $"HOCON that goes before the built-in settings. Default: ${Variable}, if set", HelpName = "file" };

    /// <returns>Null where there is none.</returns>
    /// <exception cref="CommandException">The file cannot be read.</exception>
    public static ConfigFile? Read(string? option)
    {
        if ((option ?? Environment.GetEnvironmentVariable(Variable)) is not { Length: > 0 } path)
            return null;
        try
        {
            return new ConfigFile(path, File.ReadAllText(path));
        }
        catch (Exception exception) when (exception is IOException or UnauthorizedAccessException)
        {
            throw new CommandException(
                $"cannot read {(option is null ? $"{Variable} = " : "--config ")}{path}: {(File.Exists(path) ? exception.Message : "there is no such file")}",
                ExitCode.WrongInput);
        }
    }
}
