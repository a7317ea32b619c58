using Xunit;
using static TorchSharp.torch;

namespace UnsupClipCap.Tests;

public class TransportMethodTests
{
    private static readonly Tensor Images = Sets.Unit(50, "images", 0.2), Texts = Sets.Unit(50, "texts", -0.1);

    [Fact]
    public void Transport_as_the_paper_writes_it_gives_other_images_embeddings_over_N()
    {
        var moved = new OptimalTransport().Fit(Images, Texts).Transform(Images);
        Assert.Equal(0, Sets.Largest(moved.norm(1) - 1 / 50.0), 1e-5);
        // Every row is one of the images', each once.
        var nearest = (moved * 50).matmul(Images.t()).argmax(1).data<long>().ToArray();
        Assert.Equal(50, nearest.Distinct().Count());
        Assert.Equal(0, Sets.Largest(moved * 50 - Images.index_select(0, tensor(nearest))), 1e-5);
    }

    [Fact]
    public void Mended_it_gives_each_image_a_text_of_its_own_at_no_more_cost_than_the_pairs()
    {
        var moved = new Barycentric().Fit(Images, Texts).Transform(Images);
        var nearest = moved.matmul(Texts.t()).argmax(1);
        Assert.Equal(50, nearest.data<long>().ToArray().Distinct().Count());
        Assert.Equal(0, Sets.Largest(moved - Texts.index_select(0, nearest)), 1e-6);
        Assert.True((moved - Images).norm(1).sum().item<float>() <= (Texts - Images).norm(1).sum().item<float>());
    }

    [Theory]
    [InlineData("optimal transport")]
    [InlineData("barycentric transport")]
    [InlineData("entropic transport")]
    public void Plans_map_only_what_they_were_fitted_on(string name)
    {
        var given = Images.clone();
        using var fitted = Alignments.Named(name).Fit(given, Texts);
        Assert.True(Alignments.Named(name).IsTransductive);
        string Message(Tensor x) => Assert.Throws<UserException>(() => fitted.Transform(x)).Message;
        Assert.Contains("only the 50 images", Message(Texts));
        Assert.Contains("40 others", Message(Images.narrow(0, 0, 40)));
        Assert.Contains("in their order", Message(Images.flip(0)));
        // What becomes of the caller's tensor does not matter.
        given.add_(1);
        Assert.Equal(50, fitted.Transform(Images).shape[0]);
        Assert.Throws<UserException>(() => fitted.Transform(given));
    }

    [Fact]
    public void With_other_counts_every_text_is_used_as_much()
    {
        // Two texts for each image: the mean of the mapped images is the texts' mean.
        var more = Sets.Unit(100, "more", -0.1);
        var moved = new Barycentric().Fit(Images, more).Transform(Images);
        Assert.Equal(0, Sets.Largest(moved.mean([0]) - more.mean([0])), 1e-5);
    }

    [Fact]
    public void Entropic_transport_is_the_exact_plan_for_little_entropy_and_the_mean_for_much()
    {
        Assert.Equal(0, Sets.Largest(new EntropicBarycentric(1000, unit: false).Fit(Images, Texts).Transform(Images) - Texts.mean([0])), 1e-2);
        var squared = ExactTransport.Solve(TransportCost.SquaredEuclidean(Images, Texts)).Barycentric(Texts);
        double Away(double regularization) => (new EntropicBarycentric(regularization, unit: false).Fit(Images, Texts).Transform(Images) - squared).norm(1).mean().item<float>();
        Assert.True(Away(0.005) < 0.25 * Away(0.1), $"{Away(0.005)} {Away(0.1)}");
        Assert.Equal(0, Sets.Largest(new EntropicBarycentric(unit: false).Fit(Images, Texts).Transform(Images).mean([0]) - Texts.mean([0])), 1e-4);
    }

    [Fact]
    public void The_entropic_map_is_entropic_transport_on_what_it_was_fitted_on_and_maps_others()
    {
        var expected = new EntropicBarycentric(0.05, unit: false).Fit(Images, Texts).Transform(Images);
        using var map = new EntropicMap(0.05, unit: false).Fit(Images, Texts);
        Assert.Equal(0, Sets.Largest(map.Transform(Images) - expected), 1e-3);
        // Means of texts with weights of sum 1: within their ranges, whatever the image.
        var others = map.Transform(Sets.Unit(30, "others", 0.2));
        Assert.True((others <= Texts.amax([0]) + 1e-6).logical_and(others >= Texts.amin([0]) - 1e-6).all().item<bool>());
    }

    [Fact]
    public void Neighbour_transport_is_exact_transport_on_what_it_was_fitted_on()
    {
        var expected = new Barycentric().Fit(Images, Texts).Transform(Images);
        using var fitted = new NeighbourTransport().Fit(Images, Texts);
        Assert.Equal(0, Sets.Largest(fitted.Transform(Images) - expected), 1e-4);
    }

    [Fact]
    public void A_new_image_moves_as_its_nearest_fitted_image_does()
    {
        var shifted = Images + 0.5 * Sets.Rows(1, "shift");
        using var fitted = new NeighbourTransport(k: 1).Fit(Images, Texts);
        var moves = new Barycentric().Fit(Images, Texts).Transform(Images) - Images;
        var others = Sets.Unit(30, "others", 0.2);
        var nearest = cdist(others, Images).argmin(1);
        Assert.Equal(0, Sets.Largest(fitted.Transform(others) - (others + moves.index_select(0, nearest))), 1e-5);
        // Where all move alike, so do new ones.
        Assert.Equal(0, Sets.Largest(new NeighbourTransport().Fit(Images, shifted).Transform(others) - (others + shifted[0] - Images[0])), 1e-4);
    }

    [Theory]
    [InlineData("optimal transport")]
    [InlineData("barycentric transport")]
    [InlineData("neighbour transport")]
    [InlineData("entropic transport")]
    [InlineData("entropic map")]
    public void Solving_for_a_plan_can_be_cancelled(string name) =>
        Assert.ThrowsAny<OperationCanceledException>(() => Alignments.Named(name).Fit(Images, Texts, new CancellationToken(canceled: true)));

    [Fact]
    public void Large_sets_are_thinned_evenly()
    {
        var x = arange(10, ScalarType.Float32).unsqueeze(1);
        Assert.Equal([0f, 2, 5, 7], Plans.Some(x, 4).data<float>().ToArray());
        Assert.Same(x, Plans.Some(x, 10));
        Assert.Equal(50, new NeighbourTransport(points: 20).Fit(Images, Texts).Transform(Images).shape[0]);
    }
}
