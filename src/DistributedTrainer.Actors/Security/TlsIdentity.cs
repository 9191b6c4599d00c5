using System.Net.Security;
using System.Security.Authentication;
using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;
using Akka.Actor;
using Akka.Actor.Setup;
using Akka.Remote.Transport.DotNetty;

namespace DistributedTrainer.Actors;

/// <summary>
/// What a node or client shows of itself, and whom it trusts: its certificate with the key, and the cluster's authority. Both planes ask it
/// about every certificate that they are shown.
/// </summary>
internal sealed class TlsIdentity
{
    /// <summary>Goes before what configurations say of Akka's connections.</summary>
    public const string Hocon = "akka.remote.dot-netty.tcp.enable-ssl = on";

    private const SslProtocols Protocols = SslProtocols.Tls12 | SslProtocols.Tls13;

    /// <summary>Whoever knocks again and again must not fill the log.</summary>
    private static readonly TimeSpan QuietFor = TimeSpan.FromSeconds(1);

    private readonly X509Certificate2 _certificate;
    private readonly X509Certificate2 _authority;
    private readonly TimeProvider _time;
    private volatile string? _lastRefusal;
    private long _told;

    public TlsIdentity(X509Certificate2 certificate, X509Certificate2 authority, TimeProvider time) =>
        (_certificate, _authority, _time) = (certificate, authority, time);

    /// <summary>The last connection that was refused by this process, and why; null where none was.</summary>
    public string? LastRefusal => _lastRefusal;

    /// <summary>Common name of the own certificate.</summary>
    public string Name => CertificateCheck.Describe(_certificate);

    /// <summary>Told of refusals, at most one a second; the node writes them to its log.</summary>
    public Action<string> Refused { get; set; } = _ => { };

    /// <summary>Reads the files and looks at the own certificate as others will.</summary>
    /// <param name="host">What others call this node by; null for a client, which nobody calls.</param>
    /// <exception cref="NodeStartException">A file is missing or damaged: exit code 2. The own certificate would be refused: exit code 3.</exception>
    public static TlsIdentity Load(TlsSettings settings, string? host, TimeProvider time)
    {
        var authority = Read(settings.AuthorityFile, () => X509CertificateLoader.LoadCertificateFromFile(settings.AuthorityFile));
        var certificate = Read(settings.CertificateFile, () => WithKey(settings));
        if (CertificateCheck.Refusal(certificate, authority, host, time.GetUtcNow()) is { } refusal)
            throw new NodeStartException($"{settings.CertificateFile}: no node of this cluster would accept this one: {refusal}");
        return new TlsIdentity(certificate, authority, time);
    }

    /// <summary>The identity that an actor system was started with; null where its connections are in the clear.</summary>
    public static TlsIdentity? Of(ActorSystem system) => system.Settings.Setup.Get<IdentitySetup>() is { HasValue: true } setup ? setup.Value.Identity : null;

    /// <summary>For Akka.Remote's connections, and for <see cref="Of"/>.</summary>
    public IEnumerable<Setup> Setups() =>
    [
        new DotNettySslSetup(
            _certificate, suppressValidation: false, requireMutualAuthentication: true, validateCertificateHostname: false,
            (certificate, _, remote, _, _) => Accepts(certificate, remote, HostOf(remote))),
        new IdentitySetup(this),
    ];

    /// <param name="peer">What errors call the other side.</param>
    public SslServerAuthenticationOptions ServerOptions(string peer) => new()
    {
        ServerCertificate = _certificate,
        ClientCertificateRequired = true,
        EnabledSslProtocols = Protocols,
        CertificateRevocationCheckMode = X509RevocationMode.NoCheck,
        RemoteCertificateValidationCallback = (_, certificate, _, _) => Accepts(certificate as X509Certificate2, peer, name: null),
    };

    /// <param name="host">The name that the other side's certificate must be for.</param>
    public SslClientAuthenticationOptions ClientOptions(string peer, string host) => new()
    {
        TargetHost = host,
        ClientCertificates = [_certificate],
        EnabledSslProtocols = Protocols,
        CertificateRevocationCheckMode = X509RevocationMode.NoCheck,
        RemoteCertificateValidationCallback = (_, certificate, _, _) => Accepts(certificate as X509Certificate2, peer, host),
    };

    /// <summary>Whether a certificate that was accepted is for this name too, once the other side has said who it is.</summary>
    public bool Accepts(X509Certificate2? certificate, string peer, string? name)
    {
        if (CertificateCheck.Refusal(certificate, _authority, name, _time.GetUtcNow()) is not { } refusal)
            return true;
        _lastRefusal = $"{peer} was refused: {(certificate is null ? "it " : "")}{refusal}";
        var now = _time.GetTimestamp();
        var told = Interlocked.Read(ref _told);
        if ((told == 0 || _time.GetElapsedTime(told, now) >= QuietFor) && Interlocked.CompareExchange(ref _told, now, told) == told)
            Refused(_lastRefusal);
        return false;
    }

    /// <summary>Of whom Akka calls it knows the address, of whom it is called by only where the connection comes from.</summary>
    private static string? HostOf(string remote) =>
        remote.IndexOf("://", StringComparison.Ordinal) is >= 0 and var scheme ? DataPlaneAdvert.HostOf(remote[(Math.Max(scheme + 2, remote.IndexOf('@')) + 1)..]) : null;

    private static X509Certificate2 WithKey(TlsSettings settings)
    {
        using var fromFiles = X509Certificate2.CreateFromPemFile(settings.CertificateFile, settings.KeyFile);
        // Some systems' TLS takes no key that was not imported as a whole.
        return X509CertificateLoader.LoadPkcs12(fromFiles.Export(X509ContentType.Pkcs12), password: null);
    }

    private static X509Certificate2 Read(string file, Func<X509Certificate2> read)
    {
        try
        {
            return read();
        }
        catch (Exception error) when (error is CryptographicException or IOException or UnauthorizedAccessException or ArgumentException)
        {
            throw new NodeStartException(
                $"dtrain.tls: {file} {(File.Exists(file) ? $"or its key cannot be read: {error.Message}" : "is missing")}; `dtrain certs create` makes the files, see docs/SECURITY.md",
                2, error);
        }
    }

    private sealed class IdentitySetup(TlsIdentity identity) : Setup
    {
        public TlsIdentity Identity => identity;
    }
}
