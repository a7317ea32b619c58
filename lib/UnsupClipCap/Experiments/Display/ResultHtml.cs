using UnsupClipCap.Metrics;

namespace UnsupClipCap;

/// <summary>How results show in notebooks.</summary>
internal static class ResultHtml
{
    private const int StudyPictures = 6;

    public static string Of(Study study) => Html.Fragment(
        Html.Facts(
        [
            ("data", study.Description),
            ("encoder", study.Encoder),
            ("test images", FormattableString.Invariant($"{study.Test.Images.Count:n0} with {study.Test.TextRows.shape[0]:n0} captions, embeddings of {study.Test.ImageRows.shape[1]} numbers")),
            ("modality gap", $"{Html.Number(study.Gap.Gap)}; cosine of an image and its text {Html.Number(study.Gap.CosinePaired)}, and another's {Html.Number(study.Gap.CosineUnpaired)}"),
            ("retrieval", $"image to text R@1 {Percent(study.Gap.RecallAt1)}, R@5 {Percent(study.Gap.RecallAt5)}; text to image R@1 {Percent(study.Gap.TextToImage.RecallAt1)}"),
            ("seed, device", $"{study.Seed}, {study.Device}"),
        ], study.Preset.Name),
        Pictures(study));

    public static string Of(ScoreTable table, string note = "") => Html.Fragment(Html.Scroll(table.ToHtml()), Note(note));

    public static string Of(Evaluated evaluated) => Html.Fragment(
        Html.Scroll(ScoreTable.Of([new MethodScores(evaluated.Method, evaluated.Row)]).ToHtml()),
        "<details><summary class=\"soft\">the first captions</summary><ul>", string.Concat(evaluated.Captions.Take(20).Select(c => $"<li>{Html.Text(c)}</li>")), "</ul></details>");

    /// <summary>A chart, and its numbers as a table that opens.</summary>
    public static string Of(Chart chart, ScoreTable table, string note = "") => Html.Fragment(PlotlyFigure.Element(chart), Note(note),
        "<details><summary class=\"soft\">in numbers</summary>", Html.Scroll(table.ToHtml()), "</details>");

    public static string Of(NoiseMeasures m) => Html.Fragment(
        Html.Table(["", "of one image", "of two images"],
        [
            ["cosine of two captions", Html.Number(m.CaptionsOfOneImage.Mean), Html.Number(m.CaptionsOfTwoImages.Mean)],
            ["its deviation", Html.Number(m.CaptionsOfOneImage.Deviation), Html.Number(m.CaptionsOfTwoImages.Deviation)],
        ], caption: m.Name),
        Html.Table(["CapDec's rule", "images", "pairs", "deviation", "variance", "variance of a component"],
            new[] { ("as published", m.Rule), ("of all images", m.RuleOfAll) }.Select(r => (IReadOnlyList<string>)
                [r.Item1, $"{r.Item2.Images}", $"{r.Item2.Pairs}", Html.Number(r.Item2.Deviation, 4), Html.Number(r.Item2.Variance, 4), Html.Number(r.Item2.Spread, 5)])),
        Html.Table(["image - caption", ""],
        [
            ["gap", Html.Number(m.Noise.Gap)],
            ["share of the mean squared difference", Percent(m.Noise.GapShare)],
            ["length of the noise", $"{Html.Number(m.Noise.NoiseNorm)} ± {Html.Number(m.Noise.NoiseNormDeviation)}"],
            ["its variance, a component", Html.Number(m.Noise.Variance, 5)],
            ["its effective rank", Html.Number(m.Noise.EffectiveRank, 0)],
            ["|cosine| to the gap", Html.Number(m.Noise.CosineToGap)],
        ]),
        Html.Facts([("image to text", $"{m.ImageToText}"), ("text to image", $"{m.TextToImage}")]));

    public static string Of(IReadOnlyList<ChangedCaption> changed) => changed.Count == 0 ? Html.Fragment("<p>No caption changed.</p>") : Html.Fragment(ImageGrid.Grid(changed.Select(c =>
    {
        var (before, after) = WordChanges.Of(c.Before, c.After);
        return $"<figure>{ImageGrid.Image(c.Picture, c.Id)}<figcaption><span class=\"by\">{Html.Text(c.Id)}</span>" +
            $"<p><span class=\"by\">before, CIDEr {Html.Number(c.CiderBefore * 100, 0)}</span>{WordChanges.ToHtml(before, "s")}</p>" +
            $"<p><span class=\"by\">after, CIDEr {Html.Number(c.CiderAfter * 100, 0)}</span>{WordChanges.ToHtml(after, "mark")}</p>{ImageGrid.People(c.References)}</figcaption></figure>";
    })));

    public static string Of(IReadOnlyList<Claim> claims) => Html.Fragment(Html.Scroll("<table><thead><tr><th scope=\"col\" class=\"label\">the paper's finding</th><th scope=\"col\" class=\"label\"></th>" +
        "<th scope=\"col\">by</th><th scope=\"col\" class=\"label\">numbers</th></tr></thead><tbody>" + string.Concat(claims.Select(c =>
            $"<tr><td class=\"text\">{Html.Text(c.Statement)}</td><td class=\"label\">{(c.Holds is null ? "not decided" : c.Holds.Value ? "<span class=\"good\">✓ holds</span>" : "<span class=\"bad\">✗ does not hold</span>")}</td>" +
            $"<td>{(c.Margin is { } m ? Html.Number(m, 1) : "")}</td><td class=\"text\">{Html.Text(c.Detail)}</td></tr>")) + "</tbody></table>"));

    private static string Pictures(Study study) => study.Test.Images.Count > 0 && study.Picture(study.Test.Images[0].Id) is null
        ? Html.Table(["image", "captions"], study.Test.Images.Take(StudyPictures).Select(i => (IReadOnlyList<string>)[i.Id, string.Join(" / ", i.Captions.Take(2))]), 2)
        : ImageGrid.Of(study, [], StudyPictures).Content();

    private static string Percent(double share) => FormattableString.Invariant($"{share * 100:0.0}%");

    private static string Note(string note) => note.Length == 0 ? "" : $"<p class=\"soft\">{Html.Text(note)}</p>";
}
