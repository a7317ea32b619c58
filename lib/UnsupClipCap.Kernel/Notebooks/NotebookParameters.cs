using System.Globalization;
using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.CSharp;
using Microsoft.CodeAnalysis.CSharp.Syntax;

namespace UnsupClipCap.Kernel;

/// <summary>Values given to a notebook from outside: they come after the cell tagged <c>parameters</c>, in one of their own, as papermill has it.</summary>
internal static class NotebookParameters
{
    /// <summary>The tag of the cell that declares them.</summary>
    public const string Tag = "parameters";

    /// <summary>The tag of the cell that replaces them.</summary>
    public const string InjectedTag = "injected-parameters";

    private enum Kind { Text, Whole, Number, Flag, Numbers, Texts }

    /// <summary>The names that a notebook's parameters cell declares, in order.</summary>
    public static IReadOnlyList<string> Names(NotebookFile notebook) => [.. Declared(notebook).Select(d => d.Name)];

    /// <summary>Replaces values. An earlier injected cell goes.</summary>
    /// <param name="notebook">Is changed.</param>
    /// <param name="values">Name and value as typed: a text, a whole number, a number, true or false, or several with commas between them.</param>
    /// <exception cref="UserException">A name is not declared, or a value is of another type.</exception>
    public static void Inject(NotebookFile notebook, IReadOnlyDictionary<string, string> values)
    {
        notebook.Cells.RemoveAll(c => c.Tags.Contains(InjectedTag));
        if (values.Count == 0) return;
        var declared = Declared(notebook);
        var code = values.Select(v => Assignment(notebook.Name, declared, v.Key, v.Value)).ToList();
        var at = notebook.Cells.FindIndex(c => c.IsCode && c.Tags.Contains(Tag));
        notebook.Cells.Insert(at + 1, NotebookCell.Of(InjectedTag, "// given by ./run notebook\n" + string.Join("\n", code), InjectedTag));
    }

    private static List<(string Name, Kind? Kind, string Shown)> Declared(NotebookFile notebook)
    {
        if (notebook.Tagged(Tag) is not { } cell) return [];
        var tree = CSharpSyntaxTree.ParseText(cell.Source, new(LanguageVersion.Latest, kind: SourceCodeKind.Script));
        return [.. tree.GetRoot().DescendantNodes().OfType<FieldDeclarationSyntax>().SelectMany(f => f.Declaration.Variables.Select(v =>
            (v.Identifier.Text, KindOf(f.Declaration.Type, v.Initializer?.Value), v.Initializer?.Value.ToString() ?? "nothing")))];
    }

    private static Kind? KindOf(TypeSyntax type, ExpressionSyntax? value) => type.ToString() switch
    {
        "string" => Kind.Text,
        "int" or "long" => Kind.Whole,
        "double" => Kind.Number,
        "bool" => Kind.Flag,
        "double[]" or "IReadOnlyList<double>" => Kind.Numbers,
        "string[]" or "IReadOnlyList<string>" => Kind.Texts,
        "var" => KindOf(value),
        _ => null,
    };

    private static Kind? KindOf(ExpressionSyntax? value) => value switch
    {
        LiteralExpressionSyntax { Token.Value: string } => Kind.Text,
        LiteralExpressionSyntax { Token.Value: int or long } => Kind.Whole,
        LiteralExpressionSyntax { Token.Value: double } => Kind.Number,
        LiteralExpressionSyntax { Token.Value: bool } => Kind.Flag,
        PrefixUnaryExpressionSyntax sign => KindOf(sign.Operand),
        InvocationExpressionSyntax call when call.Expression.ToString() is "Steps" or "Mixup.Steps" => Kind.Numbers,
        ImplicitArrayCreationExpressionSyntax { Initializer.Expressions: [var first, ..] } => KindOf(first) is Kind.Text ? Kind.Texts : KindOf(first) is Kind.Number or Kind.Whole ? Kind.Numbers : null,
        ArrayCreationExpressionSyntax array => array.Type.ElementType.ToString() == "string" ? Kind.Texts : Kind.Numbers,
        _ => null,
    };

    private static string Assignment(string notebook, List<(string Name, Kind? Kind, string Shown)> declared, string name, string value)
    {
        var at = declared.FindIndex(d => d.Name == name);
        if (at < 0)
        {
            var there = declared.Count == 0 ? "it has none" : $"it has {string.Join(", ", declared.Select(d => d.Name))}";
            throw new UserException($"{notebook} has no parameter '{name}'; {there}.");
        }
        var (_, kind, shown) = declared[at];
        var literal = kind switch
        {
            Kind.Text => Text(value),
            Kind.Whole => long.TryParse(value, NumberStyles.AllowLeadingSign, CultureInfo.InvariantCulture, out var whole) ? whole.ToString(CultureInfo.InvariantCulture) : null,
            Kind.Number => Number(value),
            Kind.Flag => value is "true" or "false" ? value : null,
            Kind.Numbers when Parts(value).Select(Number).ToList() is var numbers => numbers.Count == 0 || numbers.Contains(null) ? null : $"new double[] {{ {string.Join(", ", numbers)} }}",
            Kind.Texts => $"new[] {{ {string.Join(", ", Parts(value).Select(Text))} }}",
            _ => value,                                         // of a type that is not known here: C#, as typed
        };
        return literal is not null ? $"{name} = {literal};" : throw new UserException($"{notebook}: {name} is '{value}'; expected {Words(kind)} (the notebook has {shown}).");
    }

    private static string[] Parts(string value) => value.Split(',', StringSplitOptions.TrimEntries | StringSplitOptions.RemoveEmptyEntries);

    private static string Text(string value) => SymbolDisplay.FormatLiteral(value, quote: true);

    // Written in full, and always as a double: 1 is 1d.
    private static string? Number(string value) => double.TryParse(value, NumberStyles.Float, CultureInfo.InvariantCulture, out var number) && double.IsFinite(number)
        ? number.ToString("R", CultureInfo.InvariantCulture) + "d" : null;

    private static string Words(Kind? kind) => kind switch
    {
        Kind.Whole => "a whole number",
        Kind.Number => "a number, with a point for decimals",
        Kind.Flag => "true or false",
        _ => "numbers with commas between them",
    };
}
