using System.IO.Compression;
using System.Text;
using UnsupClipCap.Cli;
using Xunit;
using static TorchSharp.torch;

namespace UnsupClipCap.Tests;

public class TorchArchiveTests
{
    private static readonly string Folder = Directory.CreateTempSubdirectory().FullName;

    private static Dictionary<string, Tensor> Some() => new() { ["a.weight"] = arange(6).to(ScalarType.Float32).view(2, 3), ["b"] = arange(4), ["half"] = ones(3, dtype: ScalarType.BFloat16) };

    private static string Write(byte[] bytes)
    {
        var path = Path.Combine(Folder, $"{Guid.NewGuid():N}.pt");
        File.WriteAllBytes(path, bytes);
        return path;
    }

    private static string Archive(string pickle, params (string Name, byte[] Bytes)[] others) =>
        Write(TorchFile.Zip([("archive/data.pkl", Encoding.Latin1.GetBytes(pickle)), .. others]));

    private static string Refused(string path, params string[] parts)
    {
        var message = Assert.Throws<UserException>(() => TorchArchive.Read(path)).Message;
        Assert.All(parts.Prepend(path), part => Assert.Contains(part, message));
        return message;
    }

    /// <summary>A pickled tensor over storage 0 of <paramref name="count"/> floats.</summary>
    private static string Tensor(int count, string offset, string shape, string stride) =>
        $"ctorch._utils\n_rebuild_tensor_v2\n((X\x07\0\0\0storagectorch\nFloatStorage\nX\x01\0\0\0" + $"0X\x03\0\0\0cpuJ{Int(count)}tQ{offset}{shape}{stride}\x89" + "}tR";

    private static string Int(int n) => Encoding.Latin1.GetString(BitConverter.GetBytes(n));

    private static string Dictionary(string value, string key = "a") => "\x80\x02}(X" + Int(key.Length) + key + value + "u.";

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public void Tensors_come_back_as_they_were(bool script)
    {
        var tensors = Some();
        var read = TorchArchive.Read(Write(TorchFile.Zip(TorchFile.Entries(tensors, script))));
        Assert.Equal(tensors.Keys.Order(), read.Keys.Order());
        foreach (var (name, tensor) in tensors)
        {
            Assert.Equal(tensor.dtype, read[name].dtype);
            Assert.Equal(tensor.shape, read[name].shape);
            Assert.True(tensor.equal(read[name]).all().item<bool>(), name);
        }
    }

    [Fact]
    public void A_transposed_view_and_its_base_share_their_storage()
    {
        var data = new byte[24];
        Buffer.BlockCopy(new float[] { 0, 1, 2, 3, 4, 5 }, 0, data, 0, 24);
        var pickle = "\x80\x02}(X\x01\0\0\0a" + Tensor(6, "K\0", "(K\x02K\x03t", "(K\x03K\x01t") + "X\x01\0\0\0b" + Tensor(6, "K\0", "(K\x03K\x02t", "(K\x01K\x03t") + "u.";
        var read = TorchArchive.Read(Archive(pickle, ("archive/data/0", data)));
        Assert.True(read["a"].t().equal(read["b"]).all().item<bool>());
        read["a"].fill_(7);
        Assert.Equal(7f, read["b"].min().item<float>());
    }

    [Theory]
    [InlineData("cos\nsystem\n(X\x04\0\0\0trueetR.", "os.system")]
    [InlineData("cbuiltins\neval\n.", "builtins.eval")]
    [InlineData("ctorch\nload\n.", "torch.load")]
    [InlineData("ctorch.serialization\nload\n.", "torch.serialization.load")]
    [InlineData("ctorch.storage\n_load_from_bytes\n.", "_load_from_bytes")]
    [InlineData("\x8c\x02os\x8c\x06system\x93.", "os.system")]
    [InlineData("(S'true'\nios\nsystem\n.", "opcode 0x53")]
    [InlineData("(ios\nsystem\n.", "opcode 0x69")]
    [InlineData("(cos\nsystem\no.", "os.system")]
    [InlineData("cposix\nfork\n)R.", "posix.fork")]
    [InlineData("ctorch\nFloatStorage\n)R.", "torch.FloatStorage")]
    public void Nothing_but_tensors_and_containers_is_called(string pickle, string expected) => Refused(Archive("\x80\x02" + pickle), expected);

    [Fact]
    public void Dictionaries_nested_without_end_are_refused()
    {
        var deep = string.Concat(Enumerable.Repeat("}X\x01\0\0\0k", 20_000)) + "N" + new string('s', 20_000) + ".";
        Refused(Archive("\x80\x02" + deep), "deep");
        Refused(Archive("\x80\x02}q\0X\x01\0\0\0kh\0s."), "deep");                                               // holds itself
        Refused(Archive("\x80\x02" + new string('(', 1_000_000) + "."));
        Refused(Archive("\x80\x02" + string.Concat(Enumerable.Repeat("]", 1_000_000)) + "."), "deep");
    }

