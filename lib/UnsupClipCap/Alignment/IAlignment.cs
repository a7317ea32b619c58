using static TorchSharp.torch;

namespace UnsupClipCap;

/// <summary>A way to bring image embeddings to where a captioner trained on texts expects its input.</summary>
public interface IAlignment
{
    /// <summary>Its name in tables.</summary>
    string Name { get; }

    /// <summary>
    /// Whether it can map only the very images that it was fitted on (transductive). Others are fitted on training data and map any image (inductive).
    /// </summary>
    bool IsTransductive { get; }

    /// <summary>Fits it to image embeddings (N, d) and text embeddings (M, d), float32, unit rows, not paired.</summary>
    IFittedAlignment Fit(Tensor images, Tensor texts);
}

/// <summary>A fitted alignment.</summary>
public interface IFittedAlignment
{
    /// <summary>Image embeddings (n, d) to aligned embeddings (n, d). Their length is part of the method: nothing normalises them afterwards.</summary>
    Tensor Transform(Tensor images);
}

/// <summary>A fitted alignment that is a function.</summary>
internal sealed class FittedFunction(Func<Tensor, Tensor> function) : IFittedAlignment
{
    public Tensor Transform(Tensor images) => function(images);
}

/// <summary>Checks of what alignments are given, before any work.</summary>
internal static class AlignmentInput
{
    public static void Check(string method, Tensor images, Tensor texts)
    {
        foreach (var (what, t) in new[] { ("image", images), ("text", texts) })
        {
            if (t.dim() != 2 || t.shape[0] == 0) throw new UserException($"{method}: the {what} embeddings are of shape [{string.Join(", ", t.shape)}]; expected (N, d) with N of 1 or more.");
            if (!t.isfinite().all().item<bool>()) throw new UserException($"{method}: the {what} embeddings hold values that are not finite; remove those rows.");
        }
        if (images.shape[1] != texts.shape[1])
            throw new UserException($"{method}: the image embeddings have {images.shape[1]} numbers and the text embeddings {texts.shape[1]}; both must come from one encoder.");
    }

    public static Tensor Unit(Tensor x) => nn.functional.normalize(x, p: 2, dim: -1);
}
