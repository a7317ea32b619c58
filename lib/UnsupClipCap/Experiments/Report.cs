using System.Globalization;
using System.Net;
using System.Text;
using System.Text.Json;

namespace UnsupClipCap;

/// <summary>
/// The report of a run: one self-contained HTML page that asks the network for nothing (its own policy forbids it), for wide and narrow
/// screens, light and dark. All text is escaped. Sections without data are left out.
/// </summary>
public static class Report
{
    static readonly string[] pictureTypes = ["image/jpeg", "image/png", "image/webp", "image/gif", "image/svg+xml"];

    static readonly string[] models = [MethodNames.ClipCap, MethodNames.Unsupervised, MethodNames.MatchedCaptions];

    /// <summary>Writes the page to <paramref name="path"/> (by custom <c>index.html</c>), replacing it whole or not at all.</summary>
    /// <exception cref="ArgumentException">A picture's type is not one that pages show.</exception>
    /// <exception cref="UserException">The file cannot be written.</exception>
    public static void Write(string path, ReportInput input) => AtomicFile.WriteText(path, Html(input));

    /// <summary>The page as text.</summary>
    /// <exception cref="ArgumentException">A picture's type is not one that pages show.</exception>
    public static string Html(ReportInput input)
    {
        var claims = input.Results.Claims ?? Claims.Of(input.Results);
        var sections = new (string Id, string Name, string Content)[]
        {
            ("about", "What this is", About()),
            ("pictures", "Pictures", Pictures(input)),
            ("table", "Scores", Table(input)),
            ("mixup", "Between text and image", Mixup(input)),
            ("alignment", "Alignment", Alignment(input.Results)),
            ("claims", "The paper’s findings", Findings(claims)),
            ("run", "What was run", Run(input)),
        }.Where(s => s.Content.Length > 0).ToList();
        var html = new StringBuilder();
        html.Append($"""
            <!DOCTYPE html>
            <html lang="en"><head><meta charset="utf-8"/>
            <meta name="viewport" content="width=device-width,initial-scale=1"/>
            <meta http-equiv="Content-Security-Policy" content="default-src 'none'; img-src data:; style-src 'unsafe-inline'; script-src 'unsafe-inline'"/>
            <title>{E(input.Title)}</title><link rel="icon" href="data:,"/>
            <style>
            {ReportStyle.Css}
            </style></head>
            <body>
            <header class="top"><div><h1>{E(input.Title)}</h1><p class="lead">{E(input.Lead)}</p>{Glance(input, claims)}</div></header>
            <nav aria-label="Sections"><div>
            """);
        foreach (var (id, name, _) in sections) html.Append($"<a href=\"#{id}\">{E(name)}</a>");
        html.Append("</div></nav>\n<main>\n");
        foreach (var (id, name, content) in sections) html.Append($"<section id=\"{id}\"><h2>{E(name)}</h2>{content}</section>\n");
        html.Append($"""
            </main>
            <footer><div>A reproduction of “{E(Paper.Title)}”. This page holds everything it shows and loads nothing.</div></footer>
            <script>
            {ReportStyle.Script}
            </script>
            </body></html>

            """);
        return html.ToString().ReplaceLineEndings("\n");
    }

    static string About() => """
        <p>CLIP puts a picture and a sentence about it near each other in one space of vectors. <b>ClipCap</b> learns to write captions from the
        vectors of pictures; it needs pictures that people have captioned. <b>Unsupervised-ClipCap</b> never sees a picture while it learns: it gets
        the vector of one caption and learns to write another caption of the same picture. At test time it gets a picture’s vector in place of a
        caption’s, and captions the picture. In <b>– matched captions</b> it learns to write the very caption whose vector it gets, which
        is what the other caption is compared with.</p>
        """;

