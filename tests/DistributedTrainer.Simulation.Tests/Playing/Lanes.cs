using System.Collections.Concurrent;

namespace DistributedTrainer.Simulation.Tests;

/// <summary>Plays stories on a thread a core; each story stays in one.</summary>
internal static class Lanes
{
    public static IReadOnlyList<Outcome> Play(IEnumerable<int> seeds, Func<int, Lane, Outcome> play)
    {
        var left = new ConcurrentQueue<int>(seeds);
        var outcomes = new ConcurrentBag<Outcome>();
        var errors = new ConcurrentBag<Exception>();
        var threads = Enumerable.Range(0, Environment.ProcessorCount).Select(_ => new Thread(Work)).ToList();
        threads.ForEach(thread => thread.Start());
        threads.ForEach(thread => thread.Join());
        if (!errors.IsEmpty)
            throw new AggregateException(errors);
        return [.. outcomes.OrderBy(outcome => outcome.Story.Seed)];

        void Work()
        {
            using var lane = new Lane();
            try
            {
                while (errors.IsEmpty && left.TryDequeue(out var seed))
                    outcomes.Add(play(seed, lane));
            }
            catch (Exception error)
            {
                errors.Add(error);
            }
        }
    }
}
