namespace DistributedTrainer.Learning;

/// <summary>What a recurrent layer gives.</summary>
public enum RecurrentOutput
{
    /// <summary>The hidden state at every position: (time, H), or (time, 2H) of both directions.</summary>
    Sequence,

    /// <summary>The hidden state after each direction's last step: (H) or (2H).</summary>
    Last,
}

/// <summary>
/// A recurrent layer over an input (time, features): H units, several layers one upon the other, in one direction or both. Weights are
/// PyTorch's: <c>weight_ih_l0</c> (G·H, inputs), <c>weight_hh_l0</c> (G·H, H), <c>bias_ih_l0</c>, <c>bias_hh_l0</c> (G·H), then those with
/// <c>_reverse</c>, then <c>l1</c> and so on.
/// </summary>
public abstract record RecurrentSpec(int Units) : LayerSpec
{
    public RecurrentOutput Returns { get; init; } = RecurrentOutput.Sequence;

    /// <summary>Layers one upon the other.</summary>
    public int Layers { get; init; } = 1;

    /// <summary>A second set of weights reads from the last position to the first; both hidden states stand side by side.</summary>
    public bool Bidirectional { get; init; }

    public bool Bias { get; init; } = true;

    public InitializerSpec Initializer { get; init; } = InitializerSpec.GlorotUniform;
}

/// <summary>h = activation(x·Wᵀ + b + h₋·Rᵀ + c); the activation is tanh or relu.</summary>
public sealed record Rnn(int Units) : RecurrentSpec(Units)
{
    public override string Kind => "rnn";

    public Activation Activation { get; init; } = Activation.Tanh;

    internal override Layer Compile(LayerBuilder builder) => Activation switch
    {
        Activation.Tanh => new RecurrentLayer<SimpleCell<TanhFunction>>(this, builder),
        Activation.Relu => new RecurrentLayer<SimpleCell<ReluFunction>>(this, builder),
        _ => throw builder.Refuse($"has the activation {Activation.ToString().ToLowerInvariant()}; an rnn takes tanh or relu."),
    };
}

/// <summary>Long short-term memory; biases of the forget gate start at 1 (Jozefowicz et al. 2015), others at 0.</summary>
public sealed record Lstm(int Units) : RecurrentSpec(Units)
{
    public override string Kind => "lstm";

    internal override Layer Compile(LayerBuilder builder) => new RecurrentLayer<LstmCell>(this, builder);
}

/// <summary>Gated recurrent unit.</summary>
public sealed record Gru(int Units) : RecurrentSpec(Units)
{
    public override string Kind => "gru";

    internal override Layer Compile(LayerBuilder builder) => new RecurrentLayer<GruCell>(this, builder);
}
