using System.Collections.Concurrent;
using System.Diagnostics;
using System.Net.Sockets;
using System.Security.Authentication;
using System.Security.Cryptography;
using Akka.Actor;
using Akka.Remote;

namespace DistributedTrainer.Actors;

/// <summary>
/// Tensors over connections of their own: one to each other node, by a Unix socket where both are on one machine. Of two nodes the one
/// whose address comes first in ordinal order calls the other, so that they never meet halfway.
/// </summary>
internal sealed class SocketTransport : ITensorTransport, IDisposable
{
    private static readonly TimeSpan AskAgainAfter = TimeSpan.FromMilliseconds(250);
    private static readonly TimeSpan StopWithin = TimeSpan.FromMilliseconds(250);

    private readonly ConcurrentDictionary<string, SocketLink> _links = new();
    private readonly ConcurrentDictionary<ulong, IFrameReceiver> _receivers = new();
    private readonly ConcurrentDictionary<string, ulong> _jobs = new();
    private readonly ConcurrentDictionary<string, DataPlaneAdvert> _adverts = new();
    private readonly Lock _changing = new();
    private readonly ActorSystem _system;
    private readonly SocketListener _listener;
    private readonly SocketDialer _dialer;
    private readonly IActorRef _plane;
    private readonly FaultInjection? _faults;
    private bool _isStopped;

    /// <param name="self">This node's address, host:port.</param>
    /// <exception cref="NodeStartException">None of the configured ports is free.</exception>
    public SocketTransport(ActorSystem system, string self, DataPlaneSettings settings, BufferPool pool, TransportCounters counters)
    {
        (_system, Settings, Pool, Counters, Identity) = (system, settings, pool, counters, TlsIdentity.Of(system));
        var host = DataPlaneAdvert.HostOf(self);
        _listener = new SocketListener(this, NodeSystem.IsThisMachineOnly(host));
        Advert = new DataPlaneAdvert(
            DataPlaneAdvert.CurrentVersion,
            DataPlaneSettings.Sockets,
            self,
            AddressUidExtension.Uid(system),
            Machine.Current,
            _listener.UnixPath,
            settings.Address.Length > 0 ? settings.Address : host,
            _listener.Port,
            RandomNumberGenerator.GetHexString(32));
        _dialer = new SocketDialer(settings, Advert, Identity);
        _faults = FaultInjection.Find(system);
        _plane = system.ActorOf(Props.Create(() => new SocketPlaneActor(this)), TensorReceiverActor.Name);
        _listener.Start();
    }

    public DataPlaneSettings Settings { get; }

    public BufferPool Pool { get; }

    public TransportCounters Counters { get; }

    /// <summary>What TCP connections show, and ask to be shown; null where they are in the clear.</summary>
    public TlsIdentity? Identity { get; }

    /// <summary>How others reach this node.</summary>
    public DataPlaneAdvert Advert { get; }

    public bool IsFlushed => _links.Values.All(link => link.IsFlushed);

    public void Send(string node, string jobId, in FrameHeader header, TensorSlice payload)
    {
        if (!_jobs.TryGetValue(jobId, out var job))
            job = _jobs[jobId] = JobKey.Of(jobId);
        Counters.Sent(RecordHead.Size + (payload.Length * sizeof(float)));
        // A link that is closed just now refuses the frame, and has been, or is about to be, taken out of the table.
        while ((_links.TryGetValue(node, out var known) ? known : Connect(node)) is { } link && !link.Send(job, header, payload))
            _links.TryRemove(KeyValuePair.Create(node, link));
    }

    public void Register(string jobId, IFrameReceiver receiver) => _receivers[JobKey.Of(jobId)] = receiver;

    public void Unregister(string jobId)
    {
        _receivers.TryRemove(JobKey.Of(jobId), out _);
        _jobs.TryRemove(jobId, out _);
    }

    /// <summary>Says goodbye to all, and waits a moment for them to hear it.</summary>
    public void Dispose()
    {
        lock (_changing)
        {
            if (_isStopped)
                return;
            _isStopped = true;
        }

        _listener.Dispose();
        foreach (var link in _links.Values)
            link.SayGoodbye();
        var started = Stopwatch.GetTimestamp();
        foreach (var link in _links.Values)
        {
            var left = StopWithin - Stopwatch.GetElapsedTime(started);
            if (link.IsOpen && left > TimeSpan.Zero)
                link.HasStoppedReading.Wait(left);
            link.Close(null);
        }

        Counters.Dispose();
    }

    // ---- for links and the listener ---------------------------------------------------------------------------------------

    internal IFrameReceiver? ReceiverOf(ulong job) => _receivers.GetValueOrDefault(job);

    /// <summary>Another node has called: its connection opens the link to it, in place of one that is open already.</summary>
    /// <returns>The link, whose frames the caller reads; null if this node is about to stop.</returns>
    internal SocketLink? Adopt(Socket socket, string node, int uid)
    {
        if (_faults is not null)
            socket = SocketRelay.Before(socket, node, _faults, Settings);
        while (Connect(node) is { } link)
        {
            if (link.Open(socket, uid))
                return link;
            link.Close($"node {node} has connected anew");
            _links.TryRemove(KeyValuePair.Create(node, link));
            link.HasStoppedReading.Wait(Settings.SilentAfter); // what it still delivers comes before what the new one brings
        }

        return null;
    }

