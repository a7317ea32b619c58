// The network that imitates the tagger and parser behind SPICE: a transformer over words, heads by a biaffine comparison (Dozat & Manning, 2017).
// Trained by SpiceTaggerModule and SpiceTreeModule of UnsupClipCap, whose parameter names the model file carries; run here without TorchSharp.
using System.Collections.Concurrent;
using System.Runtime.CompilerServices;
using System.Text.Json;

namespace UnsupClipCap.Metrics;

internal sealed class ParserNetwork
{
    private const int MostWordsKept = 1 << 16;

    private readonly ParserSizes _sizes;
    private readonly WordFeatures _features;
    private readonly Half[] _table;                     // (rows, d)
    private readonly KnownTexts<float[]> _words = new(MostWordsKept);
    private readonly float[] _root;
    private readonly Norm _in, _guessNorm, _tagNorm, _treeIn, _treeNorm;
    private readonly Layer[] _tagLayers, _treeLayers;
    private readonly DenseLayer _tagGuess, _tagTold, _tag, _arcDependent, _arcHead, _arc, _relationDependent, _relationHead, _relation;
    private readonly float[] _treeTags;                 // (tags + 1, d): what the tree's layers see of a word; the last row is the root's
    private readonly float[] _treeWords;                // (function words + 1, d)
    private readonly Dictionary<string, int> _functionWords = new(StringComparer.Ordinal);
    private readonly float[] _arcDistance;              // (2 reach + 1)
    private readonly ConcurrentBag<Workspace> _workspaces = [];

    private sealed record Norm(float[] Gain, float[] Bias)
    {
        public void Apply(ReadOnlySpan<float> x, Span<float> y, int rows)
        {
            for (var row = 0; row < rows; row++) Rows.Normalize(x.Slice(row * Gain.Length, Gain.Length), Gain, Bias, y[(row * Gain.Length)..]);
        }
    }

    private sealed record Layer(Norm Norm1, DenseLayer Qkv, float[] Distance, DenseLayer Proj, Norm Norm2, DenseLayer Fc, DenseLayer FcProj);

    public ParserNetwork(ParserWeights weights)
    {
        _sizes = JsonSerializer.Deserialize(weights.Text("sizes"), ParserSizesJson.Default.ParserSizes)!;
        _features = new(weights.Lines("features"));
        Tags = weights.Lines("tags");
        Relations = weights.Lines("relations");
        RootRelation = Array.IndexOf(Relations, "root");
        int d = _sizes.Width, a = _sizes.Arc, r = _sizes.Relation, places = 2 * _sizes.Reach + 1;
        _table = weights.Halves("words.weight", _features.RowCount, d).ToArray();
        _root = new float[d];
        AddRow(WordFeatures.Root, _root);
        _in = NormOf("ln_in");
        _tagLayers = LayersOf("layers", _sizes.Layers);
        _guessNorm = NormOf("ln_guess");
        _tagGuess = Dense("tag_guess", Tags.Length, d);
        _tagTold = Dense("tag_told", d, Tags.Length);
        _tagNorm = NormOf("ln_out");
        _tag = Dense("tag", Tags.Length, d);
        var functionWords = weights.Lines("function_words");
        for (var i = 0; i < functionWords.Length; i++) _functionWords[functionWords[i]] = i + 1;
        _treeTags = weights.Floats("tree.tags.weight", Tags.Length + 1, d);
        _treeWords = weights.Floats("tree.function_words.weight", functionWords.Length + 1, d);
        _treeIn = NormOf("tree.ln_in");
        _treeLayers = LayersOf("tree.layers", _sizes.TreeLayers);
        _treeNorm = NormOf("tree.ln_out");
        _arcDependent = Dense("tree.heads.arc_dependent", a, d);
        _arcHead = Dense("tree.heads.arc_head", a, d);
        _arc = new(weights.Floats("tree.heads.arc.weight", a, a), [], a);
        _arcDistance = weights.Floats("tree.heads.arc_distance", places);
        _relationDependent = Dense("tree.heads.relation_dependent", r, d);
        _relationHead = Dense("tree.heads.relation_head", r, d);
        _relation = Dense("tree.heads.relation", Relations.Length, r);

        Layer[] LayersOf(string name, int count) => [.. Enumerable.Range(0, count).Select(i => $"{name}.{i}.").Select(p => new Layer(
            NormOf(p + "ln_1"), Dense(p + "qkv", 3 * d, d), weights.Floats(p + "distance", _sizes.Heads, places), Dense(p + "proj", d, d),
            NormOf(p + "ln_2"), Dense(p + "fc", _sizes.Hidden, d), Dense(p + "fc_proj", d, _sizes.Hidden)))];
        Norm NormOf(string name) => new(weights.Floats($"{name}.weight", d), weights.Floats($"{name}.bias", d));
        DenseLayer Dense(string name, int outputs, int inputs) => new(weights.Floats($"{name}.weight", outputs, inputs), weights.Floats($"{name}.bias", outputs), outputs);
    }

