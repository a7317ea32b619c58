using static TorchSharp.torch;

namespace UnsupClipCap;

/// <summary>Checks of what alignments are given, before any work.</summary>
internal static class AlignmentInput
{
    /// <summary>Rows looked at or worked on at once, so that a copy of a large set is never made.</summary>
    public const long Chunk = 1 << 14;

    /// <summary>That both are finite floats of one width with a row or more.</summary>
    public static void Check(string method, Tensor images, Tensor texts)
    {
        CheckRows(method, "image", images);
        CheckRows(method, "text", texts);
        if (images.shape[1] != texts.shape[1])
            throw new UserException($"{method}: the image embeddings have {images.shape[1]} numbers and the text embeddings {texts.shape[1]}; both must come from one encoder.");
        if (images.device_type != texts.device_type)
            throw new UserException($"{method}: the image embeddings are on {images.device} and the text embeddings on {texts.device}; bring both to one device.");
    }

    /// <summary>That it is (N, d), N and d of 1 or more, of a float type and finite; of width <paramref name="width"/> where that is given.</summary>
    public static void CheckRows(string method, string what, Tensor rows, long? width = null)
    {
        if (rows.dim() != 2 || rows.shape[0] == 0 || rows.shape[1] == 0)
            throw new UserException($"{method}: the {what} embeddings are of shape [{string.Join(", ", rows.shape)}]; expected (N, d) with N of 1 or more.");
        if (rows.dtype is not (ScalarType.Float16 or ScalarType.BFloat16 or ScalarType.Float32 or ScalarType.Float64))
            throw new UserException($"{method}: the {what} embeddings are of type {rows.dtype}; expected float16, float32 or float64.");
        if (width is { } d && rows.shape[1] != d)
            throw new UserException($"{method}: the {what} embeddings have {rows.shape[1]} numbers; it was fitted on embeddings of {d}, of another encoder.");
        if (FirstRow(rows, part => part.isfinite().all(1).logical_not()) is { } row)
            throw new UserException($"{method}: the {what} embeddings hold values that are not finite, first in row {row}; remove those rows.");
    }

    /// <summary>That rows can be paired.</summary>
    public static void CheckPairs(string method, Tensor images, Tensor texts)
    {
        if (images.shape[0] != texts.shape[0])
            throw new UserException($"{method} needs pairs, row i of both belonging together: there are {images.shape[0]} images and {texts.shape[0]} texts. Give each image one of its texts, or take a method that needs no pairs.");
    }

    /// <summary>That there are rows enough.</summary>
    public static void CheckCount(string method, string what, Tensor rows, long least, string why)
    {
        if (rows.shape[0] < least) throw new UserException($"{method}: there are {rows.shape[0]} {what} embeddings; it needs {least} or more, {why}.");
    }

    /// <summary>Rows of unit length; a row of zeros stays one.</summary>
    public static Tensor Unit(Tensor x) => nn.functional.normalize(x, p: 2, dim: -1);

    /// <summary>Rows of unit length.</summary>
    /// <exception cref="UserException">A row is zero and so has no direction.</exception>
    public static Tensor UnitRows(string method, string what, Tensor x)
    {
        if (FirstRow(x, part => part.eq(0).all(1)) is { } row)
            throw new UserException($"{method}: row {row} of the {what} embeddings is zero and has no direction, which unit length needs; remove it.");
        return Unit(x);
    }

    /// <summary>float16 as float32, which is what is computed in and given back; others as they are.</summary>
    public static Tensor Wide(Tensor x) => x.dtype is ScalarType.Float16 or ScalarType.BFloat16 ? x.to(ScalarType.Float32) : x;

    private static long? FirstRow(Tensor x, Func<Tensor, Tensor> isBad)
    {
        for (long start = 0; start < x.shape[0]; start += Chunk)
        {
            using var scope = NewDisposeScope();
            var bad = isBad(x.narrow(0, start, Math.Min(Chunk, x.shape[0] - start)));           // (chunk), of bool
            if (bad.any().item<bool>()) return start + bad.to(ScalarType.Int32).argmax().item<long>();
        }
        return null;
    }
}
