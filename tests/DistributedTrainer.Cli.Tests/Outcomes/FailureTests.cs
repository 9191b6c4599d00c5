using DistributedTrainer.Actors;
using DistributedTrainer.Coordination;
using DistributedTrainer.Data;
using DistributedTrainer.Learning;

namespace DistributedTrainer.Cli.Tests;

public sealed class FailureTests
{
    public static TheoryData<Exception, int> Exceptions => new()
    {
        { new JobFileException("x.yaml:3: wrong"), ExitCode.WrongInput },
        { new DataException("x.csv: wrong"), ExitCode.WrongInput },
        { new ModelException("layer wrong"), ExitCode.WrongInput },
        { new NodeStartException("port 4053 is in use"), ExitCode.NotAdmitted },
        { new NodeStartException("node.conf is wrong", exitCode: 2), ExitCode.WrongInput },
        { new CommandException("node-2 died", ExitCode.Failed), ExitCode.Failed },
        { new AggregateException(new DataException("x.csv: wrong")), ExitCode.WrongInput },
    };

    [Theory]
    [MemberData(nameof(Exceptions))]
    public void UsersGetTheMessageAndNoTrace(Exception exception, int expected)
    {
        var failure = Failure.Of(exception);

        Assert.Equal(expected, failure.ExitCode);
        Assert.Equal((exception.InnerException ?? exception).Message, failure.Reason);
        Assert.DoesNotContain("Exception", failure.Text, StringComparison.Ordinal);
    }

    [Fact]
    public void DefectsKeepTheirTrace()
    {
        var failure = Failure.Of(new InvalidOperationException("oops"));

        Assert.Equal(ExitCode.Failed, failure.ExitCode);
        Assert.Contains(nameof(InvalidOperationException), failure.Text, StringComparison.Ordinal);
    }

    [Fact]
    public void JsonHasTheMessageAndTheCode() =>
        Assert.Equal("""{"error":"dtrain: port \u0022x\u0022","exit_code":3}""", Failure.Of(new NodeStartException("port \"x\"")).ToJson());
}
