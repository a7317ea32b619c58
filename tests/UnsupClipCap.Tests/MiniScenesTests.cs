using Xunit;

namespace UnsupClipCap.Tests;

public class MiniScenesTests
{
    private static readonly MiniSplit[] Splits = Enum.GetValues<MiniSplit>();

    [Fact]
    public void No_composition_of_test_or_validation_is_in_another_split_of_any_seed_or_style()
    {
        var keys = Splits.ToDictionary(s => s, s => new[] { 1, 2, -3 }.SelectMany(seed => Enum.GetValues<CaptionStyle>()
            .SelectMany(style => MiniScenes.Generate(s, 1500, seed, style))).Select(x => x.Facts.Key).ToHashSet());
        foreach (var a in Splits)
            foreach (var b in Splits)
                if (a != b) Assert.False(keys[a].Overlaps(keys[b]), $"{a} and {b} share a composition");
    }

    [Theory]
    [InlineData(MiniSplit.Test, 1000)]
    [InlineData(MiniSplit.Validation, 500)]
    public void No_composition_comes_twice_in_test_or_validation(MiniSplit split, int count)
    {
        var scenes = MiniScenes.Generate(split, count, 5);
        Assert.Equal(count, scenes.Select(s => s.Facts.Key).Distinct().Count());
        Assert.Equal(count, scenes.Select(s => s.Facts).Distinct().Count());
    }

    [Fact]
    public void The_same_seed_gives_the_same_scenes_and_another_seed_others()
    {
        var once = MiniScenes.Generate(MiniSplit.Train, 50, 7);
        var again = MiniScenes.Generate(MiniSplit.Train, 50, 7);
        Assert.Equal(once.Select(Tell), again.Select(Tell));
        Assert.Equal(MiniScenes.Render(once), MiniScenes.Render(again));
        Assert.NotEqual(once.Select(s => s.Facts.Key), MiniScenes.Generate(MiniSplit.Train, 50, 8).Select(s => s.Facts.Key));
    }

    [Fact]
    public void A_smaller_count_gives_the_beginning_of_a_larger_one()
    {
        foreach (var split in Splits)
            Assert.Equal(MiniScenes.Generate(split, 300, 3).Take(100).Select(Tell), MiniScenes.Generate(split, 100, 3).Select(Tell));
    }

    [Fact]
    public void Ids_are_different_across_splits_styles_and_seeds()
    {
        var ids = Splits.SelectMany(s => new[] { 0, 1, -1 }.SelectMany(seed => Enum.GetValues<CaptionStyle>()
            .SelectMany(style => MiniScenes.Generate(s, 50, seed, style)))).Select(s => s.Id).ToList();
        Assert.Equal(ids.Count, ids.Distinct().Count());
        Assert.All(ids, id => Assert.True(id > 0));
    }

    [Fact]
    public void Every_word_of_every_caption_is_in_the_vocabulary()
    {
        var words = MiniScenes.Words.ToHashSet();
        Assert.Equal(MiniScenes.Words.Order(StringComparer.Ordinal), MiniScenes.Words);
        foreach (var style in Enum.GetValues<CaptionStyle>())
            foreach (var split in Splits)
                foreach (var caption in MiniScenes.Generate(split, 800, 11, style).SelectMany(s => s.Captions))
                    Assert.All(caption.Split([' ', ','], StringSplitOptions.RemoveEmptyEntries), w => Assert.Contains(w, words));
    }

    [Fact]
    public void Captions_are_five_different_plain_sentences_of_six_words_or_more()
    {
        foreach (var style in Enum.GetValues<CaptionStyle>())
        {
            foreach (var split in new[] { MiniSplit.Train, MiniSplit.Validation, MiniSplit.Test })
            {
                foreach (var scene in MiniScenes.Generate(split, 500, 4, style))
                {
                    Assert.Equal(5, scene.Captions.Distinct().Count());
                    Assert.All(scene.Captions, c =>
                    {
                        Assert.True(c.Split(' ').Length >= 6, c);
                        Assert.Matches("^[a-z]+(,? [a-z]+)*$", c);
                    });
                }
            }
        }
    }

    [Fact]
    public void The_pool_for_CLIP_has_tags_and_short_captions()
    {
        var captions = MiniScenes.Generate(MiniSplit.ClipTrain, 1000, 4).SelectMany(s => s.Captions).ToList();
        var short_ = captions.Count(c => c.Split(' ').Length < 6) / (double)captions.Count;
        Assert.InRange(short_, .2, .6);
        Assert.Contains(captions, c => c.Split(", ").Length >= 3);
    }

    [Fact]
    public void Captions_of_Flickr30k_are_longer_and_of_people()
    {
        var coco = MiniScenes.Generate(MiniSplit.Train, 1000, 4);
        var flickr = MiniScenes.Generate(MiniSplit.Train, 1000, 4, CaptionStyle.Flickr30k);
        Assert.True(MeanWords(flickr) > MeanWords(coco) + 2);
        Assert.InRange(MeanWords(coco), 8, 10.5);
        Assert.InRange(MeanWords(flickr), 11, 13.5);
        Assert.True(flickr.Count(s => s.Facts.Main.Category == "person") > 2 * coco.Count(s => s.Facts.Main.Category == "person"));

        static double MeanWords(IEnumerable<MiniScene> scenes) => scenes.SelectMany(s => s.Captions).Average(c => c.Split(' ').Length);
    }