    /// <summary>Ends the link to a node, if there is one, as a failure.</summary>
    internal void Fail(string node, string reason)
    {
        if (_links.TryGetValue(node, out var link))
            link.Close(reason);
    }

    /// <param name="failure">Null where the end is no failure.</param>
    internal void Closed(SocketLink link, string? failure)
    {
        _links.TryRemove(KeyValuePair.Create(link.Node, link));
        _adverts.TryRemove(link.Node, out _);
        if (failure is not null)
            Fail(new LinkFailed(link.Node, failure));
    }

    // ---- for the actor ----------------------------------------------------------------------------------------------------

    /// <summary>Another node has said how it is reached.</summary>
    internal void Learn(DataPlaneAdvert advert, bool isAsking)
    {
        if (Advert.Refusal(advert) is { } refusal)
        {
            if (_links.TryGetValue(advert.Node, out var refused))
                refused.Close(refusal);
            else if (!isAsking)
                Fail(new LinkFailed(advert.Node, refusal));
            return;
        }

        if (_links.TryGetValue(advert.Node, out var old) && old.Uid is { } uid && uid != advert.Uid)
            old.Close($"node {advert.Node} is another process now");
        _adverts[advert.Node] = advert;
        if (_links.TryGetValue(advert.Node, out var link))
            link.Wake();
        else if (isAsking && Calls(advert.Node))
            Connect(advert.Node);
    }

    /// <summary>A node has come: the link to it is there before the first frame.</summary>
    internal void Meet(string node)
    {
        if (node != Advert.Node && Calls(node))
            Connect(node);
    }

    /// <summary>The node is gone for good: what was on its way to it no longer counts, and its address may come back as another process.</summary>
    internal void Retire(string node, int uid)
    {
        if (!_links.TryGetValue(node, out var link) || (link.Uid ?? uid) != uid)
            return;
        link.SayGoodbye(); // to a node that leaves and is not quite gone
        link.Close(null);
    }

    // ---- connecting -------------------------------------------------------------------------------------------------------

    /// <summary>Whether it is this node that calls the other one.</summary>
    private bool Calls(string node) => string.CompareOrdinal(Advert.Node, node) < 0;

    /// <returns>The link to the node, made if there is none; null once this node stops.</returns>
    private SocketLink? Connect(string node)
    {
        lock (_changing)
        {
            if (_isStopped)
                return null;
            if (_links.TryGetValue(node, out var known))
                return known;
            var link = new SocketLink(this, node);
            _links[node] = link;
            DataPlaneThread.Start($"tensors: write {node}", () => Serve(link, Calls(node)));
            return link;
        }
    }

    /// <summary>The life of a link's writing thread.</summary>
    private void Serve(SocketLink link, bool dials)
    {
        var reason = $"node {link.Node} has not answered within {Settings.ConnectWithin.TotalSeconds:0.#} s";
        var started = Stopwatch.GetTimestamp();
        while (!link.IsOpen && Stopwatch.GetElapsedTime(started) < Settings.ConnectWithin)
        {
            if (dials && _adverts.TryGetValue(link.Node, out var peer))
            {
                if (TryDial(link, peer) is not { } failure)
                    break;
                reason = failure;
                _adverts.TryRemove(KeyValuePair.Create(link.Node, peer));
            }
            else
            {
                Ask(link.Node);
            }

            if (!_adverts.ContainsKey(link.Node) || !dials)
                link.Await(AskAgainAfter);
            if (link.IsClosed)
                return;
        }

        if (!link.IsOpen)
            link.Close(reason);
        link.Write();
    }

    /// <returns>Why it could not be reached; null if it was.</returns>
    private string? TryDial(SocketLink link, DataPlaneAdvert peer)
    {
        if (_faults?.IsCut(link.Node) == true)
            return $"node {link.Node} is cut off by an experiment";
        try
        {
            var socket = _dialer.Dial(peer, Settings.HandshakeWithin);
            if (_faults is not null)
                socket = SocketRelay.Before(socket, link.Node, _faults, Settings);
            if (link.Open(socket, peer.Uid))
                DataPlaneThread.Start($"tensors: read {link.Node}", link.Read);
            else
                socket.Dispose();
            return null;
        }
        catch (AuthenticationException error)
        {
            return $"node {link.Node} and this one do not trust each other at {peer.Host}:{peer.Port}: {Identity?.LastRefusal ?? error.Message}";
        }
        catch (Exception error) when (error is SocketException or TimeoutException)
        {
            return $"node {link.Node} cannot be reached at {peer.Host}:{peer.Port}: {error.Message}; "
                + "the port must be open between the nodes, see dtrain.data-plane.port";
        }
    }

    private void Ask(string node) => _system
        .ActorSelection($"{NodeSystem.ProtocolOf(_system)}://{_system.Name}@{node}/user/{TensorReceiverActor.Name}")
        .Tell(Advert.Ask(), _plane);

    private void Fail(LinkFailed failure)
    {
        foreach (var (_, receiver) in _receivers)
            receiver.Fail(failure);
        _system.EventStream.Publish(failure);
    }
}
