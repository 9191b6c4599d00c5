using System.Text;

namespace DistributedTrainer.Cli;

/// <summary>The files of an experiment's report folder. Each run has a folder of its own in it.</summary>
internal static class ExperimentReport
{
    public const string ScenarioFileName = "scenario.yaml";

    public static void Write(ExperimentRecord experiment, ReportFolder folder)
    {
        folder.WriteWhole("experiment.json", ExperimentJson.Write(experiment, indented: true));
        Write("throughput.csv", ExperimentCsv.Throughput(experiment));
        Write("losses.csv", ExperimentCsv.Losses(experiment));
        Write("events.csv", ExperimentCsv.Events(experiment));
        Write("lanes.csv", ExperimentCsv.Lanes(experiment));
        Write(ReportPage.FileName, ExperimentPage.Html(experiment));

        void Write(string name, string text) => folder.WriteWhole(name, Encoding.UTF8.GetBytes(text));
    }
}
