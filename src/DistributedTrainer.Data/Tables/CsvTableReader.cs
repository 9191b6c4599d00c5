using System.Globalization;
using System.Runtime.InteropServices;
using System.Text;
using Sylvan.Data.Csv;

namespace DistributedTrainer.Data;

/// <summary>
/// Reads comma-separated text (RFC 4180, UTF-8) with a header line. White space around a cell does not count; empty lines are skipped.
/// A cell is missing when it is empty; a numeric one also when it is NA, N/A, null or ?. The table is held in memory.
/// </summary>
internal sealed class CsvTableReader
{
    /// <summary>Characters of a row at the most: what a file without line ends may have the reader hold.</summary>
    private const int LongestRow = 1 << 22;

    private readonly string _file;
    private readonly TableSchema _schema;
    private readonly int[] _roles;
    private readonly MissingValues _missing;
    private readonly string[] _header;
    private readonly List<float> _cells = [];
    private readonly LabelColumn?[] _text;
    private readonly List<float> _targetValues = [];
    private readonly LabelColumn _targetLabels = new();
    private readonly List<int> _lines = [];

    private CsvTableReader(string file, string[] header, TableSchema schema, int[] roles, MissingValues missing)
    {
        _file = file;
        _header = header;
        _schema = schema;
        _roles = roles;
        _missing = missing;
        _text = [.. schema.Inputs.Select(input => input.IsCategorical ? new LabelColumn() : null)];
    }

    /// <param name="stream">The text; closed on return.</param>
    /// <param name="file">Its name, for messages.</param>
    /// <param name="missing">Whether missing cells are errors, drop their row, or are left to be filled.</param>
    /// <param name="schemaOf">Given the header, what to read.</param>
    /// <exception cref="DataException">Empty, header only, ragged, malformed, or a cell that is not what its column needs.</exception>
    public static Table Read(Stream stream, string file, MissingValues missing, Func<string[], TableSchema> schemaOf)
    {
        var line = 1;
        var options = new CsvDataReaderOptions
        {
            HasHeaders = false,
            Delimiter = ',',
            MaxBufferSize = LongestRow,
            // There are no comments in our tables; a NUL begins none in text either, so meeting one is an error.
            Comment = '\0',
            CommentHandler = new Action<string>(_ =>
                throw new DataException($"{file}, line {line}: a NUL character: this is not UTF-8 text.")),
        };
        try
        {
            using var csv = CsvDataReader.Create(new StreamReader(stream, Encoding.UTF8), options);
            CsvTableReader? reader = null;
            while (csv.Read())
            {
                var raw = csv.GetRawRecordSpan();
                if (raw.Trim("\r\n").Length > 0)
                {
                    if (reader is null)
                    {
                        var header = ReadHeader(csv, file, line);
                        var schema = schemaOf(header);
                        reader = new CsvTableReader(file, header, schema, schema.Bind(file, header), missing);
                    }
                    else
                    {
                        reader.AddRow(csv, line);
                    }
                }

                line += LineBreaks(raw);
            }

            if (reader is null)
                throw new DataException($"{file}: the file is empty; a header line and rows are needed.");
            return reader.ToTable();
        }
        catch (CsvRecordTooLargeException error)
        {
            throw new DataException(
                $"{file}, line {line}: a row of more than {options.MaxBufferSize:N0} characters; is a quote left open?", error);
        }
        catch (CsvFormatException error)
        {
            throw new DataException($"{file}, line {line}: malformed comma-separated text: {error.Message}", error);
        }
    }

    private static string[] ReadHeader(CsvDataReader csv, string file, int line)
    {
        var header = new string[csv.RowFieldCount];
        for (var column = 0; column < header.Length; column++)
        {
            header[column] = csv.GetFieldSpan(column).Trim().ToString();
            if (header[column].Length == 0)
            {
                throw new DataException($"{file}, line {line}: column {column + 1} has no name in the header. "
                    + "(A table written by pandas needs index=False.)");
            }

            if (Array.IndexOf(header, header[column]) < column)
                throw new DataException($"{file}, line {line}: two columns are named '{header[column]}'.");
        }

        return header;
    }

    private static int LineBreaks(ReadOnlySpan<char> record)
    {
        var newLines = record.Count('\n');
        return newLines > 0 ? newLines : record.Count('\r');
    }

