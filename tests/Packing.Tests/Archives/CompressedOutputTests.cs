using CondaFuse.Packing.Archives;

namespace CondaFuse.Packing.Tests.Archives;

public sealed class CompressedOutputTests
{
    [Theory]
    [InlineData(1)]
    [InlineData(3)]
    public void Whatever_fails_in_a_thread_reaches_who_writes(int threads)
    {
        var folder = Directory.CreateTempSubdirectory("condafuse-output");
        try
        {
            using var file = new ArchiveFile(Path.Combine(folder.FullName, "out"));
            Assert.Throws<InvalidOperationException>(() =>
            {
                var compression = new MemberCompression(1000, () => throw new InvalidOperationException("no codec"));
                using var output = new CompressedOutput(file, compression, threads);
                output.Write(new byte[10_000]);
                output.Finish();
            });
        }
        finally
        {
            folder.Delete(recursive: true);
        }
    }
}
