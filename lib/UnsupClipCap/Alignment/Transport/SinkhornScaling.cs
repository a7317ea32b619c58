using static TorchSharp.torch;

namespace UnsupClipCap;

/// <summary>
/// The state of Sinkhorn's iterations: T = diag(u) K diag(v) with K[i, j] = exp((f[i] + g[j] - C[i, j]) / epsilon). The scalings u and v change from iteration to
/// iteration; before they leave what floating numbers can hold they are absorbed into the potentials f and g (Schmitzer, 2019, section 3.1).
/// </summary>
internal interface ISinkhornScaling : IDisposable
{
    /// <summary>One iteration in the log domain, which no epsilon is too small for; K is made anew, u and v are 1.</summary>
    void IterateLogs(double epsilon);

    /// <summary>One iteration by matrix products: u = u (a / u K v)^omega, then v = v (b / v K' u)^omega. With omega 1 that is u = a / K v, v = b / K' u.</summary>
    /// <returns>
    /// sum |T 1 - a| before it and sum |T' 1 - b| in its middle; not numbers where u or v would leave their bounds: then nothing has changed, and
    /// <see cref="IterateLogs"/> is due.
    /// </returns>
    (double Rows, double Columns) Iterate(double omega);

    /// <summary>The plan from the potentials with u and v absorbed, and sum |T 1 - a| + sum |T' 1 - b| of it.</summary>
    (Tensor Plan, Tensor F, Tensor G, double Error) Plan();
}
