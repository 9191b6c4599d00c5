using System.Diagnostics;
using System.Runtime.InteropServices;

namespace DistributedTrainer.Data;

/// <summary>
/// Rows of a data set on a node that has not its files: fetched from nodes that have them, stored here within a bound. A reader waits for a
/// row that is not here; rows that coming steps need are fetched before and kept until those steps have passed. What must give way is
/// found by a hand that goes round (second chance). Safe from several threads.
/// </summary>
public sealed unsafe class RowCache : IDisposable
{
    /// <summary>A reader holds one row at a time, and there must be some more for what arrives meanwhile.</summary>
    private const int LeastSlots = 64;
    private const int BlockBytes = 1 << 20;
    private const int Absent = -1;
    private const int Asked = -2;

    /// <summary>Of the lists beside a slot.</summary>
    private const int SlotOverhead = 16;

    private readonly object _gate = new();
    private readonly int[] _slotOf;
    private readonly int[] _rowOf;
    private readonly int[] _readers;
    private readonly long[] _until;
    private readonly int _blockSlots;
    private readonly List<nint> _blocks = [];
    private readonly Dictionary<int, int> _waiting = [];
    private readonly TimeSpan _within;
    private string? _end;
    private bool _isClosed;
    private int _used;
    private int _hand;
    private int _count;
    private long _passed;
    private long _bytes;
    private long _waits;

    /// <param name="rows">Rows of the data set, of all its parts.</param>
    /// <param name="rowBytes">Bytes of one.</param>
    /// <param name="limit">Bytes that rows may take. Beside them, four bytes of each row of the set say where it is.</param>
    /// <param name="within">A reader waits for so long at most.</param>
    /// <exception cref="DataException">The bound holds too few rows to work with.</exception>
    public RowCache(int rows, int rowBytes, long limit, TimeSpan within)
    {
        (RowBytes, _within) = (rowBytes, within);
        Capacity = (int)Math.Min(rows, limit / (rowBytes + SlotOverhead));
        if (Capacity < Math.Min(rows, LeastSlots))
        {
            throw new DataException($"dtrain.rows.cache-limit = {limit:#,0} bytes holds {Capacity} rows of {rowBytes:#,0} bytes; "
                + $"at least {LeastSlots} are needed, {(long)LeastSlots * (rowBytes + SlotOverhead):#,0} bytes.");
        }

        _slotOf = GC.AllocateUninitializedArray<int>(rows);
        _slotOf.AsSpan().Fill(Absent);
        (_rowOf, _readers, _until) = (new int[Capacity], new int[Capacity], new long[Capacity]);
        _blockSlots = Math.Max(1, BlockBytes / rowBytes);
    }

    public int RowBytes { get; }

    /// <summary>Rows that fit.</summary>
    public int Capacity { get; }

    public int Rows => _slotOf.Length;

    /// <summary>Rows that are here.</summary>
    public int Count => Volatile.Read(ref _count);

    /// <summary>Nothing is left to be fetched, now or later.</summary>
    public bool IsComplete => Count == Rows;

    /// <summary>Bytes of rows that have arrived so far.</summary>
    public long BytesFetched => Interlocked.Read(ref _bytes);

    /// <summary>How often a reader has had to wait.</summary>
    public long Waits => Interlocked.Read(ref _waits);

    /// <summary>Told of rows that somebody reads and that are not here. Must not wait.</summary>
    public Action<int[]> Missed { get; set; } = _ => { };

    /// <summary>Steps before this one have passed: what only they needed may go.</summary>
    public void Passed(long step)
    {
        lock (_gate)
            _passed = Math.Max(_passed, step);
    }

    /// <summary>Rows are needed at a step: those here are kept until it has passed.</summary>
    /// <returns>Those that are neither here nor asked for; from now on they are asked for.</returns>
    public int[] Need(IReadOnlyList<int> rows, long step)
    {
        if (IsComplete)
            return [];
        lock (_gate)
        {
            var lacking = new List<int>();
            foreach (var row in rows)
            {
                if (_slotOf[row] >= 0)
                    _until[_slotOf[row]] = Math.Max(_until[_slotOf[row]], step);
                else if (_slotOf[row] == Absent)
                    Ask(row, lacking);
            }

            return [.. lacking];
        }
    }

    /// <summary>Rows are about to be read: those that are not here are asked for together.</summary>
    public void Expect(IReadOnlyList<int> rows)
    {
        if (Need(rows, step: -1) is { Length: > 0 } lacking)
            Missed(lacking);
    }

