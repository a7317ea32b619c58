using System.Diagnostics;
using System.Text;
using UnsupClipCap.Metrics;
using Xunit;
using static UnsupClipCap.Tests.Metrics.Complaint;

namespace UnsupClipCap.Tests.Metrics;

public sealed class CaptionFileTests : IDisposable
{
    private const string Annotations = """
        {"info": {"images": 3, "annotations": [1]}, "licenses": [{"id": 1}],
         "images": [{"file_name": "b.jpg", "id": 7}, {"id": 42, "license": {"id": 1}}],
         "annotations": [{"image_id": 42, "id": 1, "caption": "A dog."}, {"id": 2, "caption": "a cat", "image_id": 7}, {"image_id": 42, "id": 3, "caption": ""}]}
        """;
    private const string Karpathy = """
        {"images": [
          {"filepath": "val2014", "sentids": [1, 2], "filename": "a.jpg", "imgid": 0, "split": "test",
           "sentences": [{"tokens": ["a", "dog"], "raw": "A dog.", "imgid": 0, "sentid": 1}, {"tokens": ["a", "cat"], "raw": "A cat.", "imgid": 0, "sentid": 2}], "cocoid": 391895},
          {"filename": "b.jpg", "imgid": 1, "sentences": [{"tokens": [], "raw": "A bus."}], "split": "val", "cocoid": 5},
          {"filename": "c.jpg", "imgid": 2, "sentences": [{"raw": "A car."}], "split": "restval", "cocoid": 6},
          {"filename": "d.jpg", "imgid": 3, "sentences": [{"raw": "A hat."}], "split": "test"}
        ], "dataset": "coco"}
        """;
    private readonly FileFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    [Fact]
    public void Coco_annotations_are_read_in_the_order_of_the_images_list()
    {
        var file = Read(Annotations);
        Assert.Equal(CaptionFileFormat.CocoAnnotations, file.Format);
        Assert.Equal(["7", "42"], file.Ids.Select(i => i.Text));
        Assert.All(file.Ids, id => Assert.True(id.IsNumber));
        Assert.Equal([["a cat"], ["A dog.", ""]], file.Captions);
        Assert.Equal(3, file.CaptionCount);
    }

    [Fact]
    public void Annotations_may_stand_before_the_images()
    {
        var file = Read("""{"annotations": [{"id": 1, "image_id": "b", "caption": "x"}], "images": [{"id": "a"}, {"id": "b"}]}""");
        Assert.Equal(["a", "b"], file.Ids.Select(i => i.Text));
        Assert.Equal([[], ["x"]], file.Captions);
    }

    [Fact]
    public void Coco_results_are_read()
    {
        var file = Read("""[{"image_id": 2, "caption": "two", "id": 9, "extra": {"image_id": 4}}, {"caption": "one", "image_id": "1"}]""");
        Assert.Equal(CaptionFileFormat.CocoResults, file.Format);
        Assert.Equal([("2", true), ("1", false)], file.Ids.Select(i => (i.Text, i.IsNumber)));
        Assert.Equal([["two"], ["one"]], file.Captions);
    }

    [Theory]
    [InlineData(null, "391895 A dog. A cat.|d.jpg A hat.")]
    [InlineData("val", "5 A bus.")]
    [InlineData("restval + val", "5 A bus.|6 A car.")]
    [InlineData("all", "391895 A dog. A cat.|5 A bus.|6 A car.|d.jpg A hat.")]
    public void Of_Karpathys_splits_those_asked_for_are_read(string? split, string expected)
    {
        var file = CaptionFile.Read(_folder.Write("dataset_coco.json", Karpathy), split);
        Assert.Equal(CaptionFileFormat.Karpathy, file.Format);
        Assert.Equal(expected, string.Join('|', file.Ids.Zip(file.Captions, (id, captions) => $"{id} {string.Join(' ', captions)}")));
        Assert.All(file.Ids, id => Assert.Equal(id.Text != "d.jpg", id.IsNumber));
    }

