using System.Text.Json;
using System.Text.Json.Nodes;
using Microsoft.AspNetCore.Html;
using Microsoft.Data.Analysis;
using Microsoft.DotNet.Interactive.Formatting;
using TorchSharp;

namespace UnsupClipCap.Kernel;

/// <summary>Values as MIME bundles: their own, or what the registry of formatters makes of them; plain text is always there.</summary>
internal static class Bundles
{
    private const string Plain = "text/plain", Html = "text/html";

    /// <summary>Formatters for what the registry would walk through property by property. Tensors' properties are tensors: each look would make new ones.</summary>
    public static void Register()
    {
        foreach (var mime in new[] { Plain, Html })
        {
            Formatter.Register<torch.Tensor>((tensor, writer) => writer.Write(Text(mime, Numbers(tensor))), mime);
            Formatter.Register<torch.nn.Module>((module, writer) => writer.Write(Text(mime, $"{module.GetName()}: {module.parameters().Sum(p => p.numel()):n0} parameters")), mime);
            Formatter.Register<DataFrame>((frame, writer) => writer.Write(mime == Html ? DataFrames.Html(frame) : DataFrames.Text(frame)), mime);
            Formatter.Register<torch.Device>((device, writer) => writer.Write(Text(mime, device.ToString())), mime);
        }
        // Parts of results that a query has picked; the lists as they come show themselves so in any engine.
        RegisterTable<MixupCurve.Point>(list => list.Table());
        RegisterTable<Sweep.Point>(list => list.Table());
        RegisterTable<AlignmentStudy.Row>(list => list.Table());
        RegisterTable<RetrievalStudy.Row>(list => list.Table());
        RegisterTable<Evaluated>(list => list.Table());

        static void RegisterTable<T>(Func<IEnumerable<T>, ScoreTable> table)
        {
            Formatter.Register<IEnumerable<T>>((list, writer) => writer.Write(Formatter.ToDisplayString(table(list), Html)), Html);
            Formatter.Register<IEnumerable<T>>((list, writer) => writer.Write(table(list).ToText()), Plain);
        }

        static string Numbers(torch.Tensor tensor)
        {
            if (tensor.IsInvalid) return "a tensor that is disposed";
            using var scope = torch.NewDisposeScope();              // each number is read through a tensor of its own
            return tensor.numel() > 0 ? tensor.ToString(TensorStringStyle.Julia) : tensor.ToString();
        }

        static string Text(string mime, string text) => mime == Html ? $"<pre>{System.Net.WebUtility.HtmlEncode(text)}</pre>" : text;
    }

    /// <summary>What to send for a value.</summary>
    /// <param name="value">May be null.</param>
    /// <param name="mimeTypes">Only these, besides plain text; empty: those that the value or its type prefers.</param>
    public static JsonObject Of(object? value, params IReadOnlyList<string> mimeTypes)
    {
        var bundle = new JsonObject();
        if (value is IMimeBundle own)
        {
            foreach (var (mime, text) in own.MimeBundle())
                if (mimeTypes.Count == 0 || mimeTypes.Contains(mime)) bundle[mime] = Node(mime, text);
        }
        else if (mimeTypes.Count > 0)
        {
            foreach (var mime in mimeTypes) bundle[mime] = Node(mime, value is string text ? text : Formatter.ToDisplayString(value, mime));
        }
        else if (value is IHtmlContent)
        {
            bundle[Html] = Formatter.ToDisplayString(value, Html);
        }
        else if (value is not null && !IsScalar(value.GetType()))
        {
            foreach (var mime in Formatter.GetPreferredMimeTypesFor(value.GetType()))
                if (mime != Plain) bundle[mime] = Node(mime, Formatter.ToDisplayString(value, mime));
        }
        if (!bundle.ContainsKey(Plain)) bundle[Plain] = value switch
        {
            null => "null",
            IMimeBundle or IHtmlContent => value.ToString(),
            _ => Formatter.ToDisplayString(value, Plain),
        };
        return bundle;
    }

    private static bool IsScalar(Type type) => type.IsPrimitive || type.IsEnum || type == typeof(string) || type == typeof(decimal) || type == typeof(DateTime) || type == typeof(DateTimeOffset) ||
        type == typeof(TimeSpan) || type == typeof(Guid) || type == typeof(DateOnly) || type == typeof(TimeOnly) || type == typeof(Half) || type == typeof(Int128) || type == typeof(System.Numerics.BigInteger);

    /// <summary>JSON goes out as JSON, all else as text.</summary>
    private static JsonNode? Node(string mime, string text)
    {
        if (mime != "application/json" && !mime.EndsWith("+json", StringComparison.Ordinal)) return text;
        try
        {
            return JsonNode.Parse(text);
        }
        catch (JsonException)
        {
            return text;
        }
    }
}
