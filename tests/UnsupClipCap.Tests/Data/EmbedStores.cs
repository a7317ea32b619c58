using UnsupClipCap.Tests.Metrics;
using static TorchSharp.torch;

namespace UnsupClipCap.Tests;

/// <summary>Stores of made-up rows.</summary>
internal static class EmbedStores
{
    public const int Items = 10, Width = 6;

    public static EmbeddingSettings Settings { get; } = new()
    {
        Encoder = new("made up", "0123456789abcdef0123456789abcdef"),
        Kind = EmbeddingKind.Images,
        Width = Width,
        Items = Items,
        List = "a list of ten",
    };

    /// <summary>Row i is i + 0, i + .1, i + .2 …</summary>
    public static Tensor Row(int item) => arange(Width).to(ScalarType.Float32) / 10 + item;

    public static string Name(int item) => $"{item}.png";

    /// <summary>Adds shards of <paramref name="size"/> items; item 3 is left out.</summary>
    public static void Fill(EmbeddingWriter writer, int size, int? until = null)
    {
        var end = until ?? writer.Index.Settings.Part.Range(Items).End;
        while (writer.Next < end)
        {
            var items = Enumerable.Range(writer.Next, Math.Min(size, end - writer.Next)).ToList();
            var there = items.Where(i => i != 3).ToList();
            using var scope = NewDisposeScope();
            var rows = there.Count == 0 ? empty(0, writer.Index.Settings.Width) : stack(there.Select(Row));
            writer.Add(rows, [.. there.Select(Name)], [.. items.Except(there).Select(i => new EmbeddingLeftOut(Name(i), "It is damaged."))]);
        }
    }

    public static EmbeddingStore Make(string folder, EmbeddingSettings? settings = null, int size = 4)
    {
        using var writer = EmbeddingWriter.Open(folder, settings ?? Settings);
        Fill(writer, size);
        return writer.Finish();
    }

    public static string[] Parts(FileFolder folder, int of, Func<int, EmbeddingSettings>? settings = null) => [.. Enumerable.Range(1, of).Select(n =>
        Make(folder.File($"p{n}of{of}"), (settings?.Invoke(n) ?? Settings) with { Part = new(n, of) }, size: 3).Folder)];

    /// <summary>All rows of the list, item 3 left out.</summary>
    public static Tensor Expected => stack(Enumerable.Range(0, Items).Where(i => i != 3).Select(Row));
}