    [Fact]
    public void A_split_that_is_not_there_is_an_error_that_lists_those_that_are()
    {
        var path = _folder.Write("k.json", Karpathy);
        Fails(() => CaptionFile.Read(path, "tset"), path, "'tset'", "test (2), val (1), restval (1)");
        Fails(() => CaptionFile.Read(path, ""), path, "test (2)");
        var other = _folder.Write("a.json", Annotations);
        Fails(() => CaptionFile.Read(other, "test"), other, "COCO annotations", "'test'");
    }

    [Theory]
    [InlineData("\n")]
    [InlineData("\r\n")]
    public void Flickr_token_files_are_read_whatever_ends_their_lines(string end)
    {
        var file = Read(string.Join(end, "100.jpg#0\tA child in a pink dress .", "100.jpg#1\tA girl\tgoing in .", "", "2258#4_x.jpg.1#0\t", "100.jpg#2\tA third ."));
        Assert.Equal(CaptionFileFormat.FlickrTokens, file.Format);
        Assert.Equal([("100.jpg", false), ("2258#4_x.jpg.1", false)], file.Ids.Select(i => (i.Text, i.IsNumber)));
        Assert.Equal([["A child in a pink dress .", "A girl\tgoing in .", "A third ."], [""]], file.Captions);
    }

    [Fact]
    public void Captions_by_image_are_read_as_lists_and_alone()
    {
        var file = Read("""{"42": ["a", "b"], "x.jpg": "alone", "images": ["a picture"], "annotations": []}""");
        Assert.Equal(CaptionFileFormat.CaptionMap, file.Format);
        Assert.Equal(["42", "x.jpg", "images", "annotations"], file.Ids.Select(i => i.Text));
        Assert.Equal([["a", "b"], ["alone"], ["a picture"], []], file.Captions);
    }

    [Fact]
    public void Gzip_is_known_by_content_not_by_name()
    {
        Assert.Equal(3, CaptionFile.Read(_folder.WriteGzipped("plain.json", Annotations)).CaptionCount);
        Assert.Equal(1, CaptionFile.Read(_folder.WriteGzipped("a", "a.jpg#0\tA dog.")).CaptionCount);
        Assert.Equal(3, CaptionFile.Read(_folder.Write("named.gz", Annotations)).CaptionCount);
    }

    [Fact]
    public void A_byte_order_mark_is_passed_over()
    {
        Assert.Equal(2, Read("\uFEFF" + Annotations).Ids.Count);
        Assert.Equal("a.jpg", Read("\uFEFFa.jpg#0\tA dog.").Ids[0].Text);
        Fails(() => Read("\uFEFF[1]"), "byte 5", "[0]", "is 1");
    }

    [Fact]
    public void Ids_are_the_same_if_their_texts_are()
    {
        Assert.Equal(Id("42"), Id("\"42\""));
        Assert.NotEqual(Id("42"), Id("\"042\""));
        Assert.NotEqual(Id("42"), Id("\"+42\""));
        Assert.NotEqual(Id("42"), Id("\" 42\""));
        Assert.Equal(Id("-7"), Id("\"-7\""));
        Assert.NotEqual(Id("0"), Id("\"-0\""));
        Assert.Equal("\u00E9.jpg", Id("\"\\u00e9.jpg\"").Text);
        Assert.Equal(42, Id("42"));
        Assert.Equal("a", Id("\"a\""));
    }

    [Theory]
    [InlineData("9007199254740993")]
    [InlineData("9223372036854775807")]
    [InlineData("-9223372036854775808")]
    [InlineData("18446744073709551617")]
    [InlineData("123456789012345678901234567890")]
    public void Large_whole_numbers_stay_exact(string number)
    {
        Assert.Equal(number, Id(number).Text);
        Assert.True(Id(number).IsNumber);
        Assert.Equal(Id(number), Id($"\"{number}\""));
        Assert.NotEqual(Id(number), Id(number[..^1] + (char)(number[^1] ^ 1)));
    }

