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
    public void A_header_that_lies_is_an_error_naming_the_file_and_the_tensor(string header, int data, string expected)
    {
        var path = FileOf(header, data);
        var error = Assert.Throws<UserException>(() => Safetensors.Read(path));
        Assert.Contains(path, error.Message);
        Assert.Contains(expected, error.Message);
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
