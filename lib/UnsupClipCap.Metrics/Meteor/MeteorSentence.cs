namespace UnsupClipCap.Metrics;

/// <summary>A caption prepared for METEOR's alignment.</summary>
internal sealed class MeteorSentence
{
    private readonly (int Length, int Phrase)[] _phrases = [];
    private readonly int[] _firstPhrase = [];       // words + 1: where the phrases that begin at a word begin

    public MeteorSentence(IReadOnlyList<string> tokens, MeteorWords words)
    {
        Words = new MeteorWord[tokens.Count];
        for (var i = 0; i < Words.Length; i++) Words[i] = words[tokens[i]];
        foreach (var word in Words)
            if (word.IsFunction) FunctionWords++;
        if (words.Table is not { } table) return;
        var phrases = new List<(int, int)>();
        _firstPhrase = new int[Words.Length + 1];
        for (var i = 0; i < Words.Length; i++)
        {
            var hash = ParaphraseTable.Begin;
            for (var length = 1; length <= ParaphraseTable.LongestPhrase && i + length <= Words.Length; length++)
            {
                if (length > 1) hash = ParaphraseTable.Add(hash, " "u8);
                hash = ParaphraseTable.Add(hash, Words[i + length - 1].Utf8);
                if (table.Find(ParaphraseTable.End(hash)) is >= 0 and var phrase) phrases.Add((length, phrase));
            }
            _firstPhrase[i + 1] = phrases.Count;
        }
        _phrases = [.. phrases];
    }

    public MeteorWord[] Words { get; }

    /// <summary>How many of the words are function words.</summary>
    public int FunctionWords { get; }

    /// <summary>The phrases of the paraphrase table that begin at a word, the shortest first: their lengths and numbers.</summary>
    public ReadOnlySpan<(int Length, int Phrase)> PhrasesAt(int word) => _phrases.AsSpan(_firstPhrase[word].._firstPhrase[word + 1]);
}
