using System.Reflection;
using System.Runtime.CompilerServices;
using System.Runtime.Loader;
using System.Text;
using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.CSharp;
using Microsoft.CodeAnalysis.CSharp.Syntax;
using Microsoft.CodeAnalysis.Emit;
using Microsoft.CodeAnalysis.Text;

namespace UnsupClipCap.Kernel;

/// <summary>
/// Cells compiled one after another by Roslyn as submissions of one script: each sees what those before it declared. A cell's variables are fields of an object of
/// its own; once all that it declared is declared anew, the object is let go, so that a cell run again and again holds what one run holds.
/// </summary>
internal sealed class ScriptSession
{
    private static readonly string[] Imports =
    [
        "System", "System.Text", "System.Collections", "System.Collections.Generic", "System.Threading.Tasks", "System.Linq", typeof(Notebook).FullName!,
    ];

    private static readonly Lock Binding = new();
    private static int _sessions;
    private readonly int _number = Interlocked.Increment(ref _sessions);
    private readonly List<Submission> _submissions = [];
    private readonly HashSet<Assembly> _assemblies = [];
    private CSharpCompilation? _last;
    private object?[] _instances = new object?[16];         // by slot; slot 0 is unused, a script's globals would be there
    private int _slots, _compiled, _referred;

    public ScriptSession(References references) => References = references;

    public References References { get; }

    /// <summary>The cells compiled so far that declare something, for completion.</summary>
    public IReadOnlyList<DeclaringText> Texts => _texts;
    private readonly List<DeclaringText> _texts = [];

    /// <summary>The namespaces that cells need not name.</summary>
    public static IReadOnlyList<string> DefaultImports => Imports;

    /// <summary>True for assemblies that cells were compiled to.</summary>
    public bool IsOfCells(Assembly assembly) => _assemblies.Contains(assembly);

    /// <summary>Cells' objects that were let go of since last asked.</summary>
    public int TakeReleased() => (_released, _released = 0).Item1;
    private int _released;

    /// <summary>Compiles and starts a cell.</summary>
    /// <param name="code">C# without directives.</param>
    /// <param name="name">Its name in traces.</param>
    /// <param name="stop">Stops the waiting for what the cell awaits.</param>
    /// <returns>The value of its last expression, or null.</returns>
    /// <exception cref="CellFaultException">It does not compile; nothing was run.</exception>
    public object? Run(string code, string name, Task stop)
    {
        if (Compile(code, name) is not { } compiled) return null;
        var ended = false;
        try
        {
            var value = Await(Start(compiled.Entry), stop);
            ended = true;
            return value;
        }
        finally
        {
            Settle(compiled, ended);
        }
    }

    [MethodImpl(MethodImplOptions.NoInlining)]
    private Task<object?> Start(MethodInfo entry) => entry.CreateDelegate<Func<object?[], Task<object?>>>()(_instances);

    private static object? Await(Task<object?> task, Task stop)
    {
        if (!task.IsCompleted && Task.WaitAny(task, stop) == 1 && !task.IsCompleted)
            throw new OperationCanceledException("What the cell awaits goes on without it.");
        return task.GetAwaiter().GetResult();
    }

    private Compiled? Compile(string code, string name)
    {
        var text = SourceText.From(code, Encoding.UTF8);
        var tree = CSharpSyntaxTree.ParseText(text, CellText.Options, name);
        var root = (CompilationUnitSyntax)tree.GetRoot();
        if (root.Members.Count == 0)
        {
            Open(tree, root, code, text);
            return null;
        }
        var rewritten = CSharpSyntaxTree.Create((CSharpSyntaxNode)InterruptRewriter.Rewrite(tree.GetRoot()), CellText.Options, name, Encoding.UTF8);
        var (compilation, image, symbols) = (Compilation(rewritten), new MemoryStream(), new MemoryStream());
        if (!Emit())
        {
            // Errors are told of the text as it was written.
            (compilation, image, symbols) = (Compilation(tree), new MemoryStream(), new MemoryStream());
            var result = compilation.Emit(image, symbols, options: new(debugInformationFormat: DebugInformationFormat.PortablePdb));
            if (!result.Success) throw CellTrace.Fault(result.Diagnostics, text);
        }
        (image.Position, symbols.Position) = (0, 0);
        var assembly = AssemblyLoadContext.Default.LoadFromStream(image, symbols);
        _assemblies.Add(assembly);
        _compiled++;
        var script = compilation.ScriptClass!;
        // What later cells cannot name is no part of the chain: each of its members makes the compiling of all that follow slower.
        var isChained = _last is null || _referred < References.Metadata.Count || root.Usings.Count > 0 || script.GetMembers().Any(m => !m.IsImplicitlyDeclared && m.CanBeReferencedByName);
        if (isChained)
        {
            (_last, _referred) = (compilation, References.Metadata.Count);
            _texts.Add(new(code, root));
        }
        if (_slots + 2 >= _instances.Length) Array.Resize(ref _instances, _instances.Length * 2);
        var entry = compilation.GetEntryPoint(default)!;
        var type = assembly.GetType(entry.ContainingType.MetadataName, throwOnError: true)!;
        return new(type.GetMethod(entry.MetadataName, BindingFlags.Static | BindingFlags.NonPublic | BindingFlags.Public)!, Declared.Of(script), isChained, root.DescendantNodes().Any(IsFunction));

        bool Emit() => compilation.Emit(image, symbols, options: new(debugInformationFormat: DebugInformationFormat.PortablePdb)).Success;
    }

