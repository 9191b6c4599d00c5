using System.CommandLine;
using System.Diagnostics;
using System.Globalization;
using System.Net;
using System.Net.Sockets;

namespace DistributedTrainer.Cli;

/// <summary>Measures the plain-socket floor of an exchange between this process and another one that it starts.</summary>
internal static class FloorPeer
{
    private const string Word = "floor-peer";
    private static readonly TimeSpan StartTimeout = TimeSpan.FromSeconds(20);

    /// <summary>The other process: <c>dtrain bench floor-peer ADDRESS PUSH PUBLISH ROUNDS</c>, sizes in floats.</summary>
    public static Command CreateCommand()
    {
        var address = new Argument<string>("ADDRESS");
        var push = new Argument<int>("PUSH");
        var publish = new Argument<int>("PUBLISH");
        var rounds = new Argument<int>("ROUNDS");
        var command = new Command(Word, "The other end of bench exchange's plain-socket measurement.") { address, push, publish, rounds };
        command.Hidden = true;
        command.SetAction(parsed =>
        {
            var point = PointOf(parsed.GetRequiredValue(address));
            var socket = SocketFloor.NewSocket(point);
            socket.Connect(point);
            using var floor = new SocketFloor(socket, parsed.GetRequiredValue(push) * sizeof(float), parsed.GetRequiredValue(publish) * sizeof(float));
            for (var round = parsed.GetRequiredValue(rounds); round > 0; round--)
                floor.Exchange();
        });
        return command;
    }

    /// <param name="point">Where this process listens meanwhile: a Unix socket's path, or a loopback address with port 0.</param>
    /// <param name="window">Exchanges before the measured ones, and those.</param>
    /// <returns>Milliseconds by exchange.</returns>
    public static async Task<double[]> MeasureAsync(ExchangePlan plan, EndPoint point, StepWindow window, TimeProvider time)
    {
        using var listener = SocketFloor.NewSocket(point);
        listener.Bind(point);
        listener.Listen(1);
        var (push, publish) = plan.FirstSends;
        var rounds = (int)window.First + window.Steps;
        string[] arguments = ["bench", Word, AddressOf(listener.LocalEndPoint!), .. ((int[])[publish, push, rounds]).Select(number => number.ToString(CultureInfo.InvariantCulture))];
        using var peer = Process.Start(ThisProgram.StartInfo(arguments))!;
        try
        {
            using var bound = new CancellationTokenSource(StartTimeout);
            var socket = await listener.AcceptAsync(bound.Token);
            if (point is IPEndPoint)
                socket.NoDelay = true;
            // Blocking calls are the faster ones, and each has a core of its own only if nobody else waits for it.
            return await Task.Factory.StartNew(() => Run(new SocketFloor(socket, push * sizeof(float), publish * sizeof(float))), TaskCreationOptions.LongRunning);
        }
        finally
        {
            if (!peer.WaitForExit(StartTimeout))
                peer.Kill();
        }

        double[] Run(SocketFloor floor)
        {
            using (floor)
            {
                var times = new double[window.Steps];
                for (var round = 0; round < rounds; round++)
                {
                    var begin = time.GetTimestamp();
                    floor.Exchange();
                    if (round >= window.First)
                        times[round - window.First] = time.GetElapsedTime(begin).TotalMilliseconds;
                }

                return times;
            }
        }
    }

    private static string AddressOf(EndPoint point) => point is IPEndPoint ip ? ip.ToString() : $"{point}";

    private static EndPoint PointOf(string address) => IPEndPoint.TryParse(address, out var ip) ? ip : new UnixDomainSocketEndPoint(address);
}