    public string[] Tags { get; }

    public string[] Relations { get; }

    private int RootRelation { get; }

    /// <summary>What the network finds in a sentence of n words.</summary>
    /// <param name="Tags">n places in <see cref="ParserNetwork.Tags"/>.</param>
    /// <param name="Heads">n heads: 0 the root, else the word counted from 1; a projective tree with one root.</param>
    /// <param name="Relations">n places in <see cref="ParserNetwork.Relations"/>.</param>
    public sealed record Parse(int[] Tags, int[] Heads, int[] Relations);

    /// <summary>Parses sentences together. Each word and the root of each sentence is a row; memory grows with their number.</summary>
    public Parse[] Run(ReadOnlySpan<string[]> sentences)
    {
        var starts = new int[sentences.Length + 1];
        for (var s = 0; s < sentences.Length; s++) starts[s + 1] = starts[s] + sentences[s].Length + 1;
        var rows = starts[^1];
        var work = _workspaces.TryTake(out var old) && old.Rows >= rows ? old : new Workspace(this, Math.Max(rows, 256));
        int d = _sizes.Width;

        Span<float> x = work.X, normed = work.Normed;
        for (var s = 0; s < sentences.Length; s++)
        {
            _root.CopyTo(x[(starts[s] * d)..]);
            for (var i = 0; i < sentences[s].Length; i++) Vector(sentences[s][i]).CopyTo(x[((starts[s] + i + 1) * d)..]);
        }
        _in.Apply(x, x, rows);
        for (var i = 0; i < _tagLayers.Length; i++)
        {
            Transform(_tagLayers[i], work, starts);
            if (i + 1 == _sizes.TagLayer) TellTags(work, rows);
        }
        var found = TagsOf(sentences, work, starts);
        foreach (var layer in _treeLayers) Transform(layer, work, starts);
        _treeNorm.Apply(x, normed, rows);

        Span<float> relations = work.Outputs, dependents = work.A, heads = work.B, compared = work.C;
        _arcDependent.Apply(normed, d, dependents, rows);
        Rows.Bend(dependents[..(rows * _sizes.Arc)]);
        _arcHead.Apply(normed, d, heads, rows);
        Rows.Bend(heads[..(rows * _sizes.Arc)]);
        _arc.Apply(dependents, _sizes.Arc, compared, rows);
        var parses = new Parse[sentences.Length];
        for (var s = 0; s < sentences.Length; s++)
        {
            var n = sentences[s].Length;
            var arc = _sizes.Arc;
            parses[s] = new(found[s], HeadsOf(compared.Slice(starts[s] * arc, (n + 1) * arc), heads.Slice(starts[s] * arc, (n + 1) * arc), n), new int[n]);
        }

        _relationDependent.Apply(normed, d, dependents, rows);
        _relationHead.Apply(normed, d, heads, rows);
        var r = _sizes.Relation;
        for (var s = 0; s < sentences.Length; s++)
            for (var i = 1; i <= sentences[s].Length; i++)
                Rows.Add(heads.Slice((starts[s] + parses[s].Heads[i - 1]) * r, r), dependents.Slice((starts[s] + i) * r, r));
        Rows.Bend(dependents[..(rows * r)]);
        _relation.Apply(dependents, r, relations, rows);
        for (var s = 0; s < sentences.Length; s++)
            for (var i = 0; i < sentences[s].Length; i++)
            {
                var scores = relations.Slice((starts[s] + i + 1) * _relation.Stride, Relations.Length);
                // "root" goes with the root as head and with nothing else.
                if (parses[s].Heads[i] != 0) scores[RootRelation] = float.NegativeInfinity;
                parses[s].Relations[i] = parses[s].Heads[i] == 0 ? RootRelation : Rows.ArgMax(scores, scores.Length);
            }
        _workspaces.Add(work);
        return parses;
    }

