using System.Diagnostics;
using System.Runtime.InteropServices;
using Akka.Actor;
using Akka.Event;
using DistributedTrainer.Coordination;
using DistributedTrainer.Data;

namespace DistributedTrainer.Actors;

/// <summary>
/// Opens a job on a node that has not its data, and fetches the rows: first the data's description from one of the nodes that have it, then,
/// as steps go on, what the next steps need. Its thread is not one of those that compute: those may be waiting for it.
/// </summary>
internal sealed class RowsActor : ReceiveActor, IWithTimers
{
    private static readonly TimeSpan TickInterval = TimeSpan.FromMilliseconds(250);

    /// <summary>Requests that are under way for steps to come; more would only wait.</summary>
    private const int RequestsAhead = 8;

    /// <summary>A reader's own bound lies behind that of the requests, which can say more.</summary>
    private static readonly TimeSpan ReadersMore = TimeSpan.FromSeconds(10);

    private readonly OpenJob _open;
    private readonly ITensorTransport _transport;
    private readonly BufferPool _pool;
    private readonly RowSettings _settings;
    private readonly Func<OpenJob, Func<Job, DataSet>, RowSupply, JobOpenedHere> _opener;
    private readonly RowRequests _requests;
    private readonly string _data;
    private readonly List<int> _rows = [];
    private readonly long _started = Stopwatch.GetTimestamp();
    private RowSupply? _supply;
    private RowsAhead? _ahead;
    private long _key;
    private bool _isOpening;
    private bool _hasEnded;

    /// <param name="order">Who has the data.</param>
    /// <param name="opener">Opens the job once the data's description is here.</param>
    public RowsActor(
        OpenJob open, FetchRows order, ITensorTransport transport, BufferPool pool, RowSettings settings,
        Func<OpenJob, Func<Job, DataSet>, RowSupply, JobOpenedHere> opener)
    {
        (_open, _transport, _pool, _settings, _opener) = (open, transport, pool, settings, opener);
        _data = JobFile.Parse(open.JobText, "submitted job").Data.Describe();
        _requests = new RowRequests(_data) { Limits = new RowLimits { RowsAtOnce = 1, Within = settings.Within } };
        _requests.Set(order.Sources);
        Receive<FetchRows>(Learn);
        Receive<RowsArrived>(Take);
        Receive<LinkFailed>(failure => Then(() => _requests.Fail(failure.Node, $"cannot be reached: {failure.Reason}", Now)));
        Receive<RowsMissed>(missed => Then(() => _requests.Want(missed.Rows, -1, Now)));
        Receive<RowsNeededFrom>(GoAhead);
        Receive<RowsOpened>(opened => Plan(opened.Job));
        Receive<Tick>(_ => Look());
    }

    public ITimerScheduler Timers { get; set; } = null!;

    private TimeSpan Now => Stopwatch.GetElapsedTime(_started);

    protected override void PreStart()
    {
        Timers.StartPeriodicTimer(Tick.Instance, Tick.Instance, TickInterval);
        _transport.Register(_open.JobId, new DescriptionFrames(Self, _transport.Counters));
        Then(() => _requests.Want([], -1, Now));
    }

    /// <summary>The cache is freed with the job; whoever waits for a row must not wait for it.</summary>
    protected override void PostStop() => _supply?.Cache.Close();

    private void Then(Action happened)
    {
        happened();
        Send();
    }

    private void Learn(FetchRows order)
    {
        _requests.Set(order.Sources);
        if (_supply is not null)
            _supply.Sources = order.Sources;
        Send();
    }

    private void Look()
    {
        Send();
        if (_hasEnded || _requests.Stuck(Now) is not { } reason)
            return;
        _hasEnded = true;
        if (_supply is null)
            Fail(reason);
        else
            _supply.Cache.Fail(reason); // whoever waits for a row ends the run with it
    }

    private void Fail(string reason) => Context.Parent.Tell(new JobOpenedHere(_open.JobId, null, null, reason));

    // ---- what is fetched --------------------------------------------------------------------------------------------------

    /// <summary>With a plan of its own: the workers' keeps the order of the epoch that they are in, and this one is often in the next.</summary>
    private void Plan(OpenedJob job) => _ahead = new RowsAhead(
        new RunPlan(job.Job, job.Data.Train.Count), job.Data.Train, job.Data.Validation, _supply!.Cache.Capacity / 2);

    private void GoAhead(RowsNeededFrom from)
    {
        _supply!.Cache.Passed(from.Step);
        _ahead?.MoveTo(from.Step, from.First, from.End);
        WantMore();
        Send();
    }

