using CsCheck;

namespace DistributedTrainer.Coordination.Tests;

/// <summary>Whatever the text, the answer is a job or one <see cref="JobFileException"/> that says where.</summary>
public class JobFuzzTests
{
    private const string Pieces = "{}[]:,-?&*!|>'\"%@`#~ \t\n\r\0\u0085\u2028\ufeff\ud8000aA.e+<=\\/_";

    [Fact]
    public void Damaged_files_give_one_clear_error()
    {
        var texts = Directory.GetFiles(ReadyJobs.Folder, "*.yaml").Select(File.ReadAllText).ToArray();
        var edit = Gen.Select(Gen.Int[0, 4], Gen.Int[0, 2000], Gen.Int[0, 40], Gen.Int[0, Pieces.Length - 1]);
        Gen.Select(Gen.Int[0, texts.Length - 1], edit.List[1, 6]).Sample(
            (which, edits) => Answers(edits.Aggregate(texts[which], (text, e) => Damage(text, e.Item1, e.Item2, e.Item3, Pieces[e.Item4]))), iter: 3000);
    }

    [Fact]
    public void Noise_gives_one_clear_error() =>
        Gen.String[Gen.Int[0, Pieces.Length - 1].Select(i => Pieces[i]), 0, 60].Sample(text => Answers(text), iter: 3000);

    [Fact]
    public void Noisy_overrides_give_one_clear_error() => Gen.String[Gen.OneOf(Gen.Char["model.012=dense{}[]: "], Gen.Char[' ', '~']), 0, 30].Sample(setting =>
    {
        try
        {
            JobText.Parse(JobText.Smallest, setting);
        }
        catch (JobFileException e)
        {
            Assert.NotEmpty(e.Message);
        }
    });

    private static string Damage(string text, int how, int at, int length, char piece)
    {
        at = Math.Min(at, text.Length);
        length = Math.Min(length, text.Length - at);
        return how switch
        {
            0 => text.Remove(at, length),
            1 => text.Insert(at, piece.ToString()),
            2 => text.Insert(at, text.Substring(at, length)),
            3 => text[..at],
            _ => text[..at] + piece + text[Math.Min(text.Length, at + 1)..],
        };
    }

    private static void Answers(string text)
    {
        try
        {
            JobFile.Format(JobText.Parse(text));
        }
        catch (JobFileException e)
        {
            Assert.StartsWith("jobs/x.yaml", e.Message);
            Assert.InRange(e.Line ?? 1, 1, text.Count(c => c is '\n' or '\r' or '\u0085' or '\u2028' or '\u2029') + 1);
        }
    }
}
