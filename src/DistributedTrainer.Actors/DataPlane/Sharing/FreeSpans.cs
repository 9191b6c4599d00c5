namespace DistributedTrainer.Actors;

/// <summary>Which parts of a range of bytes are free: the first that is large enough is taken; neighbours become one again. Not safe from several threads.</summary>
internal sealed class FreeSpans
{
    private readonly SortedList<long, long> _lengths = [];

    /// <param name="begin">First free byte.</param>
    /// <param name="length">Bytes.</param>
    public FreeSpans(long begin, long length) => _lengths.Add(begin, length);

    /// <returns>First byte of a part of that length; null where none is large enough.</returns>
    public long? Take(long length)
    {
        for (var index = 0; index < _lengths.Count; index++)
        {
            var (begin, free) = (_lengths.GetKeyAtIndex(index), _lengths.GetValueAtIndex(index));
            if (free < length)
                continue;
            _lengths.RemoveAt(index);
            if (free > length)
                _lengths.Add(begin + length, free - length);
            return begin;
        }

        return null;
    }

    public void Return(long begin, long length)
    {
        _lengths.Add(begin, length);
        var index = _lengths.IndexOfKey(begin);
        if (index + 1 < _lengths.Count && _lengths.GetKeyAtIndex(index + 1) == begin + length)
            Merge(index);
        if (index > 0 && _lengths.GetKeyAtIndex(index - 1) + _lengths.GetValueAtIndex(index - 1) == begin)
            Merge(index - 1);
    }

    private void Merge(int index)
    {
        _lengths.SetValueAtIndex(index, _lengths.GetValueAtIndex(index) + _lengths.GetValueAtIndex(index + 1));
        _lengths.RemoveAt(index + 1);
    }
}