    [Fact]
    public void A_memo_that_doubles_at_each_level_is_refused()
    {
        // Each dictionary holds the one before it twice: 2^40 names from a kilobyte.
        var bomb = new StringBuilder("\x80\x02}(X\x01\0\0\0t" + Tensor(1, "K\0", "(t", "(t") + "uq\0");
        for (var i = 1; i <= 40; i++) bomb.Append($"}}(X\x01\0\0\0ah{(char)(i - 1)}X\x01\0\0\0bh{(char)(i - 1)}uq{(char)i}");
        Refused(Archive(bomb + ".", ("archive/data/0", new byte[4])), "without end");
    }

    [Theory]
    [InlineData("K\0", "(K\x03t", "(K\x01t", 2)]                        // one too many
    [InlineData("K\x01", "(K\x02t", "(K\x01t", 2)]                      // from the second on
    [InlineData("K\0", "(K\x02t", "(K\x02t", 2)]                        // strides beyond the end
    [InlineData("K\0", "(J\xff\xff\xff\x7fJ\xff\xff\xff\x7ft", "(K\0K\0t", 2)]      // 2^62 times the same number
    [InlineData("K\0", "(J\xff\xff\xff\xfft", "(K\x01t", 2)]            // a negative size
    [InlineData("K\0", "(K\x01t", "(J\xff\xff\xff\xfft", 2)]            // a negative stride
    [InlineData("J\xff\xff\xff\xff", "(K\x01t", "(K\x01t", 2)]          // a negative offset
    [InlineData("K\0", "(K\x01K\x01t", "(K\x01t", 2)]                   // two sizes, one stride
    [InlineData("K\0", "(\x8a\x08\0\0\0\0\0\0\0\x40K\0t", "(K\x01K\x01t", 2)]       // 2^62 by none: no strides can be told
    public void A_view_outside_its_storage_is_refused_by_name(string offset, string shape, string stride, int count) =>
        Refused(Archive(Dictionary(Tensor(count, offset, shape, stride)), ("archive/data/0", new byte[4 * count])), "'a'", "storage of 2 elements");

    [Fact]
    public void Storages_of_another_size_than_told_are_refused()
    {
        var pickle = Dictionary(Tensor(2, "K\0", "(K\x02t", "(K\x01t"));
        Refused(Archive(pickle, ("archive/data/0", new byte[4])), "'a'", "4 bytes where 8");
        Refused(Archive(pickle), "lacks the data of 'a'");
        Refused(Archive(Dictionary(Tensor(-2, "K\0", "(K\x02t", "(K\x01t")), ("archive/data/0", new byte[8])), "storage");
    }

    [Fact]
    public void Zip_bombs_take_no_memory()
    {
        var zeros = new byte[50_000_000];
        var pickle = Encoding.Latin1.GetBytes(Dictionary(Tensor(zeros.Length / 4, "K\0", "(K\x01t", "(K\x01t")));
        var path = Write(TorchFile.Zip([("archive/data.pkl", pickle), ("archive/data/0", zeros)], CompressionLevel.Optimal));
        Assert.InRange(new FileInfo(path).Length, 1, 1_000_000);
        zeros = [];
        var before = GC.GetAllocatedBytesForCurrentThread();
        Refused(path, "compressed");
        Assert.InRange(GC.GetAllocatedBytesForCurrentThread() - before, 0, 4_000_000);
    }

    [Fact]
    public void An_archive_that_was_packed_again_with_compression_is_read()
    {
        var tensors = Some();
        tensors.Add("noise", randn(2000));
        var path = Write(TorchFile.Zip(TorchFile.Entries(tensors), CompressionLevel.Optimal));
        using (var zip = ZipFile.OpenRead(path)) Assert.Contains(zip.Entries, e => e.CompressedLength < e.Length);
        Assert.All(TorchArchive.Read(path), p => Assert.True(tensors[p.Key].equal(p.Value).all().item<bool>(), p.Key));
    }

    [Fact]
    public void A_changed_byte_anywhere_is_an_error_or_changes_nothing()
    {
        var tensors = Some();
        var whole = TorchFile.Zip(TorchFile.Entries(tensors));
        var refused = 0;
        for (var at = 0; at < whole.Length; at++)
        {
            var bytes = (byte[])whole.Clone();
            bytes[at] ^= 1;
            try
            {
                // What neither checksum nor reader looks at (times, attributes) may change; numbers may not.
                var read = TorchArchive.Read(Write(bytes));
                Assert.All(read, p => Assert.True(tensors[p.Key].equal(p.Value).all().item<bool>(), p.Key));
            }
            catch (UserException)
            {
                refused++;
            }
        }
        Assert.InRange(refused, whole.Length / 2, whole.Length);
    }

    [Fact]
    public void Every_truncation_is_an_error_and_no_crash()
    {
        var whole = TorchFile.Zip(TorchFile.Entries(Some()));
        for (var length = 0; length < whole.Length; length += 7) Refused(Write(whole[..length]));
    }

    [Fact]
    public void Checksums_are_those_of_zip() => Assert.Equal(0xCBF43926u, Crc32.Of("123456789"u8));

    [Fact]
    public void A_folder_and_a_file_of_another_kind_are_named()
    {
        Refused(Folder, "is a folder");
        Refused(Write("PK nothing"u8.ToArray()), "torch.save");
    }
}
