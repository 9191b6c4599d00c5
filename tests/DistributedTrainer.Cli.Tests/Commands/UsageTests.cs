namespace DistributedTrainer.Cli.Tests;

public sealed class UsageTests
{
    [Theory]
    [InlineData("trian job.yaml", "there is no command or option 'trian'; did you mean 'train'? See: dtrain --help")]
    [InlineData("train job.yaml --nods 3", "train does not know '--nods'; did you mean '--nodes'? See: dtrain train --help")]
    [InlineData("train job.yaml --nodes zero", "--nodes is 'zero'; allowed is a whole number from 1 to 64. See: dtrain train --help")]
    [InlineData("train job.yaml --nodes 0", "--nodes is '0'; allowed is a whole number from 1 to 64. See: dtrain train --help")]
    [InlineData("train job.yaml --threads -1", "--threads is '-1'; allowed is a whole number from 1 to 1024. See: dtrain train --help")]
    [InlineData("train", "Required argument 'JOB' missing for command: 'train'. See: dtrain train --help")]
    [InlineData("node --port 70000", "--port is '70000'; allowed is a whole number from 0 to 65535. See: dtrain node --help")]
    [InlineData("bench stap", "bench does not know 'stap'; did you mean 'step'? See: dtrain bench --help")]
    [InlineData("bench step --model mpl --batch 8 --steps 2", "--model is 'mpl'; allowed are softmax, mlp, mlp1k, lenet, lstm, gpt; did you mean 'mlp'? See: dtrain bench step --help")]
    [InlineData("bench step --model mlp --steps 2", "Option '--batch' is required. See: dtrain bench step --help")]
    [InlineData("bench step --model mlp --batch 8 --steps 2 --optimizer sgd", "--optimizer is 'sgd'; allowed are adam, gd; did you mean 'gd'? See: dtrain bench step --help")]
    [InlineData("bench exchange --floats 0", "--floats is '0'; allowed is a whole number from 1 to 250000000. See: dtrain bench exchange --help")]
    [InlineData("bench exchange --floats 10 --nodes 1", "--nodes is '1'; allowed is a whole number from 2 to 64. See: dtrain bench exchange --help")]
    public void MistakesAreNamed(string line, string expected)
    {
        var error = UsageError.From(CommandLine.Create().Parse(line.Split(' ')));

        Assert.Equal(expected, error.Message);
        Assert.Equal(ExitCode.WrongInput, error.ExitCode);
    }

    [Fact]
    public void SettingsMayRepeat()
    {
        var parsed = CommandLine.Create().Parse(["train", "job.yaml", "--set", "a=1", "--set", "b=[1, 2]"]);

        Assert.Empty(parsed.Errors);
        Assert.Equal(["a=1", "b=[1, 2]"], parsed.GetValue<string[]>("--set")!);
    }

    [Theory]
    [InlineData("train none.yaml", ExitCode.WrongInput)]
    [InlineData("validate none.yaml", ExitCode.WrongInput)]
    [InlineData("train none.yaml --resume", ExitCode.WrongInput)]
    [InlineData("train none.yaml --nodes 2 --replicas 2", ExitCode.WrongInput)]
    [InlineData("node --roles worke", ExitCode.WrongInput)]
    [InlineData("node --config none.conf", ExitCode.WrongInput)]
    [InlineData("experiment none.yaml", ExitCode.WrongInput)]
    [InlineData("status --seeds here", ExitCode.WrongInput)]
    [InlineData("evaluate none", ExitCode.WrongInput)]
    [InlineData("predict none --data none.csv", ExitCode.WrongInput)]
    [InlineData("certs create --out none --names ,", ExitCode.WrongInput)]
    [InlineData("certs create --out none --names a/b", ExitCode.WrongInput)]
    [InlineData("certs create --out none --names ../a", ExitCode.WrongInput)]
    [InlineData("certs create --out none --names authority", ExitCode.WrongInput)]
    [InlineData("certs create --out none --names a,a", ExitCode.WrongInput)]
    [InlineData("status --config none.conf", ExitCode.WrongInput)]
    [InlineData("nothing", ExitCode.WrongInput)]
    [InlineData("bench", ExitCode.WrongInput)]
    [InlineData("bench step --model mlp --batch 4 --steps 2 --shards 5", ExitCode.WrongInput)]
    [InlineData("bench step --model mlp --batch 4 --steps 2 --nodes 5", ExitCode.WrongInput)]
    [InlineData("bench step --model mlp --batch 4 --steps 2 --nodes 2 --replicas 2", ExitCode.WrongInput)]
    [InlineData("bench step --model mlp --batch 4 --steps 2147483647", ExitCode.WrongInput)]
    [InlineData("bench step --model mlp --batch 4 --steps 2 --config none.conf", ExitCode.WrongInput)]
    [InlineData("bench exchange --floats 10 --steps 2147483647", ExitCode.WrongInput)]
    [InlineData("bench exchange --floats 10 --config none.conf", ExitCode.WrongInput)]
    public async Task WrongInputEndsWithItsExitCode(string line, int expected) =>
        Assert.Equal(expected, await CommandLine.RunAsync(line.Split(' ')));
}
