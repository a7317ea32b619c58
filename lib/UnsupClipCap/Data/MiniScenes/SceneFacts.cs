namespace UnsupClipCap;

/// <summary>Where a scene of <see cref="MiniScenes"/> takes place.</summary>
public enum ScenePlace
{
    /// <summary>A field.</summary>
    Grass,
    /// <summary>Sand before the sea.</summary>
    Beach,
    /// <summary>A snowy plain.</summary>
    Snow,
    /// <summary>A road before houses.</summary>
    Street,
    /// <summary>A living room.</summary>
    Room,
    /// <summary>A kitchen counter.</summary>
    Kitchen,
    /// <summary>A tiled bathroom.</summary>
    Bathroom,
    /// <summary>A lake or the sea.</summary>
    Water,
    /// <summary>Only sky.</summary>
    Sky,
    /// <summary>The top of a wooden table.</summary>
    Table,
}

/// <summary>The light of a scene; indoors it is always <see cref="Day"/>.</summary>
public enum SceneLight
{
    /// <summary>Daylight.</summary>
    Day,
    /// <summary>The sun at the horizon.</summary>
    Sunset,
    /// <summary>Moon and stars.</summary>
    Night,
}

/// <summary>How the main object lies to the second.</summary>
public enum SceneRelation
{
    /// <summary>Side by side.</summary>
    NextTo,
    /// <summary>The main object hides a part of the second.</summary>
    InFrontOf,
    /// <summary>The second object hides a part of the main one.</summary>
    Behind,
    /// <summary>The main object stands on the second.</summary>
    On,
    /// <summary>The main object is below the second.</summary>
    Under,
    /// <summary>The main object is in the air above the second.</summary>
    Over,
}

/// <summary>How large an object is drawn for its kind.</summary>
public enum SceneSize
{
    /// <summary>Nothing to remark.</summary>
    Usual,
    /// <summary>About three quarters of the usual size.</summary>
    Small,
    /// <summary>About four thirds of the usual size.</summary>
    Large,
}

/// <summary>One kind of object in a scene: what it is, how many, in what colour and size.</summary>
/// <param name="Thing">The kind, for example "man surfing" or "cat".</param>
/// <param name="Count">How many, 1 … 5.</param>
/// <param name="Colour">A plain colour word, or null for things whose colour is not told.</param>
/// <param name="Size">The size for its kind.</param>
public sealed record SceneObject(string Thing, int Count, string? Colour, SceneSize Size)
{
    /// <summary>The COCO-like category, for example "person" or "cat".</summary>
    public string Category => MiniWorld.ThingOf(Thing).Category;
}

/// <summary>
/// What a scene of <see cref="MiniScenes"/> shows, without where each pixel is: everything that a caption can tell.
/// The facts alone decide which split a scene belongs to.
/// </summary>
public sealed record SceneFacts
{
    /// <summary>The place.</summary>
    public required ScenePlace Place { get; init; }

    /// <summary>The light.</summary>
    public required SceneLight Light { get; init; }

    /// <summary>The object the picture is about.</summary>
    public required SceneObject Main { get; init; }

    /// <summary>A second object, or null.</summary>
    public SceneObject? Second { get; init; }

    /// <summary>How the main object lies to the second; meaningless without one.</summary>
    public SceneRelation Relation { get; init; }

    /// <summary>A third object somewhere near, or null.</summary>
    public SceneObject? Third { get; init; }

    /// <summary>The facts as one line; equal for two scenes exactly when their facts are.</summary>
    public string Key => string.Join("; ", Place, Light, Tell(Main), Second is null ? "-" : Relation, Tell(Second), Tell(Third));

    /// <summary>The split these facts belong to, whatever the seed.</summary>
    /// <remarks>By the hundredths of a 64-bit hash of <see cref="Key"/>: test .10, validation .10, train .35, clip .45.</remarks>
    public MiniSplit Split => (SeededRandom.Hash(Key) % 100) switch
    {
        < 10 => MiniSplit.Test,
        < 20 => MiniSplit.Validation,
        < 55 => MiniSplit.Train,
        _ => MiniSplit.ClipTrain,
    };

    private static string Tell(SceneObject? o) => o is null ? "-" : $"{o.Count} {o.Size} {o.Colour ?? "-"} {o.Thing}";
}
