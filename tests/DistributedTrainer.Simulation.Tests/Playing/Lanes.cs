using System.Collections.Concurrent;

namespace DistributedTrainer.Simulation.Tests;

/// <summary>Plays stories on a thread a core; each story stays in one.</summary>
internal static class Lanes
{
    /// <param name="untilFound">Ends at the first story that fails.</param>
    public static IReadOnlyList<Outcome> Play(IEnumerable<int> seeds, Func<int, Lane, Outcome> play, bool untilFound = false)
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
                {
                    var outcome = play(seed, lane);
                    outcomes.Add(outcome);
                    if (untilFound && outcome.Violation is not null)
                        left.Clear();
                }
            }
            catch (Exception error)
            {
                errors.Add(error);
            }
        }
    }
}