    [Fact]
    public void Drawing_does_not_depend_on_threads_or_order()
    {
        var scenes = MiniScenes.Generate(MiniSplit.Test, 60, 9);
        var together = MiniScenes.Render(scenes);
        var one = new byte[64 * 64 * 3];
        for (var i = scenes.Count - 1; i >= 0; i--)
        {
            MiniScenes.Render(scenes[i], one);
            Assert.True(one.AsSpan().SequenceEqual(together.AsSpan(i * one.Length, one.Length)), $"scene {i}");
        }
    }

    [Fact]
    public void What_captions_tell_can_be_seen()
    {
        var scenes = Enum.GetValues<CaptionStyle>().SelectMany(style => MiniScenes.Generate(MiniSplit.Train, 1500, 6, style)).ToList();
        var bad = 0;
        foreach (var scene in scenes)
        {
            var sprites = SceneLayout.Of(scene).Sprites;
            Assert.Equal(scene.Facts.Main.Count, sprites.Count(s => s.Owner == 0));
            Assert.Equal(scene.Facts.Second is null ? 0 : 1, sprites.Count(s => s.Owner == 1));
            Assert.Equal(scene.Facts.Third is null ? 0 : 1, sprites.Count(s => s.Owner == 2));
            Assert.All(sprites, s => Assert.True(Math.Max(s.Image.Width, s.Image.Height) >= 14));
            if (SceneLayout.Shown(sprites).Min() < .4) bad++;
        }
        Assert.True(bad <= scenes.Count / 500, $"{bad} of {scenes.Count} scenes hide more than six tenths of something");
    }

    [Fact]
    public void Every_sprite_is_used_and_every_used_one_is_there()
    {
        var embedded = typeof(MiniScenes).Assembly.GetManifestResourceNames().Where(n => n.StartsWith("sprites/", StringComparison.Ordinal));
        var used = MiniWorld.Things.SelectMany(t => t.Sprites).Append("framed-picture").Select(s => $"sprites/{s}.png").Distinct();
        Assert.Equal(used.Order(StringComparer.Ordinal), embedded.Order(StringComparer.Ordinal));
    }

    [Fact]
    public void Every_colour_changes_the_sprite_it_is_told_of()
    {
        foreach (var thing in MiniWorld.Things.Where(t => t.Colours.Length > 0))
        {
            foreach (var sprite in thing.Sprites)
            {
                var pictures = thing.Colours.Select(c => Convert.ToHexString(Sprite.Named(sprite).Scaled(24, c, thing.Paint).Rgba)).ToList();
                Assert.True(pictures.Distinct().Count() == pictures.Count, $"{sprite} looks the same in two colours");
            }
        }
    }

    [Fact]
    public void The_relation_of_a_caption_is_the_one_drawn()
    {
        foreach (var scene in MiniScenes.Generate(MiniSplit.Train, 3000, 6).Where(s => s.Facts.Second is not null))
        {
            var sprites = SceneLayout.Of(scene).Sprites;
            var main = sprites.Where(s => s.Owner == 0).ToList();
            var second = sprites.Single(s => s.Owner == 1);
            switch (scene.Facts.Relation)
            {
                case SceneRelation.InFrontOf: Assert.True(sprites.ToList().IndexOf(second) < sprites.ToList().IndexOf(main[0])); break;
                case SceneRelation.Behind: Assert.True(sprites.ToList().IndexOf(second) > sprites.ToList().IndexOf(main[^1])); break;
                case SceneRelation.Over: Assert.True(main.Max(m => m.Bottom) <= second.Top + second.Image.Height / 2); break;
                case SceneRelation.Under: Assert.True(second.Top < main.Min(m => m.Top)); break;
                case SceneRelation.On: Assert.InRange(main[0].Middle, second.Left, second.Right); break;
            }
        }
    }

    [Fact]
    public void A_picture_as_PNG_has_the_asked_size()
    {
        var png = MiniScenes.Png(MiniScenes.Generate(MiniSplit.Test, 1, 1)[0], 3);
        Assert.Equal("\u0089PNG"u8[2..].ToArray(), png[1..4]);
        Assert.Equal(192, png[18] * 256 + png[19]);
    }

    [Fact]
    public void More_scenes_than_there_are_is_refused_with_the_remedy()
    {
        Assert.Contains("range", Assert.Throws<UserException>(() => MiniScenes.Generate(MiniSplit.Train, -1, 1)).Message, StringComparison.Ordinal);
    }

    private static string Tell(MiniScene s) => $"{s.Id} {s.Seed} {s.Facts.Key} {string.Join('/', s.Captions)}";
}
