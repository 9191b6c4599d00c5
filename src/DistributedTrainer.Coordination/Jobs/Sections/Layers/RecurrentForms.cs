using DistributedTrainer.Learning;

namespace DistributedTrainer.Coordination;

/// <summary><c>rnn</c>, <c>lstm</c> and <c>gru</c>.</summary>
internal static class RecurrentForms
{
    public static MapForm<Rnn> Rnn { get; } = Keys("A simple recurrent layer: h = activation(x Wᵀ + b + h Rᵀ + c).", new Rnn(0))
        .Optional("activation", "tanh or relu.", new WordForm<Activation>("activation"),
            layer => layer.Activation, (layer, activation) => layer with { Activation = activation })
        .Rule("activation", layer => layer.Activation is Activation.Tanh or Activation.Relu ? null : "an rnn takes tanh or relu")
        .Named("rnn");

    public static MapForm<Lstm> Lstm { get; } = Keys("Long short-term memory.", new Lstm(0)).Named("lstm");

    public static MapForm<Gru> Gru { get; } = Keys("Gated recurrent units.", new Gru(0)).Named("gru");

    private static MapForm<T> Keys<T>(string doc, T blank)
        where T : RecurrentSpec => new MapForm<T>(doc, blank)
        .Required("units", "Length of the hidden state.", new WholeForm<int>(1),
            layer => layer.Units, (layer, units) => (T)(RecurrentSpec)(layer with { Units = units }))
        .Optional("returns", "sequence: the hidden state at every position. last: that after the last one.",
            new WordForm<RecurrentOutput>("output"), layer => layer.Returns, (layer, output) => (T)(RecurrentSpec)(layer with { Returns = output }))
        .Optional("layers", "Layers one upon the other.", new WholeForm<int>(1),
            layer => layer.Layers, (layer, layers) => (T)(RecurrentSpec)(layer with { Layers = layers }))
        .Optional("bidirectional", "A second set of weights reads from the end; both hidden states stand side by side.", BooleanForm.Instance,
            layer => layer.Bidirectional, (layer, both) => (T)(RecurrentSpec)(layer with { Bidirectional = both }))
        .Optional("initializer", "How the weights start; biases start at zero, those of an lstm's forget gate at one.", InitializerForm.Form,
            layer => layer.Initializer, (layer, initializer) => (T)(RecurrentSpec)(layer with { Initializer = initializer }))
        .Optional("bias", "Whether biases are added.", BooleanForm.Instance,
            layer => layer.Bias, (layer, bias) => (T)(RecurrentSpec)(layer with { Bias = bias }));
}
