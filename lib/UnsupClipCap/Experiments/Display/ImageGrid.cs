using UnsupClipCap.Metrics;

namespace UnsupClipCap;

/// <summary>A picture of an <see cref="ImageGrid"/>.</summary>
/// <param name="Name">What it is called.</param>
/// <param name="Picture">The file, or null where only its embedding is here.</param>
/// <param name="Captions">Who says what of it.</param>
/// <param name="References">What people say of it.</param>
public sealed record GridPicture(string Name, (byte[] Content, string MimeType)? Picture, IReadOnlyList<(string By, string Caption)> Captions, IReadOnlyList<string> References);

/// <summary>Pictures with their predicted captions and what people say of them.</summary>
/// <param name="Pictures">In order.</param>
[TypeFormatterSource(typeof(HtmlFormatters))]
public sealed record ImageGrid(IReadOnlyList<GridPicture> Pictures) : IHtml
{
    /// <summary>The first test images with what these methods wrote.</summary>
    /// <param name="study">Whose test images.</param>
    /// <param name="rows">What was evaluated; none for the references alone.</param>
    /// <param name="images">How many at most.</param>
    public static ImageGrid Of(Study study, IReadOnlyList<Evaluated> rows, int images = 12) => new(
        [.. study.Test.Images.Take(rows.Select(r => r.Captions.Count).Append(images).Min()).Select((image, i) =>
            new GridPicture(image.Id, study.Picture(image.Id), [.. rows.Select(r => (r.Method, r.Captions[i]))], image.Captions))]);

    /// <inheritdoc/>
    public string ToHtml() => Html.Fragment(Content());

    internal string Content() => Grid(Pictures.Select(Figure));

    /// <inheritdoc/>
    public override string ToString() => string.Join('\n', Pictures.Select(p => string.Join('\n',
        p.Captions.Select(c => $"{p.Name}: {c.By}: {c.Caption}").Concat(p.References.Select(r => $"{p.Name}: {r}")))));

    internal static string Grid(IEnumerable<string> figures) => $"<div class=\"grid\">{string.Concat(figures)}</div>";

    internal static string Image((byte[] Content, string MimeType)? picture, string name) => picture is { } p
        ? $"<img src=\"data:{Html.Text(p.MimeType)};base64,{Convert.ToBase64String(p.Content)}\" alt=\"{Html.Text($"picture {name}")}\"/>" : "";

    internal static string People(IReadOnlyList<string> references) => references.Count == 0 ? ""
        : $"<details><summary class=\"by\">people say</summary><ul>{string.Concat(references.Select(r => $"<li>{Html.Text(r)}</li>"))}</ul></details>";

    private static string Figure(GridPicture picture) =>
        $"<figure>{Image(picture.Picture, picture.Name)}<figcaption><span class=\"by\">{Html.Text(picture.Name)}</span>" +
        string.Concat(picture.Captions.Select(c => $"<p><span class=\"by\">{Html.Text(c.By)}</span>{Html.Text(c.Caption)}</p>")) +
        (picture.Captions.Count > 0 ? People(picture.References) : string.Concat(picture.References.Take(2).Select(r => $"<p>{Html.Text(r)}</p>")) + People([.. picture.References.Skip(2)])) +
        "</figcaption></figure>";
}
