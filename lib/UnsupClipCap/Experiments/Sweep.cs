using System.Globalization;
using UnsupClipCap.Metrics;

namespace UnsupClipCap;

/// <summary>An alignment along one of its parameters: only fits and captions are made anew.</summary>
[TypeFormatterSource(typeof(HtmlFormatters))]
public sealed class Sweep : IHtml
{
    private readonly AlignmentStudy _study;

    private Sweep(AlignmentStudy study, string parameter, IReadOnlyList<Point> points) => (_study, Parameter, Points) = (study, parameter, ResultTables.Shown(points, p => p.Table()));

    /// <summary>One value.</summary>
    /// <param name="Value">The parameter's.</param>
    /// <param name="Row">The method's row there.</param>
    public sealed record Point(double Value, AlignmentStudy.Row Row);

    /// <summary>The parameter's name.</summary>
    public string Parameter { get; }

    /// <summary>A point a value, in the order given.</summary>
    public IReadOnlyList<Point> Points { get; }

    /// <summary>Runs a method along its parameter.</summary>
    /// <param name="study">Data.</param>
    /// <param name="captioner">Who captions.</param>
    /// <param name="method">The method of a value.</param>
    /// <param name="values">One or more.</param>
    /// <param name="parameter">What the axis is called.</param>
    /// <param name="limit">Test images to use; 0 for all.</param>
    public static Sweep Run(Study study, Captioner captioner, Func<double, IAlignment> method, IReadOnlyList<double> values, string parameter = "parameter", int limit = 0)
    {
        if (values.Count == 0) throw new UserException($"A sweep along {parameter} needs one value or more; there is none.");
        var methods = values.Select(v => (Value: v, Method: method(v))).ToList();               // a value out of range is told before any work
        var alignment = AlignmentStudy.Run(study, captioner, [], limit);
        return new(alignment, parameter, [.. methods.Select(m => new Point(m.Value, alignment.Measure(m.Method)))]);
    }

    /// <summary>Runs a method by name along one of its parameters: <c>Sweep.Run(study, captioner, "mean shift", "step", values)</c>.</summary>
    /// <exception cref="UserException">The method or the parameter is not known, or a value is out of its range.</exception>
    public static Sweep Run(Study study, Captioner captioner, string method, string parameter, IReadOnlyList<double> values, int limit = 0) =>
        Run(study, captioner, value => Alignments.Named(FormattableString.Invariant($"{method}({parameter}={value})")), values, parameter, limit);

    /// <summary>A line a value: gap, retrieval and scores.</summary>
    public ScoreTable Table()
    {
        var rows = Points.Select(p => _study.ScoresOf(p.Row)).ToList();
        var table = ScoreTable.OfAlignment(rows, paper: false);
        return table with
        {
            LabelHeadings = [Parameter],
            Lines = [.. table.Lines.Select((line, i) => line with { Labels = [Points[i].Value.ToString("0.####", CultureInfo.InvariantCulture)] })],
        };
    }

    /// <summary>The average along the parameter.</summary>
    public LineChart Chart()
    {
        var average = ScoreNames.CommonAverage(Points.Select(p => p.Row.Evaluated.Row)) ?? ScoreNames.Average6;
        return new($"{Points[0].Row.Method.Name.Split('(')[0]} along {Parameter}", Parameter, ScoreNames.Heading(average),
            [new("captions", [.. Points.Select(p => new ChartPoint(p.Value, p.Row.Evaluated.Row[average]))])]);
    }

    /// <inheritdoc/>
    public string ToHtml() => ResultHtml.Of(Chart(), Table());

    /// <inheritdoc/>
    public override string ToString() => Table().ToText();
}
