namespace DistributedTrainer.Learning;

/// <summary>
/// The parameters of one layer in one direction, G gates of H units over I inputs, named as PyTorch names them: weight_ih (G·H, I),
/// weight_hh (G·H, H), bias_ih and bias_hh (G·H).
/// </summary>
internal sealed record RecurrentWeights(Parameter Input, Parameter Recurrent, Parameter? InputBias, Parameter? RecurrentBias)
{
    /// <param name="builder">The layer's.</param>
    /// <param name="depth">Number of the layer in its stack, from 0.</param>
    /// <param name="reverse">Whether this is the direction from the last position to the first.</param>
    /// <param name="rows">G·H.</param>
    /// <param name="inputs">I.</param>
    /// <param name="units">H.</param>
    /// <param name="bias">Whether there are biases.</param>
    public static RecurrentWeights Add(LayerBuilder builder, int depth, bool reverse, int rows, int inputs, int units, bool bias)
    {
        var ending = $"l{depth}{(reverse ? "_reverse" : "")}";
        return new RecurrentWeights(
            builder.Weight($"weight_ih_{ending}", rows, inputs),
            builder.Weight($"weight_hh_{ending}", rows, units),
            bias ? builder.Bias($"bias_ih_{ending}", rows) : null,
            bias ? builder.Bias($"bias_hh_{ending}", rows) : null);
    }
}