    static string Glance(ReportInput input, IReadOnlyList<Claim> claims)
    {
        var html = new StringBuilder();
        var rows = input.Results.Table.Where(r => models.Contains(r.Method))
            .Select(r => r with { Scores = ScoreNames.WithAverages(r.Scores) }).ToList();
        if (ScoreNames.CommonAverage(rows.Select(r => r.Scores)) is { } name)
        {
            foreach (var row in rows)
            {
                var paper = input.PaperTable.Find(row.Method)?.Scores.GetValueOrDefault(name);
                html.Append($"<div><span class=\"name\">{Mark(row.Method)}{E(Shown(row.Method))}</span><b>{One(row.Scores[name])}</b>")
                    .Append($"<span>{E(ScoreNames.Heading(name))} metrics{(paper is > 0 and { } p ? $" · paper {One(p)}" : "")}</span></div>");
            }
        }
        var (held, judged) = (claims.Count(c => c.Holds == true), claims.Count(c => c.Holds is not null));
        if (judged > 0)
            html.Append($"<a href=\"#claims\"><span class=\"name\">The paper’s findings</span><b>{held} of {judged}</b>")
                .Append($"<span>{(judged == 1 ? "holds" : "hold")} in this run</span></a>");
        return html.Length > 0 ? $"<div class=\"glance\">{html}</div>" : "";
    }

    static string Pictures(ReportInput input)
    {
        if (input.Pictures.Count == 0) return "";
        var scored = input.Pictures.Any(p => p.Captions.Any(c => c.Cider is not null));
        var html = new StringBuilder("<p class=\"soft\">What each model wrote, and below it what people wrote.")
            .Append(scored ? " The number is the caption’s own CIDEr times 100: how far it says what people said." : "").Append("</p>");
        html.Append("<div class=\"cards\">").AppendJoin("", input.Pictures.Take(input.PicturesShown).Select(Card)).Append("</div>");
        var rest = input.Pictures.Skip(input.PicturesShown).ToList();
        if (rest.Count > 0)
            html.Append($"<details class=\"all\"><summary>Show all {input.Pictures.Count} pictures</summary><div class=\"cards\">")
                .AppendJoin("", rest.Select(Card)).Append("</div></details>");
        return html.ToString();
    }

    static string Card(ReportPicture picture)
    {
        var html = new StringBuilder($"<article class=\"card\" id=\"picture-{E(picture.Id)}\">")
            .Append($"{Image(picture, $"Picture {picture.Id}")}<div class=\"in\"><dl>");
        foreach (var (method, caption, cider) in picture.Captions)
        {
            var score = cider is { } c ? $"<em>{(100 * c).ToString("0", CultureInfo.InvariantCulture)}</em>" : "";
            html.Append($"<dt>{Mark(method)}{E(Shown(method))}{score}</dt><dd>{E(caption)}</dd>");
        }
        html.Append("</dl>");
        if (picture.References.Count > 0)
        {
            html.Append($"<div class=\"people\"><p>{E(picture.References[0])}</p>");
            if (picture.References.Count > 1)
                html.Append($"<details><summary>{picture.References.Count - 1} more by people</summary><ul>")
                    .AppendJoin("", picture.References.Skip(1).Select(r => $"<li>{E(r)}</li>")).Append("</ul></details>");
            html.Append("</div>");
        }
        return html.Append($"<p class=\"id\">{E(picture.Id)}</p></div></article>").ToString();
    }

    static string Image(ReportPicture picture, string description)
    {
        if (!pictureTypes.Contains(picture.MimeType))
            throw new ArgumentException($"Picture {picture.Id} is of type '{picture.MimeType}'; a page shows {string.Join(", ", pictureTypes)}.");
        return $"<img src=\"data:{picture.MimeType};base64,{Convert.ToBase64String(picture.Image)}\" " +
            $"alt=\"{E(description)}\" loading=\"lazy\" decoding=\"async\"/>";
    }

    static string Table(ReportInput input)
    {
        var rows = input.Results.Table;
        if (rows.Count == 0) return "";
        var table = ScoreTable.Of(rows, input.PaperTable);
        var html = new StringBuilder($"<p class=\"soft\">Each model on image embeddings, times 100. Beside this run ")
            .Append($"the paper’s {E(input.PaperTable.Name)} ({E(input.PaperTable.Dataset)}); ")
            .Append("the difference is this run less the paper.</p>")
            .Append(Scroll(table.ToHtml()));
        if (input.PaperTable == Paper.Table1) html.Append($"<p class=\"note\">{E(Paper.Inconsistency)}</p>");
        return html.Append($"<details class=\"more\"><summary>The table as LaTeX</summary><pre>{E(table.ToLatex())}</pre></details>")
            .Append($"<details class=\"more\"><summary>The table as CSV</summary><pre>{E(table.ToCsv())}</pre></details>").ToString();
    }

