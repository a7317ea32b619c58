using System.Text;

namespace UnsupClipCap.Metrics;

/// <summary>What METEOR knows of a word. Within <see cref="MeteorWords"/> the same word is the same object, and so is the same stem.</summary>
internal sealed class MeteorWord
{
    private MeteorWord(string text, string stem, int[] synsets, bool isFunction) => (Text, Stem, Synsets, IsFunction, Utf8) = (text, stem, synsets, isFunction, Encoding.UTF8.GetBytes(text));

    /// <summary>The word, lower case.</summary>
    public string Text { get; }

    /// <summary>Its stem, an object shared by all words of that stem.</summary>
    public string Stem { get; }

    /// <summary>Ids of the synsets that it or a word of which it is a form belongs to, ascending.</summary>
    public int[] Synsets { get; }

    /// <summary>Whether it counts as a function word ("the", "of").</summary>
    public bool IsFunction { get; }

    /// <summary>The word's bytes, for the hash of phrases.</summary>
    public byte[] Utf8 { get; }

    public bool SharesSynset(MeteorWord other)
    {
        var (mine, theirs) = (Synsets, other.Synsets);
        for (int i = 0, j = 0; i < mine.Length && j < theirs.Length;)
        {
            if (mine[i] == theirs[j]) return true;
            if (mine[i] < theirs[j]) i++;
            else j++;
        }
        return false;
    }

    public static MeteorWord Of(string text, WordNet wordNet, Func<string, string> sharedStem, IReadOnlySet<string> functionWords) =>
        new(text, sharedStem(EnglishStemmer.Stem(text)), wordNet.SynsetsOfForms(text), functionWords.Contains(text));
}
