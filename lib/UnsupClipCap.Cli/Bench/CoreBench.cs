using static TorchSharp.torch;

namespace UnsupClipCap.Cli;

/// <summary>bench core: beam search and training against the published way, at GPT-2 small's sizes with random weights, and whether memory is flat.</summary>
internal sealed class CoreBench
{
    private const int EmbeddingWidth = 512, Beams = 5, Padded = 31, BatchSize = 40, Rounds = 3;
    private readonly Recipe _recipe;
    private readonly int _images, _publishedImages, _tokens, _steps;
    private readonly bool _quick;
    private readonly CancellationToken _cancel;
    private readonly MatrixRate _rate = new();

    private CoreBench(bool quick, CancellationToken cancel)
    {
        var small = new Gpt2Config { Vocabulary = 500, Positions = 64, Width = 64, Layers = 2, Heads = 2 };
        _recipe = new Recipe { Gpt2 = quick ? small : Gpt2Config.Small, LearnEnd = true };
        (_images, _publishedImages, _tokens, _steps) = quick ? (4, 2, 6, 2) : (20, 2, 15, 3);
        (_quick, _cancel) = (quick, cancel);
    }

    /// <summary>Measures all.</summary>
    public static IReadOnlyList<Measurement> Run(bool quick, CancellationToken cancel)
    {
        var bench = new CoreBench(quick, cancel);
        using var rate = bench._rate;
        manual_seed(1);
        var rows = bench.Decode().Concat(bench.Train()).ToList();
        return [new($"Matrix product ({get_num_threads()} threads)") { PerSecond = rate.Median / 1e9, Unit = "GFLOP/s", Note = "the yardstick" }, .. rows];
    }

    private List<Measurement> Decode()
    {
        using var scope = NewDisposeScope();
        using var model = new ClipCap(EmbeddingWidth, _recipe);
        model.eval();
        Tensor prefix;
        Liven(model);
        using (no_grad()) prefix = model.Prefix(randn(_images, EmbeddingWidth));
        var gpt = model.Gpt;
        var stop = _recipe.Gpt2.Vocabulary - 1;
        int P = _recipe.PrefixLength, shown = _publishedImages * Rounds;

        var published = new List<GeneratedTokens>();
        GeneratedTokens[] ours = [];
        var (publishedClock, clock, counts) = (new Clock(), new Clock(), new List<long>());
        for (var round = -1; round < Rounds; round++)                                   // round -1 warms up
        {
            _rate.Sample();
            var taken = new List<GeneratedTokens>();
            publishedClock.Time(round < 0, () =>
            {
                for (var i = 0; i < (round < 0 ? 1 : _publishedImages); i++)
                {
                    using var one = prefix.narrow(0, (published.Count + i) % _images, 1);
                    taken.Add(PublishedWay.Caption(gpt, one, Beams, stop, _tokens));
                }
            });
            if (round >= 0) published.AddRange(taken);
            _cancel.ThrowIfCancellationRequested();
            _rate.Sample();
            clock.Time(round < 0, () => ours = BeamSearch.Run(gpt, prefix, Beams, new HashSet<int> { stop }, _tokens, _cancel));
            counts.Add(LiveTensors());
        }
        // Sentences whose scores differ by less than rounding are a tie, which either may win.
        var same = published.Where((p, i) => p.Tokens.AsSpan().SequenceEqual(ours[i % _images].Tokens) || Math.Abs(p.Score - ours[i % _images].Score) < 1e-6).Count();

        // 2 per parameter and position in the blocks; the head at the positions whose logits are computed; attention itself is left out of both counts.
        double publishedFlops = 2 * (BlockParameters + HeadParameters) * PublishedWay.Positions(P, Beams, _tokens);
        double flops = 2 * (BlockParameters * (P + (double)Beams * (_tokens - 1)) + HeadParameters * (1 + (double)Beams * (_tokens - 1)));
        double baseline = _publishedImages / publishedClock.Median, rate = _images / clock.Median;
        double publishedShare = baseline * publishedFlops / _rate.Median, share = rate * flops / _rate.Median;
        return
        [
            new("Decoding, published way (one image)")
            {
                Seconds = publishedClock.Median / _publishedImages, PerSecond = baseline, Unit = "captions/s", MatrixShare = publishedShare, Ratio = 1,
                Goals = OfSpeed(AtLeastShare(publishedShare, 0.5)),
            },
            new($"Decoding, BeamSearch ({_images} images)")
            {
                Seconds = clock.Median, PerSecond = rate, Unit = "captions/s", MatrixShare = share, Ratio = rate / baseline,
                Goals = [.. OfSpeed(AtLeast(rate / baseline, 10)), new($"the same sentences ({same} of {shown})", same == shown)],
            },
            Flat("Decoding, tensors alive after each batch", counts),
        ];
    }

