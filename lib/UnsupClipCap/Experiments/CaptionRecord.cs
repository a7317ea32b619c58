namespace UnsupClipCap;

/// <summary>One predicted caption: a line of <c>captions.jsonl</c>.</summary>
/// <param name="Experiment"><c>table</c>, <c>mixup</c> or <c>alignment</c>.</param>
/// <param name="Method">The method's name.</param>
/// <param name="Lambda">Share of the text embedding in the mixup, null in other experiments.</param>
/// <param name="ImageId">Id of the image; a whole number is written as a JSON number, as COCO has it, anything else as a string.</param>
/// <param name="Caption">The caption as predicted, not tokenised.</param>
/// <param name="References">The captions it was scored against.</param>
public sealed record CaptionRecord(
    string Experiment, string Method, double? Lambda, string ImageId, string Caption, IReadOnlyList<string> References)
{
    /// <summary>Writes one line a record to <paramref name="path"/>, replacing it whole or not at all.</summary>
    /// <exception cref="UserException">The file cannot be written.</exception>
    public static void WriteAll(string path, IEnumerable<CaptionRecord> records) => throw new NotImplementedException();

    /// <summary>Reads records one at a time; the file is open while the enumeration runs.</summary>
    /// <exception cref="UserException">The file is missing or a line is wrong; the message names file, line and field.</exception>
    public static IEnumerable<CaptionRecord> ReadAll(string path) => throw new NotImplementedException();
}
