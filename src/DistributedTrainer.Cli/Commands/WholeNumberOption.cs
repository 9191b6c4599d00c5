using System.CommandLine;
using System.Globalization;

namespace DistributedTrainer.Cli;

/// <summary>An option that takes a whole number within bounds, and says so where it finds something else.</summary>
internal sealed class WholeNumberOption : Option<int?>
{
    public WholeNumberOption(string name, string description, int least, int most = int.MaxValue)
        : base(name)
    {
        Description = description;
        HelpName = "number";
        CustomParser = result =>
        {
            var text = result.Tokens[0].Value;
            if (int.TryParse(text, NumberStyles.AllowLeadingSign, CultureInfo.InvariantCulture, out var number) && number >= least && number <= most)
                return number;
            result.AddError(most == int.MaxValue
                ? $"{name} is '{text}'; allowed is a whole number from {least}"
                : $"{name} is '{text}'; allowed is a whole number from {least} to {most}");
            return null;
        };
    }
}
