using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.CSharp.Syntax;

namespace UnsupClipCap.Kernel;

/// <summary>A cell's text as completion needs it: what it declares, by its syntax alone.</summary>
internal sealed class DeclaringText
{
    public DeclaringText(string code, CompilationUnitSyntax root)
    {
        Usings = [.. root.Usings.Select(u => u.ToString())];
        Names = [.. root.Members.SelectMany(Declared)];
        var body = code.ToCharArray();
        foreach (var directive in root.Usings) Array.Fill(body, ' ', directive.SpanStart, directive.Span.Length);
        Body = new(body);
    }

    /// <summary>Its using directives.</summary>
    public IReadOnlyList<string> Usings { get; }
    /// <summary>The names at its top level.</summary>
    public HashSet<string> Names { get; }
    /// <summary>The rest.</summary>
    public string Body { get; }

    private static IEnumerable<string> Declared(MemberDeclarationSyntax member) => member switch
    {
        BaseFieldDeclarationSyntax field => field.Declaration.Variables.Select(v => v.Identifier.ValueText),
        MethodDeclarationSyntax method => [method.Identifier.ValueText],
        PropertyDeclarationSyntax property => [property.Identifier.ValueText],
        BaseTypeDeclarationSyntax type => [type.Identifier.ValueText],
        DelegateDeclarationSyntax type => [type.Identifier.ValueText],
        GlobalStatementSyntax statement => statement.DescendantNodes(n => n is not BlockSyntax and not AnonymousFunctionExpressionSyntax).Select(n => n switch
        {
            SingleVariableDesignationSyntax variable => variable.Identifier.ValueText,
            VariableDeclaratorSyntax variable => variable.Identifier.ValueText,
            _ => "",
        }).Where(n => n.Length > 0),
        _ => [],
    };
}
