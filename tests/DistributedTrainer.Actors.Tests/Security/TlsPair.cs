using Akka.Actor.Setup;

namespace DistributedTrainer.Actors.Tests;

/// <summary>Tensors over TCP with TLS, and so are the messages.</summary>
public sealed class TlsPair() : TransportPair($"{TcpPair.Hocon}\n{TlsIdentity.Hocon}", Identity())
{
    private static Setup[] Identity()
    {
        using var files = new TestCertificates();
        return [.. files.Unchecked(TestCertificates.Here).Setups()];
    }
}
