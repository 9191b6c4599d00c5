using System.CommandLine;
using System.Text;
using DistributedTrainer.Actors;
using DistributedTrainer.Learning;

namespace DistributedTrainer.Cli;

/// <summary><c>dtrain generate MODEL_DIR</c>: text from a language model, the same for the same seed anywhere.</summary>
internal static class GenerateCommand
{
    public static Command Create()
    {
        var model = new Argument<string>("MODEL_DIR") { Description = "The report folder of a finished run on text." };
        var prompt = new Option<string>("--prompt") { Description = "The text to continue. Default: a line break", HelpName = "text", DefaultValueFactory = _ => "\n" };
        var length = new Option<int>("--length") { Description = "Tokens to draw. Default: 500", HelpName = "n", DefaultValueFactory = _ => 500 };
        var temperature = new Option<double>("--temperature") { Description = "Below 1 more of what is likely, above 1 less; 0 takes the most likely token always. Default: 1", HelpName = "t", DefaultValueFactory = _ => 1 };
        var topK = new Option<int?>("--top-k") { Description = "Draw from the k most likely tokens only. Default: all", HelpName = "k" };
        var seed = new Option<ulong>("--seed") { Description = "Another seed, another text. Default: 0", HelpName = "n" };
        var command = new Command("generate", "Continues a text with a trained language model.") { model, prompt, length, temperature, topK, seed };
        length.Validators.Add(result =>
        {
            if (result.Tokens.Count == 1 && int.TryParse(result.Tokens[0].Value, out var tokens) && tokens < 1)
                result.AddError($"--length is {tokens}; allowed is a whole number from 1.");
        });
        command.SetAction(parsed => Run(
            parsed.GetRequiredValue(model), parsed.GetValue(prompt)!, parsed.GetValue(length),
            Sampler(parsed.GetValue(seed), parsed.GetValue(temperature), parsed.GetValue(topK))));
        return command;
    }

    private static TokenSampler Sampler(ulong seed, double temperature, int? topK)
    {
        if (!(temperature >= 0 && double.IsFinite(temperature)))
            throw new CommandException($"--temperature is {temperature}; allowed is a number from 0", ExitCode.WrongInput);
        if (topK < 1)
            throw new CommandException($"--top-k is {topK}; allowed is a whole number from 1", ExitCode.WrongInput);
        return new TokenSampler(seed, temperature, topK);
    }

    private static int Run(string folder, string prompt, int length, TokenSampler sampler)
    {
        if (prompt.Length == 0)
            throw new CommandException("--prompt is empty; write at least one character, or leave it out", ExitCode.WrongInput);
        using var model = ModelFolder.Read(folder);
        var generator = new TextGenerator(model);
        var tokens = generator.Vocabulary.Encode(prompt);
        using var output = Console.OpenStandardOutput();
        output.Write(Encoding.UTF8.GetBytes(prompt));
        foreach (var token in generator.Continue(tokens, sampler).Take(length))
        {
            output.Write(generator.Vocabulary.Utf8(token));
            output.Flush();
        }

        output.Write("\n"u8);
        return ExitCode.Done;
    }
}
