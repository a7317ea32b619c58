using System.Numerics;
using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;
using TorchSharp.Modules;
using static TorchSharp.torch;

namespace UnsupClipCap;

/// <summary>
/// AdamW (Loshchilov &amp; Hutter, 2019) as PyTorch computes it. On the CPU each step is one pass over memory, where TorchSharp's own takes
/// a dozen: at GPT-2's size that pass is a quarter of the step's arithmetic. Its state is plain tensors, so that training resumes exactly.
/// </summary>
public sealed class AdamW : IDisposable
{
    private const int Chunk = 1 << 16;
    private readonly List<(string Name, Parameter Value, Tensor M, Tensor V, double Decay)> _parameters;
    private readonly double _beta1;
    private readonly double _beta2;
    private readonly double _epsilon;

    /// <summary>An optimiser of <paramref name="parameters"/>, all float32 and contiguous; <paramref name="decays"/> tells which decay, all by default.</summary>
    public AdamW(IEnumerable<(string Name, Parameter Value)> parameters, double beta1 = 0.9, double beta2 = 0.999, double epsilon = 1e-8, double weightDecay = 0,
        Func<Parameter, bool>? decays = null)
    {
        using var _ = no_grad();
        _parameters = [.. parameters.Where(p => p.Value.requires_grad)
            .Select(p => (p.Name, p.Value, zeros_like(p.Value).DetachFromDisposeScope(), zeros_like(p.Value).DetachFromDisposeScope(), decays?.Invoke(p.Value) ?? true ? weightDecay : 0))];
        (_beta1, _beta2, _epsilon) = (beta1, beta2, epsilon);
    }

    /// <summary>Steps taken.</summary>
    public int Steps { get; private set; }

    /// <summary>Moves the parameters by their gradients and clears these. A parameter without a gradient stays.</summary>
    /// <param name="learningRate">Of this step.</param>
    public void Step(double learningRate)
    {
        using var scope = NewDisposeScope();
        using var _ = no_grad();
        Steps++;
        var unbias1 = 1 - Math.Pow(_beta1, Steps);
        var unbias2 = 1 - Math.Pow(_beta2, Steps);
        var onCpu = new List<(Parameter Value, Tensor Grad, Tensor M, Tensor V, double Decay, long Start)>();
        foreach (var (_, value, m, v, decay) in _parameters)
        {
            if (value.grad is not { } grad) continue;
            if (value.device_type != TorchSharp.DeviceType.CPU) StepOnDevice(value, grad, m, v, decay, learningRate, unbias1, unbias2);
            else
            {
                var contiguous = grad.contiguous();
                for (long start = 0; start < value.numel(); start += Chunk) onCpu.Add((value, contiguous, m, v, decay, start));
            }
        }
        Parallel.ForEach(onCpu, c =>
        {
            var count = (int)Math.Min(Chunk, c.Value.numel() - c.Start);
            Update(Floats(c.Value, c.Start, count), Floats(c.Grad, c.Start, count), Floats(c.M, c.Start, count), Floats(c.V, c.Start, count), c.Decay, learningRate, unbias1, unbias2);
        });
        foreach (var (_, value, _, _, _) in _parameters) value.grad = null;
    }

    /// <summary>The state as named tensors: <c>NAME.m</c> and <c>NAME.v</c>. They stay the optimiser's.</summary>
    public IEnumerable<(string Name, Tensor Value)> State =>
        _parameters.SelectMany(p => new[] { ($"{p.Name}.m", p.M), ($"{p.Name}.v", p.V) });

    /// <summary>Takes up a state that <see cref="State"/> gave after <paramref name="steps"/> steps.</summary>
    public void Restore(IReadOnlyDictionary<string, Tensor> state, int steps)
    {
        using var _ = no_grad();
        foreach (var (name, own) in State) own.copy_(state[name]);
        Steps = steps;
    }

    private void StepOnDevice(Tensor p, Tensor g, Tensor m, Tensor v, double decay, double rate, double unbias1, double unbias2)
    {
        if (decay != 0) p.mul_(1 - rate * decay);
        m.mul_(_beta1).add_(g, alpha: 1 - _beta1);
        v.mul_(_beta2).addcmul_(g, g, 1 - _beta2);
        p.addcdiv_(m, (v.sqrt() / Math.Sqrt(unbias2)).add_(_epsilon), -rate / unbias1);
    }

    private void Update(Span<float> p, Span<float> g, Span<float> m, Span<float> v, double decay, double rate, double unbias1, double unbias2)
    {
        float b1 = (float)_beta1, b2 = (float)_beta2, keep = (float)(1 - rate * decay), step = (float)(rate / unbias1);
        float root = (float)(1 / Math.Sqrt(unbias2)), epsilon = (float)_epsilon;
        var n = Vector<float>.Count;
        var i = 0;
        for (; i <= p.Length - n; i += n)
        {
            var gi = new Vector<float>(g[i..]);
            var mi = new Vector<float>(m[i..]) * b1 + gi * (1 - b1);
            var vi = new Vector<float>(v[i..]) * b2 + gi * gi * (1 - b2);
            mi.CopyTo(m[i..]);
            vi.CopyTo(v[i..]);
            (new Vector<float>(p[i..]) * keep - mi * step / (Vector.SquareRoot(vi) * root + new Vector<float>(epsilon))).CopyTo(p[i..]);
        }
        for (; i < p.Length; i++)
        {
            m[i] = m[i] * b1 + g[i] * (1 - b1);
            v[i] = v[i] * b2 + g[i] * g[i] * (1 - b2);
            p[i] = p[i] * keep - m[i] * step / (MathF.Sqrt(v[i]) * root + epsilon);
        }
    }

    private static unsafe Span<float> Floats(Tensor t, long start, int count)
    {
        // Tensor.bytes is a span and so ends at 2 GB; the pointer behind it does not.
        ref var first = ref MemoryMarshal.GetReference(t.bytes);
        return new Span<float>((float*)Unsafe.AsPointer(ref first) + start, count);
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        foreach (var (_, _, m, v, _) in _parameters)
        {
            m.Dispose();
            v.Dispose();
        }
    }
}
