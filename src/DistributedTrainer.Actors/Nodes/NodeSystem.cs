using System.Net.Sockets;
using System.Reflection;
using Akka.Actor;
using Akka.Cluster;
using Akka.Cluster.Hosting;
using Akka.Configuration;
using Akka.Event;
using Akka.Hosting;
using DistributedTrainer.Coordination;

namespace DistributedTrainer.Actors;

/// <summary>Composes the actor system of a node from its options and the configuration that ships with the product.</summary>
internal static class NodeSystem
{
    public const string Name = "dtrain";

    /// <summary>The address of a node that has no network.</summary>
    public const string LocalAddress = "in-process";

    private const string CoordinatorRole = "coordinator";
    private static readonly string[] Roles = [CoordinatorRole, "server", "worker"];

    public static void Compose(AkkaConfigurationBuilder akka, NodeOptions options)
    {
        var unknown = options.Roles.Except(Roles).ToList();
        if (unknown.Count > 0 || options.Roles.Count == 0)
            throw new NodeStartException($"roles: '{string.Join(' ', unknown)}' is not a role; allowed are {string.Join(", ", Roles)}", 2);
        var threads = options.Threads > 0 ? options.Threads : Environment.ProcessorCount;
        var own = options.Hocon is null ? Config.Empty : UserConfiguration.Parse(options.Hocon, options.HoconName);
        if (options.Hocon is not null)
            akka.AddHocon(own, HoconAddMode.Prepend);
        if (options.Clustered && TlsSettings.Read(own.WithFallback(Shipped("node.conf")), options.HoconName, options.Host) is { } tls)
        {
            foreach (var setup in TlsIdentity.Load(tls, options.Host, TimeProvider.System).Setups())
                akka.AddSetup(setup);
            akka.AddHocon(TlsIdentity.Hocon, HoconAddMode.Prepend); // before the user's: half a cluster in the clear is a cluster in the clear
        }

        akka.AddHocon(Own(threads, options), HoconAddMode.Append);
        if (options.CanInjectFaults)
            akka.AddHocon(FaultInjection.Hocon, HoconAddMode.Append);
        akka.AddHocon(Shipped(options.Clustered ? "node.conf" : "local.conf"), HoconAddMode.Append);
        akka.ConfigureLoggers(logging =>
        {
            logging.LogLevel = UserConfiguration.LogLevel(own, options);
            logging.ClearLoggers();
            logging.AddLogger<StandardErrorLogger>();
        });
        if (options.Clustered)
            ComposeCluster(akka, options, threads);
        else
            akka.WithActors((system, registry) => StartAlone(system, registry, options, threads));
    }

    /// <summary>Whether a node of this host name listens on the loopback device alone.</summary>
    public static bool IsThisMachineOnly(string host) => host is "127.0.0.1" or "localhost";

    /// <summary>host:port, by which nodes know each other.</summary>
    public static string AddressOf(Address address) => $"{address.Host}:{address.Port}";

    public static string AddressOf(ActorSystem system) => AddressOf(Cluster.Get(system).SelfAddress);

    /// <summary>How addresses of nodes begin.</summary>
    public static string ProtocolOf(ActorSystem system) => TlsIdentity.Of(system) is null ? "akka.tcp" : "akka.ssl.tcp";

    /// <param name="text">host:port of a node.</param>
    /// <param name="system">That is to reach it.</param>
    /// <exception cref="NodeStartException">Not host:port.</exception>
    public static Address ParseAddress(string text, ActorSystem system)
    {
        var (host, port) = ParseHostAndPort(text);
        return new Address(ProtocolOf(system), Name, host, port);
    }

    /// <exception cref="NodeStartException">Not host:port.</exception>
    public static (string Host, int Port) ParseHostAndPort(string text)
    {
        var colon = text.LastIndexOf(':');
        if (colon <= 0 || !int.TryParse(text.AsSpan(colon + 1), out var port) || port is < 1 or > 65535)
            throw new NodeStartException($"seeds: '{text}' is not host:port, e.g. node-1:4053", 2);
        return (text[..colon], port);
    }

