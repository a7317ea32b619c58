using System.Globalization;
using System.Text.RegularExpressions;

namespace UnsupClipCap.Tests;

/// <summary>
/// Names and shapes of a published checkpoint, written down from its makers' code: a line <c>name [shape]</c>, <c>{a..b}</c> for a run of numbers;
/// <c>buffer</c> where it is no parameter, <c>derived</c> where it holds nothing of its own.
/// </summary>
internal sealed partial record ShapeListing(long Parameters, IReadOnlyDictionary<string, long[]> Own, IReadOnlySet<string> Buffers, IReadOnlySet<string> Derived)
{
    public static ShapeListing Read(string name)
    {
        var lines = File.ReadAllLines(Path.Combine(Goldens.Repository, "tests", "UnsupClipCap.Tests", "Weights", "Shapes", $"{name}.txt")).Where(l => !l.StartsWith('#')).ToList();
        var (own, buffers, derived) = (new Dictionary<string, long[]>(), new HashSet<string>(), new HashSet<string>());
        foreach (var line in lines.Skip(1))
        {
            var match = Line().Match(line);
            if (!match.Success) throw new FormatException($"{name}.txt: '{line}' is no 'name [shape]'.");
            foreach (var full in Expand(match.Groups["name"].Value))
            {
                if (match.Groups["kind"].Value == "derived") derived.Add(full);
                else own.Add(full, [.. match.Groups["shape"].Value.Split(", ", StringSplitOptions.RemoveEmptyEntries).Select(long.Parse)]);
                if (match.Groups["kind"].Value == "buffer") buffers.Add(full);
            }
        }
        return new(long.Parse(lines[0]["parameters ".Length..], NumberStyles.AllowThousands, CultureInfo.InvariantCulture), own, buffers, derived);
    }

    private static IEnumerable<string> Expand(string name) => Run().Match(name) is { Success: true } run
        ? Enumerable.Range(int.Parse(run.Groups[1].Value), int.Parse(run.Groups[2].Value) - int.Parse(run.Groups[1].Value) + 1).SelectMany(n => Expand(name.Replace(run.Value, $"{n}")))
        : [name];

    [GeneratedRegex(@"^(?<name>\S+) \[(?<shape>[\d, ]*)\](?: (?<kind>buffer|derived))?$")]
    private static partial Regex Line();

    [GeneratedRegex(@"\{(\d+)\.\.(\d+)\}")]
    private static partial Regex Run();
}
