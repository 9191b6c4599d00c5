using System.Xml.Linq;
using DistributedTrainer.Actors;
using DistributedTrainer.Coordination;
using DistributedTrainer.Data;
using DistributedTrainer.Learning;

namespace DistributedTrainer.Cli.Tests;

public class FindRatePageTests
{
    [Fact]
    public void Shows_the_curve_and_names_the_rate()
    {
        var job = new Job { Name = "a & b", Data = new BuiltInData("digits"), Model = [], Loss = new CrossEntropy(), Optimizer = new Adam { LearningRate = 1 } };
        var points = Enumerable.Range(0, 5).Select(step => new RatePoint(0.001 * (1 << step), 5 - step, 5 - step)).ToList();
        var html = FindRatePage.Html(job, points, 0.004);
        var body = XDocument.Parse(html[html.IndexOf("<html", StringComparison.Ordinal)..]);
        Assert.Contains("a & b: learning rates", body.ToString().Replace("&amp;", "&", StringComparison.Ordinal), StringComparison.Ordinal);
        Assert.Single(body.Descendants("svg"));
        Assert.Contains("at a learning rate of 4.0e-03", html, StringComparison.Ordinal);
    }

    [Fact]
    public void Says_where_the_loss_never_falls() => Assert.Contains("try smaller rates", FindRatePage.Verdict(null), StringComparison.Ordinal);
}
