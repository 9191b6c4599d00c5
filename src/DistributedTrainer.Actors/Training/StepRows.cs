using DistributedTrainer.Data;
using DistributedTrainer.Learning;

namespace DistributedTrainer.Actors;

/// <summary>
/// Fills a pass with rows of a step: inputs, targets and the rows' numbers. Where the job labels rows itself, an unlabelled row without a
/// label leaves its place in the batch to a labelled one, each of which stands in for as many: so every epoch has the same steps. One a thread.
/// </summary>
internal sealed unsafe class StepRows(OpenedJob job)
{
    private readonly TrainingReader _training = job.Data.CreateTrainingReader();
    private readonly TrainingReader? _unlabelled = job.Network.Layout.PseudoLabels is null ? null : job.Data.CreateUnlabelledReader();

    /// <param name="pass">Room for the rows.</param>
    /// <param name="step">Keys what is drawn at random.</param>
    /// <param name="rows">As the plan of batches names them: training rows, then unlabelled ones.</param>
    /// <param name="parameters">The step's version, which has the labels.</param>
    public void Fill(NetworkPass pass, long step, ReadOnlySpan<int> rows, float* parameters)
    {
        pass.Step = step;
        var epoch = job.Plan.Batches.Epoch(step);
        if (_unlabelled is null)
            _training.Read(rows, epoch, pass.Inputs, pass.Targets);
        for (var index = 0; index < rows.Length; index++)
        {
            pass.RowIds[index] = (uint)(_unlabelled is null || rows[index] < job.Data.Train.Count
                ? job.Data.Train.RowId(rows[index]) : job.Data.Unlabelled!.RowId(rows[index] - job.Data.Train.Count));
            if (_unlabelled is not null)
                Read(_unlabelled, rows[index], epoch, pass.Inputs + (long)index * job.Network.InputLength, pass.Targets + index, parameters);
        }
    }

    private void Read(TrainingReader unlabelled, int row, long epoch, float* input, float* target, float* parameters)
    {
        var labelled = job.Data.Train.Count;
        var label = row < labelled ? -1 : job.Network.Layout.PseudoLabels!.ClassOf(parameters, row - labelled);
        if (label < 0)
        {
            _training.Read([row < labelled ? row : (row - labelled) % labelled], epoch, input, target);
            return;
        }

        unlabelled.Read([row - labelled], epoch, input, null);
        *target = label;
    }
}
