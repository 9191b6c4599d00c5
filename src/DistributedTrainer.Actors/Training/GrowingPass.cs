using DistributedTrainer.Learning;

namespace DistributedTrainer.Actors;

/// <summary>A thread's working memory for passes: made anew where more rows are asked for than ever before.</summary>
/// <param name="network">What passes compute.</param>
/// <param name="seed">The job's.</param>
internal sealed class GrowingPass(Network network, ulong seed) : IDisposable
{
    private NetworkPass? _pass;

    /// <summary>Room for so many rows at least; what an earlier answer held is gone.</summary>
    public NetworkPass For(int rows)
    {
        if (_pass is null || _pass.MaxRows < rows)
        {
            _pass?.Dispose();
            _pass = network.CreatePass(rows, seed);
        }

        return _pass;
    }

    public void Dispose() => _pass?.Dispose();
}
