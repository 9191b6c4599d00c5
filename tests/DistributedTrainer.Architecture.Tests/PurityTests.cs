namespace DistributedTrainer.Architecture.Tests;

/// <summary>Decisions know no clock, no files and no chance; weights know no C library.</summary>
public class PurityTests
{
    public static TheoryData<string> Names => Rooms.Names;

    [Fact]
    public void Coordination_opens_no_file_and_no_socket()
    {
        var room = Rooms.Compiled("Coordination");
        string[] files = ["File", "FileInfo", "FileStream", "Directory", "DirectoryInfo", "DriveInfo", "StreamReader", "StreamWriter", "FileSystemWatcher"];
        Assert.Empty(room.Types.Intersect(files.Select(file => $"System.IO.{file}")));
        Assert.DoesNotContain(room.Types, type => type.StartsWith("System.Net.", StringComparison.Ordinal));
        Assert.DoesNotContain("System.Console", room.Types);
    }

    [Fact]
    public void Coordination_knows_no_clock_and_starts_no_threads()
    {
        var room = Rooms.Compiled("Coordination");
        string[] types = ["System.Diagnostics.Stopwatch", "System.TimeProvider", "System.Threading.Thread", "System.Threading.Timer", "System.Threading.ThreadPool", "System.Random"];
        Assert.Empty(room.Types.Intersect(types));
        string[] members =
        [
            "System.DateTime.get_Now", "System.DateTime.get_UtcNow", "System.DateTimeOffset.get_Now", "System.DateTimeOffset.get_UtcNow",
            "System.Environment.get_TickCount", "System.Environment.get_TickCount64", "System.Environment.GetEnvironmentVariable",
            "System.Threading.Tasks.Task.Run", "System.Threading.Tasks.Task.Delay", "System.Guid.NewGuid",
        ];
        Assert.Empty(room.Members.Intersect(members));
    }

    [Theory, MemberData(nameof(Names))]
    public void Time_of_day_and_chance_are_given_never_taken(string room)
    {
        var compiled = Rooms.Compiled(room);
        Assert.DoesNotContain("System.Random", compiled.Types);
        Assert.Empty(compiled.Members.Intersect(
            ["System.DateTime.get_Now", "System.DateTime.get_UtcNow", "System.DateTimeOffset.get_Now", "System.DateTimeOffset.get_UtcNow", "System.Guid.NewGuid"]));
    }

    /// <summary>
    /// Everything of these types that is the same on every machine: exact, or correctly rounded by IEEE 754. The rest of them (exp, log,
    /// pow, sin and their kin) is the C library's, whose last bit differs.
    /// </summary>
    private static readonly string[] SameEverywhere =
    [
        "Abs", "BigMul", "BitDecrement", "BitIncrement", "Ceiling", "Clamp", "CopySign", "DivRem", "Floor", "FusedMultiplyAdd", "IEEERemainder", "ILogB", "Max", "MaxMagnitude",
        "Min", "MinMagnitude", "Round", "ScaleB", "Sign", "Sqrt", "Truncate",
    ];

    [Theory, InlineData("Numerics"), InlineData("Learning"), InlineData("Data")]
    public void No_weight_passes_through_the_C_library(string room)
    {
        var used = Rooms.Compiled(room).Members
            .Where(member => member.StartsWith("System.Math.", StringComparison.Ordinal) || member.StartsWith("System.MathF.", StringComparison.Ordinal))
            .Select(member => member[(member.LastIndexOf('.') + 1)..]);
        Assert.Empty(used.Except(SameEverywhere));
    }

    [Theory, InlineData("Numerics"), InlineData("Learning"), InlineData("Data")]
    public void Nor_by_way_of_the_number_types(string room)
    {
        string[] transcendental =
        [
            "Exp", "ExpM1", "Exp2", "Exp2M1", "Exp10", "Exp10M1", "Log", "LogP1", "Log2", "Log2P1", "Log10", "Log10P1", "Pow", "Cbrt", "RootN", "Hypot", "Sin", "Cos", "Tan",
            "SinPi", "CosPi", "TanPi", "SinCos", "Asin", "Acos", "Atan", "Atan2", "Sinh", "Cosh", "Tanh", "Asinh", "Acosh", "Atanh", "ReciprocalEstimate", "ReciprocalSqrtEstimate",
            "MultiplyAddEstimate",
        ];
        Assert.DoesNotContain(Rooms.Compiled(room).Members, member =>
            (member.StartsWith("System.Single.", StringComparison.Ordinal) || member.StartsWith("System.Double.", StringComparison.Ordinal)
                || (member.StartsWith("System.Numerics.", StringComparison.Ordinal) && !member.StartsWith("System.Numerics.BitOperations.", StringComparison.Ordinal)) // whole numbers
                || member.StartsWith("System.Runtime.Intrinsics.Vector", StringComparison.Ordinal))
            && transcendental.Contains(member[(member.LastIndexOf('.') + 1)..]));
    }
}