    [Theory]
    [InlineData("1.5")]
    [InlineData("42.0")]
    [InlineData("1e3")]
    [InlineData("null")]
    [InlineData("true")]
    [InlineData("{}")]
    [InlineData("[1]")]
    public void An_id_that_is_neither_text_nor_whole_number_is_an_error(string id)
    {
        Fails(() => Read($$"""[{"caption": "a", "image_id": {{id}}}]"""), "'[0].image_id'", "a whole number or a text", "line 1, byte 31");
        Fails(() => Read($$"""{"images": [{"id": {{id}}}], "annotations": []}"""), "'images[0].id'");
    }

    [Theory]
    [InlineData("null", "is null")]
    [InlineData("7", "is 7")]
    [InlineData("[\"a\"]", "is a list")]
    [InlineData("{\"raw\": 1}", "is an object")]
    public void A_caption_that_is_no_text_is_an_error(string caption, string found)
    {
        Fails(() => Read($$"""[{"image_id": 1, "caption": "a"},{{"\n"}}{"image_id": 2, "caption": {{caption}}}]"""), "'[1].caption'", "line 2, byte 28", found, "a caption");
        Fails(() => Read($$"""{"images": [{"id": 1}], "annotations": [{"id": 1, "image_id": 1, "caption": {{caption}}}]}"""), "'annotations[0].caption'", found);
        Fails(() => Read($$"""{"images": [{"split": "test", "imgid": 1, "sentences": [{"raw": {{caption}}}]}]}"""), "'images[0].sentences[0].raw'", found);
        Fails(() => Read($$"""{"a": ["b", {{(caption == "null" ? caption : "\"c\", " + caption)}}]}"""), "'a[", found);
    }

    [Theory]
    [InlineData("""[{"caption": "a"}]""", "'[0]' has no 'image_id'")]
    [InlineData("""[{"image_id": 1}]""", "'[0]' has no 'caption'")]
    [InlineData("""[5]""", "'[0]' is 5; expected an object")]
    [InlineData("""{"images": [{"file": 1}], "annotations": []}""", "'images[0]' has no 'id'")]
    [InlineData("""{"images": [{"id": 1}]}""", "has no 'annotations'")]
    [InlineData("""{"annotations": [{"id": 1, "image_id": 1, "caption": "a"}]}""", "has no 'images'")]
    [InlineData("""{"images": [{"id": 1}], "annotations": {"a": 1}}""", "'annotations' is an object; expected a list")]
    [InlineData("""{"images": [{"id": 1}], "annotations": [{"image_id": 1, "caption": "a"}]}""", "'annotations[0]' has no 'id'")]
    [InlineData("""{"images": [{"id": 1}], "annotations": [{"id": 1, "caption": "a"}]}""", "'annotations[0]' has no 'image_id'")]
    [InlineData("""{"images": [{"id": 1}], "annotations": [{"id": 1, "image_id": 1}]}""", "'annotations[0]' has no 'caption'")]
    [InlineData("""{"images": [{"split": "test", "cocoid": 1, "sentences": [{"tokens": []}]}]}""", "'images[0].sentences[0]' has no 'raw'")]
    [InlineData("""{"images": [{"cocoid": 1, "sentences": []}]}""", "'images[0]' has no 'split'")]
    [InlineData("""{"images": [{"split": "test", "sentences": []}]}""", "'images[0]' has no 'cocoid'")]
    [InlineData("""[{"image_id": 1, "caption": "a", "caption": "b"}]""", "'[0].caption' stands twice")]
    [InlineData("""{"a": "x", "a": "y"}""", "'a' stands twice")]
    [InlineData("""{"images": [{"split": "test", "cocoid": 1}, {"split": "test", "cocoid": 2, "sentences": []}]}""", "'images[0]' has no 'sentences'")]
    [InlineData("""{"dataset": "coco", "images": []}""", "has no 'annotations'")]
    [InlineData("[]", "without an image")]
    [InlineData("{}", "without an image")]
    [InlineData("""{"images": [], "annotations": []}""", "without an image")]
    public void What_is_wrong_or_lacking_is_named(string json, string complaint) => Fails(() => Read(json), complaint);

