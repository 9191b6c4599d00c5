namespace DistributedTrainer.Actors;

/// <summary>The frames between a node that has not a job's data and those that have it, and their bounds.</summary>
internal static class RowFrames
{
    /// <summary>Rows that one frame asks for at most.</summary>
    public const int MostRowsAsked = 1024;

    /// <summary>An answer has about so many bytes: what it takes of a link delays no gradient by much.</summary>
    private const int AnswerBytes = 256 * 1024;

    /// <summary>Rows of one request, so that the answer is no longer than that; always at least one.</summary>
    public static int RowsAtOnce(int rowBytes) => Math.Clamp(AnswerBytes / rowBytes, 1, MostRowsAsked);

    /// <summary>Whether a job can have such a frame. Descriptions are taken before the job is open, and never after.</summary>
    /// <param name="length">Floats of payload.</param>
    public static bool Fits(OpenedJob job, FrameKind kind, int length) => kind switch
    {
        FrameKind.DescriptionWanted => job.Data.Stored is not null && length == 0,
        FrameKind.RowsWanted => job.Data.Stored is not null && length is >= 1 and <= MostRowsAsked,
        FrameKind.Rows => job.Rows is { } rows && IsWhole(length, rows.Cache.RowBytes / sizeof(float)),
        _ => false,
    };

    /// <summary>Says which data a frame is about: a node whose files were exchanged must not answer for others.</summary>
    public static long KeyOf(string dataSha256) => (long)JobKey.Of(dataSha256);

    private static bool IsWhole(int length, int rowLength) => length % rowLength == 0 && length / rowLength <= RowsAtOnce(rowLength * sizeof(float));
}
