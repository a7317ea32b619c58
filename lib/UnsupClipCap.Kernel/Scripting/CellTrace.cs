using System.Diagnostics;
using System.Reflection;
using System.Text.RegularExpressions;
using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.Text;

namespace UnsupClipCap.Kernel;

/// <summary>Errors as one who wrote a cell can use them: lines of cells, not of the machinery around them.</summary>
internal static partial class CellTrace
{
    /// <summary>Compile errors, each with its line and a mark under what it is about.</summary>
    public static CellFaultException Fault(IEnumerable<Diagnostic> diagnostics, SourceText text)
    {
        var errors = diagnostics.Where(d => d.Severity == DiagnosticSeverity.Error).OrderBy(d => d.Location.SourceSpan.Start).ToList();
        var told = errors.Select(d => $"{Place(d)}: error {d.Id}: {d.GetMessage()}").Distinct().ToList();
        var trace = new List<string>();
        foreach (var error in errors.DistinctBy(d => (d.Location.SourceSpan, d.Id)).Take(20))
        {
            trace.Add($"{Place(error)}: error {error.Id}: {error.GetMessage()}");
            if (!error.Location.IsInSource) continue;
            var span = error.Location.GetLineSpan();
            var line = text.Lines[span.StartLinePosition.Line].ToString();
            var (from, to) = (span.StartLinePosition.Character, span.EndLinePosition.Line == span.StartLinePosition.Line ? span.EndLinePosition.Character : line.Length);
            trace.Add($"    {line}");
            trace.Add($"    {new string([.. line.Take(from).Select(c => c == '\t' ? '\t' : ' ')])}{new string('^', Math.Max(1, to - from))}");
        }
        if (errors.Any(e => e.Location.IsInSource && UsingVariable().IsMatch(text.Lines.GetLineFromPosition(e.Location.SourceSpan.Start).ToString())))
            trace.Add("A script has no 'using' variables at its top level: leave 'using' out and dispose of it yourself, or put it into a block: { using var … }.");
        if (errors.Count > 20) trace.Add($"and {errors.Count - 20} more.");
        return new("CompilationError", string.Join("\n", told.Take(5)), trace);

        static string Place(Diagnostic d)
        {
            var at = d.Location.GetLineSpan();
            return $"{at.Path}({at.StartLinePosition.Line + 1},{at.StartLinePosition.Character + 1})";
        }
    }

    /// <summary>An exception with the frames that lie in cells, and the one in which it arose.</summary>
    public static CellError Of(Exception e, Func<Assembly, bool> isOfCells)
    {
        e = Unwrap(e);
        var trace = new List<string> { $"{NameOf(e)}: {e.Message}" };
        trace.AddRange(Frames(e, isOfCells));
        AddCauses(e);
        return new(NameOf(e), e.Message, trace);

        void AddCauses(Exception of)
        {
            foreach (var inner in of is AggregateException several ? several.InnerExceptions.Take(10) : of.InnerException is { } one ? [one] : [])
            {
                trace.Add($"caused by {NameOf(inner)}: {inner.Message}");
                trace.AddRange(Frames(inner, isOfCells));
                AddCauses(inner);
            }
        }
    }

    private static string NameOf(Exception e) => e.GetType().Name;

    private static Exception Unwrap(Exception e) => e switch
    {
        AggregateException { InnerExceptions: [var only] } => Unwrap(only),
        TargetInvocationException { InnerException: { } inner } => Unwrap(inner),
        TypeInitializationException { InnerException: { } inner } => Unwrap(inner),
        _ => e,
    };

    private static IEnumerable<string> Frames(Exception e, Func<Assembly, bool> isOfCells)
    {
        var frames = new StackTrace(e, fNeedFileInfo: true).GetFrames();
        var (first, last, same) = (true, "", 0);
        foreach (var frame in frames)
        {
            if (frame.GetMethod() is not { } method || method.DeclaringType is not { } type || type == typeof(Interruptions)) continue;
            if (isOfCells(type.Assembly))
            {
                if (method.Name == "<Factory>" || frame.GetFileName() is not { } file) continue;
                var line = $"   at {Where(method, type)}{file}, line {frame.GetFileLineNumber()}";
                same = line == last ? same + 1 : 0;             // of endless recursion three are enough
                last = line;
                if (same < 3) yield return line;
            }
            else if (first && type.Assembly != typeof(CellTrace).Assembly && type.Namespace != "System.Runtime.ExceptionServices")
            {
                yield return $"   in {type.FullName?.Replace('+', '.')}.{method.Name}({string.Join(", ", method.GetParameters().Select(p => p.ParameterType.Name))})";
            }
            else continue;
            first = false;
        }
    }

    /// <summary>The user's name of a function, from what the compiler made of it; nothing for a cell's own statements.</summary>
    private static string Where(MethodBase method, Type type)
    {
        var path = (type.FullName ?? type.Name).Split('+').Skip(1).ToList();         // the first is the cell itself
        var name = method.Name;
        if (path is [.., ['<', ..] machine] && name == "MoveNext" && Generated().Match(machine) is { Success: true } async)
        {
            name = async.Groups[1].Value;
            path.RemoveAt(path.Count - 1);
            if (Generated().Match(name) is { Success: true } inner) name = inner.Groups[1].Value;
        }
        var lambda = false;
        if (Local().Match(name) is { Success: true } local) name = local.Groups[1].Value;
        else if (Generated().Match(name) is { Success: true } generated) (name, lambda) = (generated.Groups[1].Value, generated.Groups[2].Value == "b");
        path.RemoveAll(p => p.StartsWith('<'));
        var at = name.Contains("Initialize", StringComparison.Ordinal) && path.Count == 0 || name.Length == 0 ? "" : string.Join(".", [.. path, name]);
        return (lambda, at) switch
        {
            (true, "") => "a lambda in ",
            (true, _) => $"a lambda of {at} in ",
            (_, "") => "",
            _ => $"{at} in ",
        };
    }

    [GeneratedRegex(@"^\s*(await\s+)?using\s+(var\b|[\w.<>\[\]?]+\s+\w+\s*=)")]
    private static partial Regex UsingVariable();

    [GeneratedRegex(@"^<(.*)>([a-z])")]
    private static partial Regex Generated();

    [GeneratedRegex(@"^<.*>g__(.+?)\|")]
    private static partial Regex Local();
}
