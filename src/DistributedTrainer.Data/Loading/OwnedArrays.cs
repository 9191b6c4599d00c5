namespace DistributedTrainer.Data;

/// <summary>The array files that a data set holds open.</summary>
internal sealed class OwnedArrays : IDisposable
{
    private readonly List<DenseArray> _arrays = [];

    public DenseArray First => _arrays[0];

    public DenseArray Add(DenseArray array)
    {
        _arrays.Add(array);
        return array;
    }

    public void Dispose() => _arrays.ForEach(array => array.Dispose());
}
