namespace DistributedTrainer.Actors.Tests;

public class ReadyJobHashTests
{
    private const string Mnist = "mnist-mlp.yaml";

    public static TheoryData<string> Small => [.. ReadyJobs.Names.Where(name => name != Mnist)];

    [Fact]
    public void Every_ready_job_has_a_hash() => Assert.Equal(ReadyJobs.Names, RecordedHashes.Read().Keys.Order(StringComparer.Ordinal));

    [Theory, MemberData(nameof(Small))]
    public Task Ends_at_the_recorded_hash(string job) => Check(job);

    [MnistFact]
    public Task Mnist_ends_at_the_recorded_hash() => Check(Mnist);

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