    /// <summary>As far as there is room for requests, wants what the next steps need.</summary>
    private void WantMore()
    {
        var most = RequestsAhead * _requests.Limits.RowsAtOnce;
        while (_requests.Outstanding < most && !_supply!.Cache.IsComplete && _ahead?.TakeNext(_rows) is { } step)
        {
            if (_supply.Cache.Need(_rows, step) is { Length: > 0 } lacking)
                _requests.Want(lacking, step, Now);
        }
    }

    private void Send()
    {
        foreach (var request in _requests.Decide(Now))
        {
            var isRows = request.Rows.Length > 0;
            var header = new FrameHeader { Kind = isRows ? FrameKind.RowsWanted : FrameKind.DescriptionWanted, Step = request.Number, BestVersion = _key };
            if (!isRows)
            {
                _transport.Send(request.Node, _open.JobId, header, default);
                continue;
            }

            var buffer = _pool.Rent(request.Rows.Length);
            MemoryMarshal.AsBytes(request.Rows.AsSpan()).CopyTo(buffer.Bytes);
            _transport.Send(request.Node, _open.JobId, header, new TensorSlice(buffer, 0, request.Rows.Length));
            buffer.Release();
        }
    }

    // ---- what arrives -----------------------------------------------------------------------------------------------------

    private void Take(RowsArrived arrived)
    {
        var (header, payload) = (arrived.Frame.Header, arrived.Frame.Payload);
        if (payload.Length == 0)
            _requests.Fail(arrived.Node, "says that it has not this data", Now);
        else if (_requests.Answered(arrived.Node, header.Step, Now) is not { } request)
            _transport.Counters.Drop(DropReason.Stale);
        else if (request.Rows.Length == 0)
            Open(payload.Bytes[..header.Piece]);
        else
            Keep(request, header, payload);
        payload.Release();
        WantMoreIfOpen();
        Send();
    }

    private void WantMoreIfOpen()
    {
        if (_supply is not null)
            WantMore();
    }

    private void Keep(RowRequest request, in FrameHeader header, TensorSlice payload)
    {
        if (header.BestVersion != _key || payload.Bytes.Length != request.Rows.Length * _supply!.Cache.RowBytes)
        {
            // Not what was asked: nothing of it is believed, and another node is asked.
            _requests.Want(request.Rows, request.Step, Now);
            _requests.Fail(request.Node, "has sent other rows than it was asked for", Now);
            return;
        }

        _transport.Counters.RowsFetched(payload.Bytes.Length);
        _supply.Cache.Put(request.Rows, payload.Bytes, request.Step);
    }

    private void Open(ReadOnlySpan<byte> bytes)
    {
        if (_isOpening)
            return;
        _isOpening = true;
        try
        {
            var description = DataDescription.Read(bytes);
            var cache = new RowCache(description.RowCount, description.RowBytes, _settings.CacheLimit, _settings.Within + ReadersMore);
            _key = RowFrames.KeyOf(description.Sha256);
            _supply = new RowSupply(Self, cache) { Sources = [.. _requests.Sources] };
            _requests.Limits = _requests.Limits with { RowsAtOnce = RowFrames.RowsAtOnce(description.RowBytes) };
            Tell(description, cache);
            Open(description, cache, _supply);
        }
        catch (DataException error)
        {
            Fail(error.Message);
        }
    }

    private void Open(DataDescription description, RowCache cache, RowSupply supply)
    {
        var (self, open, opener) = (Self, _open, _opener);
        Task.Run(() =>
        {
            try
            {
                var opened = opener(open, job => DataSet.Fetch(description, job.Data, job.Seed, cache), supply);
                self.Tell(new RowsOpened(opened.Job!), ActorRefs.NoSender);
                return opened;
            }
            catch
            {
                cache.Dispose();
                throw;
            }
        }).PipeTo(Context.Parent, Self, failure: error => new JobOpenedHere(open.JobId, null, null, error.Message));
    }

    private void Tell(DataDescription description, RowCache cache) => Context.GetLogger().Warning(
        "The data of job {0}, {1}, is not on this node: it fetches rows from {2} and keeps up to {3:#,0} of {4:#,0} of them ({5:#,0} bytes each)",
        _open.JobId, _data, string.Join(", ", _requests.Sources), cache.Capacity, description.RowCount, description.RowBytes);

    private sealed class Tick
    {
        public static Tick Instance { get; } = new();
    }
}
