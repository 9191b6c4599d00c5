using System.Security.Cryptography.X509Certificates;

namespace DistributedTrainer.Actors.Tests;

/// <summary>A folder with a cluster's authority and certificates, good and bad ones, each under the name of what is wrong with it.</summary>
internal sealed class TestCertificates : IDisposable
{
    public const string Here = "127.0.0.1";

    private readonly TemporaryFolder _folder = new();

    public TestCertificates()
    {
        var now = DateTimeOffset.UtcNow;
        new CertificateFolder(_folder.Path).Create([[Here], ["client"], ["elsewhere"]], 30, 60, now);
        using var foreign = CertificateMaker.Authority("DistributedTrainer cluster authority", now, TimeSpan.FromDays(60));
        Write("foreign", CertificateMaker.Node(foreign, [Here], now, TimeSpan.FromDays(30)));
        Write("self-signed", CertificateMaker.SelfSigned([Here], now, TimeSpan.FromDays(30)));
        using var authority = Authority();
        Write("expired", CertificateMaker.Node(authority, [Here], now - TimeSpan.FromDays(0.02), TimeSpan.FromDays(0.01)));
    }

    public string Folder => _folder.Path;

    public X509Certificate2 Authority() => X509Certificate2.CreateFromPemFile(Path.Combine(Folder, "authority.crt"), Path.Combine(Folder, "authority.key"));

    /// <summary>An identity that looks at nothing of its own: what somebody would use who means to get in.</summary>
    public TlsIdentity Unchecked(string name)
    {
        using var files = X509Certificate2.CreateFromPemFile(Path.Combine(Folder, name + ".crt"), Path.Combine(Folder, name + ".key"));
        using var authority = Authority();
        return new TlsIdentity(
            X509CertificateLoader.LoadPkcs12(files.Export(X509ContentType.Pkcs12), null),
            X509CertificateLoader.LoadCertificate(authority.RawData), TimeProvider.System);
    }

    /// <summary>HOCON of a node or client that shows this certificate.</summary>
    /// <param name="name">Empty for what it shows by itself.</param>
    public string Hocon(string name = "") => $$"""dtrain.tls { enabled = on, folder = "{{Folder}}", name = "{{name}}" }""";

    public void Dispose() => _folder.Dispose();

    private void Write(string name, X509Certificate2 certificate)
    {
        using (certificate)
        {
            _folder.Write(name + ".crt", certificate.ExportCertificatePem());
            _folder.Write(name + ".key", certificate.GetECDsaPrivateKey()!.ExportPkcs8PrivateKeyPem());
        }
    }
}
