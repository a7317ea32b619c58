using Xunit;

namespace UnsupClipCap.Tests;

public class NativesTests
{
    [Fact]
    public void Only_an_elf_image_is_patched() =>
        Assert.Throws<InvalidDataException>(() => Natives.WeakenVersion(new byte[100], "GLIBCXX_3.4.32"));

    [Fact]
    public void Weakening_changes_one_flag_and_nothing_else()
    {
        var path = Path.Combine(AppContext.BaseDirectory, "runtimes", "linux-x64", "native", "libLibTorchSharp.so");
        if (!File.Exists(path)) Assert.Skip($"{path} is not there: not Linux.");
        var (before, after) = (File.ReadAllBytes(path), File.ReadAllBytes(path));
        Assert.True(Natives.WeakenVersion(after, "GLIBCXX_3.4.32"));
        var changed = Enumerable.Range(0, before.Length).Where(i => before[i] != after[i]).ToList();
        Assert.Equal(before[Assert.Single(changed)] | 2, after[changed[0]]);
        Assert.False(Natives.WeakenVersion(after, "GLIBCXX_99"));
    }
}
