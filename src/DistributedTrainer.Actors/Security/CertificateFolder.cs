using System.Security.Cryptography.X509Certificates;

namespace DistributedTrainer.Actors;

/// <summary>A folder of certificates: an authority's, and those of nodes and clients. Nothing in it is ever replaced.</summary>
public sealed class CertificateFolder(string path)
{
    private const UnixFileMode OwnerOnly = UnixFileMode.UserRead | UnixFileMode.UserWrite;

    /// <summary>Makes certificates of these names, and an authority where the folder has none yet.</summary>
    /// <param name="nodes">A list of names for each certificate; the first is its files'.</param>
    /// <param name="nodeDays">How long nodes' certificates are valid.</param>
    /// <returns>The files, in the order in which they were written.</returns>
    /// <exception cref="NodeStartException">A file is there already, or half of the authority is: exit code 2.</exception>
    public IReadOnlyList<string> Create(IReadOnlyList<IReadOnlyList<string>> nodes, int nodeDays, int authorityDays, DateTimeOffset now)
    {
        Directory.CreateDirectory(path);
        var taken = nodes.SelectMany(names => new[] { CertificateOf(names[0]), KeyOf(names[0]) }).Where(File.Exists).ToList();
        if (taken.Count > 0)
            throw new NodeStartException($"{string.Join(", ", taken)}: exists already, and is not overwritten; choose other names or another folder", 2);
        var written = new List<string>();
        using var authority = OpenOrMakeAuthority(TimeSpan.FromDays(authorityDays), now, written);
        foreach (var names in nodes)
        {
            using var node = CertificateMaker.Node(authority, names, now, TimeSpan.FromDays(nodeDays));
            Write(names[0], node, written);
        }

        return written;
    }

    private string CertificateOf(string name) => Path.Combine(path, name + CertificateFiles.Certificate);

    private string KeyOf(string name) => Path.Combine(path, name + CertificateFiles.Key);

    private X509Certificate2 OpenOrMakeAuthority(TimeSpan validFor, DateTimeOffset now, List<string> written)
    {
        var (certificate, key) = (CertificateOf(CertificateFiles.Authority), KeyOf(CertificateFiles.Authority));
        if (File.Exists(certificate) && File.Exists(key))
            return X509Certificate2.CreateFromPemFile(certificate, key);
        if (File.Exists(certificate) || File.Exists(key))
        {
            throw new NodeStartException(
                $"{(File.Exists(key) ? certificate : key)} is missing: only the authority's certificate and key together sign more certificates; "
                + "bring it back, or begin anew in another folder", 2);
        }

        var authority = CertificateMaker.Authority("DistributedTrainer cluster authority", now, validFor);
        Write(CertificateFiles.Authority, authority, written);
        return authority;
    }

    private void Write(string name, X509Certificate2 certificate, List<string> written)
    {
        using var key = certificate.GetECDsaPrivateKey()!;
        WriteNew(KeyOf(name), key.ExportPkcs8PrivateKeyPem(), OwnerOnly);
        WriteNew(CertificateOf(name), certificate.ExportCertificatePem(), OwnerOnly | UnixFileMode.GroupRead | UnixFileMode.OtherRead);
        written.AddRange([KeyOf(name), CertificateOf(name)]);
    }

    /// <summary>With its mode from the first byte on.</summary>
    private static void WriteNew(string file, string text, UnixFileMode mode)
    {
        var options = new FileStreamOptions { Mode = FileMode.CreateNew, Access = FileAccess.Write };
        if (!OperatingSystem.IsWindows())
            options.UnixCreateMode = mode;
        using var writer = new StreamWriter(new FileStream(file, options));
        writer.WriteLine(text);
    }
}
