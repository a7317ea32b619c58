using System.Diagnostics;

namespace UnsupClipCap.Cli;

/// <summary>bench fuzz: damaged files of every format that is read, none of which may crash, hang or swell.</summary>
internal static class FuzzBench
{
    private const int Seed = 1;

    public static IReadOnlyList<Measurement> Run(bool quick, CancellationToken cancel)
    {
        var files = quick ? 1_000 : 100_000;
        using var process = Process.GetCurrentProcess();
        var before = process.PeakWorkingSet64;
        var progress = new ConsoleProgress();
        var report = FuzzRun.Run(files, Seed, done =>
        {
            if (done % 200 == 0) progress.Report(new StudyProgress("Damaged files", Math.Min(1, (double)done / files)));
        }, cancel);
        ConsoleProgress.End();
        foreach (var fault in report.Faults) Console.Error.WriteLine(fault);
        process.Refresh();
        var grown = process.PeakWorkingSet64 - before;         // libtorch's memory too
        return
        [
            .. report.Counts.Select(c => new Measurement(c.Format)
            {
                Seconds = c.Slowest,
                Note = FormattableString.Invariant($"{c.Read + c.Refused} files: {c.Read} read, {c.Refused} refused; slowest and at most {c.MostAllocated / 1e6:0.0} MB"),
            }),
            new Measurement("All formats")
            {
                Note = FormattableString.Invariant($"{report.Counts.Sum(c => c.Read + c.Refused)} files, {report.Faults.Count} faults; the process grew by {grown / 1e6:0} MB at its largest"),
                Goals = [new("read or refused by name, within 2 s and 64 MB", report.Faults.Count == 0), new("512 MB at most in all", grown <= 512_000_000)],
            },
        ];
    }
}