    private void AddRow(CsvDataReader csv, int line)
    {
        if (csv.RowFieldCount != _header.Length)
            throw new DataException($"{_file}, line {line}: {csv.RowFieldCount} cells; the header has {_header.Length}.");
        if (_missing == MissingValues.DropRow && HasMissingCell(csv))
            return;

        var first = _cells.Count;
        if (first > Array.MaxLength - _schema.Inputs.Count)
        {
            throw new DataException(
                $"{_file}, line {line}: more than {Array.MaxLength:N0} cells; write larger sets as .npy, which is mapped.");
        }

        CollectionsMarshal.SetCount(_cells, first + _schema.Inputs.Count);
        var cells = CollectionsMarshal.AsSpan(_cells)[first..];
        for (var column = 0; column < _roles.Length; column++)
        {
            var cell = csv.GetFieldSpan(column).Trim();
            if (_roles[column] == TableSchema.IsTarget)
                AddTarget(cell, line, column);
            else if (_roles[column] >= 0)
                cells[_roles[column]] = ReadInput(cell, line, column);
        }

        _lines.Add(line);
    }

    private bool HasMissingCell(CsvDataReader csv)
    {
        for (var column = 0; column < _roles.Length; column++)
        {
            if (_roles[column] != TableSchema.NotRead && IsMissing(csv.GetFieldSpan(column).Trim(), IsText(column)))
                return true;
        }

        return false;
    }

    private bool IsText(int column) =>
        _roles[column] == TableSchema.IsTarget ? _schema.TargetIsText : _schema.Inputs[_roles[column]].IsCategorical;

    private static bool IsMissing(ReadOnlySpan<char> cell, bool isText) =>
        cell.IsEmpty || (!isText && (cell is "NA" or "N/A" or "null" or "?"));

    private float ReadInput(ReadOnlySpan<char> cell, int line, int column)
    {
        var text = _text[_roles[column]];
        if (IsMissing(cell, text is not null))
        {
            if (_missing == MissingValues.Error)
                throw Missing(line, column, "Choose what to do with 'missing: mean', median, most-frequent or drop-row.");
            text?.AddMissing();
            return float.NaN;
        }

        if (text is null)
            return ParseNumber(cell, line, column, "list the column under 'categorical' or 'ignore'");
        text.Add(cell);
        return 0;
    }

    private void AddTarget(ReadOnlySpan<char> cell, int line, int column)
    {
        if (IsMissing(cell, _schema.TargetIsText))
            throw Missing(line, column, "A target cannot be filled: drop such rows with 'missing: drop-row'.");
        if (_schema.TargetIsText)
            _targetLabels.Add(cell);
        else
            _targetValues.Add(ParseNumber(cell, line, column, "use cross-entropy or binary-cross-entropy for classes"));
    }

    private float ParseNumber(ReadOnlySpan<char> cell, int line, int column, string elseHint)
    {
        if (!float.TryParse(cell, NumberStyles.Float, CultureInfo.InvariantCulture, out var number))
            throw new DataException($"{Place(line, column)}: found '{Shorten(cell)}' where a number is needed; if it is text, {elseHint}.");
        if (!float.IsFinite(number))
        {
            throw new DataException($"{Place(line, column)}: found '{Shorten(cell)}': not a finite float32 number. "
                + "Leave the cell empty where the value is missing.");
        }

        return number;
    }

    private DataException Missing(int line, int column, string help) => new($"{Place(line, column)}: the value is missing. {help}");

    private string Place(int line, int column) => $"{_file}, line {line}, column '{_header[column]}'";

    private static string Shorten(ReadOnlySpan<char> cell) => cell.Length <= 40 ? cell.ToString() : $"{cell[..40]}…";

    private Table ToTable()
    {
        if (_lines.Count == 0)
        {
            throw new DataException(_missing == MissingValues.DropRow
                ? $"{_file}: no rows are left: the file has a header only, or each row misses a value and was dropped."
                : $"{_file}: a header and no rows.");
        }

        var hasTarget = _schema.Target is not null;
        return new Table(
            _file,
            _schema,
            [.. _cells],
            _text,
            hasTarget && !_schema.TargetIsText ? [.. _targetValues] : null,
            hasTarget && _schema.TargetIsText ? _targetLabels : null,
            [.. _lines]);
    }
}