    /// <summary>A cell of using directives alone: there is nothing to emit and nothing to run, but later cells see them.</summary>
    private void Open(SyntaxTree tree, CompilationUnitSyntax root, string code, SourceText text)
    {
        var compilation = Compilation(tree);
        var errors = compilation.GetDiagnostics().Where(d => d.Severity == DiagnosticSeverity.Error).ToList();
        if (errors.Count > 0) throw CellTrace.Fault(errors, text);
        if (root.Usings.Count == 0) return;
        (_last, _referred) = (compilation, References.Metadata.Count);
        _texts.Add(new(code, root));
        _compiled++;
    }

    private CSharpCompilation Compilation(SyntaxTree tree)
    {
        // References and imports pass from one submission to the next: each is named once.
        var compilation = CSharpCompilation.CreateScriptCompilation($"Cell-{_number}-{_compiled + 1}", tree, References.Metadata.Skip(_referred),
            new CSharpCompilationOptions(OutputKind.DynamicallyLinkedLibrary, usings: _last is null ? Imports : [], optimizationLevel: OptimizationLevel.Release, allowUnsafe: true,
                nullableContextOptions: NullableContextOptions.Disable, concurrentBuild: true, metadataImportOptions: MetadataImportOptions.Public),
            _last, typeof(object));
        // Two threads that bind the same references at once make two symbols of each type, and a later submission may get the one where an import has the other.
        lock (Binding) compilation.GetSpecialType(SpecialType.System_Object);
        return compilation;
    }

    /// <summary>Lets go of what the cell just run has replaced.</summary>
    private void Settle(Compiled cell, bool ended)
    {
        if (_instances[_slots + 1] is not { } instance) return;
        if (!cell.IsChained)
        {
            Release(_slots + 1);
            return;
        }
        if (ended && !cell.HasFunctions) ForgetEarlier(instance);
        var declared = cell.Declared;
        _slots++;
        if (!ended) KeepOldValues(instance, declared);
        var names = declared.ToHashSet();
        foreach (var earlier in _submissions)
            if (earlier.Left.RemoveWhere(names.Contains) > 0 && earlier.Left.Count == 0) Release(earlier.Slot);
        _submissions.RemoveAll(s => s.Left.Count == 0);
        if (names.Count == 0) Release(_slots);
        else _submissions.Add(new(_slots, names));
    }

    private void Release(int slot)
    {
        _instances[slot] = null;
        _released++;
    }

    /// <summary>A cell that did not come to the end leaves variables that it was about to set anew as they were.</summary>
    private void KeepOldValues(object instance, IReadOnlyList<Declared> declared)
    {
        foreach (var variable in declared.Where(d => d.IsVariable))
        {
            if (FieldOf(instance, variable.Name) is not { } field || !IsUnset(field.GetValue(instance))) continue;
            var earlier = _submissions.FindLast(s => s.Left.Contains(variable)) is { } s && _instances[s.Slot] is { } old ? old : null;
            if (earlier is not null && FieldOf(earlier, variable.Name) is { } from && from.FieldType == field.FieldType) field.SetValue(instance, from.GetValue(earlier));
        }

        static FieldInfo? FieldOf(object of, string name) => of.GetType().GetField(name, BindingFlags.Instance | BindingFlags.Public | BindingFlags.NonPublic);
        static bool IsUnset(object? value) => value is null || value.GetType().IsValueType && value.Equals(RuntimeHelpers.GetUninitializedObject(value.GetType()));
    }

    /// <summary>A cell's object holds those of the earlier cells that it names. Once it has run, only its functions can still ask for them.</summary>
    private void ForgetEarlier(object instance)
    {
        foreach (var field in instance.GetType().GetFields(BindingFlags.Instance | BindingFlags.Public | BindingFlags.NonPublic))
            if (field.Name.StartsWith('<') && !field.FieldType.IsNested && _assemblies.Contains(field.FieldType.Assembly)) field.SetValue(instance, null);
    }

    private static bool IsFunction(SyntaxNode node) => node is AnonymousFunctionExpressionSyntax or LocalFunctionStatementSyntax or BaseMethodDeclarationSyntax or BasePropertyDeclarationSyntax or QueryExpressionSyntax;

    /// <summary>A cell ready to run.</summary>
    private sealed record Compiled(MethodInfo Entry, IReadOnlyList<Declared> Declared, bool IsChained, bool HasFunctions);

    /// <summary>A cell's object, and what it declared that no later cell has declared anew.</summary>
    private sealed record Submission(int Slot, HashSet<Declared> Left);

    /// <summary>A name at a cell's top level that needs the cell's object.</summary>
    private readonly record struct Declared(string Name, string Parameters, bool IsVariable)
    {
        public static IReadOnlyList<Declared> Of(INamedTypeSymbol script) =>
        [
            .. script.GetMembers().Where(m => !m.IsStatic && !m.IsImplicitlyDeclared && m.CanBeReferencedByName).Select(m => m switch
            {
                IFieldSymbol => new Declared(m.Name, "", true),
                IMethodSymbol method => new Declared(m.Name, $"`{method.Arity}({string.Join(",", method.Parameters.Select(p => p.Type.ToDisplayString()))})", false),
                IPropertySymbol or IEventSymbol => new Declared(m.Name, "", true),
                _ => default,
            }).Where(d => d.Name is not null),
        ];
    }
}
