using System.Buffers.Binary;
using System.Text;
using Xunit;
using static TorchSharp.torch;

namespace UnsupClipCap.Tests;

public class SafetensorsTests
{
    private static readonly string Folder = Directory.CreateTempSubdirectory().FullName;

    private static string FileOf(string header, int data)
    {
        var path = Path.Combine(Folder, $"{Guid.NewGuid():N}.safetensors");
        var length = new byte[8];
        BinaryPrimitives.WriteInt64LittleEndian(length, Encoding.UTF8.GetByteCount(header));
        File.WriteAllBytes(path, [.. length, .. Encoding.UTF8.GetBytes(header), .. new byte[data]]);
        return path;
    }

    [Fact]
    public void Tensors_come_back_as_they_were()
    {
        var path = Path.Combine(Folder, "a.safetensors");
        var tensors = new Dictionary<string, Tensor> { ["f"] = randn(3, 4), ["h"] = randn(2).to(ScalarType.Float16), ["i"] = arange(5), ["none"] = empty(0, 3), ["scalar"] = tensor(2.5) };
        Safetensors.Write(path, tensors, new Dictionary<string, string> { ["note"] = "x\n\"y\"" });
        var (read, metadata) = Safetensors.Read(path);
        Assert.Equal("x\n\"y\"", metadata["note"]);
        Assert.Equal(tensors.Keys.Order(), read.Keys.Order());
        foreach (var (name, tensor) in tensors)
        {
            Assert.Equal(tensor.dtype, read[name].dtype);
            Assert.Equal(tensor.shape, read[name].shape);
            Assert.True(tensor.equal(read[name]).all().item<bool>(), name);
        }
    }

    [Theory]
    [InlineData("{\"a\":{\"dtype\":\"F32\",\"shape\":[2],\"data_offsets\":[0,8]}", 8, "header")]
    [InlineData("{\"a\":{\"dtype\":\"F32\",\"shape\":[2],\"data_offsets\":[0,16]}}", 8, "'a' has data_offsets [0, 16]")]
    [InlineData("{\"a\":{\"dtype\":\"F32\",\"shape\":[3],\"data_offsets\":[0,8]}}", 8, "'a' of shape [3]")]
    [InlineData("{\"a\":{\"dtype\":\"F32\",\"shape\":[-2],\"data_offsets\":[0,8]}}", 8, "'a' has the shape [-2]")]
    [InlineData("{\"a\":{\"dtype\":\"F32\",\"shape\":[4611686018427387904,8],\"data_offsets\":[0,8]}}", 8, "'a' of shape")]
    [InlineData("{\"a\":{\"dtype\":\"Q4\",\"shape\":[2],\"data_offsets\":[0,8]}}", 8, "'Q4'")]
    [InlineData("{\"a\":{\"dtype\":\"U8\",\"shape\":[6],\"data_offsets\":[0,6]},\"b\":{\"dtype\":\"U8\",\"shape\":[4],\"data_offsets\":[4,8]}}", 8, "overlap")]
    [InlineData("{\"a\":{\"dtype\":\"U8\",\"shape\":[4],\"data_offsets\":[0,4]},\"a\":{\"dtype\":\"U8\",\"shape\":[4],\"data_offsets\":[4,8]}}", 8, "twice")]
    [InlineData("{\"a\":{\"shape\":[2],\"data_offsets\":[0,8]}}", 8, "header")]
    [InlineData("[1]", 8, "header")]
    [InlineData("{\"a\":{\"dtype\":\"U8\",\"shape\":[4],\"data_offsets\":[4,8]}}", 8, "the 4 bytes before 'a'")]
    [InlineData("{\"a\":{\"dtype\":\"U8\",\"shape\":[2],\"data_offsets\":[0,2]},\"b\":{\"dtype\":\"U8\",\"shape\":[4],\"data_offsets\":[4,8]}}", 8, "the 2 bytes before 'b'")]
    [InlineData("{\"a\":{\"dtype\":\"U8\",\"shape\":[4],\"data_offsets\":[0,4]}}", 8, "its tensors take 4 bytes, and 8")]
    [InlineData("{\"a\":{\"dtype\":\"U8\",\"shape\":[0,4611686018427387904],\"data_offsets\":[0,0]}}", 0, "'a' of shape")]
    [InlineData("{\"a\":{\"dtype\":\"U8\",\"shape\":[4],\"data_offsets\":[-4,0]}}", 8, "'a' has data_offsets [-4, 0]")]
    [InlineData("{\"a\":{\"dtype\":\"U8\",\"shape\":[4],\"data_offsets\":[8,4]}}", 8, "'a' has data_offsets [8, 4]")]
    [InlineData("{\"a\":{\"dtype\":\"U8\",\"shape\":[4],\"data_offsets\":[0,9223372036854775808]}}", 8, "'a' has data_offsets [0,9223372036854775808]")]
    [InlineData("{\"a\":{\"dtype\":\"U8\",\"shape\":[1.5],\"data_offsets\":[0,4]}}", 8, "'a' has shape [1.5]")]
    [InlineData("{\"a\":{\"dtype\":\"U8\",\"shape\":4,\"data_offsets\":[0,4]}}", 8, "'a' has shape 4")]
    [InlineData("{\"a\":7}", 8, "'a' is 7")]
    [InlineData("{\"a\":{\"dtype\":\"U8\",\"data_offsets\":[0,4]}}", 8, "'shape'")]
    [InlineData("{\"__metadata__\":{\"format\":1}}", 0, "'__metadata__.format'")]
    [InlineData("{\"a\":[[[[[[[[[[[[[[1]]]]]]]]]]]]]]}", 0, "header")]
    [InlineData("{\"\\ud800\":{\"dtype\":\"U8\",\"shape\":[4],\"data_offsets\":[0,4]}}", 4, "header")]
    public void A_header_that_lies_is_an_error_naming_the_file_and_the_tensor(string header, int data, string expected)
    {
        var path = FileOf(header, data);
        var error = Assert.Throws<UserException>(() => Safetensors.Read(path));
        Assert.Contains(path, error.Message);
        Assert.Contains(expected, error.Message);
    }

