using CondaFuse.Images.SquashFs;
using CondaFuse.Images.SquashFs.Reading;
using CondaFuse.Images.Zip;
using CondaFuse.Images.Zip.Reading;

namespace CondaFuse.Images;

/// <summary>Reads a whole image and reports what is wrong with it.</summary>
public static class Verifier
{
    /// <summary>Maximum number of findings; more would not be useful.</summary>
    public const int MaxFindings = 1000;

    /// <summary>Verifies an image with all its generations: tables, every entry, every byte of content, checksums and totals.</summary>
    /// <param name="path">The image.</param>
    /// <param name="threads">Threads that read content; usually the number of cores.</param>
    /// <param name="progress">Receives the number of bytes of content read, from any thread.</param>
    /// <param name="cancellation">Cancels.</param>
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

    /// <summary>Entries whose content was not read as part of the newer generation; null (all) if its tables are damaged.</summary>
    private static HashSet<ulong>? FindDiffering(string path, long generation, long newer, int threads)
    {
        try
        {
            return [.. ImageHistory.FindDiffering(path, generation, newer, threads)];
        }
        catch (ImageException)
        {
            return null; // verifying the tables reports the damage
        }
    }

    /// <summary>Combines the results of all generations; the first is the newest.</summary>
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

    /// <summary>Adds the progress of one generation to that of those before.</summary>
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

/// <summary>A problem with an image.</summary>
/// <param name="Fault">The fault.</param>
/// <param name="Path">The path below the image's root; empty if it concerns no entry.</param>
/// <param name="Message">The location and the value.</param>
public sealed record VerifyFinding(ImageFault Fault, string Path, string Message);

/// <summary>The result of a verification.</summary>
/// <param name="Findings">The problems, at most <see cref="Verifier.MaxFindings"/>; empty for an intact image.</param>
/// <param name="Counts">Number of inodes of each kind that were checked.</param>
/// <param name="ContentBytes">Bytes of content read.</param>
/// <param name="CheckedBlocks">Number of stored blocks whose checksum was compared; 0 for an image without checksums.</param>
public sealed record VerifyResult(IReadOnlyList<VerifyFinding> Findings, EntryCounts Counts, long ContentBytes, long CheckedBlocks)
{
    /// <summary>Number of verified generations; shared content is read once.</summary>
    public int Generations { get; init; } = 1;

    /// <summary>Whether there are no problems.</summary>
    public bool IsSound => Findings.Count == 0;
}
