using Akka.Actor;
using DistributedTrainer.Coordination;

namespace DistributedTrainer.Actors;

/// <summary>The end of a job on the node that saves the model: ranges come in any order, perhaps before the order to save.</summary>
internal sealed class ModelSaving(OpenedJob job, string self, IActorRef node, IActorRef jobActor) : IDisposable
{
    private readonly List<(int Range, TensorBuffer Buffer)> _early = [];
    private ModelCollector? _collector;
    private Task _saving = Task.CompletedTask;

    public void Begin(SaveModel order)
    {
        if (order.Saver != self || _collector is not null)
            return;
        _collector = new ModelCollector(job, order);
        foreach (var (range, buffer) in _early)
            Take(range, buffer);
        _early.Clear();
    }

    /// <summary>Takes a range and releases its buffer.</summary>
    public void Take(int range, TensorBuffer buffer)
    {
        if (_collector is null)
        {
            _early.Add((range, buffer)); // another node had the order first
            return;
        }

        if (_collector is { IsComplete: false } collector)
        {
            collector.Take(range, buffer);
            if (collector.IsComplete)
                Save(collector);
        }

        buffer.Release();
    }

    /// <summary>A model that is being saved still reads the data and its own copy of the parameters.</summary>
    public void Dispose() => _saving.ContinueWith(
        _ =>
        {
            _collector?.Dispose();
            job.Dispose();
        },
        TaskScheduler.Default);

    private void Save(ModelCollector collector)
    {
        var saved = Task.Run(() => new ToCoordinator(ModelSaver.Save(job, collector)));
        _saving = saved;
        saved.PipeTo(node, jobActor, failure: error => new ToCoordinator(
            new ModelSaved(job.Id, "", "", false, 0, [], [], $"node {self} could not save the model: {error.Message}")));
    }
}
