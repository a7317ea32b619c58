using System.Text.Json;
using Xunit;

namespace UnsupClipCap.Tests;

public class TokenizerParityTests(ITestOutputHelper output)
{
    [Fact]
    public void CLIP_tokens_have_parity_with_its_own_tokenizer()
    {
        var tokenizer = ClipTokenizer.Load(Path.GetDirectoryName(Goldens.Data("tokenizers/clip/bpe_simple_vocab_16e6.txt.gz"))!);
        var (compared, faults) = (0, new List<string>());
        foreach (var file in Goldens.Files("tokens", "*.json"))
        {
            using var json = JsonDocument.Parse(File.ReadAllBytes(file));
            foreach (var row in json.RootElement.GetProperty("rows").EnumerateArray())
            {
                var text = row.GetProperty("text").GetString()!;
                int[] expected = [.. row.GetProperty("clip").EnumerateArray().Select(i => i.GetInt32())];
                compared++;
                if (!tokenizer.Encode(text).SequenceEqual(expected)) faults.Add($"'{text}' should be {string.Join(' ', expected)}, is {string.Join(' ', tokenizer.Encode(text))}");
            }
        }
        output.WriteLine($"{compared} texts, {faults.Count} differ");
        Assert.True(compared > 0);
        Assert.True(faults.Count == 0, string.Join('\n', faults.Take(20)));
    }

    [Fact]
    public void GPT2_tokens_have_parity_with_its_own_tokenizer_and_decode_to_its_text()
    {
        var tokenizer = Gpt2Tokenizer.Load(Path.GetDirectoryName(Goldens.Data("tokenizers/gpt2/encoder.json")));
        Assert.Equal((50257, 50256), (tokenizer.Count, tokenizer.End));
        var (compared, faults) = (0, new List<string>());
        foreach (var file in Goldens.Files("tokens", "*.json"))
        {
            using var json = JsonDocument.Parse(File.ReadAllBytes(file));
            foreach (var row in json.RootElement.GetProperty("rows").EnumerateArray())
            {
                var text = row.GetProperty("text").GetString()!;
                int[] expected = [.. row.GetProperty("gpt2").EnumerateArray().Select(i => i.GetInt32())];
                compared++;
                if (text.Contains("<|endoftext|>", StringComparison.Ordinal)) continue;        // text here, a special token there
                if (!tokenizer.Encode(text).SequenceEqual(expected)) faults.Add($"'{text}' should be {string.Join(' ', expected)}, is {string.Join(' ', tokenizer.Encode(text))}");
                if (row.TryGetProperty("gpt2_decoded", out var decoded) && tokenizer.Decode(expected) != decoded.GetString()) faults.Add($"'{decoded}' is decoded as '{tokenizer.Decode(expected)}'");
            }
        }
        output.WriteLine($"{compared} texts, {faults.Count} differ");
        Assert.True(compared > 0);
        Assert.True(faults.Count == 0, string.Join('\n', faults.Take(20)));
    }
}
