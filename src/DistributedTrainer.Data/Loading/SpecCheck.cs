namespace DistributedTrainer.Data;

/// <summary>What can be said of a spec before any file is read.</summary>
internal static class SpecCheck
{
    /// <exception cref="DataException">A part is asked for both as a fraction and as files.</exception>
    public static void RequireOneKindOfParts(DataSpec spec)
    {
        Require("validation", spec.ValidationFraction, spec.ValidationFiles);
        Require("test", spec.TestFraction, spec.TestFiles);
    }

    private static void Require(string part, double fraction, DataFiles? files)
    {
        if (fraction != 0 && files is not null)
            throw new DataException($"{part}: both the fraction {fraction} and the file {files.Path} are given; choose one.");
    }
}
