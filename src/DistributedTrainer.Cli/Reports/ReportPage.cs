using System.Net;
using System.Text;

namespace DistributedTrainer.Cli;

/// <summary>A report.html: one file that needs no other and no network, well formed as XML, readable on a screen and on paper.</summary>
internal sealed class ReportPage(string title)
{
    public const string FileName = "report.html";

    private const string Style =
        """
        body { font: 15px/1.5 system-ui, "Segoe UI", Helvetica, Arial, sans-serif; color: #222; max-width: 62rem; margin: 2rem auto; padding: 0 1.2rem; }
        h1 { font-size: 1.7rem; margin-bottom: .2rem; } h2 { font-size: 1.2rem; margin-top: 2.2rem; border-bottom: 1px solid #ccc; }
        h3 { font-size: 1rem; margin-bottom: .2rem; } p { max-width: 48rem; } .note { color: #555; font-size: .9rem; }
        svg { width: 100%; height: auto; display: block; } svg text { font-family: system-ui, Helvetica, Arial, sans-serif !important; }
        table { border-collapse: collapse; font-size: .92rem; margin: .6rem 0; } th, td { text-align: left; padding: .22rem .7rem .22rem 0; vertical-align: top; }
        th { border-bottom: 1px solid #999; font-weight: 600; } td { border-bottom: 1px solid #eee; } .right { text-align: right; } code { font-size: .85rem; overflow-wrap: anywhere; }
        .good { color: #00664b; font-weight: 600; } .bad { color: #b03000; font-weight: 600; }
        .verdict { border: 2px solid; border-radius: .4rem; padding: .5rem .9rem; display: inline-block; font-size: 1.1rem; }
        .matrix td { text-align: right; border: 1px solid #ddd; padding: .22rem .5rem; } .matrix th { border: 0; text-align: right; padding: .22rem .5rem; }
        @media print { body { margin: 0; max-width: none; font-size: 11px; } svg, table { break-inside: avoid; } h2 { break-after: avoid; } }
        """;

    private readonly StringBuilder _body = new();

    public static string Escape(string text) => WebUtility.HtmlEncode(text);

    public void Heading(string text) => _body.Append("<h2>").Append(Escape(text)).Append("</h2>\n");

    public void SmallHeading(string text) => _body.Append("<h3>").Append(Escape(text)).Append("</h3>\n");

    public void Paragraph(string text) => _body.Append("<p>").Append(Escape(text)).Append("</p>\n");

    /// <summary>How to read what stands above.</summary>
    public void Note(string text) => _body.Append("<p class=\"note\">").Append(Escape(text)).Append("</p>\n");

    /// <summary>The page's one sentence.</summary>
    public void Verdict(string text, bool isGood) =>
        _body.Append("<p class=\"verdict ").Append(isGood ? "good" : "bad").Append("\">").Append(Escape(text)).Append("</p>\n");

    /// <summary>A chart of <see cref="Chart"/>.</summary>
    /// <param name="alternative">What it shows, for those who cannot see it.</param>
    public void Figure(string svg, string alternative) => _body.Append("<figure aria-label=\"").Append(Escape(alternative)).Append("\" style=\"margin:0\">").Append(svg).Append("</figure>\n");

    /// <param name="right">By column: numbers stand at the right.</param>
    /// <param name="rows">Cells; one that begins with <see cref="Good"/> or <see cref="Bad"/> is coloured.</param>
    public void Table(IReadOnlyList<string> titles, IReadOnlyList<bool> right, IEnumerable<IReadOnlyList<string>> rows)
    {
        _body.Append("<table><thead><tr>");
        for (var column = 0; column < titles.Count; column++)
            _body.Append(right[column] ? "<th class=\"right\">" : "<th>").Append(Escape(titles[column])).Append("</th>");
        _body.Append("</tr></thead><tbody>\n");
        foreach (var row in rows)
        {
            _body.Append("<tr>");
            for (var column = 0; column < row.Count; column++)
            {
                var kind = row[column].StartsWith(Good) ? "good" : row[column].StartsWith(Bad) ? "bad" : "";
                var classes = $"{kind}{(right[column] ? " right" : "")}".Trim();
                _body.Append(classes.Length > 0 ? $"<td class=\"{classes}\">" : "<td>").Append(Escape(kind.Length > 0 ? row[column][1..] : row[column])).Append("</td>");
            }

            _body.Append("</tr>\n");
        }

        _body.Append("</tbody></table>\n");
    }

    /// <summary>Names and values, one a line.</summary>
    public void Facts(IEnumerable<(string Name, string Value)> facts)
    {
        _body.Append("<table><tbody>\n");
        foreach (var (name, value) in facts)
            _body.Append("<tr><td>").Append(Escape(name)).Append("</td><td>").Append(Escape(value)).Append("</td></tr>\n");
        _body.Append("</tbody></table>\n");
    }

    /// <summary>Markup that is well formed and escaped already.</summary>
    public void Raw(string markup) => _body.Append(markup);

    public const char Good = '\u0001';
    public const char Bad = '\u0002';

    public override string ToString() =>
        $"""
        <!DOCTYPE html>
        <html lang="en">
        <head>
        <meta charset="utf-8" />
        <meta name="viewport" content="width=device-width, initial-scale=1" />
        <title>{Escape(title)}</title>
        <style>
        {Style}
        </style>
        </head>
        <body>
        <h1>{Escape(title)}</h1>
        {_body}</body>
        </html>

        """;
}
