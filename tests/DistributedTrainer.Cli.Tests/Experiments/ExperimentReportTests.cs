using System.Text.Json;
using System.Text.RegularExpressions;
using System.Xml.Linq;
using DistributedTrainer.Coordination;

namespace DistributedTrainer.Cli.Tests;

/// <summary>What an experiment leaves: the contract's JSON, tables, and a page that needs nothing else.</summary>
public sealed partial class ExperimentReportTests : IDisposable
{
    private readonly string _working = Directory.CreateTempSubdirectory("dtrain-experiment-").FullName;

    public void Dispose() => Directory.Delete(_working, recursive: true);

    [Fact]
    public void TheJsonHasTheContractsFieldsInOrder()
    {
        var json = JsonDocument.Parse(ExperimentJson.Write(SampleExperiment.Of(), indented: true)).RootElement;
        Assert.Equal(["scenario", "same_weights", "clean", "runs", "expect"], Names(json));
        Assert.True(json.GetProperty("same_weights").GetBoolean());
        Assert.Equal("cc", json.GetProperty("clean").GetProperty("weights_sha256").GetString());
        var run = Assert.Single(json.GetProperty("runs").EnumerateArray());
        Assert.Equal(["run", "goodput", "samples_lost", "samples_doubled", "steps_repeated", "events"], Names(run));
        Assert.Equal("completed", run.GetProperty("run").GetProperty("state").GetString());
        var killed = Assert.Single(run.GetProperty("events").EnumerateArray());
        Assert.Equal(["kind", "node", "at_step", "at_s", "noticed_ms", "pause_ms", "steps_repeated", "handover_ms"], Names(killed).Take(8));
        Assert.Equal(("kill", "node-3", 30, 0.3), (killed.GetProperty("kind").GetString(), killed.GetProperty("node").GetString(), killed.GetProperty("at_step").GetInt32(), killed.GetProperty("at_s").GetDouble()));
        Assert.Equal((4.0, 180.0), (killed.GetProperty("noticed_ms").GetDouble(), killed.GetProperty("pause_ms").GetDouble()));
        var pause = json.GetProperty("expect").EnumerateArray().Single(verdict => verdict.GetProperty("name").GetString() == "pause-max");
        Assert.Equal(["name", "limit", "found", "met"], Names(pause));
        Assert.Equal((250.0, 180.0, true), (pause.GetProperty("limit").GetDouble(), pause.GetProperty("found").GetDouble(), pause.GetProperty("met").GetBoolean()));
    }

    [Fact]
    public void OtherWeightsAreToldEverywhere()
    {
        var experiment = SampleExperiment.Of(weights: "dd");
        Assert.False(experiment.IsMet);
        Assert.False(JsonDocument.Parse(ExperimentJson.Write(experiment, indented: false)).RootElement.GetProperty("same_weights").GetBoolean());
        Assert.Contains("A disturbed run ended with other weights than the undisturbed one.", ExperimentPage.Html(experiment), StringComparison.Ordinal);
        Assert.Contains("NOT the same weights", Summary(experiment), StringComparison.Ordinal);
    }

    [Fact]
    public void AFailedRunIsToldWithItsReasonEscaped()
    {
        var experiment = SampleExperiment.Of(weights: "", state: "failed");
        var html = ExperimentPage.Html(experiment);
        Assert.Contains("A disturbed run did not complete: node-3 &lt;died&gt;", html, StringComparison.Ordinal);
        Assert.DoesNotContain("<died>", html, StringComparison.Ordinal);
        Assert.Contains("NOT MET  completed: 0 (expected 1)", Summary(experiment), StringComparison.Ordinal);
    }

    [Fact]
    public void ThePageIsWellFormedAndNeedsNothingElse()
    {
        var html = ExperimentPage.Html(SampleExperiment.Of());
        AssertStandsAlone(html);
        var page = XDocument.Parse(html);
        Assert.Equal(4, page.Descendants("svg").Count()); // losses, throughput, lanes of both runs
        var row = page.Descendants("tr").Single(tr => tr.Elements("td").ElementAtOrDefault(1)?.Value == "kill").Elements("td").Select(td => td.Value).ToList();
        Assert.Equal(["1", "kill", "node-3", "30", "0.30 s", "4 ms", "180 ms", "10 ms", "0"], row.Take(9));
        Assert.Contains(page.Descendants("td"), td => td.Value == "equal");
        Assert.Contains(page.Descendants("text"), text => text.Value == "node-3");
        Assert.Contains(page.Descendants("text"), text => text.Value.Contains("samples/s", StringComparison.Ordinal));
    }

