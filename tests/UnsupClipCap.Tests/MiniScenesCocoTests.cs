using System.Text.Json;
using Xunit;

namespace UnsupClipCap.Tests;

public sealed class MiniScenesCocoTests : IDisposable
{
    private readonly string folder = Directory.CreateTempSubdirectory().FullName;

    public void Dispose() => Directory.Delete(folder, recursive: true);

    private void Write(int seed = 1, int train = 6) => MiniScenesCoco.Write(folder, seed, CaptionStyle.Coco, train, 3, 4);

    [Fact]
    public void Annotations_refer_to_images_that_are_there()
    {
        Write();
        foreach (var (split, count) in new[] { ("train", 6), ("val", 3), ("test", 4) })
        {
            foreach (var kind in new[] { "captions", "instances" })
            {
                using var json = JsonDocument.Parse(File.ReadAllText(Path.Combine(folder, "annotations", $"{kind}_{split}.json")));
                var images = json.RootElement.GetProperty("images").EnumerateArray().ToDictionary(i => i.GetProperty("id").GetInt64());
                Assert.Equal(count, images.Count);
                Assert.All(images.Values, i => Assert.True(File.Exists(Path.Combine(folder, "images", split, i.GetProperty("file_name").GetString()!))));
                var annotations = json.RootElement.GetProperty("annotations").EnumerateArray().ToList();
                Assert.Equal(annotations.Count, annotations.Select(a => a.GetProperty("id").GetInt64()).Distinct().Count());
                Assert.Equal(images.Keys.Order(), annotations.Select(a => a.GetProperty("image_id").GetInt64()).Distinct().Order());
                if (kind == "captions")
                {
                    Assert.Equal(5 * count, annotations.Count);
                    continue;
                }
                var categories = json.RootElement.GetProperty("categories").EnumerateArray().Select(c => c.GetProperty("id").GetInt32()).ToHashSet();
                Assert.All(annotations, a => Assert.Contains(a.GetProperty("category_id").GetInt32(), categories));
                Assert.All(annotations, a => Assert.All(a.GetProperty("bbox").EnumerateArray(), v => Assert.InRange(v.GetInt32(), 0, 64)));
            }
        }
    }

    [Fact]
    public void A_second_run_leaves_whole_pictures_and_mends_broken_ones()
    {
        Write();
        var files = Directory.GetFiles(Path.Combine(folder, "images", "train")).Order().ToArray();
        var broken = File.ReadAllBytes(files[0]);
        File.WriteAllBytes(files[0], broken[..^5]);
        var old = new DateTime(2020, 1, 1, 0, 0, 0, DateTimeKind.Utc);
        File.SetLastWriteTimeUtc(files[1], old);
        Write();
        Assert.Equal(broken, File.ReadAllBytes(files[0]));
        Assert.Equal(old, File.GetLastWriteTimeUtc(files[1]));
    }

    [Fact]
    public void A_folder_of_another_world_is_refused_and_left_alone()
    {
        Write();
        var before = File.ReadAllText(Path.Combine(folder, "annotations", "captions_test.json"));
        var fault = Assert.Throws<UserException>(() => Write(seed: 2));
        Assert.Contains("world.json", fault.Message, StringComparison.Ordinal);
        Assert.Contains("seed 1", fault.Message, StringComparison.Ordinal);
        Assert.Contains("seed 2", fault.Message, StringComparison.Ordinal);
        Assert.Equal(before, File.ReadAllText(Path.Combine(folder, "annotations", "captions_test.json")));
    }

    [Fact]
    public void A_folder_with_other_files_is_refused()
    {
        File.WriteAllText(Path.Combine(folder, "thesis.txt"), "mine");
        Assert.Contains("empty folder", Assert.Throws<UserException>(() => Write()).Message, StringComparison.Ordinal);
    }

    [Fact]
    public void A_cancelled_run_can_be_taken_up()
    {
        using var stop = new CancellationTokenSource();
        stop.Cancel();
        Assert.ThrowsAny<OperationCanceledException>(() => MiniScenesCoco.Write(folder, 1, CaptionStyle.Coco, 6, 3, 4, null, stop.Token));
        Write();
        Assert.Equal(6, Directory.GetFiles(Path.Combine(folder, "images", "train")).Length);
    }
}