    /// <summary>What went wrong at the start, in the user's words.</summary>
    public static NodeStartException Explain(Exception error, NodeOptions options)
    {
        for (var cause = error; cause is not null; cause = cause.InnerException)
        {
            if (cause is NodeStartException known)
                return known;
            if (cause is SocketException { SocketErrorCode: SocketError.AddressAlreadyInUse })
                return new NodeStartException($"port {options.Port} on {options.Host} is in use; choose another with --port, or 0 for a free one", 3, error);
            if (cause is SocketException { SocketErrorCode: SocketError.AddressNotAvailable })
                return new NodeStartException($"{options.Host} is not an address of this machine; set CLUSTER_IP to one that is", 3, error);
            if (cause is SocketException { SocketErrorCode: SocketError.AccessDenied })
                return new NodeStartException($"port {options.Port} may not be listened on by this user; choose one above 1023 with --port", 3, error);
        }

        if (options.Hocon is not null)
            return UserConfiguration.Refused(error, options.Hocon, options.HoconName);
        return new NodeStartException($"the node did not start: {error.Message}", 3, error);
    }

    private static void ComposeCluster(AkkaConfigurationBuilder akka, NodeOptions options, int threads)
    {
        akka.WithClustering(new ClusterOptions { Roles = [.. options.Roles] });
        var singleton = new ClusterSingletonOptions { Role = CoordinatorRole };
        if (options.Roles.Contains(CoordinatorRole))
        {
            akka.WithSingleton<CoordinatorActor>(
                CoordinatorActor.Name,
                (system, _, _) => Props.Create(() => new CoordinatorActor(AddressOf(system), BuildFingerprint.Current, new CoordinatorTimeouts())),
                singleton);
        }
        else
        {
            akka.WithSingletonProxy<CoordinatorActor>(CoordinatorActor.Name, singleton);
        }

        akka.WithActors((system, registry) =>
        {
            if (TlsIdentity.Of(system) is { } identity)
                identity.Refused = refusal => system.Log.Warning(refusal);
            else if (!IsThisMachineOnly(options.Host))
                system.Log.Warning(OpenToAll(options.Host));
            registry.Register<SeedWatchActor>(system.ActorOf(Props.Create(() => new SeedWatchActor()), SeedWatchActor.Name));
            RowSettings.Read(system.Settings.Config); // says now what is wrong with it
            var plane = DataPlane.Of(system);
            Start(system, registry, AddressOf(system), options, threads, plane.Transport, plane.Pool, registry.Get<CoordinatorActor>());
        });
    }

    private static void StartAlone(ActorSystem system, IActorRegistry registry, NodeOptions options, int threads)
    {
        var coordinator = system.ActorOf(
            Props.Create(() => new CoordinatorActor(LocalAddress, BuildFingerprint.Current, new CoordinatorTimeouts())), CoordinatorActor.Name);
        Start(system, registry, LocalAddress, options, threads, new NoTransport(), new BufferPool(), coordinator);
    }

    private static void Start(
        ActorSystem system, IActorRegistry registry, string address, NodeOptions options, int threads, ITensorTransport transport,
        BufferPool pool, IActorRef coordinator)
    {
        var description = new NodeDescription(
            address, Environment.ProcessId, Environment.MachineName, [.. options.Roles], threads, BuildFingerprint.Current);
        var folders = FolderRules.Read(system.Settings.Config, !options.Clustered || IsThisMachineOnly(options.Host));
        registry.Register<NodeActor>(system.ActorOf(
            Props.Create(() => new NodeActor(description, transport, pool, coordinator, options.Opener, folders)), NodeActor.Name));
    }

    private static string OpenToAll(string host) =>
        $"this node listens on all addresses of {host} and speaks in the clear: whoever reaches its ports can submit jobs, read parameters and join. "
        + "Keep the network closed, or turn on dtrain.tls by --config (cluster-configs/secure.conf, docs/SECURITY.md)";

    private static string Own(int threads, NodeOptions options) =>
        $$"""
        dtrain.compute-dispatcher.dedicated-thread-pool.thread-count = {{threads}}
        akka.remote.dot-netty.tcp { hostname = "{{(IsThisMachineOnly(options.Host) ? "127.0.0.1" : "0.0.0.0")}}", public-hostname = "{{options.Host}}", port = {{options.Port}} }
        """;

    public static Config Shipped(string file)
    {
        using var stream = Assembly.GetExecutingAssembly().GetManifestResourceStream(file)
            ?? throw new InvalidOperationException($"The configuration {file} is missing from the build.");
        using var reader = new StreamReader(stream);
        return ConfigurationFactory.ParseString(reader.ReadToEnd());
    }
}
