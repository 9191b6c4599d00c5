using System.Diagnostics;
using System.Net;
using System.Net.Sockets;
using Xunit.Abstractions;

namespace DistributedTrainer.Actors.Tests;

/// <summary>Strangers who connect to the data plane's port as fast as they can, and others who say their first words one byte at a time: few are kept, none for long, and training goes on.</summary>
public class FloodTests(ITestOutputHelper output)
{
    private const int Strangers = 16;
    private const int Slow = 100;

    /// <summary>Many reports of the coordinator's, who tells of progress five times a second.</summary>
    private const int MeasuredSteps = 2500;

    [Fact]
    public async Task Training_goes_on()
    {
        var options = new NodeOptions { Hocon = $"dtrain.data-plane {{ unix-sockets = off, strangers = {Strangers}, handshake-within = 500ms }}" };
        await using var cluster = await TestCluster.Start(2, options);
        var planes = cluster.Nodes.Select(node => (SocketTransport)DataPlane.Of(node.System).Transport).ToList();
        cluster.Submit(SmallJobs.Digits with { Stop = new DistributedTrainer.Coordination.StopSpec(), Epochs = 1_000_000 }, servers: 2);
        await cluster.Goes(MeasuredSteps); // compiled by then
        var (quiet, quietThreads) = (await Rate(cluster), Process.GetCurrentProcess().Threads.Count);

        using var end = new CancellationTokenSource();
        var floods = planes.SelectMany(plane => new[] { Flood(plane.Advert.Port, end.Token), Drip(plane.Advert.Port, end.Token) }).ToList();
        await Wait.Until(() => planes.All(plane => plane.Counters.ConnectionsRefused > 500), "the flood");
        var refused = planes.Sum(plane => plane.Counters.ConnectionsRefused);
        var started = Stopwatch.GetTimestamp();
        var (flooded, threads) = (await Rate(cluster), Process.GetCurrentProcess().Threads.Count);
        var perSecond = (planes.Sum(plane => plane.Counters.ConnectionsRefused) - refused) / Stopwatch.GetElapsedTime(started).TotalSeconds;
        output.WriteLine($"{quiet:0} steps/s without, {flooded:0} with {perSecond:0} refused connections/s and {Slow} slow ones a node; {threads - quietThreads} threads more");

        await end.CancelAsync();
        await Task.WhenAll(floods);
        Assert.InRange(flooded, quiet / 20, double.MaxValue); // the flood itself takes most of a small machine
        Assert.InRange(threads - quietThreads, -100, (2 * Strangers) + 60); // those of the test's own tasks with them
        await cluster.Goes(MeasuredSteps);
        cluster.Nodes[0].Cancel("job", "enough", 0);
        var result = await cluster.Result();
        Assert.DoesNotContain(result.Events, change => change.Kind == "node-lost");
        Assert.Equal("stopped", result.State);
    }

    private static async Task<double> Rate(TestCluster cluster)
    {
        var started = Stopwatch.GetTimestamp();
        await cluster.Goes(MeasuredSteps);
        return MeasuredSteps / Stopwatch.GetElapsedTime(started).TotalSeconds;
    }

    private static Task Flood(int port, CancellationToken end) => Task.Run(async () =>
    {
        while (!end.IsCancellationRequested)
        {
            try
            {
                using var socket = new Socket(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp);
                await socket.ConnectAsync(IPAddress.Loopback, port, end);
                await socket.SendAsync("GET / HTTP/1.1\r\n\r\n"u8.ToArray(), end);
            }
            catch (Exception error) when (error is SocketException or OperationCanceledException)
            {
                // Shown out, or the end.
            }
        }
    });

    private static Task Drip(int port, CancellationToken end) => Task.Run(async () =>
    {
        var sockets = new Socket?[Slow];
        while (!end.IsCancellationRequested)
        {
            for (var index = 0; index < Slow; index++)
            {
                try
                {
                    if (sockets[index] is null)
                    {
                        sockets[index] = new Socket(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp);
                        await sockets[index]!.ConnectAsync(IPAddress.Loopback, port, end);
                    }

                    await sockets[index]!.SendAsync("\u0001"u8.ToArray(), end);
                }
                catch (Exception error) when (error is SocketException or OperationCanceledException)
                {
                    sockets[index]?.Dispose();
                    sockets[index] = null;
                }
            }

            await Task.Delay(20, CancellationToken.None);
        }

        foreach (var socket in sockets)
            socket?.Dispose();
    });
}
