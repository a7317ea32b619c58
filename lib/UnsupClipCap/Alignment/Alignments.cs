using System.Globalization;
using System.Reflection;
using System.Text;

namespace UnsupClipCap;

/// <summary>
/// The alignment methods by name, as tables write them and as command lines and cells ask for them: <c>mean shift</c>, <c>mean shift(step=0.5)</c>,
/// <c>rotation(signs=third moment)</c>. The parameters are those of each record's constructor.
/// </summary>
public static class Alignments
{
    /// <summary>Every method with its defaults: the paper's four as it writes them, these mended, then others.</summary>
    public static IReadOnlyList<IAlignment> All { get; } =
    [
        new None(), new MeanShift(), new Rotation(), new OptimalTransport(),
        new Rotation(Signs.ThirdMoment), new Rotation(Signs.Paired), new Barycentric(), new NeighbourTransport(), new EntropicBarycentric(), new EntropicMap(), new GaussianMap(),
        new Standardised(), new Whitening(), new Coral(), new BothMeansRemoved(), new CaptionMemory(), new NearestCaptions(), new Procrustes(), new RidgeRegression(),
    ];

    /// <summary>The names without parameters.</summary>
    public static IReadOnlyList<string> Titles { get; } = [.. All.Cast<Alignment>().Select(a => a.Title).Distinct()];

    /// <summary>The method of that name, which may carry parameters. Letter case and spaces around names and values do not matter.</summary>
    /// <exception cref="UserException">There is none of that name (the nearest is told), or a parameter is unknown, no number or out of its range.</exception>
    public static IAlignment Named(string name)
    {
        ArgumentNullException.ThrowIfNull(name);
        var open = name.IndexOf('(', StringComparison.Ordinal);
        var title = (open < 0 ? name : name[..open]).Trim();
        var method = All.Cast<Alignment>().FirstOrDefault(a => a.Title.Equals(title, StringComparison.OrdinalIgnoreCase))
            ?? throw new UserException($"'{title}' is no alignment method. {(Spelling.Nearest(title.ToLowerInvariant(), Titles) is { } near ? $"Did you mean '{near}'? " : "")}The methods are: {string.Join(", ", Titles)}.");
        if (open < 0) return Make(method, []);
        if (!name.TrimEnd().EndsWith(')')) throw new UserException($"'{name.Trim()}' has no closing bracket; write it as {method.Title}(parameter=value).");
        var inside = name[(open + 1)..name.LastIndexOf(')')];
        return Make(method, [.. inside.Split(',', StringSplitOptions.TrimEntries | StringSplitOptions.RemoveEmptyEntries)]);
    }

    /// <summary>The methods of a list of names with commas between them; commas within brackets part parameters.</summary>
    /// <exception cref="UserException">As <see cref="Named"/>; or the list is empty, or names a method twice.</exception>
    public static IReadOnlyList<IAlignment> Parse(string names)
    {
        ArgumentNullException.ThrowIfNull(names);
        var (parts, part, depth) = (new List<string>(), new StringBuilder(), 0);
        foreach (var c in names)
        {
            depth += c == '(' ? 1 : c == ')' ? -1 : 0;
            if (c == ',' && depth <= 0)
            {
                parts.Add(part.ToString());
                part.Clear();
            }
            else part.Append(c);
        }
        parts.Add(part.ToString());
        var methods = parts.Where(p => !string.IsNullOrWhiteSpace(p)).Select(Named).ToList();
        if (methods.Count == 0) throw new UserException($"No alignment method is named. The methods are: {string.Join(", ", Titles)}.");
        if (methods.GroupBy(m => m.Name).FirstOrDefault(g => g.Count() > 1) is { } twice) throw new UserException($"'{twice.Key}' is named {twice.Count()} times; once is enough.");
        return methods;
    }

    /// <summary>The parameters that a method takes with their values, in the order of its constructor: empty where it takes none.</summary>
    public static IReadOnlyList<(string Name, string Value)> Parameters(IAlignment method) =>
        method is Alignment ? [.. Constructor(method).GetParameters().Select(p => (p.Name!, Text(Value(method, p))))] : [];