    private void Transform(Layer layer, Workspace work, int[] starts)
    {
        int rows = starts[^1], d = _sizes.Width;
        Span<float> x = work.X, normed = work.Normed, qkv = work.Wide, mixed = work.A;
        layer.Norm1.Apply(x, normed, rows);
        layer.Qkv.Apply(normed, d, qkv, rows);
        for (var s = 0; s + 1 < starts.Length; s++) Attend(layer.Distance, qkv[(starts[s] * 3 * d)..], mixed[(starts[s] * d)..], starts[s + 1] - starts[s], work.Weights);
        layer.Proj.Apply(mixed, d, normed, rows);
        Rows.Add(normed[..(rows * d)], x);
        layer.Norm2.Apply(x, normed, rows);
        layer.Fc.Apply(normed, d, qkv, rows);
        Rows.Bend(qkv[..(rows * _sizes.Hidden)]);
        layer.FcProj.Apply(qkv, _sizes.Hidden, normed, rows);
        Rows.Add(normed[..(rows * d)], x);
    }

    // qkv: (T, 3 d); mixed: (T, d); weights: room for a row of T
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private void Attend(float[] distance, ReadOnlySpan<float> qkv, Span<float> mixed, int T, Span<float> weights)
    {
        int d = _sizes.Width, size = d / _sizes.Heads, places = 2 * _sizes.Reach + 1;
        var scale = 1 / MathF.Sqrt(size);
        for (var h = 0; h < _sizes.Heads; h++)
            for (var i = 0; i < T; i++)
            {
                var query = qkv.Slice(i * 3 * d + h * size, size);
                for (var j = 0; j < T; j++)
                    weights[j] = Rows.Dot(query, qkv.Slice((j * 3 + 1) * d + h * size, size)) * scale + distance[h * places + Place(j - i)];
                Rows.Softmax(weights, T);
                var to = mixed.Slice(i * d + h * size, size);
                to.Clear();
                for (var j = 0; j < T; j++) Rows.Add(qkv.Slice((j * 3 + 2) * d + h * size, size), weights[j], to);
            }
    }

    private void TellTags(Workspace work, int rows)
    {
        Span<float> guess = work.Outputs;
        _guessNorm.Apply(work.X, work.Normed, rows);
        _tagGuess.Apply(work.Normed, _sizes.Width, guess, rows);
        for (var row = 0; row < rows; row++) Rows.Softmax(guess.Slice(row * _tagGuess.Stride, _tagGuess.Stride), Tags.Length);
        _tagTold.Apply(guess, _tagGuess.Stride, work.Normed, rows);
        Rows.Add(work.Normed.AsSpan(0, rows * _sizes.Width), work.X);
    }

