using System.Net;
using System.Net.Security;
using System.Net.Sockets;
using System.Security.Authentication;

namespace DistributedTrainer.Actors;

/// <summary>
/// Finds out why a seed does not answer, where that lies in TLS: Akka says no more than that nobody came. It calls the seed as Akka does
/// and looks at how far it gets.
/// </summary>
internal static class SeedProbe
{
    /// <summary>A seed that has nothing against the caller answers Akka within this, and is not probed.</summary>
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(2);

    /// <summary>A seed that refuses a certificate closes the connection at once.</summary>
    private static readonly TimeSpan CloseWithin = TimeSpan.FromSeconds(1);

    /// <summary>Completes with the reason once each of the seeds is known to refuse this process, or to be refused by it; otherwise never.</summary>
    /// <param name="identity">Null where this process speaks in the clear.</param>
    public static async Task<string> RefusalAsync(IEnumerable<(string Host, int Port)> seeds, TlsIdentity? identity, CancellationToken bound)
    {
        await Task.Delay(Patience, bound).ConfigureAwait(false);
        var reasons = await Task.WhenAll(seeds.Select(seed => AskAsync(seed.Host, seed.Port, identity, bound))).ConfigureAwait(false);
        if (reasons.Length == 0 || reasons.Any(reason => reason is null))
            await Task.Delay(Timeout.InfiniteTimeSpan, bound).ConfigureAwait(false);
        return string.Join("; ", reasons);
    }

    /// <returns>What is wrong between the two; null where it is not TLS, or cannot be told.</returns>
    public static async Task<string?> AskAsync(string host, int port, TlsIdentity? identity, CancellationToken bound)
    {
        var seed = $"{host}:{port}";
        var isTls = false;
        try
        {
            using var socket = new Socket(SocketType.Stream, ProtocolType.Tcp);
            await socket.ConnectAsync(new DnsEndPoint(host, port), bound).ConfigureAwait(false);
            using var stream = new SslStream(new NetworkStream(socket));
            if (identity is null)
            {
                await stream.AuthenticateAsClientAsync(
                    new SslClientAuthenticationOptions
                    {
                        TargetHost = host,
                        RemoteCertificateValidationCallback = (_, _, _, _) => (isTls = true, false).Item2, // seen, and no further
                    },
                    bound).ConfigureAwait(false);
                return null;
            }

            await stream.AuthenticateAsClientAsync(identity.ClientOptions(seed, host), bound).ConfigureAwait(false);
            isTls = true;
            using var closing = CancellationTokenSource.CreateLinkedTokenSource(bound);
            closing.CancelAfter(CloseWithin);
            return await stream.ReadAsync(new byte[1], closing.Token).ConfigureAwait(false) == 0 ? RefusedByTheSeed() : null;
        }
        catch (Exception error) when (error is AuthenticationException or IOException)
        {
            if (identity is null)
                return isTls ? $"{seed} lets in only who shows a certificate: give a configuration with dtrain.tls by --config, see docs/SECURITY.md" : null;
            if (identity.LastRefusal is { } refusal && refusal.StartsWith(seed, StringComparison.Ordinal))
                return refusal;
            return isTls || error.Message.Contains("alert", StringComparison.OrdinalIgnoreCase) || error.InnerException?.Message.Contains("alert", StringComparison.OrdinalIgnoreCase) == true
                ? RefusedByTheSeed()
                : $"{seed} ended the TLS handshake: it speaks in the clear (dtrain.tls.enabled = off), or does not accept the certificate '{identity.Name}', and its log says why";
        }
        catch (Exception error) when (error is SocketException or OperationCanceledException)
        {
            return null; // nobody there, or somebody who keeps the connection
        }

        string RefusedByTheSeed() => $"{seed} does not accept the certificate '{identity!.Name}' of this process; its log says why";
    }
}
