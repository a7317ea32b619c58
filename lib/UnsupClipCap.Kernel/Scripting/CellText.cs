using System.Text;
using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.CSharp;
using Microsoft.CodeAnalysis.CSharp.Syntax;
using Microsoft.CodeAnalysis.Text;

namespace UnsupClipCap.Kernel;

/// <summary>A line of a cell that is not C# but a word to the kernel.</summary>
/// <param name="Name">"#r", "#load", "#!time", …</param>
/// <param name="Argument">The rest of the line, without quotes.</param>
/// <param name="Line">Counted from 1.</param>
internal sealed record Directive(string Name, string Argument, int Line);

/// <summary>A cell's C#, and the directives among it.</summary>
/// <param name="Code">The cell with its directives blanked out: every character keeps its place.</param>
/// <param name="Directives">In order.</param>
internal sealed record CellText(string Code, IReadOnlyList<Directive> Directives)
{
    public static readonly CSharpParseOptions Options = new(LanguageVersion.Latest, DocumentationMode.Parse, SourceCodeKind.Script);

    /// <summary>Splits a cell. Lines inside of strings and comments are no directives, nor are those that an <c>#if</c> leaves out.</summary>
    public static CellText Parse(string cell)
    {
        cell = cell.ReplaceLineEndings("\n");
        if (!cell.Contains('#')) return new(cell, []);
        var text = SourceText.From(cell);
        var root = CSharpSyntaxTree.ParseText(text, Options).GetRoot();
        var (code, found) = (new StringBuilder(cell), new List<Directive>());
        foreach (var line in text.Lines)
        {
            var content = line.ToString();
            var start = line.Start + content.Length - content.TrimStart().Length;
            content = content.Trim();
            if (!content.StartsWith("#!", StringComparison.Ordinal) && !Is(content, "#r") && !Is(content, "#load")) continue;
            if (IsText(root, start)) continue;
            for (var i = line.Start; i < line.End; i++) code[i] = ' ';
            if (root.FindTrivia(start).GetStructure() is DirectiveTriviaSyntax { IsActive: false }) continue;          // left out by an #if
            var space = content.AsSpan().IndexOfAny(' ', '\t', '"');
            var (name, argument) = space < 0 ? (content, "") : (content[..space], content[space..].Trim());
            if (argument.StartsWith('"') && argument.IndexOf('"', 1) is > 0 and var quote) argument = argument[1..quote];
            found.Add(new(name, argument, line.LineNumber + 1));
        }
        return new(code.ToString(), found);

        static bool Is(string content, string name) => content.StartsWith(name, StringComparison.Ordinal) && content.Length > name.Length && content[name.Length] is ' ' or '\t' or '"';
    }

    private static bool IsText(SyntaxNode root, int at)
    {
        if (root.FindToken(at).Span.Contains(at)) return true;
        var trivia = root.FindTrivia(at);
        return trivia.IsKind(SyntaxKind.DisabledTextTrivia) ||
            trivia.Kind() is SyntaxKind.MultiLineCommentTrivia or SyntaxKind.MultiLineDocumentationCommentTrivia && trivia.SpanStart < at;
    }
}
