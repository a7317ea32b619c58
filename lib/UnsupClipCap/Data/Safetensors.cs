using System.Buffers.Binary;
using System.Text.Json;
using static TorchSharp.torch;

namespace UnsupClipCap;

/// <summary>
/// Reads and writes the safetensors format (Hugging Face): an 8-byte little-endian header length, a JSON header
/// <c>{name: {dtype, shape, data_offsets}, "__metadata__": {…}}</c>, then the tensors' bytes.
/// </summary>
public static class Safetensors
{
    private const int Chunk = 1 << 30;                      // a span holds no more than 2 GB

    /// <summary>Reads every tensor (on the CPU, in its stored type) and the metadata of <paramref name="path"/>, straight into the tensors' memory.</summary>
    /// <exception cref="UserException">The file is absent, truncated or not in the format: names the tensor and what is wrong.</exception>
    public static (Dictionary<string, Tensor> Tensors, Dictionary<string, string> Metadata) Read(string path)
    {
        using var file = OpenRead(path);
        var header = SafetensorsHeader.Read(file, path);
        var tensors = new Dictionary<string, Tensor>(header.Entries.Count);
        try
        {
            foreach (var entry in header.Entries)
            {
                var tensor = empty(entry.Shape, entry.Type);
                tensors.Add(entry.Name, tensor);
                Fill(tensor, entry, (chunk, at) => RandomAccessRead(file, chunk, header.Start + entry.Begin + at));
            }
        }
        catch (EndOfStreamException e)
        {
            foreach (var tensor in tensors.Values) tensor.Dispose();
            throw SafetensorsHeader.Bad(path, "it ended while it was read", e);
        }
        return (tensors, header.Metadata);
    }

    /// <summary>Reads the metadata alone.</summary>
    /// <exception cref="UserException">The file is absent, truncated or not in the format.</exception>
    public static Dictionary<string, string> ReadMetadata(string path)
    {
        using var file = OpenRead(path);
        return SafetensorsHeader.Read(file, path).Metadata;
    }

    internal static FileStream OpenRead(string path)
    {
        if (Directory.Exists(path)) throw new UserException($"{path} is a folder; expected a safetensors file. Name the file in it.");
        if (!File.Exists(path)) throw new UserException($"{path} does not exist.");
        try
        {
            return new FileStream(path, FileMode.Open, FileAccess.Read, FileShare.Read | FileShare.Delete, 0);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            throw new UserException($"{path} could not be opened: {e.Message.TrimEnd('.')}. See that it may be read.", e);
        }
    }

    internal delegate void Piece(Span<byte> chunk, long at);

    /// <summary>Fills a new tensor's memory piece by piece.</summary>
    internal static void Fill(Tensor tensor, SafetensorsEntry entry, Piece read)
    {
        var length = entry.End - entry.Begin;
        if (length is > 0 and <= Chunk) read(tensor.bytes, 0);
        if (length <= Chunk) return;
        using var flat = tensor.view(-1);
        var step = Chunk / entry.Size;
        for (long at = 0; at < flat.shape[0]; at += step)
        {
            using var part = flat.narrow(0, at, Math.Min(step, flat.shape[0] - at));
            read(part.bytes, at * entry.Size);
        }
    }

    private static void RandomAccessRead(FileStream file, Span<byte> chunk, long at)
    {
        file.Position = at;
        file.ReadExactly(chunk);
    }

    /// <summary>Writes <paramref name="tensors"/>, atomically: the widest types first, so that every tensor lies aligned, then in ordinal order of their names.</summary>
    public static void Write(string path, IReadOnlyDictionary<string, Tensor> tensors, IReadOnlyDictionary<string, string>? metadata = null)
    {
        using var scope = NewDisposeScope();
        var ordered = tensors.OrderByDescending(t => t.Value.element_size()).ThenBy(t => t.Key, StringComparer.Ordinal).Select(t => (t.Key, Value: t.Value.cpu().contiguous())).ToList();
        using var header = new MemoryStream();
        using (var json = new Utf8JsonWriter(header))
        {
            json.WriteStartObject();
            if (metadata is { Count: > 0 })
            {
                json.WriteStartObject("__metadata__");
                foreach (var (key, value) in metadata.OrderBy(m => m.Key, StringComparer.Ordinal)) json.WriteString(key, value);
                json.WriteEndObject();
            }
            long offset = 0;
            foreach (var (name, tensor) in ordered)
            {
                var type = SafetensorsHeader.Types.FirstOrDefault(t => t.Type == tensor.dtype);
                if (type.Name is null) throw new ArgumentException($"{name} is of type {tensor.dtype}, which safetensors files do not hold.");
                json.WriteStartObject(name);
                json.WriteString("dtype", type.Name);
                json.WriteStartArray("shape");
                foreach (var size in tensor.shape) json.WriteNumberValue(size);
                json.WriteEndArray();
                json.WriteStartArray("data_offsets");
                json.WriteNumberValue(offset);
                json.WriteNumberValue(offset += tensor.numel() * type.Size);
                json.WriteEndArray();
                json.WriteEndObject();
            }
            json.WriteEndObject();
        }
        while (header.Length % 8 != 0) header.WriteByte((byte)' ');
        AtomicFile.Write(path, stream =>
        {
            Span<byte> length = stackalloc byte[8];
            BinaryPrimitives.WriteInt64LittleEndian(length, header.Length);
            stream.Write(length);
            header.WriteTo(stream);
            foreach (var (_, tensor) in ordered) WriteBytes(stream, tensor);
        });
    }

    private static void WriteBytes(Stream stream, Tensor tensor)
    {
        using var flat = tensor.view(-1);
        var step = Chunk / 8;                               // elements, of 8 bytes at most
        for (long at = 0; at < flat.shape[0]; at += step)
        {
            using var part = flat.narrow(0, at, Math.Min(step, flat.shape[0] - at));
            stream.Write(part.bytes);
        }
    }
}
