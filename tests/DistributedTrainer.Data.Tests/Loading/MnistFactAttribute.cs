namespace DistributedTrainer.Data.Tests;

/// <summary>A test on the real files, skipped with a message where DTRAIN_DATA does not lead to them.</summary>
public sealed class MnistFactAttribute : FactAttribute
{
    public MnistFactAttribute()
    {
        var data = Environment.GetEnvironmentVariable("DTRAIN_DATA");
        if (data is null || !Directory.Exists(Path.Combine(data, "mnist")))
            Skip = "DTRAIN_DATA does not name a folder with mnist/ in it.";
    }
}
