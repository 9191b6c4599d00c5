namespace DistributedTrainer.Data;

/// <summary>The text that small language models are compared on: 1,115,394 characters of plays, 65 of them different (Karpathy 2015).</summary>
internal static class TinyShakespeare
{
    /// <exception cref="DataException">There is no such file; the message says where it was looked for and where to get it.</exception>
    public static string Find()
    {
        const string HowToGet = "Get it from https://raw.githubusercontent.com/karpathy/char-rnn/master/data/tinyshakespeare/input.txt";
        var data = Environment.GetEnvironmentVariable(MnistFiles.DataVariable);
        if (string.IsNullOrEmpty(data))
        {
            throw new DataException(
                $"text: neither 'path' nor the environment variable {MnistFiles.DataVariable} says where the file is. {HowToGet}, and name it with "
                    + $"'path', or put it into a folder 'tinyshakespeare' and set {MnistFiles.DataVariable} to the folder above.")
            { IsMissing = true };
        }

        var path = Path.Combine(data, "tinyshakespeare", "input.txt");
        return File.Exists(path) ? path : throw new DataException($"{path}: no such file. {HowToGet}, or name another text with 'path'.") { IsMissing = true };
    }
}
