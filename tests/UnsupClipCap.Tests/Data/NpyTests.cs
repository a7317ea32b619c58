using Xunit;
using static TorchSharp.torch;

namespace UnsupClipCap.Tests;

public class NpyTests
{
    private static readonly string Folder = Directory.CreateTempSubdirectory().FullName;

    [Theory]
    [InlineData(ScalarType.Float16)]
    [InlineData(ScalarType.Float32)]
    [InlineData(ScalarType.Float64)]
    public void Arrays_come_back_as_they_were(ScalarType type)
    {
        var path = Path.Combine(Folder, $"{type}.npy");
        foreach (var shape in new long[][] { [3, 5], [7], [2, 0], [1, 2, 3] })
        {
            var array = randn(shape).to(type);
            Npy.Write(path, array);
            Assert.Equal(0, (new FileInfo(path).Length - array.numel() * array.element_size()) % 64);       // NumPy aligns its data
            var read = Npy.Read(path);
            Assert.Equal(shape, read.shape);
            Assert.True(array.equal(read).all().item<bool>());
        }
    }

    [Fact]
    public void A_cut_array_and_a_file_of_another_kind_are_named()
    {
        var path = Path.Combine(Folder, "whole.npy");
        Npy.Write(path, randn(4, 4));
        var cut = Path.Combine(Folder, "cut.npy");
        var bytes = File.ReadAllBytes(path);
        for (var length = 0; length < bytes.Length; length += 3)
        {
            File.WriteAllBytes(cut, bytes[..length]);
            Assert.Contains(cut, Assert.Throws<UserException>(() => Npy.Read(cut)).Message);
        }
    }
}
