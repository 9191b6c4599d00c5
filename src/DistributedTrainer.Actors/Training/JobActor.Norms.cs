using Akka.Actor;

namespace DistributedTrainer.Actors;

/// <summary>The part that carries the sums of squares between the servers of a job whose gradients are clipped by their norm.</summary>
internal sealed partial class JobActor
{
    /// <summary>A range's server here tells the others, each node once.</summary>
    private void Share(ShareNorm share)
    {
        var owners = _owners.Owners;
        for (var range = 0; range < owners.Count; range++)
        {
            if (owners[range].Length > 0 && owners[range] != _self && !_gone.Contains(owners[range]) && IsFirst(owners, range))
                _transport.Send(owners[range], _job.Id, share.Header, share.Sums);
        }

        TakeNorm(new FrameArrived(share.Header, share.Sums));
    }

    private static bool IsFirst(IReadOnlyList<string> owners, int range)
    {
        for (var before = 0; before < range; before++)
        {
            if (owners[before] == owners[range])
                return false;
        }

        return true;
    }

    /// <summary>For every server here but the one that it is from.</summary>
    private void TakeNorm(FrameArrived frame)
    {
        foreach (var (range, server) in _servers)
        {
            if (range == frame.Header.Range)
                continue;
            frame.Payload.Buffer?.Retain();
            server.Tell(frame);
        }

        frame.Payload.Release();
    }
}
