namespace DistributedTrainer.Actors.Tests;

public class CertificateFolderTests
{
    private static readonly DateTimeOffset Now = DateTimeOffset.UtcNow;

    [Fact]
    public void Keys_are_their_owners_alone()
    {
        using var folder = new TemporaryFolder();
        var files = new CertificateFolder(folder.Path).Create([["node-1"], ["client"]], 30, 60, Now);
        Assert.Equal(
            ["authority.key", "authority.crt", "node-1.key", "node-1.crt", "client.key", "client.crt"], files.Select(Path.GetFileName));
        if (OperatingSystem.IsWindows())
            return;
        foreach (var file in files)
        {
            var owner = UnixFileMode.UserRead | UnixFileMode.UserWrite;
            Assert.Equal(file.EndsWith(".key", StringComparison.Ordinal) ? owner : owner | UnixFileMode.GroupRead | UnixFileMode.OtherRead, File.GetUnixFileMode(file));
        }
    }

    [Fact]
    public void Nothing_is_overwritten()
    {
        using var folder = new TemporaryFolder();
        var certificates = new CertificateFolder(folder.Path);
        var before = certificates.Create([["node-1"]], 30, 60, Now).Select(File.ReadAllText).ToList();
        var error = Assert.Throws<NodeStartException>(() => certificates.Create([["node-2"], ["node-1"]], 30, 60, Now));
        Assert.Equal(2, error.ExitCode);
        Assert.Contains("node-1.crt", error.Message);
        Assert.False(File.Exists(Path.Combine(folder.Path, "node-2.crt")));
        Assert.Equal(before, ((string[])["authority.key", "authority.crt", "node-1.key", "node-1.crt"]).Select(name => File.ReadAllText(Path.Combine(folder.Path, name))));
    }

    [Fact]
    public void An_authority_that_is_there_signs_what_is_added()
    {
        using var folder = new TemporaryFolder();
        var certificates = new CertificateFolder(folder.Path);
        certificates.Create([["node-1"]], 30, 60, Now);
        Assert.Equal(["node-2.key", "node-2.crt"], certificates.Create([["node-2"]], 30, 60, Now).Select(Path.GetFileName));
        foreach (var name in (string[])["node-1", "node-2"])
            TlsIdentity.Load(new TlsSettings(folder.Path, name), name, TimeProvider.System);
    }

    [Theory, InlineData("authority.key"), InlineData("authority.crt")]
    public void Half_an_authority_signs_nothing(string missing)
    {
        using var folder = new TemporaryFolder();
        var certificates = new CertificateFolder(folder.Path);
        certificates.Create([["node-1"]], 30, 60, Now);
        File.Delete(Path.Combine(folder.Path, missing));
        Assert.Contains(missing, Assert.Throws<NodeStartException>(() => certificates.Create([["node-2"]], 30, 60, Now)).Message);
    }

    [Theory]
    [InlineData("expired", "expired on", 3)]
    [InlineData("foreign", "another authority", 3)]
    [InlineData("self-signed", "self-signed", 3)]
    [InlineData("elsewhere", "is for elsewhere, not for 127.0.0.1", 3)]
    [InlineData("nobody", "nobody.crt is missing", 2)]
    public void A_certificate_that_others_would_refuse_is_refused_at_the_start(string name, string reason, int exitCode)
    {
        using var certificates = new TestCertificates();
        var error = Assert.Throws<NodeStartException>(() => TlsIdentity.Load(new TlsSettings(certificates.Folder, name), TestCertificates.Here, TimeProvider.System));
        Assert.Contains(reason, error.Message);
        Assert.Contains($"{name}.crt", error.Message);
        Assert.Equal(exitCode, error.ExitCode);
    }

    [Fact]
    public void A_damaged_key_is_named()
    {
        using var certificates = new TestCertificates();
        File.WriteAllText(Path.Combine(certificates.Folder, "client.key"), "-----BEGIN PRIVATE KEY-----\nnonsense\n-----END PRIVATE KEY-----\n");
        var error = Assert.Throws<NodeStartException>(() => TlsIdentity.Load(new TlsSettings(certificates.Folder, "client"), null, TimeProvider.System));
        Assert.Contains("client.crt or its key cannot be read", error.Message);
        Assert.Equal(2, error.ExitCode);
    }
}
