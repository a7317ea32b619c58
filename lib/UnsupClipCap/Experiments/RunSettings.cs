using System.Text.Json;

namespace UnsupClipCap;

/// <summary>Which parts of the paper a run makes.</summary>
[Flags]
public enum RunParts
{
    /// <summary>Table 1 or 2.</summary>
    Table = 1,
    /// <summary>Figure 3.</summary>
    Mixup = 2,
    /// <summary>The alignment study.</summary>
    Alignment = 4,
    /// <summary>All of it.</summary>
    All = Table | Mixup | Alignment,
}

/// <summary>All that decides the results of a run.</summary>
public sealed record RunSettings
{
    /// <summary>The command's name: "demo", "table1", …</summary>
    public required string Command { get; init; }
    /// <summary>What it makes.</summary>
    public required RunParts Parts { get; init; }
    /// <summary>Name of the preset.</summary>
    public string Preset { get; init; } = "mini";
    /// <summary>Manner of the miniature world's captions.</summary>
    public CaptionStyle Style { get; init; } = CaptionStyle.Coco;
    /// <summary>First seed.</summary>
    public int Seed { get; init; } = 1;
    /// <summary>Number of seeds: results are means over seed, seed + 1, …</summary>
    public int Seeds { get; init; } = 1;
    /// <summary>Smaller data and fewer steps.</summary>
    public bool Quick { get; init; }
    /// <summary>Test images to use; 0 for all.</summary>
    public int Limit { get; init; }
    /// <summary>Steps of the mixup curve from image to text; 10 are the paper's eleven points.</summary>
    public int Steps { get; init; } = 10;
    /// <summary>Alignment methods, as <see cref="Alignments.Parse"/> reads them; empty for the paper's four.</summary>
    public string Methods { get; init; } = "";
    /// <summary>"auto", "cpu" or "cuda".</summary>
    public string Device { get; init; } = "auto";

    /// <summary>The preset with the run's choices applied.</summary>
    public Preset ThePreset()
    {
        var preset = UnsupClipCap.Preset.Find(Preset) with { Style = Style };
        return Quick ? preset.Quick() : preset;
    }

    /// <summary>Looks at every number before any work.</summary>
    /// <exception cref="UserException">A number is out of its range.</exception>
    public void Check()
    {
        if (Seed < 0) throw new UserException($"--seed is {Seed}; expected 0 or more.");
        if (Seeds < 1) throw new UserException($"--seeds is {Seeds}; expected 1 or more.");
        if (Limit < 0) throw new UserException($"--limit is {Limit}; expected 0 (all) or more.");
        if (Steps < 1) throw new UserException($"--steps is {Steps}; expected 1 or more.");
        if (Methods.Length > 0) Alignments.Parse(Methods);
        if (Style != CaptionStyle.Coco && Preset != "mini") throw new UserException($"The preset '{Preset}' has one manner of captions; only 'mini' is made in Flickr30k's too.");
    }

    /// <summary>Stands for these settings in a folder's name.</summary>
    public string Key() => Cache.Key(this with { Device = "" })[..8];

    /// <summary>What settings.json holds: these settings, and the preset's as they stand in this version.</summary>
    internal string ToJson()
    {
        var json = JsonSerializer.SerializeToNode(this with { Device = "" })!.AsObject();
        json["PresetKey"] = Cache.Key(ThePreset());
        return json.ToJsonString(new JsonSerializerOptions { WriteIndented = true }) + "\n";
    }
}
