using System.Text;
using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.Completion;
using Microsoft.CodeAnalysis.CSharp;
using Microsoft.CodeAnalysis.Host.Mef;
using Microsoft.CodeAnalysis.QuickInfo;
using Microsoft.CodeAnalysis.Text;

namespace UnsupClipCap.Kernel;

/// <summary>What may be typed at a place of a cell, and what stands there: Roslyn's own services, over the cells run so far.</summary>
internal sealed class CodeAssistant : IDisposable
{
    private const int Most = 400;
    private readonly ScriptSession _session;
    private readonly AdhocWorkspace _workspace;
    private readonly List<DeclaringText> _texts = [];
    private readonly HashSet<string> _usings = [];
    private ProjectId? _last;
    private int _taken, _references;

    public CodeAssistant(ScriptSession session)
    {
        _session = session;
        var parts = MefHostServices.DefaultAssemblies.Concat([typeof(CompletionService).Assembly, Microsoft()]).Distinct();
        _workspace = new AdhocWorkspace(MefHostServices.Create(parts));

        static System.Reflection.Assembly Microsoft() => System.Reflection.Assembly.Load("Microsoft.CodeAnalysis.CSharp.Features");
    }

    /// <summary>What to replace and by what.</summary>
    public sealed record Completions(int Start, int End, IReadOnlyList<string> Matches, IReadOnlyList<string> Kinds);

    /// <param name="cell">The cell as it stands.</param>
    /// <param name="at">A place in it, in UTF-16 units.</param>
    public Completions Complete(string cell, int at)
    {
        var document = Open(cell);
        var text = document.GetTextAsync().Result;
        var service = CompletionService.GetService(document)!;
        var list = service.GetCompletionsAsync(document, at).Result;
        if (list.ItemsList.Count == 0) return new(at, at, [], []);
        var span = list.Span;
        var typed = text.ToString(new TextSpan(span.Start, Math.Max(0, Math.Min(at, span.End) - span.Start)));
        var items = list.ItemsList
            .Where(i => i.FilterText.StartsWith(typed, StringComparison.OrdinalIgnoreCase) && !i.IsComplexTextEdit)
            .OrderByDescending(i => i.FilterText.StartsWith(typed, StringComparison.Ordinal)).ThenByDescending(i => i.Rules.MatchPriority).ThenBy(i => i.SortText, StringComparer.OrdinalIgnoreCase)
            .Select(i => (Text: i.Properties.TryGetValue("InsertionText", out var inserted) ? inserted : i.DisplayText, Kind: i.Tags.FirstOrDefault() ?? ""))
            .DistinctBy(i => i.Text).Take(Most).ToList();
        return new(span.Start, Math.Max(at, span.Start), [.. items.Select(i => i.Text)], [.. items.Select(i => i.Kind.ToLowerInvariant())]);
    }

    /// <summary>Signature and documentation of what stands at a place, or null.</summary>
    public string? Inspect(string cell, int at)
    {
        var document = Open(cell);
        var service = QuickInfoService.GetService(document)!;
        var found = service.GetQuickInfoAsync(document, at).Result ?? (at > 0 ? service.GetQuickInfoAsync(document, at - 1).Result : null);
        return found is null ? null : string.Join("\n", found.Sections.Where(s => s.Text.Length > 0).Select(s => s.Text));
    }

    /// <summary>The cell as the last submission after those of the earlier cells.</summary>
    private Document Open(string cell)
    {
        if (_taken < _session.Texts.Count || _references != _session.References.Metadata.Count) Take();
        var (opened, _, document) = Add(_workspace.CurrentSolution, CellText.Parse(cell).Code, _last);
        return opened.GetDocument(document)!;
    }

    /// <summary>
    /// Puts the cells run since into the workspace. A long chain of submissions is slow and large: cells that do not declare each other's names anew share one, and what was
    /// declared anew is left out.
    /// </summary>
    private void Take()
    {
        for (; _taken < _session.Texts.Count; _taken++)
        {
            var text = _session.Texts[_taken];
            _usings.UnionWith(text.Usings);
            _texts.RemoveAll(t => t.Names.IsSubsetOf(text.Names));
            _texts.Add(text);
        }
        var groups = new List<List<DeclaringText>> { new() };
        foreach (var text in _texts)
        {
            if (groups[^1].Any(t => t.Names.Overlaps(text.Names))) groups.Add([]);
            groups[^1].Add(text);
        }
        var solution = _workspace.CurrentSolution;
        foreach (var id in solution.ProjectIds) solution = solution.RemoveProject(id);
        _last = null;
        foreach (var group in groups)
            (solution, _last, _) = Add(solution, string.Concat((_last is null ? _usings : []).Select(u => u + "\n")) + string.Join("\n;\n", group.Select(t => t.Body)), _last);
        _references = _session.References.Metadata.Count;
        _workspace.TryApplyChanges(solution);
    }

    private (Solution, ProjectId, DocumentId) Add(Solution solution, string code, ProjectId? previous)
    {
        var project = ProjectId.CreateNewId();
        var document = DocumentId.CreateNewId(project);
        var name = $"Cell{project.Id:N}";
        var info = ProjectInfo.Create(project, VersionStamp.Create(), name, name, LanguageNames.CSharp,
            compilationOptions: new CSharpCompilationOptions(OutputKind.DynamicallyLinkedLibrary, usings: previous is null ? ScriptSession.DefaultImports : [], allowUnsafe: true, nullableContextOptions: NullableContextOptions.Disable),
            parseOptions: CellText.Options, metadataReferences: _session.References.Metadata, projectReferences: previous is null ? [] : [new(previous)], isSubmission: true);
        return (solution.AddProject(info).AddDocument(document, name, SourceText.From(code, Encoding.UTF8)), project, document);
    }

    public void Dispose() => _workspace.Dispose();
}
