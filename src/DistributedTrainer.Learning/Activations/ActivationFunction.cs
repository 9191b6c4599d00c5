namespace DistributedTrainer.Learning;

/// <summary>An activation over rows of sums. Both passes may work in place.</summary>
internal abstract unsafe class ActivationFunction
{
    /// <summary>True where the backward pass needs the sums; false where it needs the outputs, which may then overwrite them.</summary>
    public abstract bool KeepsSum { get; }

    /// <param name="sum">(rows, columns).</param>
    /// <param name="output">Receives (rows, columns); may be <paramref name="sum"/>.</param>
    public abstract void Forward(float* sum, float* output, int rows, int columns);

    /// <param name="kept">(rows, columns): the sums where <see cref="KeepsSum"/>, else the outputs.</param>
    /// <param name="gradient">(rows, columns): the gradient by the outputs comes in, the gradient by the sums goes out.</param>
    public abstract void Backward(float* kept, float* gradient, int rows, int columns);

    /// <summary>True where <see cref="ForwardToSlope"/> and <see cref="BackwardFromSlope"/> cost less than the passes above.</summary>
    public virtual bool GivesSlope => false;

    /// <summary>The forward pass, after which the derivative stands where the sums were.</summary>
    /// <param name="sum">(rows, columns): the sums come in, the derivative goes out.</param>
    /// <param name="output">Receives (rows, columns); other memory than <paramref name="sum"/>.</param>
    public virtual void ForwardToSlope(float* sum, float* output, int rows, int columns) => throw new NotSupportedException();

    /// <summary>The backward pass from what <see cref="ForwardToSlope"/> left; the same bits as <see cref="Backward"/> gives.</summary>
    public virtual void BackwardFromSlope(float* slope, float* gradient, int rows, int columns) => throw new NotSupportedException();

    public static ActivationFunction For(Activation activation) => activation switch
    {
        Activation.None => new IdentityActivation(),
        Activation.Relu => new ElementActivation<ReluFunction>(),
        Activation.LeakyRelu => new ElementActivation<LeakyReluFunction>(),
        Activation.Elu => new ElementActivation<EluFunction>(),
        Activation.Sigmoid => new ElementActivation<SigmoidFunction>(),
        Activation.Tanh => new ElementActivation<TanhFunction>(),
        Activation.Gelu => new SlopeActivation<GeluFunction>(),
        Activation.GeluTanh => new SlopeActivation<GeluTanhFunction>(),
        Activation.Silu => new SlopeActivation<SiluFunction>(),
        Activation.Softplus => new ElementActivation<SoftplusFunction>(),
        Activation.Softmax => new SoftmaxActivation(),
        _ => throw new ModelException($"Activation {activation} is unknown."),
    };
}