    [Theory]
    [InlineData("""{"images": [{"id": 1}, {"id": "1"}], "annotations": []}""", "images[1]", "'1'", "images[0]")]
    [InlineData("""{"images": [{"id": 1}], "annotations": [{"id": 5, "image_id": 1, "caption": "a"}, {"id": 5, "image_id": 1, "caption": "b"}]}""", "annotations[1]", "'5'", "annotations[0]")]
    [InlineData("""{"images": [{"id": 1}], "annotations": [{"id": 5, "image_id": 1, "caption": "a"}, {"id": 5, "image_id": 1, "caption": "a"}]}""", "annotations[1]", "'5'", "annotations[0]")]
    [InlineData("""{"images": [{"split": "test", "cocoid": 1, "sentences": []}, {"split": "val", "cocoid": 9, "sentences": []}, {"split": "test", "cocoid": 1, "sentences": []}]}""", "images[2]", "'1'", "images[0]")]
    [InlineData("a.jpg#0\tx\nb.jpg#0\ty\na.jpg#0\tx", "line 3", "'a.jpg#0'", "line 1")]
    public void What_stands_twice_is_named_with_both_places(string text, string second, string id, string first) => Fails(() => Read(text), second, id, first);

    [Fact]
    public void Equal_captions_of_an_image_are_both_kept() =>
        Assert.Equal(["a", "a"], Read("""{"images": [{"id": 1}], "annotations": [{"id": 1, "image_id": 1, "caption": "a"}, {"id": 2, "image_id": 1, "caption": "a"}]}""").Captions[0]);

    [Fact]
    public void An_annotation_of_an_image_that_is_not_listed_is_an_error() =>
        Fails(() => Read("""{"annotations": [{"id": 1, "image_id": 1, "caption": "a"}, {"id": 2, "image_id": 8, "caption": "b"}, {"id": 3, "image_id": 9, "caption": "b"}], "images": [{"id": 1}]}"""),
            "2 of 3 annotations", "annotations[1].image_id", "'8'");

    [Theory]
    [InlineData("[{\"image_id\": 1, \"caption\": \"a \u00FF dog\"}]", 0xFF, "'[0].caption' is not UTF-8", "0xFF", "line 1, byte 32")]
    [InlineData("{\"a\": [\"\n\"]}", 0x0A, "not whole JSON")]
    [InlineData("{\"\u00FF\": [\"a\"]}", 0xC3, "not UTF-8", "0xC3")]
    [InlineData("a.jpg#0\tgood\nb.jpg#0\ta \u00FF", 0xFF, "line 2", "not UTF-8", "0xFF", "line 2, byte 11")]
    [InlineData("a\u00FF.jpg#0\tx", 0xE9, "line 1", "not UTF-8", "line 1, byte 2")]
    public void Text_that_is_not_UTF8_is_an_error_at_its_byte(string text, int wrong, params string[] complaints)
    {
        var bytes = Encoding.Latin1.GetBytes(text.Replace('\u00FF', (char)wrong));
        Fails(() => CaptionFile.Read(_folder.Write("f", bytes)), complaints);
    }

    [Fact]
    public void Half_a_surrogate_pair_is_an_error()
    {
        Fails(() => Read("""[{"image_id": 1, "caption": "a \ud83d dog"}]"""), "'[0].caption'", "half of a surrogate pair");
        Assert.Equal("a \U0001F415 dog", Read("""[{"image_id": 1, "caption": "a \ud83d\udc15 dog"}]""").Captions[0][0]);
    }