    /// <summary>The title and the parameters that are not the defaults.</summary>
    internal static string NameOf(Alignment method)
    {
        var changed = Constructor(method).GetParameters().Where(p => !Equals(Value(method, p), Default(p))).Select(p => $"{p.Name}={Text(Value(method, p))}").ToList();
        return changed.Count == 0 ? method.Title : $"{method.Title}({string.Join(", ", changed)})";
    }

    private static Alignment Make(Alignment method, IReadOnlyList<string> settings)
    {
        var constructor = Constructor(method);
        var parameters = constructor.GetParameters();
        var values = parameters.Select(Default).ToArray();
        var takes = parameters.Length == 0 ? "It takes no parameters." : $"It takes: {string.Join(", ", parameters.Select((p, i) => $"{p.Name} ({Text(values[i])} if not given)"))}.";
        var seen = new HashSet<int>();
        foreach (var setting in settings)
        {
            var parts = setting.Split('=', 2, StringSplitOptions.TrimEntries);
            if (parts.Length < 2) throw new UserException($"{method.Title}: '{setting}' is no setting; write parameter=value. {takes}");
            var at = Array.FindIndex(parameters, p => p.Name!.Equals(parts[0], StringComparison.OrdinalIgnoreCase));
            if (at < 0) throw new UserException($"{method.Title} has no parameter '{parts[0]}'. {takes}");
            if (!seen.Add(at)) throw new UserException($"{method.Title}: '{parameters[at].Name}' is set twice.");
            values[at] = Read(method.Title, parameters[at], parts[1]);
        }
        try
        {
            return (Alignment)constructor.Invoke(values);
        }
        catch (TargetInvocationException e) when (e.InnerException is UserException inner)
        {
            throw new UserException(inner.Message);
        }
    }

    private static object Read(string title, ParameterInfo parameter, string text)
    {
        var type = parameter.ParameterType;
        if (type == typeof(double) && double.TryParse(text, NumberStyles.Float, CultureInfo.InvariantCulture, out var number)) return number;
        if (type == typeof(int) && int.TryParse(text, NumberStyles.AllowLeadingSign, CultureInfo.InvariantCulture, out var whole)) return whole;
        if (type == typeof(bool) && (text.ToLowerInvariant() switch { "true" or "yes" => true, "false" or "no" => false, _ => (bool?)null }) is { } flag) return flag;
        var names = type.IsEnum ? Enum.GetNames(type) : [];
        if (names.FirstOrDefault(n => n.Equals(text.Replace(" ", "", StringComparison.Ordinal), StringComparison.OrdinalIgnoreCase)) is { } known) return Enum.Parse(type, known);
        var expected = type.IsEnum ? $"one of: {string.Join(", ", names.Select(Words))}" : type == typeof(int) ? "a whole number" : type == typeof(bool) ? "true or false" : "a number, with a point for decimals";
        throw new UserException($"{title}: {parameter.Name} is '{text}'; expected {expected}.");
    }

    // The public constructor with the most parameters; a record's copy constructor is not public.
    private static ConstructorInfo Constructor(IAlignment method) => method.GetType().GetConstructors().MaxBy(c => c.GetParameters().Length)!;

    private static object? Value(IAlignment method, ParameterInfo parameter) =>
        method.GetType().GetProperty(parameter.Name!, BindingFlags.Public | BindingFlags.Instance | BindingFlags.IgnoreCase)!.GetValue(method);

    private static object? Default(ParameterInfo parameter) =>
        parameter.ParameterType.IsEnum ? Enum.ToObject(parameter.ParameterType, parameter.DefaultValue!) : parameter.DefaultValue;

    private static string Text(object? value) => value switch
    {
        Enum e => Words(e.ToString()),
        bool flag => flag ? "true" : "false",
        _ => Convert.ToString(value, CultureInfo.InvariantCulture)!,
    };

    private static string Words(string name) => string.Concat(name.Select((c, i) => i > 0 && char.IsUpper(c) ? $" {char.ToLowerInvariant(c)}" : char.ToLowerInvariant(c).ToString()));
}
