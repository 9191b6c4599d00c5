namespace DistributedTrainer.Numerics;

/// <summary>A function of one value, written once for every vector width. A struct; its parameters are its fields.</summary>
public interface IUnaryFormula
{
    TVector Apply<TVector>(TVector x)
        where TVector : struct, IVector<TVector>;
}

/// <summary>A function of two values, written once for every vector width.</summary>
public interface IBinaryFormula
{
    TVector Apply<TVector>(TVector x, TVector y)
        where TVector : struct, IVector<TVector>;
}

/// <summary>A function of three values, written once for every vector width.</summary>
public interface ITernaryFormula
{
    TVector Apply<TVector>(TVector x, TVector y, TVector z)
        where TVector : struct, IVector<TVector>;
}
