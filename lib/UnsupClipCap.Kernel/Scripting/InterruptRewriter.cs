using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.CSharp;
using Microsoft.CodeAnalysis.CSharp.Syntax;
using static Microsoft.CodeAnalysis.CSharp.SyntaxFactory;

namespace UnsupClipCap.Kernel;

/// <summary>
/// Puts calls of <see cref="Interruptions"/> into loops and functions. Nothing inserted holds a line break, so that each statement stays on its line.
/// Expression-bodied lambdas stay as they are: they may be expression trees.
/// </summary>
internal sealed class InterruptRewriter : CSharpSyntaxRewriter
{
    private static readonly StatementSyntax Loop = Call(nameof(Interruptions.Loop)), Entry = Call(nameof(Interruptions.Entry));

    public static SyntaxNode Rewrite(SyntaxNode root) => new InterruptRewriter().Visit(root);

    private static StatementSyntax Call(string name) => ParseStatement($"global::{typeof(Interruptions).FullName}.{name}();");

    public override SyntaxNode? VisitWhileStatement(WhileStatementSyntax node) => base.VisitWhileStatement(node) is WhileStatementSyntax n ? n.WithStatement(Head(n.Statement, Loop)) : null;

    public override SyntaxNode? VisitDoStatement(DoStatementSyntax node) => base.VisitDoStatement(node) is DoStatementSyntax n ? n.WithStatement(Head(n.Statement, Loop)) : null;

    public override SyntaxNode? VisitForStatement(ForStatementSyntax node) => base.VisitForStatement(node) is ForStatementSyntax n ? n.WithStatement(Head(n.Statement, Loop)) : null;

    public override SyntaxNode? VisitForEachStatement(ForEachStatementSyntax node) => base.VisitForEachStatement(node) is ForEachStatementSyntax n ? n.WithStatement(Head(n.Statement, Loop)) : null;

    public override SyntaxNode? VisitForEachVariableStatement(ForEachVariableStatementSyntax node) =>
        base.VisitForEachVariableStatement(node) is ForEachVariableStatementSyntax n ? n.WithStatement(Head(n.Statement, Loop)) : null;

    public override SyntaxNode? VisitGotoStatement(GotoStatementSyntax node) => Head(node, Loop);

    public override SyntaxNode? VisitLocalFunctionStatement(LocalFunctionStatementSyntax node)
    {
        if (base.VisitLocalFunctionStatement(node) is not LocalFunctionStatementSyntax n) return null;
        if (n.Body is { } body) return n.WithBody(Head(body, Entry));
        return Block(n.ExpressionBody, n.ReturnType, n.Modifiers, n.SemicolonToken) is { } block ? n.WithBody(block).WithExpressionBody(null).WithSemicolonToken(default) : n;
    }

    public override SyntaxNode? VisitMethodDeclaration(MethodDeclarationSyntax node)
    {
        if (base.VisitMethodDeclaration(node) is not MethodDeclarationSyntax n) return null;
        if (n.Body is { } body) return n.WithBody(Head(body, Entry));
        return Block(n.ExpressionBody, n.ReturnType, n.Modifiers, n.SemicolonToken) is { } block ? n.WithBody(block).WithExpressionBody(null).WithSemicolonToken(default) : n;
    }

    public override SyntaxNode? VisitConstructorDeclaration(ConstructorDeclarationSyntax node) =>
        base.VisitConstructorDeclaration(node) is ConstructorDeclarationSyntax { Body: { } body } n ? n.WithBody(Head(body, Entry)) : node;

    public override SyntaxNode? VisitAccessorDeclaration(AccessorDeclarationSyntax node) =>
        base.VisitAccessorDeclaration(node) is AccessorDeclarationSyntax { Body: { } body } n ? n.WithBody(Head(body, Entry)) : node;

    public override SyntaxNode? VisitOperatorDeclaration(OperatorDeclarationSyntax node) =>
        base.VisitOperatorDeclaration(node) is OperatorDeclarationSyntax { Body: { } body } n ? n.WithBody(Head(body, Entry)) : node;

    public override SyntaxNode? VisitParenthesizedLambdaExpression(ParenthesizedLambdaExpressionSyntax node) =>
        base.VisitParenthesizedLambdaExpression(node) is ParenthesizedLambdaExpressionSyntax n ? n.Block is { } body ? n.WithBlock(Head(body, Entry)) : n : null;

    public override SyntaxNode? VisitSimpleLambdaExpression(SimpleLambdaExpressionSyntax node) =>
        base.VisitSimpleLambdaExpression(node) is SimpleLambdaExpressionSyntax n ? n.Block is { } body ? n.WithBlock(Head(body, Entry)) : n : null;

    public override SyntaxNode? VisitAnonymousMethodExpression(AnonymousMethodExpressionSyntax node) =>
        base.VisitAnonymousMethodExpression(node) is AnonymousMethodExpressionSyntax n ? n.WithBlock(Head(n.Block, Entry)) : null;

    private static BlockSyntax Head(StatementSyntax body, StatementSyntax call) => body is BlockSyntax block ? Head(block, call) : SyntaxFactory.Block(call, body);

    private static BlockSyntax Head(BlockSyntax block, StatementSyntax call) => block.WithStatements(block.Statements.Insert(0, call));

    /// <summary>An expression body as a block; null where it cannot be told how.</summary>
    private static BlockSyntax? Block(ArrowExpressionClauseSyntax? arrow, TypeSyntax returns, SyntaxTokenList modifiers, SyntaxToken end)
    {
        if (arrow is null || arrow.Expression is RefExpressionSyntax or ThrowExpressionSyntax || arrow.Expression.IsMissing) return null;
        var isVoid = returns is PredefinedTypeSyntax { Keyword.RawKind: (int)SyntaxKind.VoidKeyword };
        var isAsync = modifiers.Any(SyntaxKind.AsyncKeyword);
        if (isAsync && !isVoid && returns is not GenericNameSyntax and not QualifiedNameSyntax) isVoid = returns is IdentifierNameSyntax { Identifier.ValueText: "Task" or "ValueTask" };
        // The statement begins on the line on which the expression does.
        var before = arrow.ArrowToken.TrailingTrivia.AddRange(arrow.Expression.GetLeadingTrivia());
        StatementSyntax statement = isVoid
            ? ExpressionStatement(arrow.Expression.WithLeadingTrivia(before))
            : ReturnStatement(Token(before, SyntaxKind.ReturnKeyword, TriviaList(Space)), arrow.Expression.WithoutLeadingTrivia(), Token(SyntaxKind.SemicolonToken));
        return SyntaxFactory.Block(Token(SyntaxKind.OpenBraceToken), List([Entry, statement]), Token(SyntaxKind.CloseBraceToken).WithTrailingTrivia(end.TrailingTrivia));
    }
}
