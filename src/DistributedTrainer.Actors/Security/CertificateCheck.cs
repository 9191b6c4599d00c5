using System.Globalization;
using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;

namespace DistributedTrainer.Actors;

/// <summary>Whether a certificate lets its holder into the cluster, and if not, why: a decision without connection and clock.</summary>
internal static class CertificateCheck
{
    private const string ServerUse = "1.3.6.1.5.5.7.3.1";
    private const string ClientUse = "1.3.6.1.5.5.7.3.2";

    /// <param name="certificate">What the other side has shown; null for nothing.</param>
    /// <param name="authority">Whom this cluster trusts, and nobody else.</param>
    /// <param name="name">The host name or address that it must be for; null where any certificate of the authority will do.</param>
    /// <returns>A sentence's end that says which certificate it is and what is wrong with it; null where it is good.</returns>
    public static string? Refusal(X509Certificate2? certificate, X509Certificate2 authority, string? name, DateTimeOffset now)
    {
        if (certificate is null)
            return "showed no certificate";
        var which = $"its certificate '{Describe(certificate)}'";
        if (!IsIssuedBy(certificate, authority, now))
        {
            return certificate.SubjectName.RawData.AsSpan().SequenceEqual(certificate.IssuerName.RawData)
                ? $"{which} is self-signed; the authority '{Describe(authority)}' has not issued it"
                : $"{which} was issued by another authority than '{Describe(authority)}' ({Fingerprint(authority)})";
        }

        if (now > authority.NotAfter)
            return $"the authority '{Describe(authority)}' expired on {Day(authority.NotAfter)}";
        if (now > certificate.NotAfter)
            return $"{which} expired on {Day(certificate.NotAfter)}";
        if (now < certificate.NotBefore)
            return $"{which} is valid from {Day(certificate.NotBefore)} on only";
        return name is null || IsFor(certificate, name) ? null : $"{which} is for {string.Join(", ", NamesOf(certificate))}, not for {name}";
    }

    /// <summary>Its common name.</summary>
    public static string Describe(X509Certificate2 certificate) => certificate.GetNameInfo(X509NameType.SimpleName, forIssuer: false);

    private static bool IsIssuedBy(X509Certificate2 certificate, X509Certificate2 authority, DateTimeOffset now)
    {
        using var chain = new X509Chain();
        var policy = chain.ChainPolicy;
        policy.TrustMode = X509ChainTrustMode.CustomRootTrust;
        policy.CustomTrustStore.Add(authority);
        policy.RevocationMode = X509RevocationMode.NoCheck;
        policy.DisableCertificateDownloads = true;
        policy.ApplicationPolicy.Add(new Oid(ServerUse));
        policy.ApplicationPolicy.Add(new Oid(ClientUse));
        // Times are told apart by the caller, who can say which is wrong.
        policy.VerificationFlags = X509VerificationFlags.IgnoreNotTimeValid | X509VerificationFlags.IgnoreNotTimeNested;
        policy.VerificationTime = now.UtcDateTime;
        // The authority's own certificate is no node's.
        return chain.Build(certificate) && chain.ChainElements.Count == 2;
    }

    private static bool IsFor(X509Certificate2 certificate, string name) =>
        certificate.MatchesHostname(name, allowWildcards: false, allowCommonName: false);

    private static IEnumerable<string> NamesOf(X509Certificate2 certificate)
    {
        var names = certificate.Extensions.OfType<X509SubjectAlternativeNameExtension>().ToList();
        return names.Count == 0
            ? ["no name"]
            : names.SelectMany(extension => extension.EnumerateDnsNames().Concat(extension.EnumerateIPAddresses().Select(address => address.ToString())));
    }

    private static string Fingerprint(X509Certificate2 certificate) => $"SHA-256 {certificate.GetCertHashString(HashAlgorithmName.SHA256)[..16]}…";

    private static string Day(DateTime time) => time.ToUniversalTime().ToString("yyyy-MM-dd HH:mm 'UTC'", CultureInfo.InvariantCulture);
}
