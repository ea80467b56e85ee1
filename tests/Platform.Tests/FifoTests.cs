namespace CondaFuse.Platform.Tests;

public class FifoTests
{
    [Fact]
    public async Task A_reader_sees_the_end_when_the_last_writer_is_gone()
    {
        var path = Path.Combine(Path.GetTempPath(), $"condafuse-fifo-{Guid.NewGuid():N}");
        try
        {
            using var folder = PrivateFolder.OpenOrMake(path);
            var (writer, reader) = folder.OpenFifo("tasks");
            var (other, otherReader) = folder.OpenFifo("tasks");
            otherReader.Dispose();
            using var waiting = reader;
            var end = Task.Run(() => Pipes.WaitForEnd(reader));
            writer.Dispose();
            Assert.NotSame(end, await Task.WhenAny(end, Task.Delay(TimeSpan.FromMilliseconds(100))));
            other.Dispose();
            Assert.Same(end, await Task.WhenAny(end, Task.Delay(TimeSpan.FromMinutes(2))));
            await end;
        }
        finally
        {
            Directory.Delete(path, recursive: true);
        }
    }

    [Fact]
    public void A_symlink_of_the_name_is_refused()
    {
        var path = Path.Combine(Path.GetTempPath(), $"condafuse-fifo-{Guid.NewGuid():N}");
        try
        {
            using var folder = PrivateFolder.OpenOrMake(path);
            File.CreateSymbolicLink(Path.Combine(path, "tasks"), "/dev/null");
            Assert.Equal(Errno.ELOOP, Assert.Throws<PlatformException>(() => folder.OpenFifo("tasks")).Errno);
        }
        finally
        {
            Directory.Delete(path, recursive: true);
        }
    }
}
