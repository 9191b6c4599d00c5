namespace DistributedTrainer.Cli;

/// <summary>Where a command writes.</summary>
/// <param name="Results">What the command is for: the summary, or the one JSON object.</param>
/// <param name="Progress">What happens meanwhile.</param>
/// <param name="Errors">Why it failed.</param>
/// <param name="IsLive">Progress goes to a terminal whose lines can be overwritten.</param>
/// <param name="Width">Columns of a line.</param>
internal sealed record Screen(TextWriter Results, TextWriter Progress, TextWriter Errors, bool IsLive, int Width)
{
    /// <param name="json">Standard output is for the object alone.</param>
    public static Screen For(bool json)
    {
        var results = Console.Out;
        if (json)
            Console.SetOut(Console.Error); // whatever else writes there
        var redirected = json ? Console.IsErrorRedirected : Console.IsOutputRedirected;
        var live = !redirected && Environment.GetEnvironmentVariable("TERM") != "dumb";
        return new Screen(results, json ? Console.Error : results, Console.Error, live, live ? Math.Max(40, Console.WindowWidth) : 140);
    }
}
