using System.Text.Json;
using Xunit;

namespace UnsupClipCap.Tests;

public class ResultsTests
{
    static readonly Results full = new()
    {
        Preset = "mini",
        Seed = 7,
        Table = [new(MethodNames.ClipCap,
            new Dictionary<string, double> { ["Bleu_1"] = 0.1 + 0.2, ["CIDEr"] = 1 / 3.0, ["average6"] = Math.PI })],
        Mixup =
        [
            new(MethodNames.ClipCap, 0.1 * 3, new Dictionary<string, double> { ["CIDEr"] = double.Epsilon })
            {
                ScoresWithoutInput = new Dictionary<string, double> { ["CIDEr"] = .25 },
                Spread = new Dictionary<string, double> { ["CIDEr"] = 1e-17 },
            },
        ],
        Alignment = [new(MethodNames.None, new Dictionary<string, double> { ["average6"] = 40.8 })],
        Seconds = 12.345678901234567,
        Settings = new Dictionary<string, string> { ["steps"] = "1200", ["note"] = "“a & b” <c>" },
        Claims = [new("ClipCap is above", true, "by much", 3.5), new("unknown", null, "not run", null)],
        Encoder = "tiny",
        Captioners = new Dictionary<string, string> { [MethodNames.ClipCap] = "abc" },
        Version = "0.1.0",
    };

    [Fact]
    public void Results_read_back_bit_for_bit_and_in_order()
    {
        var path = Made.File("results.json");
        full.Save(path);
        var read = Results.Load(path);
        Assert.Equal(full.Table[0].Scores.ToArray(), read.Table[0].Scores.ToArray());
        Assert.Equal(full.Mixup[0].Lambda, read.Mixup[0].Lambda);
        Assert.Equal(full.Mixup[0].Scores.ToArray(), read.Mixup[0].Scores.ToArray());
        Assert.Equal(full.Mixup[0].ScoresWithoutInput!.ToArray(), read.Mixup[0].ScoresWithoutInput!.ToArray());
        Assert.Equal(full.Mixup[0].Spread!.ToArray(), read.Mixup[0].Spread!.ToArray());
        Assert.Equal(full.Settings!.ToArray(), read.Settings!.ToArray());
        Assert.Equal(full.Claims!, read.Claims!);
        Assert.Equal((full.Preset, full.Seed, full.Seconds, full.Encoder, full.Version),
            (read.Preset, read.Seed, read.Seconds, read.Encoder, read.Version));
        var again = Made.File("results.json");
        read.Save(again);
        Assert.Equal(File.ReadAllBytes(path), File.ReadAllBytes(again));
    }

    [Fact]
    public void The_keys_are_those_of_the_format_in_their_order()
    {
        var path = Made.File("results.json");
        Made.Results([Made.Row("a", 1)], Made.Curve("a", 1, 2), [Made.Row("none", 3)]).Save(path);
        using var json = JsonDocument.Parse(File.ReadAllText(path));
        Assert.Equal(["preset", "seed", "table", "mixup", "alignment", "seconds"], json.RootElement.EnumerateObject().Select(p => p.Name));
        Assert.Equal(["method", "lambda", "scores"], json.RootElement.GetProperty("mixup")[0].EnumerateObject().Select(p => p.Name));
    }

    [Fact]
    public void A_file_cut_anywhere_is_refused_by_name_and_field()
    {
        var path = Made.File("results.json");
        full.Save(path);
        var whole = File.ReadAllText(path).TrimEnd();
        for (var length = 0; length < whole.Length; length += 7)
        {
            File.WriteAllText(path, whole[..length]);
            Assert.Contains("results.json", Assert.Throws<UserException>(() => Results.Load(path)).Message);
        }
        File.WriteAllText(path, whole[..(whole.IndexOf("Bleu_1", StringComparison.Ordinal) + 10)]);
        Assert.Contains("'table[0].scores.Bleu_1'", Assert.Throws<UserException>(() => Results.Load(path)).Message);
    }

    [Theory]
    [InlineData("""{"preset":"mini"}""", "'seed' is missing")]
    [InlineData("""{"preset":"mini","seed":"one"}""", "'seed' is \"one\", but a whole number")]
    [InlineData("""{"preset":"mini","seed":1,"table":[{"method":"a","scores":{"CIDEr":"high"}}]}""", "'table[0].scores.CIDEr' is \"high\", but a number")]
    [InlineData("""{"preset":"mini","seed":1,"table":[{"method":"a","scores":{"CIDEr":1e999}}]}""", "'table[0].scores.CIDEr'")]
    [InlineData("""{"preset":"mini","seed":1,"table":[],"mixup":[{"method":"a","lambda":2,"scores":{}}]}""", "'mixup[0].lambda' is 2, but a number from 0 to 1")]
    [InlineData("""{"preset":"mini","seed":1,"table":[],"mixup":[],"alignment":{}}""", "'alignment' is {}, but a list")]
    [InlineData("""{"preset":"\ud800"}""", "'preset' is \"\\ud800\", but a text in UTF-8")]
    [InlineData("[]", "the whole is [], but an object")]
    public void A_wrong_field_is_named_with_what_was_found_and_expected(string content, string complaint)
    {
        var message = Assert.Throws<UserException>(() => Results.Load(Made.File("results.json", content))).Message;
        Assert.Contains("results.json", message);
        Assert.Contains(complaint, message);
    }

    [Fact]
    public void A_missing_file_is_a_user_error() => Assert.Throws<UserException>(() => Results.Load(Made.File("results.json")));

    [Fact]
    public void A_number_that_json_cannot_hold_is_refused_and_nothing_is_written()
    {
        var path = Made.File("results.json");
        var refused = Assert.Throws<ArgumentException>(() => Made.Results([Made.Row("a", double.NaN)]).Save(path));
        Assert.Contains("table[0].scores.average6", refused.Message);
        Assert.False(File.Exists(path));
    }

    [Fact]
    public void Captions_read_back_with_ids_of_both_kinds()
    {
        var path = Made.File("captions.jsonl");
        CaptionRecord[] records =
        [
            new("table", MethodNames.ClipCap, null, "139", "a “cat”\nsits", ["one", "two"]),
            new("mixup", MethodNames.Unsupervised, .3, "007", "", []),
            new("alignment", MethodNames.None, null, "99999999999999999999", "x", ["y"]),
        ];
        CaptionRecord.WriteAll(path, records);
        var lines = File.ReadAllLines(path);
        Assert.Equal(3, lines.Length);
        Assert.Contains("\"image_id\":139,", lines[0]);
        Assert.Contains("\"image_id\":\"007\"", lines[1]);
        var read = CaptionRecord.ReadAll(path).ToList();
        Assert.Equal(records.Select(r => r with { References = [] }), read.Select(r => r with { References = [] }));
        Assert.Equal(records.SelectMany(r => r.References), read.SelectMany(r => r.References));
    }

    [Fact]
    public void A_bad_caption_line_is_named_by_file_line_and_field()
    {
        var path = Made.File("captions.jsonl", """
            {"experiment":"table","method":"a","lambda":null,"image_id":1,"caption":"b","references":[]}
            {"experiment":"table","method":"a","lambda":null,"image_id":1.5,"caption":"b","references":[]}
            """);
        using var records = CaptionRecord.ReadAll(path).GetEnumerator();
        Assert.True(records.MoveNext());
        var message = Assert.Throws<UserException>(() => records.MoveNext()).Message;
        Assert.Contains("captions.jsonl, line 2: field 'image_id' is 1.5", message);
    }
}
