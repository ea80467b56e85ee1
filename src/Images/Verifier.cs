using CondaFuse.Images.SquashFs;
using CondaFuse.Images.SquashFs.Reading;

namespace CondaFuse.Images;

/// <summary>Reads all of an image and says what is wrong with it.</summary>
public static class Verifier
{
    /// <summary>No more is collected: an image that is broken everywhere is broken.</summary>
    public const int MostFindings = 1000;

    /// <summary>Verifies an image: its tables, every entry, every byte of content, its checksums and totals.</summary>
    /// <param name="path">The image.</param>
    /// <param name="threads">Threads that read content; the number of cores is a good one.</param>
    /// <param name="progress">Told how many bytes of content were read; from any thread.</param>
    /// <param name="cancellation">Stops.</param>
    /// <exception cref="IOException">The file cannot be opened.</exception>
    public static VerifyResult Verify(string path, int threads, IProgress<long>? progress = null, CancellationToken cancellation = default)
    {
        try
        {
            using var tree = SquashFsTree.Open(path);
            return new Verification(tree, threads, progress, cancellation).Run();
        }
        catch (ImageException exception)
        {
            return new VerifyResult([new VerifyFinding(exception.Fault, "", exception.Message)], default, 0, 0);
        }
    }
}
