namespace DistributedTrainer.Learning;

/// <summary>Where one direction of a recurrent layer writes its hidden states.</summary>
/// <param name="RowLength">Floats of output in a row.</param>
/// <param name="PositionLength">Floats of output at a position: H, or 2H where two directions stand side by side.</param>
/// <param name="Column">The direction's first float at a position.</param>
/// <param name="LastOnly">Whether the row has the direction's last hidden state only.</param>
internal readonly record struct OutputPlace(int RowLength, int PositionLength, int Column, bool LastOnly);
