using static TorchSharp.torch;

namespace UnsupClipCap;

/// <summary>A way to bring image embeddings to where a captioner trained on texts expects its input.</summary>
public interface IAlignment
{
    /// <summary>Its name in tables, with the parameters that are not the defaults: "mean shift", "mean shift(step=0.5)". <see cref="Alignments.Named"/> reads it back.</summary>
    string Name { get; }

    /// <summary>
    /// Whether it can map only the very images that it was fitted on (transductive). Others are fitted on training data and map any image (inductive).
    /// </summary>
    bool IsTransductive { get; }

    /// <summary>Whether row i of the images and of the texts must belong together: an upper bound, since a text-only user has no pairs. Otherwise the counts may differ.</summary>
    bool NeedsPairs { get; }

    /// <summary>Whether it moves the texts too (<see cref="IFittedAlignment.TransformTexts"/>): then the captioner must be trained on moved texts.</summary>
    bool MovesTexts => false;

    /// <summary>What it computes, in one line; I and T are the fitted images and texts, x a row.</summary>
    string Formula { get; }

    /// <summary>The paper and equation that it is from, or "standard".</summary>
    string Origin { get; }

    /// <summary>
    /// Fits it to image embeddings (N, d) and text embeddings (M, d), of float16, float32 or float64. Rows are taken as they are given where the method does not say
    /// that it brings them to unit length.
    /// </summary>
    /// <exception cref="UserException">Sizes differ, a value is not finite, or there are fewer rows than the method needs; before any work.</exception>
    /// <exception cref="OperationCanceledException">It was cancelled; only methods that solve for a plan look.</exception>
    IFittedAlignment Fit(Tensor images, Tensor texts, CancellationToken cancel = default);
}

/// <summary>A fitted alignment. It owns its tensors: dispose it when done.</summary>
public interface IFittedAlignment : IDisposable
{
    /// <summary>
    /// Image embeddings (n, d) to aligned embeddings (n, d), of their type (float32 for float16). Their length is part of the method: nothing normalises them afterwards.
    /// </summary>
    Tensor Transform(Tensor images);

    /// <summary>Text embeddings (n, d) to where the aligned images are to be compared with them: the same rows for all methods but those that move both sets.</summary>
    Tensor TransformTexts(Tensor texts);

    /// <summary>Whether <see cref="Inverse"/> exists.</summary>
    bool HasInverse { get; }

    /// <summary>Aligned embeddings (n, d) back to image embeddings (n, d): Inverse(Transform(x)) = x up to rounding.</summary>
    /// <exception cref="UserException">There is none: several images have one aligned embedding, as after unit length.</exception>
    Tensor Inverse(Tensor aligned);
}
