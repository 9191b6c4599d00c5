using System.Net;
using System.Net.Security;
using System.Net.Sockets;
using System.Security.Authentication;
using Akka.Actor;
using Akka.Actor.Setup;
using Akka.Configuration;

namespace DistributedTrainer.Actors.Tests;

/// <summary>The data plane's port under TLS: whoever cannot show the right certificate pushes nothing and reads nothing, though it knows the key.</summary>
public sealed class SecureDataPlaneTests : IAsyncLifetime
{
    private readonly TestCertificates _certificates = new();
    private ActorSystem _system = null!;
    private SocketTransport _transport = null!;
    private FrameSink _sink = null!;

    public Task InitializeAsync()
    {
        _system = ActorSystem.Create(NodeSystem.Name, ActorSystemSetup.Create(
        [
            BootstrapSetup.Create().WithConfig(ConfigurationFactory.ParseString(
                $$"""
                akka.actor.provider = remote
                akka.loglevel = OFF
                akka.remote.dot-netty.tcp { hostname = "127.0.0.1", port = 0 }
                dtrain.data-plane { unix-sockets = off, handshake-within = 1s, strangers = 8 }
                {{TlsIdentity.Hocon}}
                """).WithFallback(NodeSystem.Shipped("node.conf"))),
            .. _certificates.Unchecked(TestCertificates.Here).Setups(),
        ]));
        _transport = (SocketTransport)DataPlane.Of(_system).Transport;
        _sink = new FrameSink();
        _transport.Register("job", _sink);
        return Task.CompletedTask;
    }

    public async Task DisposeAsync()
    {
        await _system.Terminate().WaitAsync(Wait.Bound);
        _certificates.Dispose();
    }

    [Fact]
    public async Task With_the_right_certificate_and_key_frames_arrive()
    {
        using var socket = Connect();
        using var stream = new SslStream(new NetworkStream(socket));
        await stream.AuthenticateAsClientAsync(_certificates.Unchecked(TestCertificates.Here).ClientOptions("node", TestCertificates.Here));
        await SayHello(stream, TestCertificates.Here);
        Assert.True(await stream.ReadAsync(new byte[1]) == 1, "no welcome");
        await stream.WriteAsync(Records.Frame("job", new FrameHeader { Kind = FrameKind.Push }, [5]));
        await _sink.Brings(5);
    }

    [Theory]
    [InlineData("expired", "expired on")]
    [InlineData("foreign", "another authority")]
    [InlineData("self-signed", "self-signed")]
    public async Task With_a_bad_certificate_nothing_is_heard(string name, string reason)
    {
        using var socket = Connect();
        using var stream = new SslStream(new NetworkStream(socket));
        try
        {
            await stream.AuthenticateAsClientAsync(_certificates.Unchecked(name).ClientOptions("node", TestCertificates.Here));
            await SayHello(stream, TestCertificates.Here);
            Assert.Equal(0, await stream.ReadAsync(new byte[1]).AsTask().WaitAsync(Wait.Bound));
        }
        catch (Exception error) when (error is IOException or AuthenticationException)
        {
            // Closed earlier, or with an alert.
        }

        await Refused(reason);
    }

    [Fact]
    public async Task A_node_with_anothers_certificate_is_not_believed()
    {
        using var socket = Connect();
        using var stream = new SslStream(new NetworkStream(socket));
        await stream.AuthenticateAsClientAsync(_certificates.Unchecked("elsewhere").ClientOptions("node", TestCertificates.Here));
        await SayHello(stream, TestCertificates.Here);
        Assert.Equal(0, await stream.ReadAsync(new byte[1]).AsTask().WaitAsync(Wait.Bound));
        await Refused("is for elsewhere, not for 127.0.0.1");
    }

    [Fact]
    public async Task Without_TLS_nothing_is_heard()
    {
        using var peer = FakePeer.CallWith(_transport, HelloBytes(TestCertificates.Here));
        Assert.True(peer.IsClosedByTheOther());
        await Wait.Until(() => _transport.Counters.ConnectionsRefused == 1, "the refusal");
    }

    [Fact]
    public async Task Without_a_certificate_nothing_is_heard()
    {
        using var socket = Connect();
        using var stream = new SslStream(new NetworkStream(socket));
        try
        {
            await stream.AuthenticateAsClientAsync(new SslClientAuthenticationOptions { TargetHost = TestCertificates.Here, RemoteCertificateValidationCallback = (_, _, _, _) => true });
            await SayHello(stream, TestCertificates.Here);
            Assert.Equal(0, await stream.ReadAsync(new byte[1]).AsTask().WaitAsync(Wait.Bound));
        }
        catch (Exception error) when (error is IOException or AuthenticationException)
        {
            // Closed earlier, or with an alert.
        }

        await Refused("showed no certificate");
    }

    [Fact]
    public async Task Whoever_drips_a_handshake_is_closed_in_time()
    {
        using var socket = Connect();
        var started = TimeProvider.System.GetTimestamp();
        await Wait.Until(
            () =>
            {
                try
                {
                    socket.Send("\u0016"u8);
                }
                catch (SocketException)
                {
                    // Closed.
                }

                return _transport.Counters.ConnectionsRefused == 1;
            },
            "the end of the dripping");
        Assert.InRange(TimeProvider.System.GetElapsedTime(started), TimeSpan.FromMilliseconds(10), TimeSpan.FromSeconds(10));
    }

    [Fact]
    public async Task The_dialer_refuses_a_node_with_the_wrong_certificate_and_says_why()
    {
        using var listener = new TcpListener(IPAddress.Loopback, 0);
        listener.Start();
        var answering = Task.Run(async () =>
        {
            using var caller = await listener.AcceptSocketAsync();
            using var stream = new SslStream(new NetworkStream(caller));
            try
            {
                await stream.AuthenticateAsServerAsync(_certificates.Unchecked("elsewhere").ServerOptions("caller"));
                await stream.CopyToAsync(Stream.Null);
            }
            catch (Exception error) when (error is IOException or AuthenticationException)
            {
                // The caller has seen enough.
            }
        });
        var identity = _certificates.Unchecked(TestCertificates.Here);
        var settings = _transport.Settings;
        Assert.Throws<AuthenticationException>(() => TlsTunnel.Dial((IPEndPoint)listener.LocalEndpoint, identity, "node 127.0.0.1:1", TestCertificates.Here, settings, Wait.Bound));
        Assert.Equal("node 127.0.0.1:1 was refused: its certificate 'elsewhere' is for elsewhere, not for 127.0.0.1", identity.LastRefusal);
        await answering.WaitAsync(Wait.Bound);
    }

    private async Task Refused(string reason)
    {
        await Wait.Until(() => _transport.Counters.ConnectionsRefused == 1, "the refusal");
        Assert.Contains(reason, _transport.Identity!.LastRefusal);
    }

    private Socket Connect()
    {
        var socket = new Socket(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp);
        socket.Connect(IPAddress.Loopback, _transport.Advert.Port);
        return socket;
    }

    private byte[] HelloBytes(string host)
    {
        var hello = System.Text.Encoding.UTF8.GetBytes(Handshake.Hello(DataPlaneAdvert.OfAkkaRemote($"{host}:1") with { Transport = DataPlaneSettings.Sockets }, _transport.Advert));
        return [(byte)hello.Length, (byte)(hello.Length >> 8), .. hello];
    }

    private ValueTask SayHello(SslStream stream, string host) => stream.WriteAsync(HelloBytes(host));
}

/// <summary>All that the data plane promises holds through TLS.</summary>
public class TlsTransportTests(TlsPair pair) : TransportContract(pair), IClassFixture<TlsPair>;