    [Fact]
    public void Mapped_tensors_are_those_read_and_outlive_the_file_object()
    {
        var path = Path.Combine(Folder, "mapped.safetensors");
        var types = new[] { ScalarType.Float64, ScalarType.Float32, ScalarType.Float16, ScalarType.BFloat16, ScalarType.Int64, ScalarType.Int32, ScalarType.Int16, ScalarType.Int8, ScalarType.Byte, ScalarType.Bool };
        var tensors = types.ToDictionary(t => $"{t}", t => randint(0, 100, [3, 5]).to(t));
        tensors.Add("none", empty(0, 3));
        tensors.Add("scalar", tensor(2.5));
        Safetensors.Write(path, tensors);
        Dictionary<string, Tensor> read;
        using (var file = SafetensorsFile.Open(path)) read = file.Tensors();
        GC.Collect();
        if (OperatingSystem.IsLinux()) Assert.Contains(path, File.ReadAllText("/proc/self/maps"));           // not copied
        Assert.Equal(tensors.Keys.Order(), read.Keys.Order());
        foreach (var (name, tensor) in tensors)
        {
            Assert.Equal(tensor.dtype, read[name].dtype);
            Assert.Equal(tensor.shape, read[name].shape);
            Assert.True(tensor.equal(read[name]).all().item<bool>(), name);
        }
        read["Float32"].fill_(-1);                          // the mapping is private: the file stays as it was
        Assert.True(Safetensors.Read(path).Tensors["Float32"].equal(tensors["Float32"]).all().item<bool>());
        foreach (var tensor in read.Values) tensor.Dispose();
        if (OperatingSystem.IsLinux()) Assert.DoesNotContain(path, File.ReadAllText("/proc/self/maps"));
    }

    [Fact]
    public void Tensors_that_do_not_lie_aligned_are_read_too()
    {
        var path = FileOf("{\"a\":{\"dtype\":\"U8\",\"shape\":[1],\"data_offsets\":[0,1]},\"b\":{\"dtype\":\"F64\",\"shape\":[2],\"data_offsets\":[1,17]}}", 17);
        using var file = SafetensorsFile.Open(path);
        Assert.Equal([0, 0], file.Tensor("b").data<double>().ToArray());
    }

    [Fact]
    public void A_header_longer_than_the_file_or_not_in_UTF8_is_named()
    {
        foreach (var length in new[] { -1, 0, 1, 9, 100_000_001, long.MaxValue, long.MinValue })
        {
            var path = Path.Combine(Folder, "lying.safetensors");
            File.WriteAllBytes(path, [.. BitConverter.GetBytes(length), .. "{}      "u8]);
            Assert.Contains(path, Assert.Throws<UserException>(() => Safetensors.Read(path)).Message);
        }
        var broken = Path.Combine(Folder, "broken.safetensors");
        File.WriteAllBytes(broken, [.. BitConverter.GetBytes(7L), (byte)'{', (byte)'"', 0xC3, (byte)'"', (byte)':', (byte)'1', (byte)'}']);
        Assert.Contains(broken, Assert.Throws<UserException>(() => Safetensors.Read(broken)).Message);
    }

    [Fact]
    public void Shards_are_read_as_one_and_all_that_is_wrong_with_them_is_listed()
    {
        var folder = Directory.CreateTempSubdirectory().FullName;
        Safetensors.Write(Path.Combine(folder, "m-1.safetensors"), new Dictionary<string, Tensor> { ["a"] = ones(2), ["stray"] = ones(1) });
        Safetensors.Write(Path.Combine(folder, "m-2.safetensors"), new Dictionary<string, Tensor> { ["b"] = ones(3) });
        var index = Path.Combine(folder, "model.safetensors.index.json");
        File.WriteAllText(index, """{"weight_map":{"a":"m-1.safetensors","stray":"m-1.safetensors","b":"m-2.safetensors"}}""");
        Assert.Equal(["a", "b", "stray"], ModuleWeights.Read(index).Keys.Order());
        File.WriteAllText(index, """{"weight_map":{"a":"m-1.safetensors","c":"m-2.safetensors","d":"m-3.safetensors"}}""");
        var message = Assert.Throws<UserException>(() => ModuleWeights.Read(index)).Message;
        Assert.All([index, "m-2.safetensors lacks 'c'", "m-3.safetensors is not there", "'stray'", "'b'"], part => Assert.Contains(part, message));
        foreach (var name in new[] { "../m-1.safetensors", "/etc/passwd", "", "..", "model.safetensors.index.json" })
        {
            File.WriteAllText(index, "{\"weight_map\":{\"a\":\"" + name + "\"}}");
            Assert.Contains("weight_map.a", Assert.Throws<UserException>(() => ModuleWeights.Read(index)).Message);
        }
    }

    [Fact]
    public void Every_truncation_is_an_error_and_no_crash()
    {
        var whole = Path.Combine(Folder, "whole.safetensors");
        Safetensors.Write(whole, new Dictionary<string, Tensor> { ["a"] = randn(4), ["b"] = randn(3) });
        var bytes = File.ReadAllBytes(whole);
        var cut = Path.Combine(Folder, "cut.safetensors");
        for (var length = 0; length < bytes.Length; length++)
        {
            File.WriteAllBytes(cut, bytes[..length]);
            Assert.Throws<UserException>(() => Safetensors.Read(cut));
        }
    }
}
