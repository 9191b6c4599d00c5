namespace DistributedTrainer.Actors.Tests;

public class UnixSocketTransportTests(UnixSocketPair pair) : TransportContract(pair), IClassFixture<UnixSocketPair>;

public class TcpTransportTests(TcpPair pair) : TransportContract(pair), IClassFixture<TcpPair>;
