using CondaFuse.Compression;
using CondaFuse.Packing.Archives;

namespace CondaFuse.Packing.Tests.Archives;

public sealed class CompressedOutputTests
{
    [Theory]
    [InlineData(1)]
    [InlineData(3)]
    public void A_failure_in_a_thread_reaches_the_writer(int threads)
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

    [Theory]
    [InlineData(1)]
    [InlineData(3)]
    public void A_codec_at_work_does_not_hold_up_a_cancellation(int threads)
    {
        var folder = Directory.CreateTempSubdirectory("condafuse-output");
        using var release = new ManualResetEventSlim();
        try
        {
            using var source = new CancellationTokenSource();
            using var file = new ArchiveFile(Path.Combine(folder.FullName, "out"));
            var compression = new MemberCompression(1000, () => new StuckCodec(source, release));
            Assert.ThrowsAny<OperationCanceledException>(() =>
            {
                using var output = new CompressedOutput(file, compression, threads, cancellation: source.Token);
                output.Write(new byte[10_000]);
                output.Finish();
            });
            Assert.False(release.IsSet);
        }
        finally
        {
            release.Set();
            folder.Delete(recursive: true);
        }
    }

    /// <summary>Is cancelled while it works, and goes on until it is released.</summary>
    private sealed class StuckCodec(CancellationTokenSource source, ManualResetEventSlim release) : IBlockCompressor
    {
        public int Compress(ReadOnlySpan<byte> from, Span<byte> destination)
        {
            source.Cancel();
            release.Wait(CancellationToken.None);
            return 1;
        }

        public void Dispose()
        {
        }
    }
}