    [Fact]
    public void JSON_cut_off_anywhere_is_an_error_that_says_where()
    {
        var bytes = Encoding.UTF8.GetBytes(Annotations);
        for (var length = 1; length < bytes.Length - 1; length++)
        {
            var path = _folder.Write("cut.json", bytes[..length]);
            var fault = Assert.Throws<MetricInputException>(() => CaptionFile.Read(path));
            Assert.Contains("is not whole JSON", fault.Message);
            Assert.Contains("line", fault.Message);
        }
        Fails(() => CaptionFile.Read(_folder.Write("cut.json", bytes[..^5])), "line 3", "annotations[2].caption");
        Fails(() => Read(Annotations + "]"), "not whole JSON");
    }

    [Fact]
    public void A_gzipped_file_that_was_cut_or_changed_is_an_error()
    {
        var lines = string.Join('\n', Enumerable.Range(0, 2000).Select(i => $"{i}.jpg#0\tcaption {i * 7919 % 1009}"));
        var whole = File.ReadAllBytes(_folder.WriteGzipped("whole", lines));
        for (var length = 2; length < whole.Length; length += Math.Max(1, Math.Min(97, whole.Length - length - 9)))
            Fails(() => CaptionFile.Read(_folder.Write("cut", whole[..length])), "gzipped", "cut off");
        Assert.Equal(4000, CaptionFile.Read(_folder.Write("parts", [.. whole, .. File.ReadAllBytes(_folder.WriteGzipped("more", "\n" + lines.Replace(".jpg", ".png", StringComparison.Ordinal)))])).CaptionCount);
        whole[^6] ^= 1;
        Fails(() => CaptionFile.Read(_folder.Write("changed", whole)), "gzipped");
    }

    [Fact]
    public void Zeros_behind_a_gzipped_file_are_padding_and_anything_else_is_an_error()
    {
        for (var captions = 1; captions < 600; captions += 13)
        {
            var whole = File.ReadAllBytes(_folder.WriteGzipped("whole", string.Join('\n', Enumerable.Range(0, captions).Select(i => $"{i}.jpg#0\tcaption {i}"))));
            foreach (var zeros in new[] { 1, 2, 4, 10, 511, 10_000 })
                Assert.Equal(captions, CaptionFile.Read(_folder.Write("padded", [.. whole, .. new byte[zeros]])).CaptionCount);
            foreach (var zeros in new[] { 0, 1, 511 })
            {
                Fails(() => CaptionFile.Read(_folder.Write("more", [.. whole, .. new byte[zeros], 1])), "gzipped", "cut off or changed");
                Fails(() => CaptionFile.Read(_folder.Write("more", [.. whole, 1, .. new byte[zeros]])), "gzipped", "cut off or changed");
                Fails(() => CaptionFile.Read(_folder.Write("cut", [.. whole[..^9], .. new byte[zeros]])), "gzipped", "cut off or changed");
            }
        }
        byte[] nothing = [0x1F, 0x8B, 8, 0, 0, 0, 0, 0, 0, 0xFF, 3, 0, .. new byte[8]];
        foreach (var zeros in new[] { 0, 1, 511 }) Fails(() => CaptionFile.Read(_folder.Write("none", [.. nothing, .. new byte[zeros]])), "is empty");
        Fails(() => CaptionFile.Read(_folder.Write("none", nothing[..^1])), "cut off");
    }

    [Fact]
    public void A_gzipped_file_that_was_cut_takes_no_more_memory_than_it_holds()
    {
        var random = new Random(1);
        var whole = File.ReadAllBytes(_folder.WriteGzipped("whole", string.Join('\n', Enumerable.Range(0, 50_000).Select(i => $"{i}.jpg#0\tcaption {random.Next()}"))));
        var path = _folder.Write("cut", [.. whole[..^20], 0, 0, 0, 0xF0]);
        var before = GC.GetAllocatedBytesForCurrentThread();
        Fails(() => CaptionFile.Read(path), "cut off");
        Assert.InRange(GC.GetAllocatedBytesForCurrentThread() - before, 0, 30L * whole.Length);
    }

