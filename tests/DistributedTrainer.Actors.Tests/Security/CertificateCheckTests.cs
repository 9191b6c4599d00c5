using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;

namespace DistributedTrainer.Actors.Tests;

public class CertificateCheckTests
{
    private static readonly DateTimeOffset Now = new(2030, 5, 17, 12, 0, 0, TimeSpan.Zero);
    private static readonly TimeSpan Month = TimeSpan.FromDays(30);
    private static readonly X509Certificate2 Authority = CertificateMaker.Authority("authority", Now, TimeSpan.FromDays(60));

    private static X509Certificate2 Node(params string[] names) => CertificateMaker.Node(Authority, names, Now, Month);

    private static string? Refusal(X509Certificate2? certificate, string? name = null, DateTimeOffset? at = null) =>
        CertificateCheck.Refusal(certificate, Authority, name, at ?? Now);

    [Theory]
    [InlineData("node-1", "node-1")]
    [InlineData("node-1", "NODE-1")]
    [InlineData("node-1.lan", "node-1.lan")]
    [InlineData("10.0.0.7", "10.0.0.7")]
    [InlineData("fd00::7", "fd00::7")]
    [InlineData("node-1", null)]
    public void A_certificate_of_the_authority_lets_in_whom_it_names(string name, string? asked) => Assert.Null(Refusal(Node(name), asked));

    [Fact]
    public void A_certificate_may_have_several_names()
    {
        using var certificate = Node("node-1", "node-1.lan", "10.0.0.7");
        foreach (var name in (string[])["node-1", "node-1.lan", "10.0.0.7"])
            Assert.Null(Refusal(certificate, name));
    }

    [Theory]
    [InlineData("node-1", "node-2")]
    [InlineData("node-1", "node-1.lan")]
    [InlineData("lan", "node-1.lan")]
    [InlineData("10.0.0.7", "10.0.0.70")]
    public void The_wrong_name_is_refused(string name, string asked) =>
        Assert.Equal($"its certificate '{name}' is for {name}, not for {asked}", Refusal(Node(name), asked));

    [Fact]
    public void An_expired_one_is_refused_from_the_second_it_expires_in()
    {
        using var certificate = Node("node-1");
        Assert.Null(Refusal(certificate, at: Now + Month));
        Assert.Equal("its certificate 'node-1' expired on 2030-06-16 12:00 UTC", Refusal(certificate, at: Now + Month + TimeSpan.FromSeconds(1)));
    }

    [Fact]
    public void One_that_is_not_valid_yet_is_refused() =>
        Assert.Equal("its certificate 'node-1' is valid from 2030-05-17 11:00 UTC on only", Refusal(Node("node-1"), at: Now - TimeSpan.FromHours(2)));

    [Fact]
    public void An_expired_authority_is_named() =>
        Assert.Equal("the authority 'authority' expired on 2030-07-16 12:00 UTC", Refusal(Node("node-1"), at: Now + TimeSpan.FromDays(61)));

    [Fact]
    public void A_foreign_one_is_refused_even_if_its_authority_has_the_same_name()
    {
        using var foreign = CertificateMaker.Authority("authority", Now, Month);
        using var certificate = CertificateMaker.Node(foreign, ["node-1"], Now, Month);
        Assert.StartsWith("its certificate 'node-1' was issued by another authority than 'authority' (SHA-256 ", Refusal(certificate, "node-1"));
    }

    [Fact]
    public void A_self_signed_one_is_refused() => Assert.Equal(
        "its certificate 'node-1' is self-signed; the authority 'authority' has not issued it", Refusal(CertificateMaker.SelfSigned(["node-1"], Now, Month), "node-1"));

    [Fact]
    public void Nothing_is_refused() => Assert.Equal("showed no certificate", Refusal(null));

    [Fact]
    public void A_node_is_no_authority()
    {
        // A node's key signs a certificate in a chain that ends at the authority: it must not count.
        using var node = Node("node-1");
        using var nodeKey = node.GetECDsaPrivateKey()!;
        using var key = ECDsa.Create(ECCurve.NamedCurves.nistP256);
        var request = new CertificateRequest("CN=node-2", key, HashAlgorithmName.SHA256);
        using var second = request.Create(node.SubjectName, X509SignatureGenerator.CreateForECDsa(nodeKey), Now, Now + TimeSpan.FromDays(1), [1, 2, 3]);
        Assert.Contains("was issued by another authority", Refusal(second, "node-2"));
    }

    [Fact]
    public void The_authority_is_no_node() => Assert.Contains("is self-signed", Refusal(Authority));
}
