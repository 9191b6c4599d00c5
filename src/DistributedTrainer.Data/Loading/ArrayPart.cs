using System.Globalization;

namespace DistributedTrainer.Data;

/// <summary>Inputs and labels of one part, checked against each other.</summary>
internal sealed unsafe record ArrayPart(DenseArray Inputs, SourceRows Rows)
{
    /// <summary>Float32 holds each whole number up to here; beyond, labels would merge.</summary>
    private const float WholeNumberMax = 1 << 24;

    /// <exception cref="DataException">
    /// Another number of labels than rows, labels of a wrong shape or kind, or values that are not finite.
    /// </exception>
    public static ArrayPart Read(DenseArray inputs, DenseArray? labels, TargetType target)
    {
        var rows = inputs.ToRows();
        RequireFinite(inputs, rows);
        if (labels is null)
            return new ArrayPart(inputs, new SourceRows(inputs.Path, rows, null, null, row => $"{inputs.Path}, row {row}"));

        if (labels.Rows != inputs.Rows)
            throw new DataException($"{labels.Path}: {labels.Rows:N0} labels for the {inputs.Rows:N0} rows of {inputs.Path}.");
        var targets = labels.ToRows();
        RequireFinite(labels, targets);
        return new ArrayPart(inputs, target == TargetType.Values
            ? new SourceRows(inputs.Path, rows, targets, null, row => $"{inputs.Path}, row {row}")
            : new SourceRows(inputs.Path, rows, null, ReadLabels(labels, targets), row => $"{labels.Path}, row {row}"));
    }

    /// <exception cref="DataException">The rows have another shape or element type than the training rows.</exception>
    public void RequireLike(DenseArray training)
    {
        RequireShape(training.RowShape);
        if (Inputs.Type != training.Type)
        {
            throw new DataException(
                $"{Inputs.Path}: elements of type {Inputs.Type}; the training rows of {training.Path} have {training.Type}.");
        }
    }

    /// <exception cref="DataException">The rows have another shape than the training rows.</exception>
    public void RequireShape(IReadOnlyList<int> shape)
    {
        if (!Inputs.RowShape.SequenceEqual(shape))
        {
            throw new DataException($"{Inputs.Path}: rows of shape ({string.Join(", ", Inputs.RowShape)}); "
                + $"the training rows have ({string.Join(", ", shape)}).");
        }
    }

    private static LabelColumn ReadLabels(DenseArray file, RowSource targets)
    {
        if (targets.Length != 1)
        {
            throw new DataException($"{file.Path}: labels of shape ({string.Join(", ", file.Shape)}); a class target is one number a row. "
                + "Are inputs and labels exchanged?");
        }

        var labels = new LabelColumn();
        Span<char> text = stackalloc char[16];
        for (var row = 0; row < targets.Count; row++)
        {
            float value;
            targets.Read(row, &value);
            if (!(MathF.Abs(value) < WholeNumberMax && (int)value == value))
            {
                throw new DataException($"{file.Path}, row {row}: label {value.ToString(CultureInfo.InvariantCulture)}; "
                    + $"a class is a whole number below {WholeNumberMax:N0}.");
            }

            ((int)value).TryFormat(text, out var written, provider: CultureInfo.InvariantCulture);
            labels.Add(text[..written]);
        }

        return labels;
    }

    private static void RequireFinite(DenseArray file, RowSource rows)
    {
        if (!file.IsFloat)
            return;
        var values = new float[rows.Length];
        fixed (float* row = values)
        {
            for (var index = 0; index < rows.Count; index++)
            {
                rows.Read(index, row);
                var wrong = Array.FindIndex(values, value => !float.IsFinite(value));
                if (wrong >= 0)
                {
                    throw new DataException($"{file.Path}, row {index}, element {wrong}: "
                        + $"{values[wrong].ToString(CultureInfo.InvariantCulture)} is not a finite float32 number.");
                }
            }
        }
    }
}
