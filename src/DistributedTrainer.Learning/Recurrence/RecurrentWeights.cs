namespace DistributedTrainer.Learning;

/// <summary>
/// The parameters of one layer in one direction, G gates of H units over I inputs, named as PyTorch names them: weight_ih (G·H, I),
/// weight_hh (G·H, H), bias_ih and bias_hh (G·H).
/// </summary>
internal sealed record RecurrentWeights(Parameter Input, Parameter Recurrent, Parameter? InputBias, Parameter? RecurrentBias)
{
    public IEnumerable<Parameter> All => InputBias is null ? [Input, Recurrent] : [Input, Recurrent, InputBias, RecurrentBias!];

    /// <param name="layer">The layer's name.</param>
    /// <param name="depth">Number of the layer in its stack, from 0.</param>
    /// <param name="reverse">Whether this is the direction from the last position to the first.</param>
    /// <param name="rows">G·H.</param>
    /// <param name="inputs">I.</param>
    /// <param name="units">H.</param>
    /// <param name="bias">Whether there are biases.</param>
    /// <param name="offset">Index of the first parameter in the vector.</param>
    public static RecurrentWeights At(string layer, int depth, bool reverse, int rows, int inputs, int units, bool bias, int offset)
    {
        var ending = $"l{depth}{(reverse ? "_reverse" : "")}";
        var input = new Parameter($"{layer}.weight_ih_{ending}", [rows, inputs], offset, IsWeight: true);
        var recurrent = new Parameter($"{layer}.weight_hh_{ending}", [rows, units], After(input), IsWeight: true);
        if (!bias)
            return new RecurrentWeights(input, recurrent, null, null);
        var inputBias = new Parameter($"{layer}.bias_ih_{ending}", [rows], After(recurrent), IsWeight: false);
        return new RecurrentWeights(
            input, recurrent, inputBias, new Parameter($"{layer}.bias_hh_{ending}", [rows], After(inputBias), IsWeight: false));
    }

    private static int After(Parameter parameter) => checked(parameter.Offset + parameter.Length);
}
