using static TorchSharp.torch;

namespace UnsupClipCap;

/// <summary>Texts as CLIP's text tower takes them.</summary>
public static class ClipText
{
    /// <summary>Start, the text's ids, end; cut to <paramref name="context"/> tokens where it is longer, keeping its end.</summary>
    public static int[] Encode(ITokenizer tokenizer, string text, int context)
    {
        var ids = tokenizer.Encode(text);
        if (ids.Length > context - 2) ids = ids[..(context - 2)];
        return [tokenizer.Start, .. ids, tokenizer.End];
    }

    /// <summary>Texts as ids with start and end to ids (B, T), filled up with 0 to the longest, and the place of each end (B).</summary>
    public static (Tensor Ids, Tensor Ends) Batch(IReadOnlyList<int[]> texts, Device device)
    {
        var T = texts.Max(t => t.Length);
        var ids = new long[texts.Count * T];
        for (var row = 0; row < texts.Count; row++)
            for (var t = 0; t < texts[row].Length; t++) ids[row * T + t] = texts[row][t];
        return (tensor(ids, [texts.Count, T], device: device), tensor(texts.Select(t => (long)t.Length - 1).ToArray(), device: device));
    }
}
