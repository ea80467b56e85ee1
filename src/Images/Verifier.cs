using CondaFuse.Images.SquashFs;
using CondaFuse.Images.SquashFs.Reading;
using CondaFuse.Images.Zip;
using CondaFuse.Images.Zip.Reading;

namespace CondaFuse.Images;

/// <summary>Reads all of an image and says what is wrong with it.</summary>
public static class Verifier
{
    /// <summary>No more is collected: an image that is broken everywhere is broken.</summary>
    public const int MaxFindings = 1000;

    /// <summary>Verifies an image with all its generations: their tables, every entry, every byte of content, checksums and totals.</summary>
    /// <param name="path">The image.</param>
    /// <param name="threads">Threads that read content; the number of cores is a good one.</param>
    /// <param name="progress">Told how many bytes of content were read; from any thread.</param>
    /// <param name="cancellation">Stops.</param>
    /// <exception cref="IOException">The file cannot be opened.</exception>
    public static VerifyResult Verify(string path, int threads, IProgress<long>? progress = null, CancellationToken cancellation = default)
    {
        try
        {
            if (ImageFormat.IsZip(path))
            {
                using var archive = ZipTree.Open(path);
                return new ZipVerification(archive, threads, progress, cancellation).Run();
            }

            using var image = OpenImage.Open(path);
            var damage = new BlockDamage();
            var read = new CumulativeProgress(progress);
            var results = new List<(long Generation, VerifyResult Result)>();
            var newer = -1L;
            var generations = Generation.All(image.File).ToList();
            generations.ForEach(generation => damage.Check(image, generation, cancellation));
            foreach (var generation in generations)
            {
                cancellation.ThrowIfCancellationRequested();
                using var tree = SquashFsTree.OpenCompared(path, generation.Number);
                var differing = newer < 0 ? null : FindDiffering(path, generation.Number, newer, threads);
                var verification = new Verification(tree, threads, damage, read, cancellation);
                results.Add((generation.Number, verification.Run(differing is null ? null : differing.Contains)));
                read.Next();
                newer = generation.Number;
            }

            return Join(results, damage);
        }
        catch (ImageException exception)
        {
            return new VerifyResult([new VerifyFinding(exception.Fault, "", exception.Message)], default, 0, 0);
        }
    }

    /// <summary>Entries whose content was not read with the newer generation; null, that is all, where its tables are damaged.</summary>
    private static HashSet<ulong>? FindDiffering(string path, long generation, long newer, int threads)
    {
        try
        {
            return [.. ImageHistory.FindDiffering(path, generation, newer, threads)];
        }
        catch (ImageException)
        {
            return null; // what is wrong is found where the tables are verified
        }
    }

    /// <summary>One result of those of all generations, of which the first is the newest.</summary>
    private static VerifyResult Join(List<(long Generation, VerifyResult Result)> results, BlockDamage damage)
    {
        var findings = results.SelectMany((result, index) => result.Result.Findings.Select(
            finding => index == 0 ? finding : finding with { Message = $"generation {result.Generation}: {finding.Message}" }));
        var unused = damage.NotInFiles.Select(
            position => new VerifyFinding(ImageFault.Checksum, "", $"The block at {position} does not match its checksum; no file uses it."));
        return new VerifyResult(
            [.. findings.Concat(unused).Take(MaxFindings)],
            results[0].Result.Counts,
            results.Sum(result => result.Result.ContentBytes),
            damage.Checked)
        {
            Generations = results.Count,
        };
    }

    /// <summary>Adds what is read of one generation to what was read of those before.</summary>
    private sealed class CumulativeProgress(IProgress<long>? progress) : IProgress<long>
    {
        private long _before;
        private long _now;

        public void Report(long value)
        {
            _now = value;
            progress?.Report(_before + value);
        }

        public void Next()
        {
            _before += _now;
            _now = 0;
        }
    }
}

/// <summary>Something that is wrong with an image.</summary>
/// <param name="Fault">What.</param>
/// <param name="Path">The entry below the image's root; empty if it is no entry's.</param>
/// <param name="Message">Where, and what it says.</param>
public sealed record VerifyFinding(ImageFault Fault, string Path, string Message);

/// <summary>What a verification found.</summary>
/// <param name="Findings">What is wrong, at most <see cref="Verifier.MaxFindings"/>; empty for a sound image.</param>
/// <param name="Counts">Inodes of each kind that were looked at.</param>
/// <param name="ContentBytes">Bytes of content that were read.</param>
/// <param name="CheckedBlocks">Stored blocks whose checksum was compared; 0 for an image without checksums.</param>
public sealed record VerifyResult(IReadOnlyList<VerifyFinding> Findings, EntryCounts Counts, long ContentBytes, long CheckedBlocks)
{
    /// <summary>Generations that were verified; content that several have is read once.</summary>
    public int Generations { get; init; } = 1;

    /// <summary>Whether nothing is wrong.</summary>
    public bool IsSound => Findings.Count == 0;
}