    [Fact]
    public void ChartsInOnePageDoNotShareIds()
    {
        var ids = XDocument.Parse(ExperimentPage.Html(SampleExperiment.Of())).Descendants().Attributes("id").Select(id => id.Value).ToList();
        Assert.NotEmpty(ids);
        Assert.Equal(ids.Count, ids.Distinct().Count());
        var html = ExperimentPage.Html(SampleExperiment.Of());
        Assert.All(Reference().Matches(html), reference => Assert.Contains(reference.Groups[1].Value[1..], ids));
        Assert.Equal(ids.Count, XDocument.Parse(html).Descendants("clipPath").Count());
    }

    [Fact]
    public void TheFolderHoldsTablesOfWhatTheChartsShow()
    {
        var folder = ReportFolder.Create(null, "small", ExperimentReport.ScenarioFileName, SampleExperiment.Text, _working);
        ExperimentReport.Write(SampleExperiment.Of(), folder);
        Assert.Equal(
            ["events.csv", "experiment.json", "lanes.csv", "losses.csv", "report.html", "scenario.yaml", "throughput.csv"],
            Directory.GetFiles(folder.Path).Select(file => Path.GetFileName(file)).Order(StringComparer.Ordinal));
        Assert.Equal("run-1,kill,node-3,30,0.300,4,180,0,3200,177.8,3200,10,", File.ReadAllLines(folder.PathOf("events.csv"))[1]);
        Assert.Contains("clean,0.025,", File.ReadAllText(folder.PathOf("throughput.csv")), StringComparison.Ordinal);
        Assert.Contains("run-1,1,45,0.5,0.6", File.ReadAllText(folder.PathOf("losses.csv")), StringComparison.Ordinal);
        Assert.Contains("run-1,node-3,4,8,1,30,0.000,0.300,30", File.ReadAllText(folder.PathOf("lanes.csv")), StringComparison.Ordinal);
    }

    [Fact]
    public void ARunsPageShowsCurvesClassesModelAndEvents()
    {
        var result = Samples.Result with { Confusion = new ClassConfusion("validation", ["no", "<yes>"], [40, 2, 3, 55]) };
        var record = Samples.Record with
        {
            Started = Samples.Started with { Layers = [new("dense-1", "dense", [10], 650)] },
        };
        var html = RunPage.Html(record, result, [Samples.Epoch(1).Row, Samples.Epoch(2).Row]);
        AssertStandsAlone(html);
        var page = XDocument.Parse(html);
        Assert.Equal(2, page.Descendants("svg").Count());
        Assert.Contains(page.Descendants("th"), th => th.Value == "<yes>");
        Assert.Equal(["40", "2", "95.2%", "3", "55", "94.8%"], page.Descendants("table").Single(table => table.Attribute("class")?.Value == "matrix").Descendants("td").Select(td => td.Value.Replace(" ", "", StringComparison.Ordinal)));
        Assert.Contains(page.Descendants("td"), td => td.Value == "dense-1");
        Assert.Contains(page.Descendants("td"), td => td.Value == "node-left");
    }

    [Fact]
    public void ARunWithoutAnEpochHasAPageToo()
    {
        var html = RunPage.Html(Samples.Record, Samples.Result with { State = "failed", TrainLoss = double.NaN, PerNode = [], Events = [] }, []);
        AssertStandsAlone(html);
        Assert.Empty(XDocument.Parse(html).Descendants("svg"));
    }

    private static string Summary(ExperimentRecord experiment)
    {
        var text = new StringWriter();
        ExperimentSummary.Write(text, experiment, "folder");
        return text.ToString();
    }

    private static IEnumerable<string> Names(JsonElement json) => json.EnumerateObject().Select(property => property.Name);

    /// <summary>Nothing is loaded from anywhere: references lead into the page itself.</summary>
    private static void AssertStandsAlone(string html)
    {
        Assert.StartsWith("<!DOCTYPE html>", html, StringComparison.Ordinal);
        Assert.DoesNotContain("://", html, StringComparison.Ordinal);
        Assert.DoesNotContain("<script", html, StringComparison.OrdinalIgnoreCase);
        Assert.All(Reference().Matches(html), reference => Assert.StartsWith("#", reference.Groups[1].Value, StringComparison.Ordinal));
    }

    [GeneratedRegex("""(?:href=|src=|url\()["']?([^"')]*)""")]
    private static partial Regex Reference();
}
