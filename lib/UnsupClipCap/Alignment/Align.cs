using static TorchSharp.torch;

namespace UnsupClipCap;

/// <summary>Alignments of one's own.</summary>
public static class Align
{
    /// <summary>
    /// A method from a function: given images (N, d) and texts (M, d) it gives the map from images (n, d) to aligned embeddings (n, d). Embeddings come as they were given,
    /// float16 as float32. Tensors that the function makes belong to the caller's dispose scope: keep that open while the map is in use.
    /// </summary>
    /// <param name="name">Its name in tables; not one of <see cref="Alignments.All"/>.</param>
    /// <param name="fit">The method.</param>
    /// <param name="pairs">Whether it needs row i of both to belong together.</param>
    /// <param name="transductive">Whether it maps only the images that it was fitted on; then it is given these.</param>
    /// <exception cref="UserException">Of the name; later, on use, where the map's result is of another shape or not finite.</exception>
    public static IAlignment By(string name, Func<Tensor, Tensor, Func<Tensor, Tensor>> fit, bool pairs = false, bool transductive = false)
    {
        if (string.IsNullOrWhiteSpace(name)) throw new UserException("A method needs a name, which stands in tables.");
        if (Alignments.Titles.Contains(name.Trim(), StringComparer.OrdinalIgnoreCase))
            throw new UserException($"'{name}' is the name of a method that is here already; give yours another.");
        return new FromFunction(name.Trim(), fit, pairs, transductive);
    }

    private sealed record FromFunction(string Name, Func<Tensor, Tensor, Func<Tensor, Tensor>> Function, bool NeedsPairs, bool IsTransductive) : IAlignment
    {
        public string Formula => "a function given in code";

        public string Origin => "one's own";

        public IFittedAlignment Fit(Tensor images, Tensor texts, CancellationToken cancel = default)
        {
            AlignmentInput.Check(Name, images, texts);
            if (NeedsPairs) AlignmentInput.CheckPairs(Name, images, texts);
            using var _ = no_grad();
            var map = Function(AlignmentInput.Wide(images), AlignmentInput.Wide(texts)) ?? throw new UserException($"{Name}: its function gave no map.");
            return new FittedFunction(Name, images.shape[1], x => Checked(x, map(x)))
            {
                Only = IsTransductive ? images : null,
                NoInverse = "it is a function given in code",
            };
        }

        private Tensor Checked(Tensor x, Tensor? y)
        {
            if (y is null) throw new UserException($"{Name}: its map gave nothing; expected a tensor [{string.Join(", ", x.shape)}].");
            if (!y.shape.SequenceEqual(x.shape))
                throw new UserException($"{Name}: its map gave shape [{string.Join(", ", y.shape)}] for images [{string.Join(", ", x.shape)}]; expected the same shape.");
            AlignmentInput.CheckRows(Name, "aligned", y);
            return ReferenceEquals(x, y) ? y.alias() : y;
        }
    }
}
