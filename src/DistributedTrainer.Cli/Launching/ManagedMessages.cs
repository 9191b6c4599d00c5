using System.Text.Json;
using System.Text.Json.Serialization;
using DistributedTrainer.Coordination;

namespace DistributedTrainer.Cli;

// The talk between the launcher and a node process that it manages: one JSON object a line, orders on the node's standard input, reports
// on its standard output. In order:
//
//   node      {"listening":"127.0.0.1:41017"}
//   launcher  {"measure":{"first":100,"steps":200}}             bench only, before anything else
//   launcher  {"observe":true}                                 experiments only, before anything else
//   launcher  {"join":["127.0.0.1:41017"]}                     the first node's address, for the first node too
//   launcher  {"submit":{…}}                                   to the first node
//   node      {"job":{"event":"started",…}} …                  from the node that hosts the coordinator
//   node      {"measured":{…}}                                  bench only: each node, once the steps to measure are over
//   node      {"observed":{…}}                                  experiments only: commits and passes, every few milliseconds
//   node      {"link_lost":{"node":…,"at":…}}                   experiments only
//   launcher  {"ask_status":true}                              experiments only, to the coordinator's node
//   node      {"status":{…}}
//   launcher  {"faults":{"cut":[…],"delays_ms":{},"slowdown":4}} experiments only: all faults of this node from now on
//   launcher  {"cancel":{"job_id":…}}                          on Ctrl-C
//   node      {"leaving":true}                                 on SIGTERM: may I go?
//   launcher  {"leave":true}                                   hand your work over, then end
//   launcher  {"down":"127.0.0.1:41017"}                       to one node: the process of this address has ended
//   launcher  {"stop":true}                                    the job is over: end now
//
// A node whose standard input closes has lost its launcher, and ends.

/// <summary>What the launcher wants of a node; one property is set.</summary>
internal sealed record ManagedOrder
{
    public IReadOnlyList<string>? Join { get; init; }

    public JobSubmission? Submit { get; init; }

    public CancelOrder? Cancel { get; init; }

    public bool Leave { get; init; }

    /// <summary>Address of a node whose process has ended: the cluster need not wait until it notices.</summary>
    public string? Down { get; init; }

    public bool Stop { get; init; }

    public StepWindow? Measure { get; init; }

    public bool Observe { get; init; }

    public bool AskStatus { get; init; }

    public FaultsOrder? Faults { get; init; }

    public string ToLine() => JsonSerializer.Serialize(this, ManagedJson.Default.ManagedOrder);

    public static ManagedOrder Parse(string line) => JsonSerializer.Deserialize(line, ManagedJson.Default.ManagedOrder)!;
}

internal sealed record CancelOrder(string JobId, string Reason, int ExitCode);

/// <param name="Cut">Addresses of nodes that are not reached.</param>
/// <param name="DelaysMs">By address, how much later everything arrives there.</param>
/// <param name="Slowdown">Computing takes so many times as long.</param>
internal sealed record FaultsOrder(IReadOnlyList<string> Cut, IReadOnlyDictionary<string, double> DelaysMs, double Slowdown);

/// <summary>What a node tells its launcher; one property is set.</summary>
internal sealed record ManagedReport
{
    /// <summary>host:port that others may join.</summary>
    public string? Listening { get; init; }

    public JobEvent? Job { get; init; }

    /// <summary>Somebody asked this node to end, and it would leave politely.</summary>
    public bool Leaving { get; init; }

    /// <summary>The node cannot go on and ends.</summary>
    public NodeFailure? Failed { get; init; }

    public StepMeasurement? Measured { get; init; }

    public NodeObservations? Observed { get; init; }

    public LinkLost? LinkLost { get; init; }

    public ClusterStatus? Status { get; init; }

    public string ToLine() => JsonSerializer.Serialize(this, ManagedJson.Default.ManagedReport);

    /// <exception cref="JsonException">Something else writes to the node's standard output.</exception>
    public static ManagedReport Parse(string line) => JsonSerializer.Deserialize(line, ManagedJson.Default.ManagedReport)!;
}

internal sealed record NodeFailure(string Message, int ExitCode);

[JsonSourceGenerationOptions(
    PropertyNamingPolicy = JsonKnownNamingPolicy.SnakeCaseLower,
    DefaultIgnoreCondition = JsonIgnoreCondition.WhenWritingDefault,
    NumberHandling = JsonNumberHandling.AllowNamedFloatingPointLiterals)]
[JsonSerializable(typeof(ManagedOrder))]
[JsonSerializable(typeof(ManagedReport))]
internal sealed partial class ManagedJson : JsonSerializerContext;
