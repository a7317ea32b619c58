using System.Runtime.InteropServices;
using static TorchSharp.torch;

namespace UnsupClipCap;

/// <summary>What a machine has, and what is missing.</summary>
public static class Doctor
{
    /// <summary>One thing looked for.</summary>
    /// <param name="What">Its name.</param>
    /// <param name="Found">What was found, or how to get it.</param>
    /// <param name="IsWell">Whether it is there.</param>
    /// <param name="IsNeeded">Whether './run demo' needs it.</param>
    public sealed record Finding(string What, string Found, bool IsWell = true, bool IsNeeded = true);

    /// <summary>Looks for everything.</summary>
    public static IReadOnlyList<Finding> Examine() =>
    [
        new("system", $"{RuntimeInformation.OSDescription}, {RuntimeInformation.ProcessArchitecture}"),
        new("processors", $"{Environment.ProcessorCount}"),
        new("memory", FormattableString.Invariant($"{GC.GetGCMemoryInfo().TotalAvailableMemoryBytes / (double)(1L << 30):0.0} GiB")),
        new(".NET", $"{Environment.Version}"),
        Try("libtorch", Libtorch),
        Try("libtorch's folder", () => Natives.Libtorch),
        Try("natives' remedy", () => Natives.Remedy),
        Try("CUDA", Cuda, needed: false),
        Try("miniature CLIP", () => $"{MiniClip.Folder}, {MiniClip.Fingerprint()}"),
        Shipped(),
        Folder("cache", Locations.Cache),
        Try("METEOR's paraphrases", () => Locations.Find(Path.Combine("meteor", "paraphrase-en.gz")) ?? throw new UserException("not among the data sets (meteor/paraphrase-en.gz; './run fetch meteor' brings it); METEOR is computed without paraphrases and says so"), needed: false),
        Try("Flickr8k", () => Flickr8k.Read().Folder, needed: false),
        Try("CLIP ViT-B/32", () => PhotoSet.Coco.FindClip() ?? throw Missing(string.Join(" or ", PhotoSet.Coco.Clip), PhotoSet.Coco.ClipFetch), needed: false),
        Try("GPT-2", () => Gpt2Folder.Missing("gpt2") is { Count: > 0 } lacking ? throw Missing(string.Join(", ", lacking), "gpt2") : Locations.Find("gpt2")!, needed: false),
        Try("GPT-2's vocabulary", () => $"{Gpt2Tokenizer.Load().Count:n0} tokens", needed: false),
        .. new[] { PhotoSet.Coco, PhotoSet.Flickr30k }.SelectMany(Of),
    ];

    private static IEnumerable<Finding> Of(PhotoSet set)
    {
        yield return Try($"{set.Title}, captions", () => $"{set.Read().Sizes.Train} to train on", needed: false);
        yield return Try($"{set.Title}, photographs", () => set.PictureFolders.FirstOrDefault(f => Locations.Find(Path.Combine(set.Name, f)) is null) is { } lacking
            ? throw Missing($"{set.Name}/{lacking}", set.PicturesFetch) : string.Join(", ", set.PictureFolders.Select(f => Locations.Find(Path.Combine(set.Name, f)))), needed: false);
    }

    private static UserException Missing(string what, string fetch) => new($"{what} is not among the data sets; './run fetch {fetch}' brings it");

    private static string Libtorch()
    {
        Natives.Check();
        return $"{__version__} under TorchSharp {Natives.TorchSharpVersion}, {get_num_threads()} threads";
    }

    private static string Cuda()
    {
        Natives.Check();
        if (!cuda.is_available())
            throw new UserException("none for this build; the CPU is used. TorchBackend=cuda builds with it, UNSUPCLIPCAP_LIBTORCH names an installed PyTorch's 'lib'");
        return string.Join("; ", Enumerable.Range(0, cuda.device_count()).Select(i =>
            $"cuda:{i} {CudaDriver.Find(i)?.ToString() ?? "(its driver tells nothing)"}, training in {(Autocast.IsFor(device($"cuda:{i}")) ? "bfloat16" : "float32")}"));
    }

    private static Finding Shipped() => File.Exists(PictureCaptioner.Shipped)
        ? new("shipped captioner", PictureCaptioner.Shipped)
        : new("shipped captioner", $"{PictureCaptioner.Shipped} is not there; './run train --preset mini --half --out FILE' makes it", false);

    private static Finding Folder(string what, string path)
    {
        try
        {
            var probe = Path.Combine(path, ".doctor");
            AtomicFile.WriteText(probe, "");
            File.Delete(probe);
            var drive = new DriveInfo(Path.GetFullPath(path));
            return new(what, FormattableString.Invariant($"{path}, {drive.AvailableFreeSpace / (double)(1L << 30):0.0} GiB free"));
        }
        catch (UserException e)
        {
            return new(what, e.Message, false);
        }
    }

    private static Finding Try(string what, Func<string> find, bool needed = true)
    {
        try
        {
            return new(what, find(), true, needed);
        }
        catch (Exception e) when (e is UserException or TypeInitializationException or DllNotFoundException or NotSupportedException)
        {
            return new(what, (e as TypeInitializationException)?.InnerException?.Message ?? e.Message, false, needed);
        }
    }
}