    static string Mixup(ReportInput input)
    {
        var rows = input.Results.Mixup;
        if (ScoreNames.CommonAverage(rows.Select(r => r.Scores)) is not { } name) return "";
        var series = new List<ChartSeries>();
        foreach (var method in rows.Select(r => r.Method).Distinct())
        {
            var points = rows.Where(r => r.Method == method).ToList();
            series.Add(new(method,
                [.. points.Select(p =>
                    new ChartPoint(p.Lambda, p.Scores[name], p.Spread?.TryGetValue(name, out var s) == true ? s : null))])
            { Colour = Look(method) });
            var fewer = points.Where(p => p.ScoresWithoutInput?.ContainsKey(name) == true).ToList();
            if (fewer.Count > 0)
                series.Add(new($"{method}, without input", [.. fewer.Select(p => new ChartPoint(p.Lambda, p.ScoresWithoutInput![name]))])
                { Colour = Look(method), Dashed = true });
        }
        var paper = Paper.Figure3.Where(p => rows.Any(r => r.Method == p.Method)).ToList();
        foreach (var point in paper)
            series.Add(new($"{point.Method}, paper", [new(point.Lambda, point.Scores[name], About: point.About)])
            { Colour = Look(point.Method), Open = true, InLegend = false });
        if (paper.Count > 0) series.Add(new("open: the paper’s ends (dashed: about)", []) { Colour = Svg.Grey, Open = true });
        var wide = new LineChart("", "lambda: 0 is the image, 1 is the text", ScoreNames.Heading(name) + " metrics", series)
        { Width = 820, Height = 460 };
        var narrow = wide with { Width = 360, Height = 400 };
        var html = new StringBuilder("<p class=\"soft\">Both models on <code>lambda × text + (1 − lambda) × image</code>, ")
            .Append("the paper’s Figure 3, where</p><ul class=\"soft\">")
            .AppendJoin("", Paper.Figure3InWords.Select(w => $"<li>{E(w)}</li>")).Append("</ul>");
        html.Append("<figure class=\"curve\">").Append(Plot(wide, "wide")).Append(Plot(narrow, "narrow"))
            .Append($"<script type=\"application/json\">{Tips(rows, name, input.MixupExamples)}</script>");
        if (input.MixupExamples.Count > 0 && input.Pictures.FirstOrDefault(p => p.Id == input.MixupPicture) is { } picture)
            html.Append($"<div class=\"example\">{Image(picture, $"Picture {picture.Id}")}<p class=\"soft\">")
                .Append("Point at the curve: the captions are of this picture, from its image (0) to a text about it (1).</p></div>");
        html.Append("<figcaption>Open marks are what the paper’s tables and words say of the ends; they are of COCO")
            .Append(name == ScoreNames.Average6 ? ", as means of the six metrics derived from Table 1" : "")
            .Append('.').Append(rows.Any(r => r.Spread is not null) ? " Bands are one standard deviation over seeds." : "")
            .Append(rows.Any(r => r.ScoresWithoutInput is not null)
                ? " “Without input” leaves out of the references the one whose text was mixed in." : "")
            .Append("</figcaption></figure>");
        html.Append($"<details class=\"more\"><summary>The curve in numbers</summary>{Scroll(ScoreTable.OfMixup(rows, name).ToHtml())}</details>");
        if (input.MixupExamples.Count > 0)
            html.Append($"<details class=\"more\"><summary>This picture’s captions along the curve</summary>")
                .Append($"{Scroll(Examples(input.MixupExamples))}</details>");
        return html.ToString();
    }

    static string Plot(LineChart chart, string kind)
    {
        var (x, y) = (chart.XScale, chart.YScale);
        var axes = string.Join(' ', new[] { x.Start, x.End, y.End, y.Start, x.From, x.To }
            .Select(v => v.ToString("R", CultureInfo.InvariantCulture)));
        return $"<div class=\"plot {kind}\" tabindex=\"0\" data-axes=\"{axes}\">{chart.ToSvg()}" +
            "<div class=\"tip\" hidden=\"hidden\" aria-live=\"polite\"></div></div>";
    }