    /// <summary>Rows have arrived.</summary>
    /// <param name="stored">RowBytes for each.</param>
    /// <param name="step">They are kept until this step has passed; −1 for no longer than others need the place.</param>
    public void Put(ReadOnlySpan<int> rows, ReadOnlySpan<byte> stored, long step)
    {
        lock (_gate)
        {
            if (_isClosed)
                return;
            foreach (var row in rows)
            {
                var bytes = stored[..RowBytes];
                stored = stored[RowBytes..];
                if (_slotOf[row] >= 0)
                    continue;
                var slot = FreeSlot();
                _slotOf[row] = slot < 0 ? Absent : slot;
                if (slot < 0)
                    continue;
                (_rowOf[slot], _until[slot]) = (row, step);
                bytes.CopyTo(new Span<byte>(Address(slot), RowBytes));
                Volatile.Write(ref _count, _count + 1);
                Interlocked.Add(ref _bytes, RowBytes);
            }

            Monitor.PulseAll(_gate);
        }
    }

    /// <summary>A row's bytes, which stay until <see cref="Release"/>. Waits until they are here.</summary>
    /// <exception cref="DataException">They cannot be had; the message says why.</exception>
    /// <exception cref="OperationCanceledException">The job is over.</exception>
    internal byte* Hold(int row)
    {
        lock (_gate)
        {
            var slot = _slotOf[row] >= 0 ? _slotOf[row] : Await(row);
            _readers[slot]++;
            return Address(slot);
        }
    }

    internal void Release(int row)
    {
        lock (_gate)
            _readers[_slotOf[row]]--;
    }

    /// <summary>No row can be had any more: whoever waits hears why.</summary>
    public void Fail(string reason)
    {
        lock (_gate)
        {
            _end = reason;
            Monitor.PulseAll(_gate);
        }
    }

    /// <summary>The job is over: nobody waits any longer.</summary>
    public void Close()
    {
        lock (_gate)
        {
            _isClosed = true;
            Monitor.PulseAll(_gate);
        }
    }

    public void Dispose()
    {
        Close();
        lock (_gate)
        {
            foreach (var block in _blocks)
                NativeMemory.Free((void*)block);
            _blocks.Clear();
        }
    }

    private int Await(int row)
    {
        Interlocked.Increment(ref _waits);
        CollectionsMarshal.GetValueRefOrAddDefault(_waiting, row, out _)++;
        try
        {
            var started = Stopwatch.GetTimestamp();
            while (_slotOf[row] < 0)
            {
                RequireOpen();
                if (_end is not null)
                    throw new DataException(_end);
                if (_slotOf[row] == Absent)
                {
                    _slotOf[row] = Asked;
                    Missed([row]);
                    continue; // it may be here already
                }

                var left = _within - Stopwatch.GetElapsedTime(started);
                if (left <= TimeSpan.Zero || !Monitor.Wait(_gate, left))
                    throw new DataException($"waited {_within.TotalSeconds:0} s for row {row} of the data, and nobody sent it");
            }

            return _slotOf[row];
        }
        finally
        {
            if (--CollectionsMarshal.GetValueRefOrNullRef(_waiting, row) == 0)
                _waiting.Remove(row);
        }
    }

    private void RequireOpen()
    {
        if (_isClosed)
            throw new OperationCanceledException("The job is over: its rows are not fetched any more.");
    }

    private void Ask(int row, List<int> lacking)
    {
        _slotOf[row] = Asked;
        lacking.Add(row);
    }

    /// <returns>−1 where all are being read.</returns>
    private int FreeSlot()
    {
        if (_used < Capacity)
        {
            if (_used % _blockSlots == 0)
                _blocks.Add((nint)NativeMemory.Alloc((nuint)Math.Min(_blockSlots, Capacity - _used), (nuint)RowBytes));
            return _used++;
        }

        var slot = Evict(mayBeNeeded: false);
        return slot >= 0 ? slot : Evict(mayBeNeeded: true);
    }

    private int Evict(bool mayBeNeeded)
    {
        for (var looked = 0; looked < Capacity; looked++)
        {
            var slot = _hand;
            _hand = (_hand + 1) % Capacity;
            if (_readers[slot] > 0 || (!mayBeNeeded && _until[slot] >= _passed) || _waiting.ContainsKey(_rowOf[slot]))
                continue;
            _slotOf[_rowOf[slot]] = Absent;
            Volatile.Write(ref _count, _count - 1);
            return slot;
        }

        return -1;
    }

    private byte* Address(int slot) => (byte*)_blocks[slot / _blockSlots] + (long)(slot % _blockSlots) * RowBytes;
}
