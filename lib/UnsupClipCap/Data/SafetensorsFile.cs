using System.IO.MemoryMappedFiles;
using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;
using Microsoft.Win32.SafeHandles;
using static TorchSharp.torch;

namespace UnsupClipCap;

/// <summary>
/// A safetensors file mapped into memory: its tensors are views of the mapping, read from disk as they are touched and copied nowhere.
/// The mapping is private: what is written into such a tensor stays in memory. It lives until the file object and every tensor are disposed.
/// </summary>
/// <remarks>The file must not be cut short meanwhile; one that is replaced by renaming, as <see cref="Safetensors.Write"/> does, stays as it was.</remarks>
public sealed unsafe class SafetensorsFile : IDisposable
{
    private static readonly Lock Gate = new();
    private static readonly Dictionary<nint, (SafeMemoryMappedViewHandle View, int Count)> Shared = [];

    private readonly Dictionary<string, SafetensorsEntry> _entries;
    private readonly MemoryMappedFile? _map;
    private readonly MemoryMappedViewAccessor? _view;
    private readonly long _start;

    private SafetensorsFile(SafetensorsHeader header, MemoryMappedFile? map, string path)
    {
        (Path, Metadata, _start) = (path, header.Metadata, header.Start);
        _entries = header.Entries.ToDictionary(e => e.Name);
        _map = map;
        _view = map?.CreateViewAccessor(0, 0, MemoryMappedFileAccess.CopyOnWrite);
    }

    /// <summary>The file.</summary>
    public string Path { get; }

    /// <summary>Names of its tensors, in the order of their bytes.</summary>
    public IEnumerable<string> Names => _entries.Values.OrderBy(e => e.Begin).Select(e => e.Name);

    /// <summary>Its <c>__metadata__</c>.</summary>
    public IReadOnlyDictionary<string, string> Metadata { get; }

    /// <summary>Opens and checks a file; no tensor is read yet.</summary>
    /// <exception cref="UserException">It is absent or not in the format: names the tensor and what is wrong.</exception>
    public static SafetensorsFile Open(string path)
    {
        using var file = Safetensors.OpenRead(path);
        var header = SafetensorsHeader.Read(file, path);
        if (header.Start == file.Length) return new(header, null, path);
        var map = MemoryMappedFile.CreateFromFile(file, null, 0, MemoryMappedFileAccess.Read, HandleInheritability.None, leaveOpen: true);
        try
        {
            return new(header, map, path);
        }
        catch (IOException e)
        {
            map.Dispose();
            throw new UserException($"{path} could not be mapped into memory: {e.Message.TrimEnd('.')}. Free some address space, or move it to a local disk.", e);
        }
    }

    /// <summary>One tensor, on the CPU and in its stored type.</summary>
    /// <exception cref="UserException">There is none of this name.</exception>
    public Tensor Tensor(string name)
    {
        if (!_entries.TryGetValue(name, out var entry)) throw new UserException($"{Path} holds no tensor '{name}'; it has {_entries.Count} others. Use the model's own file.");
        if (entry.End == entry.Begin) return empty(entry.Shape, entry.Type);
        ObjectDisposedException.ThrowIf(_view!.SafeMemoryMappedViewHandle.IsClosed, this);
        var view = _view.SafeMemoryMappedViewHandle;
        byte* data = null;
        view.AcquirePointer(ref data);                                              // holds the mapping until the tensor goes
        data += _view.PointerOffset + _start + entry.Begin;
        if ((nint)data % entry.Size != 0)                                           // a header that was not filled up: vector code may insist on alignment
        {
            try
            {
                var copy = empty(entry.Shape, entry.Type);
                Safetensors.Fill(copy, entry, (chunk, at) => new ReadOnlySpan<byte>(data + at, chunk.Length).CopyTo(chunk));
                return copy;
            }
            finally
            {
                view.ReleasePointer();
            }
        }
        lock (Gate) Shared[(nint)data] = (view, Shared.GetValueOrDefault((nint)data).Count + 1);
        fixed (long* shape = entry.Shape)
        {
            var handle = THSTensor_new((nint)data, &Release, shape, entry.Shape.Length, (sbyte)entry.Type, (sbyte)entry.Type, 0, -1, 0);
            return handle != 0 ? TorchSharp.torch.Tensor.UnsafeCreateTensor(handle) : throw new InvalidOperationException($"libtorch made no tensor of '{name}'.");
        }
    }

    /// <summary>All tensors by name. The caller disposes them.</summary>
    public Dictionary<string, Tensor> Tensors() => _entries.Keys.ToDictionary(name => name, Tensor);

    [UnmanagedCallersOnly(CallConvs = [typeof(CallConvCdecl)])]
    private static void Release(nint data)
    {
        SafeMemoryMappedViewHandle? view = null;
        lock (Gate)
        {
            if (!Shared.TryGetValue(data, out var shared)) return;
            view = shared.View;
            if (shared.Count > 1) Shared[data] = (view, shared.Count - 1);
            else Shared.Remove(data);
        }
        view.ReleasePointer();
    }

    // TorchSharp offers no tensor over memory that is not a managed array; its own native function, which those are made by, does.
    [DllImport("LibTorchSharp")]
    private static extern nint THSTensor_new(nint data, delegate* unmanaged[Cdecl]<nint, void> deleter, long* shape, int dimensions, sbyte type, sbyte dtype, int deviceType, int deviceIndex, byte requiresGrad);

    /// <inheritdoc/>
    public void Dispose()
    {
        _view?.Dispose();
        _map?.Dispose();
    }
}