    [Fact]
    public void Deep_nesting_is_an_error_and_no_crash()
    {
        var deep = new string('[', 100_000);
        Fails(() => Read(deep), "'[0]' is a list");
        Fails(() => Read($$"""[{"image_id": 1, "extra": {{deep}}}]"""), "nested more than 64 levels", "[0].extra");
    }

    [Fact]
    public void A_file_that_is_absent_empty_a_folder_or_in_UTF16_is_named()
    {
        Fails(() => CaptionFile.Read(_folder.File("none.json")), "none.json", "does not exist");
        Fails(() => CaptionFile.Read(_folder.File("none/there.json")), "does not exist");
        Fails(() => CaptionFile.Read(_folder.Path), _folder.Path, "is a folder");
        Fails(() => Read(""), "is empty");
        Fails(() => Read("\uFEFF \n\t"), "is empty but for white space");
        Fails(() => CaptionFile.Read(_folder.Write("u", Encoding.Unicode.GetPreamble().Concat(Encoding.Unicode.GetBytes(Annotations)).ToArray())), "UTF-16");
    }

    [Theory]
    [InlineData("image_id,caption\n1,a dog")]
    [InlineData("a dog on a horse")]
    [InlineData("a.jpg\ta dog")]
    [InlineData("a.jpg#x\ta dog")]
    [InlineData("\"a text\"")]
    [InlineData("12")]
    [InlineData("""{"a": 1}""")]
    [InlineData("""{"a": ["b"], "c": [["d"]]}""")]
    public void An_unknown_format_is_an_error_that_lists_those_understood(string text) =>
        Fails(() => Read(text), "in no known format", "COCO annotations", "COCO results", "Karpathy", "name#number", "{\"image id\": [\"caption\"]}", "gzipped");

    [Fact]
    public void A_bad_line_of_a_token_file_is_named() => Fails(() => Read("a.jpg#0\tx\n\nb.jpg 1\ty"), "line 3", "'b.jpg 1\ty'", "name#number, a tab");

    [Fact]
    public void Line_ends_without_a_line_feed_are_an_error() => Fails(() => Read("a.jpg#0\tx\ra.jpg#1\ty\r"), "line 1", "carriage return", "line feed");

    [Fact]
    public void A_caption_of_100_KB_is_kept_whole()
    {
        var caption = string.Concat(Enumerable.Repeat("a dog \u00E9 \\\" ", 9000));
        Assert.Equal(caption.Replace("\\\"", "\"", StringComparison.Ordinal), Read($$"""[{"image_id": 1, "caption": "{{caption}}"}]""").Captions[0][0]);
    }

    [Theory]
    [InlineData("coco/captions_val2017.json", CaptionFileFormat.CocoAnnotations, 5000, 25014)]
    [InlineData("coco/captions_val2014.json.gz", CaptionFileFormat.CocoAnnotations, 40504, 202654)]
    [InlineData("coco/captions_train2014.json.gz", CaptionFileFormat.CocoAnnotations, 82783, 414113)]
    [InlineData("flickr8k/captions.token", CaptionFileFormat.FlickrTokens, 8092, 40460)]
    [InlineData("flickr30k/results.token.gz", CaptionFileFormat.FlickrTokens, 31014, 155070)]
    public void Real_caption_files_are_read_whole(string name, CaptionFileFormat format, int images, int captions)
    {
        var path = Goldens.Data(name);
        var clock = Stopwatch.StartNew();
        var file = CaptionFile.Read(path);
        Assert.Equal((format, images, captions), (file.Format, file.Ids.Count, file.CaptionCount));
        Assert.Equal(captions, file.Captions.Sum(c => c.Count));
        Assert.True(clock.Elapsed < TimeSpan.FromSeconds(20), $"{name} took {clock.Elapsed.TotalSeconds:0.0} s; 2 s are wanted, 20 s mean something is wrong.");
    }

    private CaptionFile Read(string text) => CaptionFile.Read(_folder.Write("file", text));

    private ImageId Id(string json) => Read($$"""[{"image_id": {{json}}, "caption": ""}]""").Ids[0];
}
