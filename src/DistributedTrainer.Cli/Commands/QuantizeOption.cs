using System.CommandLine;

namespace DistributedTrainer.Cli;

/// <summary><c>--quantize int8</c>: take a trained model's dense and conv2d layers in whole numbers of 8 bits.</summary>
internal static class QuantizeOption
{
    public static Option<string?> Create()
    {
        var option = new Option<string?>("--quantize")
        {
            Description = "int8: dense and conv2d layers in whole numbers of 8 bits, compared with the model as trained.",
            HelpName = "int8",
        };
        option.AcceptOnlyFromAmong("int8");
        return option;
    }
}
