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
}
