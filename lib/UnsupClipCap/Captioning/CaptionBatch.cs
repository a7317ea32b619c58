using static TorchSharp.torch;

namespace UnsupClipCap;

/// <summary>Captions that are trained on together.</summary>
public sealed class CaptionBatch : IDisposable
{
    private CaptionBatch(Tensor tokens, Tensor targets, Tensor? places, int captionTokens) =>
        (Tokens, Targets, Places, TokenCount) = (tokens, targets, places, captionTokens);

    /// <summary>Input tokens (B, T), int64; rows shorter than T are filled up on the right.</summary>
    public Tensor Tokens { get; }

    /// <summary>Target tokens (targets), int64, row after row.</summary>
    public Tensor Targets { get; }

    /// <summary>Where the targets are predicted among the B (T + 1) states, int64; null where they are all of them.</summary>
    public Tensor? Places { get; }

    /// <summary>Caption tokens in the batch, without padding, prefix and end.</summary>
    public int TokenCount { get; }

    /// <summary>Captions as token ids, none empty, with or without the end token as the last target.</summary>
    /// <param name="captions">Token ids of each caption.</param>
    /// <param name="end">The end token, or null where it is not learnt.</param>
    /// <param name="ignoreZero">Whether token 0 is never a target.</param>
    /// <param name="device">Where the tensors shall be.</param>
    public static CaptionBatch Of(IReadOnlyList<int[]> captions, int? end, bool ignoreZero, Device device)
    {
        var T = captions.Max(c => c.Length);
        var tokens = new long[captions.Count * T];
        var targets = new List<long>(captions.Count * (T + 1));
        var places = new List<long>(captions.Count * (T + 1));
        for (var row = 0; row < captions.Count; row++)
        {
            var caption = captions[row];
            for (var t = 0; t < caption.Length; t++) tokens[row * T + t] = caption[t];
            for (var t = 0; t < caption.Length + (end is null ? 0 : 1); t++)
            {
                var target = t < caption.Length ? caption[t] : end!.Value;
                if (ignoreZero && target == 0) continue;
                targets.Add(target);
                places.Add(row * (T + 1) + t);
            }
        }
        var all = places.Count == captions.Count * (T + 1);
        return new CaptionBatch(
            tensor(tokens, [captions.Count, T], device: device), tensor(targets, device: device),
            all ? null : tensor(places, device: device), captions.Sum(c => c.Length));
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        Tokens.Dispose();
        Targets.Dispose();
        Places?.Dispose();
    }
}
