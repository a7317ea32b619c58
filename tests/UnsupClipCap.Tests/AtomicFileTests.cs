using UnsupClipCap.Metrics;
using Xunit;

namespace UnsupClipCap.Tests;

public class AtomicFileTests
{
    [Fact]
    public void A_write_that_fails_leaves_the_old_file_and_no_rubbish()
    {
        var folder = Directory.CreateTempSubdirectory();
        var file = Path.Combine(folder.FullName, "a.txt");
        AtomicFile.WriteText(file, "old");
        Assert.Throws<InvalidDataException>(() => AtomicFile.Write(file, s => { s.WriteByte(1); throw new InvalidDataException(); }));
        Assert.Equal("old", File.ReadAllText(file));
        Assert.Single(folder.GetFiles());
    }

    [Fact]
    public void A_link_stays_one_and_what_it_leads_to_is_written()
    {
        if (OperatingSystem.IsWindows()) return;        // links need a right there that few have
        var folder = Directory.CreateTempSubdirectory().FullName;
        var (file, link) = (Path.Combine(folder, "a.txt"), Path.Combine(folder, "link.txt"));
        File.WriteAllText(file, "old");
        File.CreateSymbolicLink(link, file);
        AtomicFile.WriteText(link, "new");
        Assert.Equal((file, "new"), (new FileInfo(link).LinkTarget, File.ReadAllText(file)));
    }

    [Fact]
    public void A_device_is_written_to_and_not_replaced()
    {
        if (!OperatingSystem.IsLinux()) return;
        // What is always full can be written to only by writing.
        Assert.Contains("/dev/full could not be written: No space left", Assert.Throws<UserException>(() => AtomicFile.WriteText("/dev/full", "text")).Message);
        var link = Path.Combine(Directory.CreateTempSubdirectory().FullName, "link");
        File.CreateSymbolicLink(link, "/dev/full");
        Assert.Contains("/dev/full could not be written: No space left", Assert.Throws<UserException>(() => AtomicFile.WriteText(link, "text")).Message);
    }

    [Fact]
    public void Whether_a_place_can_be_written_is_known_before()
    {
        var folder = Directory.CreateTempSubdirectory().FullName;
        WholeFile.Try(Path.Combine(folder, "new", "deep", "a.json"));
        Assert.Empty(Directory.GetFileSystemEntries(folder));
        Assert.Contains("is a folder", Assert.Throws<IOException>(() => WholeFile.Try(folder)).Message);
        File.WriteAllText(Path.Combine(folder, "file"), "");
        Assert.Contains("could not be written", Assert.Throws<IOException>(() => WholeFile.Try(Path.Combine(folder, "file", "a.json"))).Message);
    }
}
