using Xunit;
using static TorchSharp.torch;

namespace UnsupClipCap.Tests;

public class ClipParityTests
{
    private static readonly string[] Weights = ["state_dict.pt", "jit.pt"];

    [Theory]
    [InlineData("clip_hf_vit")]
    [InlineData("clip_open_clip")]
    [InlineData("clip_openai_vit")]
    [InlineData("clip_openai_rn")]
    public void Features_equal_the_reference(string name)
    {
        var golden = new ModelGoldens(Goldens.Folder(name));
        var sources = Weights.Select(golden.PathOf).Where(File.Exists).DefaultIfEmpty(golden.Folder);
        foreach (var source in sources)
        {
            using var clip = ClipCheckpoint.Load(source);
            using var _ = no_grad();
            if (golden.Offers("pixel_values", "image_features")) ModelGoldens.Close(golden["image_features"], clip.EncodeImage(golden["pixel_values"]));
            golden.MustHaveOffered();
            if (golden.Has("vision_last_hidden_state"))
                ModelGoldens.Close(golden["vision_last_hidden_state"], clip.VisionHiddenStates(golden["pixel_values"])!);
            if (!golden.Offers("input_ids", "text_features")) continue;
            var ids = golden["input_ids"];
            var ends = ids.argmax(1);                                       // the end token has the highest id
            ModelGoldens.Close(golden["text_features"], clip.EncodeText(ids, ends));
            // Causal: what stands after the longest text's end changes nothing.
            var longest = ends.max().item<long>() + 1;
            ModelGoldens.Close(golden["text_features"], clip.EncodeText(ids.narrow(1, 0, longest), ends));
        }
    }
}