    static string Tips(IReadOnlyList<MixupScores> rows, string name, IReadOnlyList<MixupExample> examples) =>
        // The default encoder writes < and & as \u003C and \u0026, so no caption can end the script element.
        JsonSerializer.Serialize(rows.Select(r => r.Lambda).Distinct().Order().Select(lambda => new
        {
            x = lambda,
            title = "lambda " + Share(lambda),
            rows = rows.Where(r => r.Lambda == lambda).Select(r => new
            {
                name = Shown(r.Method),
                colour = Svg.Colour(Look(r.Method)),
                score = One(r.Scores[name]) + (r.Spread?.TryGetValue(name, out var spread) == true ? " ± " + One(spread) : ""),
                fewer = r.ScoresWithoutInput?.TryGetValue(name, out var fewer) == true ? One(fewer) : null,
                caption = examples.FirstOrDefault(e => e.Method == r.Method && Math.Abs(e.Lambda - lambda) < 1e-9)?.Caption,
            }),
        }));

    static string Examples(IReadOnlyList<MixupExample> examples)
    {
        var methods = examples.Select(e => e.Method).Distinct().ToList();
        var html = new StringBuilder("<table><thead><tr><th scope=\"col\" class=\"label\">lambda</th>");
        foreach (var method in methods) html.Append($"<th scope=\"col\" class=\"label\">{Mark(method)}{E(Shown(method))}</th>");
        html.Append("</tr></thead><tbody>");
        foreach (var lambda in examples.Select(e => e.Lambda).Distinct().Order())
        {
            html.Append($"<tr><th scope=\"row\" class=\"label\">{Share(lambda)}</th>");
            foreach (var method in methods)
                html.Append($"<td class=\"text\">{E(examples.FirstOrDefault(e => e.Lambda == lambda && e.Method == method)?.Caption ?? "")}</td>");
            html.Append("</tr>");
        }
        return html.Append("</tbody></table>").ToString();
    }

    static string Alignment(Results results)
    {
        if (results.Alignment.Count == 0) return "";
        var rows = results.Alignment.Select(r => r with { Scores = ScoreNames.WithAverages(r.Scores) }).ToList();
        var name = ScoreNames.CommonAverage(rows.Select(r => r.Scores));
        var html = new StringBuilder("<p class=\"soft\">Unsupervised-ClipCap learnt on text; these methods move image embeddings ")
            .Append("towards text embeddings before it captions them. ")
            .Append(name == ScoreNames.Average ? ""
                : "The paper gives only the mean of its eight metrics, so set the changes from “none” beside each other, not the levels. ")
            .Append("</p>");
        if (name is not null)
        {
            var paper = rows.Exists(r => Paper.Alignment.Find(r.Method) is not null);
            var groups = rows.Select(r =>
            {
                var theirs = Paper.Alignment.Find(r.Method)?.Scores[ScoreNames.Average];
                var spread = r.Spread?.TryGetValue(name, out var s) == true ? s : (double?)null;
                return new BarGroup(r.Method, paper ? [r.Scores[name], theirs] : [r.Scores[name]], paper ? [spread, null] : [spread]);
            }).ToList();
            string[] names = paper
                ? [$"this run, {ScoreNames.Heading(name)} metrics", $"the paper, {ScoreNames.Heading(ScoreNames.Average)} metrics (COCO)"]
                : ["this run"];
            var bars = new BarChart("", "average performance, times 100", names, groups) { Width = 820 };
            html.Append($"<figure><div class=\"plot wide\">{bars.ToSvg()}</div><div class=\"plot narrow\">{(bars with { Width = 360 }).ToSvg()}</div></figure>");
        }
        return html.Append(Scroll(ScoreTable.OfAlignment(results.Alignment).ToHtml())).ToString();
    }

