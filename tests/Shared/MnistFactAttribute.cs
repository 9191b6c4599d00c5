namespace DistributedTrainer.Tests;

/// <summary>A test on the real files, skipped with a message where DTRAIN_DATA does not lead to them.</summary>
public sealed class MnistFactAttribute : FactAttribute
{
    public MnistFactAttribute()
    {
        if (!Directory.Exists(Path.Combine(Environment.GetEnvironmentVariable("DTRAIN_DATA") ?? "", "mnist")))
            Skip = "DTRAIN_DATA does not name a folder with mnist/ in it.";
    }
}