    /// <summary>
    /// Enlarges what positions and attention add. GPT-2's initial weights say the same word over and over for every image, which any two
    /// searches would agree on.
    /// </summary>
    private static void Liven(ClipCap model)
    {
        using var _ = no_grad();
        foreach (var (name, weight) in model.named_parameters())
        {
            if (name.EndsWith("c_proj.weight", StringComparison.Ordinal)) weight.mul_(10);
            if (name.EndsWith("wpe.weight", StringComparison.Ordinal)) weight.mul_(5);
        }
    }

    private List<Measurement> Train()
    {
        using var scope = NewDisposeScope();
        var random = new SeededRandom(1, "bench", "captions");
        var captions = CaptionsLikeCoco(random);
        var corpus = new CaptionCorpus(captions, [.. captions.Select((_, i) => i)], randn(captions.Count, EmbeddingWidth), null);
        var batches = corpus.Batches(BatchSize, random);
        using var published = new ClipCap(EmbeddingWidth, _recipe);
        using var model = new ClipCap(EmbeddingWidth, _recipe);
        using var publishedOptimizer = optim.AdamW(published.parameters(), lr: 2e-5, eps: 1e-6);
        using var optimizer = new AdamW(model.named_parameters(), epsilon: _recipe.Epsilon);
        published.train();
        model.train();
        var (publishedClock, clock, counts) = (new Clock(), new Clock(), new List<long>());
        var (tokens, flops, publishedTokens) = (0L, 0.0, 0L);
        for (var round = -1; round < Rounds; round++)
        {
            _rate.Sample();
            for (var i = 0; i < (round < 0 ? 1 : 2); i++)
            {
                var rows = Enumerable.Range(0, BatchSize).Select(_ => random.Next(captions.Count)).ToArray();
                publishedClock.Time(round < 0, () => PublishedStep(published, publishedOptimizer, corpus, rows));
                if (round >= 0) publishedTokens += rows.Sum(r => captions[r].Length);
                _cancel.ThrowIfCancellationRequested();
            }
            _rate.Sample();
            for (var i = 0; i < _steps; i++)
            {
                var rows = batches[(round + 1) * _steps + i];
                clock.Time(round < 0, () => Step(model, optimizer, corpus, rows));
                counts.Add(LiveTensors());
                if (round < 0) continue;
                tokens += rows.Sum(r => captions[r].Length);
                flops += Flops(BatchSize * (_recipe.PrefixLength + rows.Max(r => captions[r].Length)), rows.Sum(r => captions[r].Length + 1));
                _cancel.ThrowIfCancellationRequested();
            }
        }
        var publishedPositions = BatchSize * (_recipe.PrefixLength + Padded);
        double baseline = publishedTokens / publishedClock.Sum, rate = tokens / clock.Sum;
        double publishedShare = publishedClock.Count * Flops(publishedPositions, publishedPositions) / publishedClock.Sum / _rate.Median, share = flops / clock.Sum / _rate.Median;
        return
        [
            new($"Training, published way (batch of {BatchSize}, padded)")
            {
                Seconds = publishedClock.Median, PerSecond = baseline, Unit = "tokens/s", MatrixShare = publishedShare, Ratio = 1,
            },
            new($"Training, batches by length ({BatchSize})")
            {
                Seconds = clock.Median, PerSecond = rate, Unit = "tokens/s", MatrixShare = share, Ratio = rate / baseline,
                Goals = OfSpeed(AtLeast(rate / baseline, 1.8), AtLeastShare(share, 0.65)),
            },
            Flat("Training, tensors alive after each step", counts),
        ];
    }

