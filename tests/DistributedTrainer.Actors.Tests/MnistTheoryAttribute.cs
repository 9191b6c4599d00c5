namespace DistributedTrainer.Actors.Tests;

/// <summary>A theory on MNIST's files, which a fresh clone does not have.</summary>
public sealed class MnistTheoryAttribute : TheoryAttribute
{
    public MnistTheoryAttribute() => Skip = new MnistFactAttribute().Skip;
}
