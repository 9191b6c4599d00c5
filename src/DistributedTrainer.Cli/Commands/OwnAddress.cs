using System.Net;
using System.Net.NetworkInformation;
using System.Net.Sockets;

namespace DistributedTrainer.Cli;

/// <summary>What the others are to call this node by: <c>CLUSTER_IP</c>.</summary>
internal static class OwnAddress
{
    public const string Variable = "CLUSTER_IP";

    /// <summary>Where nobody has given the machine a name, as in a container that is one of many.</summary>
    public const string Auto = "auto";

    private const string ThisMachine = "127.0.0.1";

    public static string Read(IReadOnlyList<string> seeds) => Environment.GetEnvironmentVariable(Variable) switch
    {
        null or "" => ThisMachine,
        Auto => Find(seeds),
        var host => host,
    };

    /// <summary>The address that this machine has on the way to the first seed that has one; else that of its first network.</summary>
    /// <exception cref="CommandException">There is no network.</exception>
    private static string Find(IReadOnlyList<string> seeds) =>
        seeds.Select(seed => OnTheWayTo(seed[..seed.LastIndexOf(':')])).FirstOrDefault(address => address is not null)
        ?? NetworkInterface.GetAllNetworkInterfaces()
            .Where(network => network.OperationalStatus == OperationalStatus.Up && network.NetworkInterfaceType != NetworkInterfaceType.Loopback)
            .SelectMany(network => network.GetIPProperties().UnicastAddresses)
            .FirstOrDefault(unicast => unicast.Address.AddressFamily == AddressFamily.InterNetwork)?.Address.ToString()
        ?? throw new CommandException($"{Variable} is {Auto}, and this machine has no network; set it to the address that others reach this node by", ExitCode.NotAdmitted);

    private static string? OnTheWayTo(string host)
    {
        try
        {
            // Nothing is sent: connecting a datagram socket only chooses the way.
            using var socket = new Socket(AddressFamily.InterNetwork, SocketType.Dgram, ProtocolType.Udp);
            socket.Connect(host, 9);
            return ((IPEndPoint)socket.LocalEndPoint!).Address.ToString();
        }
        catch (SocketException)
        {
            return null; // a seed that is not there yet
        }
    }
}