    // The tags of the sentences; then all that the tree's layers see of a word is its tag and, if it is a function word, which.
    private int[][] TagsOf(ReadOnlySpan<string[]> sentences, Workspace work, int[] starts)
    {
        int rows = starts[^1], d = _sizes.Width;
        Span<float> x = work.X, scores = work.Outputs;
        _tagNorm.Apply(x, work.Normed, rows);
        _tag.Apply(work.Normed, d, scores, rows);
        var tags = new int[sentences.Length][];
        for (var s = 0; s < sentences.Length; s++)
        {
            var words = sentences[s];
            tags[s] = new int[words.Length];
            _treeTags.AsSpan(Tags.Length * d, d).CopyTo(x[(starts[s] * d)..]);
            for (var i = 0; i < words.Length; i++)
            {
                var row = starts[s] + i + 1;
                var tag = tags[s][i] = Rows.ArgMax(scores.Slice(row * _tag.Stride, Tags.Length), Tags.Length);
                var told = x.Slice(row * d, d);
                _treeTags.AsSpan(tag * d, d).CopyTo(told);
                if (_functionWords.TryGetValue(words[i], out var word)) Rows.Add(_treeWords.AsSpan(word * d, d), told);
            }
        }
        _treeIn.Apply(x, x, rows);
        return tags;
    }

    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private int[] HeadsOf(ReadOnlySpan<float> compared, ReadOnlySpan<float> heads, int n)
    {
        int T = n + 1, arc = _sizes.Arc;
        var scores = new float[T * T];          // [dependent, head], as logarithms of probabilities
        for (var i = 1; i < T; i++)
        {
            var row = scores.AsSpan(i * T, T);
            for (var j = 0; j < T; j++) row[j] = Rows.Dot(compared.Slice(i * arc, arc), heads.Slice(j * arc, arc)) + _arcDistance[Place(j - i)];
            row[i] = float.NegativeInfinity;
            var most = row[Rows.ArgMax(row, T)];
            var sum = 0.0;
            foreach (var score in row) sum += Math.Exp(score - most);
            var log = most + (float)Math.Log(sum);
            for (var j = 0; j < T; j++) row[j] -= log;
        }
        return ProjectiveTree.Best(scores, n);
    }

    private int Place(int distance) => Math.Clamp(distance, -_sizes.Reach, _sizes.Reach) + _sizes.Reach;

    // The sum of a word's rows; captions repeat words, so it is kept.
    private float[] Vector(string word)
    {
        if (_words.TryGet(word, out var known)) return known;
        Span<int> rows = stackalloc int[WordFeatures.Count];
        _features.Rows(word, rows);
        var vector = new float[_sizes.Width];
        foreach (var row in rows)
            if (row != WordFeatures.None) AddRow(row, vector);
        return _words.Keep(word, vector);
    }

    private void AddRow(int row, float[] to)
    {
        for (var i = 0; i < to.Length; i++) to[i] += (float)_table[row * to.Length + i];
    }

    /// <summary>Room for the rows of a batch; used again by the next.</summary>
    private sealed class Workspace(ParserNetwork network, int rows)
    {
        private static float[] Room(int rows, params ReadOnlySpan<int> widths)
        {
            var widest = 0;
            foreach (var width in widths) widest = Math.Max(widest, width);
            return new float[rows * widest];
        }

        public int Rows => rows;
        public readonly float[] X = Room(rows, network._sizes.Width);
        public readonly float[] Normed = Room(rows, network._sizes.Width);
        public readonly float[] Wide = Room(rows, 3 * network._sizes.Width, network._sizes.Hidden);
        public readonly float[] A = Room(rows, network._sizes.Width, network._sizes.Arc, network._sizes.Relation);
        public readonly float[] B = Room(rows, network._sizes.Arc, network._sizes.Relation);
        public readonly float[] C = Room(rows, network._sizes.Arc);
        public readonly float[] Outputs = Room(rows, network._tag.Stride, network._relation.Stride);
        public readonly float[] Weights = new float[rows + 8];
    }
}
