using System.Runtime.InteropServices;
using DistributedTrainer.Coordination;
using DistributedTrainer.Data;

namespace DistributedTrainer.Actors.Tests;

/// <summary>A node with the data gives rows of that data, and nothing else, whatever it is asked.</summary>
public sealed class RowServerTests : IDisposable
{
    private readonly OpenedJob _job = OpenedJob.Open("job", JobFile.Format(SmallJobs.Digits), servers: 2);
    private readonly BufferPool _pool = new();
    private readonly Answers _answers = new();
    private readonly RowServer _server;
    private readonly long _key;

    public RowServerTests() => (_server, _key) = (new RowServer(_job, _answers, _pool), RowFrames.KeyOf(_job.Data.Sha256));

    public void Dispose()
    {
        _server.Dispose();
        _job.Dispose();
    }

    [Fact]
    public async Task Rows_come_in_the_order_asked_with_the_number_of_the_request()
    {
        var answer = await Ask(_key, 1700, 3);
        var stored = new byte[2 * _job.Data.Stored!.RowBytes];
        Assert.True(_job.Data.Stored.TryCopy([1700, 3], stored));
        Assert.Equal((FrameKind.Rows, 77L, _key, "node:1"), (answer.Header.Kind, answer.Header.Step, answer.Header.BestVersion, answer.Node));
        Assert.Equal(stored, answer.Bytes);
        Assert.Equal(stored.Length, _answers.Counters.RowBytesServed);
    }

    [Theory, InlineData(1797), InlineData(-1), InlineData(int.MaxValue), InlineData(int.MinValue)]
    public async Task A_row_that_is_not_there_brings_an_empty_answer(int row) => Assert.Empty((await Ask(_key, 0, row)).Bytes);

    [Fact]
    public async Task Other_data_brings_an_empty_answer() => Assert.Empty((await Ask(_key + 1, 0)).Bytes);

    [Fact]
    public async Task More_rows_than_an_answer_holds_bring_an_empty_answer() =>
        Assert.Empty((await Ask(_key, [.. Enumerable.Range(0, RowFrames.RowsAtOnce(_job.Data.Stored!.RowBytes) + 1)])).Bytes);

    [Fact]
    public async Task The_description_is_that_of_the_data()
    {
        _server.Ask("node:1", new FrameArrived(new FrameHeader { Kind = FrameKind.DescriptionWanted, Step = 5 }, default));
        var answer = await _answers.Next();
        Assert.Equal((FrameKind.Description, 5L), (answer.Header.Kind, answer.Header.Step));
        Assert.Equal(_job.Data.Sha256, DataDescription.Read(answer.Bytes.AsSpan(0, answer.Header.Piece)).Sha256);
    }

    [Fact]
    public async Task A_flood_of_requests_is_dropped_and_counted()
    {
        var gate = new ManualResetEventSlim();
        _answers.Before = gate.Wait;
        for (var times = 0; times < 1000; times++)
            _server.Ask("node:1", Request(_key, 0));
        Assert.InRange(_answers.Counters.Dropped(DropReason.Overload), 1000 - RowServer.MostWaiting - 1, 1000 - RowServer.MostWaiting);
        gate.Set();
        await _answers.Next();
    }

    [Fact]
    public void A_job_that_is_over_answers_nobody()
    {
        _server.Dispose();
        _server.Ask("node:1", Request(_key, 0));
        Assert.Equal(1, _answers.Counters.Dropped(DropReason.UnknownJob));
        Assert.False(_answers.HasMore);
    }

    [Fact]
    public void Frames_for_rows_are_admitted_as_their_job_allows()
    {
        Assert.True(Fits(FrameKind.DescriptionWanted, 0));
        Assert.False(Fits(FrameKind.DescriptionWanted, 1));
        Assert.True(Fits(FrameKind.RowsWanted, 1));
        Assert.True(Fits(FrameKind.RowsWanted, RowFrames.MostRowsAsked));
        Assert.False(Fits(FrameKind.RowsWanted, RowFrames.MostRowsAsked + 1));
        Assert.False(Fits(FrameKind.RowsWanted, 0));
        // This node has the data: nobody has anything to send to it.
        Assert.False(Fits(FrameKind.Rows, _job.Data.Stored!.RowBytes / sizeof(float)));
        Assert.False(Fits(FrameKind.Description, 10));
        var fetching = new OpenedJob("job", _job.Job, _job.Data, _job.Network, 2)
        {
            Rows = new RowSupply(Akka.Actor.ActorRefs.Nobody, new RowCache(100, 260, 1 << 20, TimeSpan.FromSeconds(1))),
        };
        Assert.True(FrameAdmission.Fits(fetching, new FrameHeader { Kind = FrameKind.Rows }, 65));
        Assert.True(FrameAdmission.Fits(fetching, new FrameHeader { Kind = FrameKind.Rows }, 0));
        Assert.False(FrameAdmission.Fits(fetching, new FrameHeader { Kind = FrameKind.Rows }, 64));
        Assert.False(FrameAdmission.Fits(fetching, new FrameHeader { Kind = FrameKind.Rows }, 65 * (RowFrames.RowsAtOnce(260) + 1)));
        fetching.Rows.Cache.Dispose();
    }

    [Fact]
    public async Task A_hundred_thousand_random_frames_bring_answers_of_the_data_or_none()
    {
        var random = new Random(20_312);
        using var store = new ParameterStore(_job.Network.Layout.Length, versions: 2);
        var frames = new JobFrames(_job, store, _answers.Counters, Akka.Actor.ActorRefs.Nobody, _server);
        _answers.IsCounting = true;
        for (var times = 0; times < 100_000; times++)
        {
            var bytes = new byte[FrameHeader.Size];
            random.NextBytes(bytes);
            bytes[0] = (byte)random.Next(13, 20);
            var header = FrameHeader.Read(bytes);
            if (random.Next(2) == 0)
                header = header with { BestVersion = _key };
            var length = random.Next(4) == 0 ? random.Next() : random.Next(40);
            if (!frames.Accepts(header, length))
                continue;
            var payload = length == 0 ? default : new TensorSlice(_pool.Rent(length), 0, length);
            random.NextBytes(payload.Bytes);
            for (var index = 0; index < length; index++)
                MemoryMarshal.Cast<byte, int>(payload.Bytes)[index] = random.Next(3) == 0 ? random.Next() : random.Next(1797);
            frames.Deliver("node:1", new FrameArrived(header, payload));
        }

        await Wait.Until(() => _answers.Sent > 100, "answers");
        _server.Dispose();
        Assert.InRange(_answers.Longest, 1, Math.Max(256 * 1024, _job.Data.Describe()!.ToBytes().Length + 3));
    }

    private bool Fits(FrameKind kind, int floats) => FrameAdmission.Fits(_job, new FrameHeader { Kind = kind }, floats);

    private async Task<Answer> Ask(long key, params int[] rows)
    {
        _server.Ask("node:1", Request(key, rows));
        return await _answers.Next();
    }

    private FrameArrived Request(long key, params int[] rows)
    {
        var buffer = _pool.Rent(rows.Length);
        MemoryMarshal.AsBytes(rows.AsSpan()).CopyTo(buffer.Bytes);
        return new FrameArrived(new FrameHeader { Kind = FrameKind.RowsWanted, Step = 77, BestVersion = key }, new TensorSlice(buffer, 0, rows.Length));
    }
}
