using System.IO.Compression;
using System.Text;
using System.Text.Json;
using UnsupClipCap.Metrics;
using Xunit;

namespace UnsupClipCap.Tests.Metrics;

public class CaptionCorpusParityTests(ITestOutputHelper output)
{
    /// <summary>
    /// The SPICE goldens hold captions of COCO and Flickr30k as coco-caption tokenised them, without the text they came from.
    /// So each of them must be what some caption of the same letters and digits becomes.
    /// </summary>
    [Fact]
    public void Tokens_of_two_whole_data_sets_have_parity_with_PTBTokenizer()
    {
        var files = Goldens.Files("spice", "*.jsonl.gz");
        string[] sources = [Goldens.Data("coco/captions_train2014.json.gz"), Goldens.Data("coco/captions_val2014.json.gz"), Goldens.Data("flickr30k/results.token.gz")];

        var found = new Dictionary<string, HashSet<string>>(StringComparer.Ordinal);
        foreach (var golden in files.SelectMany(Captions)) found.TryAdd(Letters(golden), []);
        foreach (var text in sources.SelectMany(Texts))
        {
            if (!found.TryGetValue(Letters(text), out var tokens)) continue;
            // The order of that document is not known, so a last initial may or may not end its sentence.
            tokens.Add(string.Join(' ', PtbTokenizer.Tokenize(text)));
            tokens.Add(string.Join(' ', PtbTokenizer.Tokenize(text, "A dog.")));
        }

        var (compared, faults) = (0, new List<string>());
        foreach (var golden in files.SelectMany(Captions))
        {
            if (found[Letters(golden)] is not { Count: > 0 } tokens) continue;
            compared++;
            if (!tokens.Contains(golden)) faults.Add($"'{golden}' is '{string.Join("' or '", tokens)}'");
        }
        if (compared == 0) Assert.Skip("No tokenised caption of the SPICE goldens is one of COCO or Flickr30k.");
        output.WriteLine($"{compared} tokenised captions, {faults.Count} differ");
        Assert.True(faults.Count * 10_000L <= compared, string.Join('\n', faults.Take(20)));
    }

    private static IEnumerable<string> Captions(string file)
    {
        foreach (var line in Lines(file))
        {
            // Lines without the caption's text are other sets; reading them whole would take most of the time.
            if (!line.StartsWith("{\"caption\"", StringComparison.Ordinal)) continue;
            var json = new Utf8JsonReader(Encoding.UTF8.GetBytes(line));
            while (json.Read())
            {
                if (json.TokenType != JsonTokenType.String) continue;
                yield return json.GetString()!;
                break;
            }
        }
    }

    private static IEnumerable<string> Texts(string file)
    {
        if (!file.EndsWith(".json.gz", StringComparison.Ordinal)) return Lines(file).Select(line => line[(line.IndexOf('\t') + 1)..]);
        using var stream = new GZipStream(File.OpenRead(file), CompressionMode.Decompress);
        using var json = JsonDocument.Parse(stream);
        return [.. json.RootElement.GetProperty("annotations").EnumerateArray().Select(a => a.GetProperty("caption").GetString()!)];
    }

    private static IEnumerable<string> Lines(string file)
    {
        using var reader = new StreamReader(new GZipStream(File.OpenRead(file), CompressionMode.Decompress));
        while (reader.ReadLine() is { } line) yield return line;
    }

    private static string Letters(string text) => string.Concat(text.ToLowerInvariant().Where(char.IsAsciiLetterOrDigit));
}
