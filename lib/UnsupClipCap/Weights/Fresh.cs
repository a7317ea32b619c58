using TorchSharp.Modules;
using static TorchSharp.torch;

namespace UnsupClipCap;

/// <summary>
/// Parameters and layers of new models: with random weights, or blank where a file is about to fill them all (<see cref="ModuleWeights.Make"/>). To draw 150 million normal
/// numbers, only to write over them, takes five times as long as to read them.
/// </summary>
internal static class Fresh
{
    [ThreadStatic]
    private static bool _isBlank;

    /// <summary>Makes a model whose weights are whatever memory holds: its maker must fill every one, or dispose it.</summary>
    public static T Blank<T>(Func<T> make)
    {
        var before = _isBlank;
        _isBlank = true;
        try
        {
            return make();
        }
        finally
        {
            _isBlank = before;
        }
    }

    /// <summary>A parameter of this shape, normal with mean 0.</summary>
    public static Parameter Normal(double std, params long[] shape) => new(_isBlank ? empty(shape) : nn.init.normal_(empty(shape), 0, std));

    /// <summary>Brings a layer's weight to a normal distribution with mean 0; leaves a blank one alone.</summary>
    public static void MakeNormal(Tensor weight, double std)
    {
        if (!_isBlank) nn.init.normal_(weight, 0, std);
    }

    /// <summary>PyTorch's linear layer with its own initial weights.</summary>
    public static Linear Linear(long input, long output, bool hasBias = true)
    {
        if (!_isBlank) return nn.Linear(input, output, hasBias);
        var layer = nn.Linear(input, output, hasBias, Nowhere);
        layer.weight = new(empty(output, input));
        if (hasBias) layer.bias = new(empty(output));
        return layer;
    }

    /// <summary>PyTorch's table of embeddings with its own initial weights.</summary>
    public static Embedding Embedding(long count, long width)
    {
        if (!_isBlank) return nn.Embedding(count, width);
        var layer = nn.Embedding(count, width, device: Nowhere);
        layer.weight = new(empty(count, width));
        return layer;
    }

    /// <summary>PyTorch's convolution without bias with its own initial weights.</summary>
    public static Conv2d Convolution(long input, long output, long kernel, long stride = 1, long padding = 0)
    {
        if (!_isBlank) return nn.Conv2d(input, output, kernel, stride, padding, bias: false);
        var layer = nn.Conv2d(input, output, kernel, stride, padding, bias: false, device: Nowhere);
        layer.weight = new(empty(output, input, kernel, kernel));
        return layer;
    }

    /// <summary>A device whose tensors have shapes and no memory.</summary>
    private static Device Nowhere => new(TorchSharp.DeviceType.META);
}
