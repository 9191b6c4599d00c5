using DistributedTrainer.Coordination;

namespace DistributedTrainer.Actors.Tests;

public class ReadyJobHashTests
{
    public static TheoryData<string> Small => [.. ReadyJobs.Names.Where(name => !IsMnist(name) && !RecordedHashes.Long.Contains(name))];

    public static TheoryData<string> Mnist => [.. ReadyJobs.Names.Where(name => IsMnist(name) && !RecordedHashes.Long.Contains(name))];

    public static TheoryData<string> Long => [.. RecordedHashes.Long];

    [Fact]
    public void Every_ready_job_has_a_hash()
    {
        var whole = RecordedHashes.Read().Keys.Except(RecordedHashes.Long);
        Assert.Equal(ReadyJobs.Names, whole.Concat(RecordedHashes.Read(first: true).Keys).Order(StringComparer.Ordinal));
    }

    [Theory, MemberData(nameof(Small))]
    public Task Ends_at_the_recorded_hash(string job) => Check(job);

    [MnistTheory, MemberData(nameof(Mnist))]
    public Task Mnist_ends_at_the_recorded_hash(string job) => Check(job);

    [MnistTheory, MemberData(nameof(Long))]
    public Task After_its_first_steps_stands_at_the_recorded_hash(string job) => Check(job, first: true);

    private static bool IsMnist(string name) => name.StartsWith("mnist-", StringComparison.Ordinal);

    private static async Task Check(string job, bool first = false)
    {
        var folder = Directory.CreateTempSubdirectory("dtrain-hash-");
        try
        {
            var whole = ReadyJobs.Read(job);
            var result = await Trainer.TrainAsync(first ? FirstStepsOf(whole) : whole, folder.FullName);
            if (RecordedHashes.IsRecording)
                RecordedHashes.Write(job, result.WeightsSha256, first);
            else
                Assert.Equal(RecordedHashes.Read(first)[job], result.WeightsSha256);
        }
        finally
        {
            folder.Delete(recursive: true);
        }
    }

    private static Job FirstStepsOf(Job job) => job with { Stop = job.Stop with { Steps = RecordedHashes.FirstSteps } };
}
