using System.Text;

namespace DistributedTrainer.Cluster.Tests;

/// <summary>A cluster under TLS that logs all it can, with passwords in its configuration and environment: none of that, and no key, is found in a log, a report or a process list.</summary>
public class SecretsTests
{
    private const string InConfiguration = "hunter2-of-the-configuration";
    private const string InEnvironment = "hunter2-of-the-environment";

    [ClusterFact]
    public async Task Keys_and_passwords_stay_where_they_are()
    {
        using var workplace = new Workplace();
        await using var certs = await Dtrain.Run(workplace, "certs", "create", "--out", "certs", "--names", "127.0.0.1,client");
        Assert.True(await certs.Exit() == 0, certs.Transcript());
        var environment = new Dictionary<string, string>
        {
            ["DTRAIN_CONFIG"] = workplace.Write("secure.conf", Configuration),
            ["DTRAIN_TEST_PASSWORD"] = InEnvironment,
        };
        var seed = $"127.0.0.1:{HandMadeCluster.FreePort()}";
        await using var first = Dtrain.Start(workplace, environment, "node", "--threads", "1", "--port", seed.Split(':')[1], "--seeds", seed);
        await first.Says("joined");
        await using var second = Dtrain.Start(workplace, environment, "node", "--threads", "1", "--port", "0", "--seeds", seed);
        await second.Says("joined");
        var job = workplace.Write("endless.yaml", ShortJobs.Endless);
        await using var submit = Dtrain.Start(workplace, environment, "submit", job, "--seeds", seed, "--follow", "--report", "report");
        await submit.Says(ShortJobs.LaterEpoch);
        await using var status = Dtrain.Start(workplace, environment, "status", "--json", "--seeds", seed);
        Assert.True(await status.Exit() == 0, status.Transcript());
        var processes = workplace.Processes().Values.ToList();
        Assert.True(processes.Count >= 3, string.Join(Environment.NewLine, processes));

        // One node dies, another one asks without a certificate: what is logged about that is searched too.
        second.Signal(Dtrain.Kill);
        await using var stranger = await Dtrain.Run(workplace, "status", "--seeds", seed);
        Assert.Equal(3, await stranger.Exit());
        var id = System.Text.Json.JsonDocument.Parse(status.Output).RootElement.GetProperty("jobs")[0].GetProperty("id").GetString()!;
        await using var cancel = Dtrain.Start(workplace, environment, "cancel", id, "--seeds", seed);
        Assert.True(await cancel.Exit() == 0, cancel.Transcript());
        Assert.True(await submit.Exit() == 0, submit.Transcript());
        first.Signal(Dtrain.Terminate);
        await first.Exit();
        await second.Exit();

        Assert.Contains("debug:", first.Errors); // it does log
        var places = new Dictionary<string, string>
        {
            ["the process list"] = string.Join('\n', processes),
            ["the first node's output"] = first.Transcript(),
            ["the second node's output"] = second.Transcript(),
            ["submit's output"] = submit.Transcript(),
            ["status's output"] = status.Transcript(),
            ["a stranger's output"] = stranger.Transcript(),
            ["cancel's output"] = cancel.Transcript(),
        };
        foreach (var file in Directory.GetFiles(workplace.FullName("report"), "*", SearchOption.AllDirectories))
            places[file] = Encoding.Latin1.GetString(File.ReadAllBytes(file));
        Assert.Contains(places.Keys, place => place.EndsWith("run.json", StringComparison.Ordinal));
        var secrets = Secrets(workplace);
        Assert.True(secrets.Count >= 8, string.Join(", ", secrets));
        foreach (var (place, text) in places)
            Assert.All(secrets, secret => Assert.False(text.Contains(secret, StringComparison.Ordinal), $"{place} has {secret}"));
    }

    [ClusterFact]
    public async Task A_slip_of_the_pen_beside_a_password_does_not_print_it()
    {
        using var workplace = new Workplace();
        var config = workplace.Write("slip.conf", $"akka.remote.dot-netty.tcp.ssl.certificate.password {InConfiguration}\n");
        await using var node = await Dtrain.Run(workplace, "node", "--port", "0", "--config", config);
        Assert.Equal(2, await node.Exit());
        Assert.Contains("slip.conf, line 1", node.Errors);
        Assert.DoesNotContain(InConfiguration, node.Transcript());
    }

    /// <summary>The lines of all key files, and the passwords.</summary>
    private static List<string> Secrets(Workplace workplace) =>
    [
        InConfiguration, InEnvironment,
        .. Directory.GetFiles(workplace.FullName("certs"), "*.key").SelectMany(File.ReadAllLines).Where(line => !line.StartsWith("-----", StringComparison.Ordinal)),
    ];

    private const string Configuration =
        $$"""
        dtrain.tls { enabled = on, folder = certs }
        dtrain.data-plane.unix-sockets = off
        # What a user may have beside it.
        akka.remote.dot-netty.tcp.ssl.certificate.password = "{{InConfiguration}}"
        akka {
          loglevel = DEBUG
          log-dead-letters = on
          actor.debug { receive = on, unhandled = on, autoreceive = on, lifecycle = on, event-stream = on }
          remote { log-sent-messages = on, log-received-messages = on, log-remote-lifecycle-events = on }
        }
        """;
}
