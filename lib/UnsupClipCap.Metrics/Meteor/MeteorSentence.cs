namespace UnsupClipCap.Metrics;

/// <summary>A caption prepared for METEOR's alignment.</summary>
internal sealed class MeteorSentence
{
    private const int None = -1;
    private readonly int[] _phrases;        // (words, longest phrase): number of the phrase of 1, 2, … words that begins there

    public MeteorSentence(IReadOnlyList<string> tokens, MeteorData data)
    {
        Words = new MeteorWord[tokens.Count];
        for (var i = 0; i < Words.Length; i++) Words[i] = data.Word(tokens[i]);
        foreach (var word in Words)
            if (word.IsFunction) FunctionWords++;
        _phrases = data.Table is null ? [] : new int[Words.Length * ParaphraseTable.LongestPhrase];
        if (data.Table is not { } table) return;
        Array.Fill(_phrases, None);
        for (var i = 0; i < Words.Length; i++)
        {
            var hash = ParaphraseTable.Begin;
            for (var length = 1; length <= ParaphraseTable.LongestPhrase && i + length <= Words.Length; length++)
            {
                if (length > 1) hash = ParaphraseTable.Add(hash, " "u8);
                hash = ParaphraseTable.Add(hash, Words[i + length - 1].Utf8);
                _phrases[i * ParaphraseTable.LongestPhrase + length - 1] = table.Find(ParaphraseTable.End(hash));
            }
        }
    }

    public MeteorWord[] Words { get; }

    /// <summary>How many of the words are function words.</summary>
    public int FunctionWords { get; }

    /// <summary>The phrases of the paraphrase table that begin at a word, the longest first: their lengths and numbers.</summary>
    public IEnumerable<(int Length, int Phrase)> PhrasesAt(int word)
    {
        for (var length = ParaphraseTable.LongestPhrase; _phrases.Length > 0 && length >= 1; length--)
            if (_phrases[word * ParaphraseTable.LongestPhrase + length - 1] is not None and var phrase) yield return (length, phrase);
    }
}
