using System.Net;
using System.Text;
using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.CSharp;

namespace UnsupClipCap.Kernel;

/// <summary>A cell's code as HTML, with keywords, texts, numbers and comments marked.</summary>
internal static class CodeColours
{
    public static string ToHtml(string code)
    {
        var html = new StringBuilder();
        var root = CSharpSyntaxTree.ParseText(code, new(LanguageVersion.Latest, kind: SourceCodeKind.Script)).GetRoot();
        foreach (var token in root.DescendantTokens(descendIntoTrivia: false))
        {
            foreach (var trivia in token.LeadingTrivia) Add(ClassOf(trivia), trivia.ToFullString());
            Add(ClassOf(token), token.Text);
            foreach (var trivia in token.TrailingTrivia) Add(ClassOf(trivia), trivia.ToFullString());
        }
        return html.ToString();

        void Add(string? name, string text)
        {
            if (text.Length == 0) return;
            var encoded = WebUtility.HtmlEncode(text);
            html.Append(name is null ? encoded : $"<i class=\"{name}\">{encoded}</i>");
        }
    }

    private static string? ClassOf(SyntaxTrivia trivia) => trivia.Kind() switch
    {
        SyntaxKind.SingleLineCommentTrivia or SyntaxKind.MultiLineCommentTrivia => "comment",
        _ => trivia.IsDirective ? "keyword" : null,
    };

    private static string? ClassOf(SyntaxToken token) => token.Kind() switch
    {
        SyntaxKind.StringLiteralToken or SyntaxKind.CharacterLiteralToken or SyntaxKind.InterpolatedStringTextToken or SyntaxKind.InterpolatedStringStartToken or SyntaxKind.InterpolatedStringEndToken
            or SyntaxKind.SingleLineRawStringLiteralToken or SyntaxKind.MultiLineRawStringLiteralToken => "text",
        SyntaxKind.NumericLiteralToken => "number",
        _ => token.IsKeyword() || token is { RawKind: (int)SyntaxKind.IdentifierToken, Text: "var" } ? "keyword" : null,
    };
}
