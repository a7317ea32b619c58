using System.Diagnostics;
using UnsupClipCap.Metrics;

namespace UnsupClipCap.Cli;

/// <summary>What came of one format's files.</summary>
internal sealed class FuzzCount(string format)
{
    public string Format { get; } = format;
    public int Read { get; set; }
    public int Refused { get; set; }
    public double Slowest { get; set; }
    public long MostAllocated { get; set; }
}

/// <summary>What came of a run. Faults name the format and the number of the file, which with the seed make it again.</summary>
internal sealed record FuzzReport(IReadOnlyList<FuzzCount> Counts, IReadOnlyList<string> Faults);

/// <summary>
/// Reads damaged files. Each must be read, or refused with an error for the user that names it; any other exception, more than two seconds or more than
/// 64 MB is a fault.
/// </summary>
internal static class FuzzRun
{
    private const double MaxSeconds = 2, GivenUp = 60;
    private const long MaxBytes = 64L << 20;
    private const int MaxFaults = 20;

    /// <param name="files">How many.</param>
    /// <param name="seed">Decides every one of them.</param>
    /// <param name="progress">Files done.</param>
    /// <param name="cancel">Stops between files.</param>
    public static FuzzReport Run(int files, int seed, Action<int>? progress = null, CancellationToken cancel = default)
    {
        var folder = Directory.CreateTempSubdirectory("fuzz-").FullName;
        var seeds = FuzzSeed.All();
        var counts = seeds.Select(s => new FuzzCount(s.Format)).ToList();
        var faults = new List<string>();
        var wheel = seeds.SelectMany((s, i) => Enumerable.Repeat(i, s.Weight)).ToArray();
        for (var i = 0; i < seeds.Count; i++)
        {
            var own = Directory.CreateDirectory(Path.Combine(folder, $"{i}")).FullName;
            foreach (var (name, bytes) in seeds[i].Beside) File.WriteAllBytes(Path.Combine(own, name), bytes);
        }
        var (started, current) = (Stopwatch.GetTimestamp(), -1);
        Exception? broken = null;
        var worker = new Thread(() =>
        {
            try
            {
                for (var n = 0; n < files + seeds.Count && faults.Count < MaxFaults && !cancel.IsCancellationRequested; n++)
                {
                    var random = new SeededRandom(seed, "fuzz", $"{n}");
                    var which = n < seeds.Count ? n : wheel[random.Next(wheel.Length)];
                    Volatile.Write(ref started, Stopwatch.GetTimestamp());
                    Volatile.Write(ref current, n);
                    One(seeds[which], n < seeds.Count ? null : random, Path.Combine(folder, $"{which}", seeds[which].File), n, counts[which], faults);
                    progress?.Invoke(n + 1);
                }
            }
            catch (Exception e)
            {
                broken = e;
            }
        }, 1 << 20)
        { IsBackground = true };                        // a small stack, as a program's threads may have
        worker.Start();
        while (!worker.Join(500))
            if (Stopwatch.GetElapsedTime(Volatile.Read(ref started)).TotalSeconds > GivenUp && Volatile.Read(ref current) >= 0)
                return new(counts, [.. faults, $"file {current}: not done after {GivenUp} s"]);
        Directory.Delete(folder, recursive: true);
        cancel.ThrowIfCancellationRequested();
        return broken is null ? new(counts, faults) : throw new InvalidOperationException("The fuzz itself failed.", broken);
    }

    // Without a random generator nothing is damaged, and the file must be read.
    private static void One(FuzzSeed seed, SeededRandom? random, string path, int number, FuzzCount count, List<string> faults)
    {
        File.WriteAllBytes(path, Make(seed, random));
        var allocated = GC.GetAllocatedBytesForCurrentThread();
        var seconds = Attempt(seed, path, number, count, faults, mustRead: random is null);
        allocated = GC.GetAllocatedBytesForCurrentThread() - allocated;
        if (seconds > MaxSeconds) seconds = Attempt(seed, path, number, count, faults, mustRead: false);          // the machine may have been busy
        (count.Slowest, count.MostAllocated) = (Math.Max(count.Slowest, seconds), Math.Max(count.MostAllocated, allocated));
        if (seconds > MaxSeconds) faults.Add($"{seed.Format}, file {number}: {seconds:0.0} s");
        if (allocated > MaxBytes) faults.Add($"{seed.Format}, file {number}: {allocated >> 20} MB allocated");
    }

    private static byte[] Make(FuzzSeed seed, SeededRandom? random)
    {
        if (random is null) return seed.Pack(seed.Parts);
        if (random.Next(2) == 0) return FuzzMutation.Of(seed.Pack(seed.Parts), random);
        var parts = (byte[][])seed.Parts.Clone();
        var part = random.Next(3) > 0 ? 0 : random.Next(parts.Length);
        parts[part] = FuzzMutation.Of(parts[part], random);
        return seed.Pack(parts);
    }

    private static double Attempt(FuzzSeed seed, string path, int number, FuzzCount count, List<string> faults, bool mustRead)
    {
        var start = Stopwatch.GetTimestamp();
        try
        {
            seed.Read(path);
            count.Read++;
        }
        catch (Exception e) when (e is UserException or MetricInputException)
        {
            count.Refused++;
            if (mustRead) faults.Add($"{seed.Format}: the whole file is refused: {e.Message}");
            else if (!e.Message.Contains(Path.GetDirectoryName(path)!, StringComparison.Ordinal)) faults.Add($"{seed.Format}, file {number}: the error does not name the file: {e.Message}");
        }
        catch (Exception e)
        {
            faults.Add($"{seed.Format}, file {number}: {e.GetType().Name}: {e.Message.Split('\n')[0]} {e.StackTrace?.Split('\n').FirstOrDefault(l => l.Contains("UnsupClipCap"))?.Trim()}");
        }
        return Stopwatch.GetElapsedTime(start).TotalSeconds;
    }
}
