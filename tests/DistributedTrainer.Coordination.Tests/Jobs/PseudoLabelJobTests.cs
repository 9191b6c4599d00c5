namespace DistributedTrainer.Coordination.Tests;

public class PseudoLabelJobTests
{
    private const string Labels = "pseudo-labels: { confidence: 0.9, rounds: 2, every: 3 epochs }";

    [Fact]
    public void Says_how_sure_how_often_and_when()
    {
        var job = Parse("data: { source: digits, labelled: 50 rows }", Labels);
        Assert.Equal(new PseudoLabelSpec { Confidence = 0.9, Rounds = 2, Every = 3 }, job.PseudoLabels);
        Assert.Equal(50, job.Data.LabelledRows);
        var again = JobFile.Parse(JobFile.Format(job), "again.yaml");
        Assert.Equal(JobFile.Format(job), JobFile.Format(again));
        Assert.Equal(new PseudoLabelSpec(), Parse("data: { source: digits, labelled: 1 row }", "pseudo-labels: {}").PseudoLabels);
    }

    [Fact]
    public void The_recipe_knows_of_it_but_not_where_the_rows_lie()
    {
        string[] recipes =
        [
            Recipe("data: { source: digits }", ""), Recipe("data: { source: digits, labelled: 50 rows }", ""), Recipe("data: { source: digits, labelled: 60 rows }", ""),
            Recipe("data: { source: digits, labelled: 50 rows }", Labels), Recipe("data: { source: digits, unlabelled: { path: a.csv } }", Labels),
        ];
        Assert.Equal(recipes.Length, recipes.Distinct().Count());
        Assert.Equal(recipes[^1], Recipe("data: { source: digits, unlabelled: { path: b.csv } }", Labels));
        Assert.Equal(Path.GetFullPath("b.csv"), Parse("data: { source: digits, unlabelled: { path: b.csv } }", Labels).Data.Files().Single());
    }

    [Theory]
    [InlineData("data: digits", Labels, "pseudo-labels: there are no unlabelled rows")]
    [InlineData("data: { source: digits, unlabelled: { path: a.csv } }", "", "nothing uses")]
    [InlineData("data: { source: digits, labelled: 5 rows, unlabelled: { path: a.csv } }", Labels, "data.labelled: unlabelled rows come from a file already")]
    [InlineData("data: { source: digits, labelled: 50 }", Labels, "data.labelled: '50' has no unit")]
    [InlineData("data: { source: digits, labelled: 50 rows, shard-by: rows }", Labels, "write shard-by: batch")]
    [InlineData("data: { source: diabetes, labelled: 50 rows }", Labels + "\nloss: mse", "the loss must be cross-entropy")]
    [InlineData("data: { source: digits, labelled: 50 rows }", "pseudo-labels: { rounds: 2, every: 5 epochs }", "leave none of the 10 epochs to learn from the last")]
    [InlineData("data: { source: digits, labelled: 50 rows }", "pseudo-labels: { confidence: 1.5 }", "pseudo-labels.confidence: expected a number from 0 to 1")]
    [InlineData("data: { source: text, window: 8, labelled: 50 rows }", Labels, "data.labelled: unknown key 'labelled'")]
    public void Refuses_what_cannot_be(string data, string more, string message) =>
        Assert.Contains(message, Assert.Throws<JobFileException>(() => Parse(data, more)).Message);

    private static string Recipe(string data, string more) => JobFile.RecipeSha256(Parse(data, more));

    private static Job Parse(string data, string more) => JobFile.Parse(
        $"{data}\nmodel: [ dense: {{ units: 10 }} ]\noptimizer: {{ gd: {{ learning-rate: 0.1 }} }}\n{more}\n{(more.Contains("loss:", StringComparison.Ordinal) ? "" : "loss: cross-entropy")}\n", "job.yaml");
}
