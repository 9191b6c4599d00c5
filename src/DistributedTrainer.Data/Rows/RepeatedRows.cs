namespace DistributedTrainer.Data;

/// <summary>More rows than are held: row r is row r mod N of the N that are.</summary>
internal sealed unsafe class RepeatedRows(RowSource distinct, int count) : RowSource
{
    public override int Count => count;

    public override int Length => distinct.Length;

    public override void Read(int row, float* values) => distinct.Read(row % distinct.Count, values);

    public override void Prefetch(int row) => distinct.Prefetch(row % distinct.Count);
}
