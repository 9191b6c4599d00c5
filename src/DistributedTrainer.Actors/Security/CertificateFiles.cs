namespace DistributedTrainer.Actors;

/// <summary>How the files of a cluster's certificates are called: NAME.crt and NAME.key, PEM.</summary>
public static class CertificateFiles
{
    /// <summary>The name of the authority that signs the others.</summary>
    public const string Authority = "authority";

    /// <summary>The name that a client shows where its configuration gives no other.</summary>
    public const string Client = "client";

    public const string Certificate = ".crt";
    public const string Key = ".key";
}
