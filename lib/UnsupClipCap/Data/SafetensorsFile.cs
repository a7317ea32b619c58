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
        // A header that was not filled up leaves tensors unaligned, and vector code may insist on alignment.
        if ((nint)data % entry.Size == 0 && Over((nint)data, view, entry) is { } mapped) return mapped;
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

    /// <summary>A tensor over memory of the mapping, which holds it; null where libtorch makes none.</summary>
    private static Tensor? Over(nint data, SafeMemoryMappedViewHandle view, SafetensorsEntry entry)
    {
        if (NewTensor.Value == 0) return null;
        lock (Gate) Shared[data] = (view, Shared.GetValueOrDefault(data).Count + 1);
        fixed (long* shape = entry.Shape)
        {
            var make = (delegate* unmanaged[Cdecl]<nint, delegate* unmanaged[Cdecl]<nint, void>, long*, int, sbyte, sbyte, int, int, byte, nint>)NewTensor.Value;
            var handle = make(data, &Release, shape, entry.Shape.Length, (sbyte)entry.Type, (sbyte)entry.Type, 0, -1, 0);
            if (handle != 0) return TorchSharp.torch.Tensor.UnsafeCreateTensor(handle);
        }
        Forget(data);
        return null;
    }

    /// <summary>All tensors by name. The caller disposes them.</summary>
    public Dictionary<string, Tensor> Tensors() => _entries.Keys.ToDictionary(name => name, Tensor);

    [UnmanagedCallersOnly(CallConvs = [typeof(CallConvCdecl)])]
    private static void Release(nint data) => Forget(data)?.ReleasePointer();

    private static SafeMemoryMappedViewHandle? Forget(nint data)
    {
        lock (Gate)
        {
            if (!Shared.TryGetValue(data, out var shared)) return null;
            if (shared.Count > 1) Shared[data] = (shared.View, shared.Count - 1);
            else Shared.Remove(data);
            return shared.View;
        }
    }

    // TorchSharp offers no tensor over memory that is not a managed array; the native function that it makes those with does.
    private static readonly Lazy<nint> NewTensor = new(() =>
        NativeLibrary.TryLoad("LibTorchSharp", typeof(TorchSharp.torch).Assembly, null, out var library) && NativeLibrary.TryGetExport(library, "THSTensor_new", out var function) ? function : 0);

    /// <inheritdoc/>
    public void Dispose()
    {
        _view?.Dispose();
        _map?.Dispose();
    }
}
