using Akka.Configuration;

namespace DistributedTrainer.Actors;

/// <summary>The block <c>dtrain.tls</c>: whether nodes and clients show each other certificates, and where this one's lie.</summary>
/// <param name="Folder">Holds authority.crt, NAME.crt and NAME.key; absolute.</param>
/// <param name="Name">Whose certificate is shown.</param>
internal sealed record TlsSettings(string Folder, string Name)
{
    public const string EnabledKey = $"{Block}.enabled";
    private const string Block = "dtrain.tls";

    public string AuthorityFile => Path.Combine(Folder, CertificateFiles.Authority + CertificateFiles.Certificate);

    public string CertificateFile => Path.Combine(Folder, Name + CertificateFiles.Certificate);

    public string KeyFile => Path.Combine(Folder, Name + CertificateFiles.Key);

    /// <param name="file">The configuration's file, which a relative folder belongs to; where there is none, the working folder does.</param>
    /// <param name="self">The name where the configuration has none.</param>
    /// <returns>Null where TLS is off.</returns>
    /// <exception cref="NodeStartException">A value is not allowed.</exception>
    public static TlsSettings? Read(Config config, string file, string self)
    {
        var block = new SettingsBlock(Block, config);
        if (!block.Switch("enabled"))
            return null;
        var folder = block.Text("folder");
        if (folder.Length == 0)
            throw block.Wrong("folder", folder, "the folder that `dtrain certs create --out` has filled");
        var origin = File.Exists(file) ? Path.GetDirectoryName(Path.GetFullPath(file))! : Environment.CurrentDirectory;
        var name = block.Text("name");
        return new TlsSettings(Path.GetFullPath(folder, origin), name.Length > 0 ? name : self);
    }
}
