namespace UnsupClipCap;

/// <summary>Collects every word of the grammar.</summary>
internal static class SceneWords
{
    private static readonly char[] Separators = [' ', ',', '|'];

    public static IReadOnlyList<string> All()
    {
        var phrases = new List<string>();
        phrases.AddRange(ScenePhrases.CocoTemplates);
        phrases.AddRange(ScenePhrases.FlickrTemplates);
        phrases.AddRange(ScenePhrases.Views);
        phrases.AddRange(ScenePhrases.Small);
        phrases.AddRange(ScenePhrases.Large);
        phrases.AddRange(ScenePhrases.Shirt);
        phrases.AddRange(ScenePhrases.Third);
        phrases.AddRange(ScenePhrases.Glue);
        for (var n = 2; n <= 5; n++) phrases.AddRange([.. ScenePhrases.Number(n), .. ScenePhrases.PlainNumber(n)]);
        foreach (var r in Enum.GetValues<SceneRelation>()) phrases.AddRange([.. ScenePhrases.Relation(r), .. ScenePhrases.Inverse(r)]);
        foreach (var p in Enum.GetValues<ScenePlace>())
            phrases.AddRange([.. ScenePhrases.Ground(p), .. ScenePhrases.Inside(p), .. ScenePhrases.Above(p), .. ScenePhrases.Noun(p), .. ScenePhrases.TagPlace(p)]);
        foreach (var l in Enum.GetValues<SceneLight>()) phrases.AddRange([.. ScenePhrases.Time(l), .. ScenePhrases.LongTime(l), .. ScenePhrases.TagTime(l)]);
        foreach (var t in MiniWorld.Things) phrases.AddRange([.. t.Names, .. t.Verbs, .. t.Colours]);
        return
        [
            .. phrases.SelectMany(p => WithoutSlots(p).Split(Separators, StringSplitOptions.RemoveEmptyEntries))
                .Distinct(StringComparer.Ordinal).Order(StringComparer.Ordinal),
        ];
    }

    private static string WithoutSlots(string phrase)
    {
        for (int open; (open = phrase.IndexOf('{', StringComparison.Ordinal)) >= 0;)
            phrase = phrase.Remove(open, phrase.IndexOf('}', open) - open + 1);
        return phrase;
    }
}
