using UnsupClipCap.Kernel;

namespace UnsupClipCap.Cli;

/// <summary>bench kernel: how long one waits for a notebook's kernel, as a front end sees it.</summary>
internal static class KernelBench
{
    public static IReadOnlyList<Measurement> Run(bool quick, CancellationToken cancel)
    {
        var (starts, rounds) = quick ? (1, 3) : (5, 40);
        var (start, first, cell, chain, completion, warm, inspection, library, interruption, tensors, loop) = (new Clock(), new Clock(), new Clock(), new Clock(), new Clock(), new Clock(), new Clock(), new Clock(), new Clock(), new Clock(), new Clock());
        var memory = 0L;
        for (var i = 0; i < starts; i++)
        {
            cancel.ThrowIfCancellationRequested();
            KernelClient? started = null;
            start.Time(false, () =>
            {
                started = KernelClient.Start(KernelSpecs.Program);
                Right(started.Run("1 + 1"), "2");
            });
            using var kernel = started!;
            library.Time(false, () => Right(kernel.Run("using UnsupClipCap; using static TorchSharp.torch; rand(2, 2).shape[0]"), "2"));
            kernel.Run("var numbers = Enumerable.Range(0, 100).ToList();");
            first.Time(false, () => Completes(kernel));
            for (var k = 0; k < rounds; k++)
            {
                cancel.ThrowIfCancellationRequested();
                cell.Time(false, () => Right(kernel.Run("numbers.Count + 1"), "101"));
                completion.Time(false, () => Completes(kernel));
                inspection.Time(false, () => kernel.Ask("inspect_request", new() { ["code"] = "numbers.Where(n => n > 1)", ["cursor_pos"] = 10, ["detail_level"] = 0 }));
            }
            for (var k = 0; k < rounds / 4 + 1; k++) tensors.Time(k == 0, () => Right(kernel.Run("var many = Enumerable.Range(0, 100).Select(_ => rand(10)).ToList(); many.Count"), "100"));
            for (var k = 0; k < rounds / 8 + 1; k++)
            {
                var id = kernel.SendCell("Console.Write('.'); Console.Out.Flush(); while (true) { }");
                kernel.Published(id, m => m.Type == "stream");
                interruption.Time(false, () =>
                {
                    kernel.Ask("interrupt_request", [], control: true);
                    kernel.AnswerTo(id);
                });
            }
            Right(kernel.Run("long sum = 0; for (var i = 0; i < 300_000_000; i++) sum += i; sum"), "44999999850000000");
            loop.Time(false, () => Right(kernel.Run("sum = 0; for (var i = 0; i < 300_000_000; i++) sum += i; sum"), "44999999850000000"));
            if (i > 0 || quick) continue;
            for (var k = 0; k < 300; k++) kernel.Run($"var v{k} = {k};");
            for (var k = 0; k < rounds; k++)
            {
                chain.Time(false, () => Right(kernel.Run("v1 + v2"), "3"));
                warm.Time(k == 0, () => Completes(kernel));
            }
            kernel.Process.Refresh();
            memory = kernel.Process.WorkingSet64;
        }
        List<Measurement> rows =
        [
            Row("Start to the first result", start, 5),
            Row("First cell with the library and a tensor", library, null),
            Row("A trivial cell", cell, .1),
            Row("A cell of 100 tensors, those of the last run freed", tensors, null),
            Row("First completion", first, null),
            Row("A completion", completion, .5),
            Row("An inspection", inspection, .5),
            Row("An endless loop from interrupt to idle", interruption, null),
            Row("A loop of 3e8 additions to a cell's variable", loop, null),
        ];
        if (!quick)
            rows.AddRange([Row("A trivial cell after 300 others", chain, .1), Row("A completion after 300 cells", warm, .5) with { Note = FormattableString.Invariant($"{memory / 1e6:0} MB in memory") }]);
        return rows;

        Measurement Row(string what, Clock clock, double? goal) => new(what)
        {
            Seconds = clock.Median,
            Goals = goal is { } g && !quick ? [new(FormattableString.Invariant($"less than {g} s"), clock.Median < g)] : [],
        };
    }

    private static void Right(KernelClient.Answer answer, string result)
    {
        if (answer.Result != result) throw new UserException($"The kernel gave {answer.Result ?? "nothing"} instead of {result}. {(answer.IsOk ? "" : answer.Error)}");
    }

    private static void Completes(KernelClient kernel)
    {
        var reply = kernel.Ask("complete_request", new() { ["code"] = "numbers.Whe", ["cursor_pos"] = 11 }).Reply;
        if (reply.Content["matches"]?.AsArray().Any(m => (string?)m == "Where") != true) throw new UserException("The kernel did not complete 'numbers.Whe' to Where.");
    }
}
