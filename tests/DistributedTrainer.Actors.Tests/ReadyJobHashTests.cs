namespace DistributedTrainer.Actors.Tests;

public class ReadyJobHashTests
{
    public static TheoryData<string> Small => [.. ReadyJobs.Names.Where(name => !IsMnist(name))];

    public static TheoryData<string> Mnist => [.. ReadyJobs.Names.Where(IsMnist)];

    [Fact]
    public void Every_ready_job_has_a_hash() => Assert.Equal(ReadyJobs.Names, RecordedHashes.Read().Keys.Order(StringComparer.Ordinal));

    [Theory, MemberData(nameof(Small))]
    public Task Ends_at_the_recorded_hash(string job) => Check(job);

    [MnistTheory, MemberData(nameof(Mnist))]
    public Task Mnist_ends_at_the_recorded_hash(string job) => Check(job);

    private static bool IsMnist(string name) => name.StartsWith("mnist-", StringComparison.Ordinal);

    private static async Task Check(string job)
    {
        var folder = Directory.CreateTempSubdirectory("dtrain-hash-");
        try
        {
            var result = await Trainer.TrainAsync(ReadyJobs.Read(job), folder.FullName);
            if (RecordedHashes.IsRecording)
                RecordedHashes.Write(job, result.WeightsSha256);
            else
                Assert.Equal(RecordedHashes.Read()[job], result.WeightsSha256);
        }
        finally
        {
            folder.Delete(recursive: true);
        }
    }
}
