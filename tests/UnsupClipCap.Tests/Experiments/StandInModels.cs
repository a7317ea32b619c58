using static TorchSharp.torch;

namespace UnsupClipCap.Tests;

/// <summary>A small CLIP and a small GPT-2 in the folders of the published ones: the miniature world's CLIP, and a GPT-2 of random weights whose tokens are bytes.</summary>
internal static class StandInModels
{
    public static void Write(DataFolder data)
    {
        foreach (var file in Directory.EnumerateFiles(MiniClip.Folder)) File.Copy(file, data.File($"clip-vit-b32/{Path.GetFileName(file)}"));
        WriteGpt2(data);
    }

    // Tokens in GPT-2's own order: letters for bytes, the printable ones first, so that "." is 13; then merges; then the end.
    private static void WriteGpt2(DataFolder data)
    {
        static bool Printable(int b) => b is (>= '!' and <= '~') or (>= 0xA1 and <= 0xAC) or (>= 0xAE and <= 0xFF);
        var others = Enumerable.Range(0, 256).Where(b => !Printable(b)).ToList();
        string[] merges = ["\u0120 a", "\u0120 t", "i n", "h e"];                    // U+0120 stands for the space
        List<string> tokens = [.. Enumerable.Range(0, 256).Where(Printable).Select(b => $"{(char)b}"), .. others.Select((_, i) => $"{(char)(256 + i)}"), .. merges.Select(m => m.Replace(" ", "")), "<|endoftext|>"];
        data.WriteJson("gpt2/vocab.json", tokens.Select((t, i) => (t, i)).ToDictionary(p => p.t, p => p.i));
        data.Write("gpt2/merges.txt", "#version: 0.2\n" + string.Join('\n', merges) + "\n");
        data.WriteJson("gpt2/config.json", new { model_type = "gpt2", vocab_size = tokens.Count, n_positions = 192, n_embd = 32, n_layer = 1, n_head = 2, activation_function = "gelu_new", resid_pdrop = 0.1 });
        using var scope = NewDisposeScope();
        manual_seed(4);
        using var gpt = new Gpt2(Gpt2Config.Read(data.File("gpt2/config.json")));
        Safetensors.Write(data.File("gpt2/model.safetensors"), ModuleWeights.Take(gpt));
    }
}
