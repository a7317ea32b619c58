namespace UnsupClipCap.Metrics;

/// <summary>The formats of caption files that can be read; see <see cref="CaptionFile.Read"/>.</summary>
public enum CaptionFileFormat
{
    /// <summary>COCO's annotations: <c>{"images": [{"id"}], "annotations": [{"id", "image_id", "caption"}]}</c>.</summary>
    CocoAnnotations,

    /// <summary>COCO's results: <c>[{"image_id", "caption"}]</c>.</summary>
    CocoResults,

    /// <summary>Karpathy's <c>dataset_*.json</c>: <c>{"images": [{"split", "cocoid" or "filename", "sentences": [{"raw"}]}]}</c>.</summary>
    Karpathy,

    /// <summary>Flickr's <c>.token</c> files: lines of <c>name#number</c>, a tab and a caption.</summary>
    FlickrTokens,

    /// <summary>A JSON object of captions by image: <c>{"image id": ["caption"]}</c> or <c>{"image id": "caption"}</c>.</summary>
    CaptionMap,
}