    static string Findings(IReadOnlyList<Claim> claims)
    {
        if (!claims.Any(c => c.Holds is not null)) return "";
        var html = new StringBuilder("<p class=\"soft\">Each finding of the paper, judged on this run’s averages; a tie does not hold. ")
            .Append("The number is the margin in points.</p><ol class=\"claims\">");
        foreach (var claim in claims.Where(c => c.Holds is not null))
        {
            html.Append(claim.Holds == true ? "<li><span class=\"verdict holds\">✓ holds</span>" : "<li><span class=\"verdict\">✗ fails</span>")
                .Append($"<span class=\"statement\">{E(claim.Statement)}</span>")
                .Append($"<span class=\"margin\">{(claim.Margin is { } m ? Signed(m) : "")}</span><span class=\"detail\">{E(claim.Detail)}</span></li>");
        }
        html.Append("</ol>");
        var open = claims.Where(c => c.Holds is null).ToList();
        if (open.Count > 0)
            html.Append($"<p class=\"soft\">Not decided by this run: {E(string.Join("; ", open.Select(c => c.Statement)))}.</p>");
        return html.ToString();
    }

    static string Run(ReportInput input)
    {
        var results = input.Results;
        var facts = new List<(string Label, string Value)> { ("Preset", results.Preset) };
        if (!input.Facts.Any(f => f.Label.Equals("seeds", StringComparison.OrdinalIgnoreCase)))
            facts.Add(("Seed", results.Seed.ToString(CultureInfo.InvariantCulture)));
        if (results.Encoder is { } encoder) facts.Add(("Encoder", encoder));
        facts.Add(("Time", Duration(results.Seconds)));
        if (results.Version is { } version) facts.Add(("Version", version));
        // What the caller says goes before what the results file knows.
        facts.RemoveAll(f => input.Facts.Any(g => string.Equals(g.Label, f.Label, StringComparison.OrdinalIgnoreCase)));
        var html = new StringBuilder("<dl class=\"facts\">");
        foreach (var (label, value) in input.Facts.Concat(facts))
        {
            var command = string.Equals(label, "command", StringComparison.OrdinalIgnoreCase);
            html.Append($"<dt>{E(label)}</dt><dd>{(command ? $"<code>{E(value)}</code>" : E(value))}</dd>");
        }
        html.Append("</dl>");
        if (input.Losses.Any(l => l.Loss.Losses.Count > 0))
        {
            var chart = LossChart.Of(input.Losses);
            html.Append($"<figure><div class=\"plot wide\">{chart.ToSvg()}</div><div class=\"plot narrow\">{(chart with { Width = 360 }).ToSvg()}</div></figure>");
        }
        foreach (var (heading, map) in new[] { ("Captioners", results.Captioners), ("Settings", results.Settings) })
            if (map is { Count: > 0 })
                html.Append($"<details class=\"more\"><summary>{heading}</summary><dl class=\"facts\">")
                    .AppendJoin("", map.Select(s => $"<dt>{E(s.Key)}</dt><dd>{E(s.Value)}</dd>")).Append("</dl></details>");
        foreach (var note in input.Notes) html.Append($"<p class=\"note\">{E(note)}</p>");
        return html.ToString();
    }

    static string Scroll(string table) => $"<div class=\"scroll\">{table}</div>";

    static string Mark(string method) => $"<i class=\"mark\" style=\"--c:{Svg.Colour(Look(method))}\"></i>";

    // The paper's models keep their colours on the whole page; any other takes what is left.
    static int Look(string method) => Array.IndexOf(models, method) is >= 0 and var i ? i : 3;

    static string Shown(string method) => method == MethodNames.MatchedCaptions ? "– matched captions" : method;

    static string Duration(double seconds)
    {
        var time = TimeSpan.FromSeconds(Math.Max(0, seconds));
        return time.TotalMinutes < 1 ? $"{time.TotalSeconds.ToString("0.#", CultureInfo.InvariantCulture)} s"
            : time.TotalHours < 1 ? $"{time.Minutes} min {time.Seconds} s" : $"{(int)time.TotalHours} h {time.Minutes} min";
    }

    static string One(double score) => score.ToString("0.0", CultureInfo.InvariantCulture).Replace('-', '−');

    static string Signed(double points) => (points > 0 ? "+" : "") + One(points);

    static string Share(double lambda) => lambda.ToString("0.##", CultureInfo.InvariantCulture);

    static string E(string text) => WebUtility.HtmlEncode(text);
}
