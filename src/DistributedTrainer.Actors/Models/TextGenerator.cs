using DistributedTrainer.Data;
using DistributedTrainer.Learning;

namespace DistributedTrainer.Actors;

/// <summary>
/// Continues a text with a language model: the last tokens, as many as the model's window holds, give the logits of the next one. The
/// model must not look ahead: where the text is shorter than the window, what stands behind it is of no account.
/// </summary>
public sealed unsafe class TextGenerator
{
    private readonly SavedModel _model;
    private readonly int _window;

    /// <exception cref="DataException">The model was not trained on text.</exception>
    public TextGenerator(SavedModel model)
    {
        var preparation = model.Description.Preparation;
        if (preparation.Tokens is not { } kind)
            throw new DataException($"the model '{model.Description.Name}' was not trained on text, so it has none to continue; use predict");
        (_model, _window) = (model, preparation.InputShape[0]);
        Vocabulary = Vocabulary.Restore(kind, preparation.Classes);
    }

    public Vocabulary Vocabulary { get; }

    /// <summary>Tokens that follow the prompt, without end.</summary>
    /// <param name="prompt">At least one token.</param>
    /// <param name="sampler">How each is drawn.</param>
    public IEnumerable<int> Continue(IReadOnlyList<int> prompt, TokenSampler sampler)
    {
        ArgumentOutOfRangeException.ThrowIfZero(prompt.Count);
        using var pass = _model.Network.CreatePass(1);
        List<int> tokens = [.. prompt.TakeLast(_window)];
        for (uint step = 0; ; step++)
        {
            var next = Next(pass, tokens, sampler, step);
            if (tokens.Count == _window)
                tokens.RemoveAt(0);
            tokens.Add(next);
            yield return next;
        }
    }

    private int Next(NetworkPass pass, List<int> tokens, TokenSampler sampler, uint step)
    {
        new Span<float>(pass.Inputs, _window).Clear();
        for (var i = 0; i < tokens.Count; i++)
            pass.Inputs[i] = tokens[i];
        var logits = _model.Forward(pass, 1) + (long)(tokens.Count - 1) * Vocabulary.Count;
        return sampler.Draw(new(logits, Vocabulary.Count), step);
    }
}