    private static void PublishedStep(ClipCap model, optim.Optimizer optimizer, CaptionCorpus corpus, int[] rows)
    {
        using var scope = NewDisposeScope();
        optimizer.zero_grad();
        var loss = PublishedWay.Loss(model, [.. rows.Select(r => corpus.Tokens[r])], corpus.Texts!.index_select(0, tensor(rows.Select(r => (long)r).ToArray())), Padded);
        loss.backward();
        optimizer.step();
        _ = loss.item<float>();
    }

    private void Step(ClipCap model, AdamW optimizer, CaptionCorpus corpus, int[] rows)
    {
        using var scope = NewDisposeScope();
        using var batch = CaptionBatch.Of([.. rows.Select(r => corpus.Tokens[r])], _recipe.Gpt2.Vocabulary - 1, ignoreZero: false, CPU);
        var loss = model.Loss(batch, corpus.Texts!.index_select(0, tensor(rows.Select(r => (long)r).ToArray())));
        loss.backward();
        optimizer.Step(2e-5);
        _ = loss.item<float>();
    }

    /// <summary>
    /// Useful arithmetic of a step: 6 per parameter and position (2 forward, 4 backward) in the blocks; 6 per parameter of the head and position whose
    /// logits are computed; 6 per parameter of the mapper and caption, less the 2 for a gradient of the embeddings, which nobody asks for. Attention's
    /// own products, 1 % here, the optimiser and all else count as nothing.
    /// </summary>
    private double Flops(double positions, double logits)
    {
        double width = _recipe.Gpt2.Width, output = width * _recipe.PrefixLength, hidden = output / 2;
        return 6 * BlockParameters * positions + 6 * HeadParameters * logits + (4 * EmbeddingWidth * hidden + 6 * hidden * output) * BatchSize;
    }

    /// <summary>Weights of the matrix products of all blocks: 12 w^2 each (attention's 3 + 1, the MLP's 4 + 4).</summary>
    private double BlockParameters => 12.0 * _recipe.Gpt2.Layers * _recipe.Gpt2.Width * _recipe.Gpt2.Width;

    private double HeadParameters => (double)_recipe.Gpt2.Vocabulary * _recipe.Gpt2.Width;

    /// <summary>Random captions whose lengths are those of COCO's in GPT-2 tokens: mean 11.5, standard deviation 2.3, none under 7.</summary>
    private List<int[]> CaptionsLikeCoco(SeededRandom random) =>
        [.. Enumerable.Range(0, 4000).Select(_ => Enumerable.Range(0, Math.Clamp((int)Math.Round(11.5 + 2.3 * random.NextGaussian()), 7, Padded))
            .Select(_ => 1 + random.Next(_recipe.Gpt2.Vocabulary - 2)).ToArray())];

    /// <summary>Tensors alive, once those that nothing refers to any more have been let go.</summary>
    private static long LiveTensors()
    {
        GC.Collect();
        GC.WaitForPendingFinalizers();
        return Tensor.TotalCount;
    }

    /// <summary>The first batches fill caches that stay; after them nothing may be added.</summary>
    private static Measurement Flat(string what, List<long> counts)
    {
        var settled = counts.Skip(1).ToList();
        return new(what) { Note = settled.Min() == settled.Max() ? $"{settled[0]:n0}" : $"{settled.Min():n0} to {settled.Max():n0}", Goals = [new("the same each time", settled.TrueForAll(c => c == settled[0]))] };
    }

    /// <summary>Goals of speed are for the full size.</summary>
    private Goal[] OfSpeed(params Goal[] goals) => _quick ? [] : goals;

    private static Goal AtLeast(double found, double wanted) => new($"{wanted:0.#} times or more", found >= wanted);

    private static Goal AtLeastShare(double found, double wanted) => new($"{wanted:0%} of the matrix product or more", found >= wanted);
}
