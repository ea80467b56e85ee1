using System.Text;
using CondaFuse.Images;
using CondaFuse.Registry.Layout;
using CondaFuse.Registry.Transfer;

namespace CondaFuse.Registry.Tests;

/// <summary>After a compaction, content that the registry has elsewhere is not sent again.</summary>
public sealed class ReuseTests : IDisposable
{
    private readonly FakeRegistry _registry = new();
    private readonly Workshop _workshop = new();
    private readonly string _image;

    /// <summary>Five generations: the largest files were added by the third and the fourth one, which also removed the file before them.</summary>
    public ReuseTests()
    {
        _image = _workshop.Make("a", bytes: 1_000_000);
        Workshop.Commit(_image, 2, bytes: 700_001);
        Workshop.Commit(_image, 3, bytes: 6_000_000);
        Workshop.Commit(_image, 4, bytes: 6_000_000, "file2");
        Workshop.Commit(_image, 5);
    }

    private bool HasTitles => Encoding.UTF8.GetString(_registry.Manifests["latest"]).Contains("00.head", StringComparison.Ordinal);

    public void Dispose()
    {
        _registry.Dispose();
        _workshop.Dispose();
    }

    [Fact]
    public void After_a_compaction_at_most_5_percent_are_sent_and_fetched()
    {
        _workshop.Push(_registry.Reference, _image);
        _workshop.Pull(_registry.Reference, "before");
        Workshop.Compact(_image, keep: 2);
        var length = new FileInfo(_image).Length;
        Assert.InRange(_workshop.Push(_registry.Reference, _image).SentBytes, 1, length / 20);
        Assert.False(HasTitles);
        Pulled(out var whole);
        Assert.InRange(whole, length - 200_000, length + 200_000);
        Pulled(out var fetched, known: "before");
        Assert.InRange(fetched, 1, length / 20);
    }

    [Fact]
    public void Generations_after_it_move_only_their_own_bytes_again()
    {
        _workshop.Push(_registry.Reference, _image);
        Workshop.Compact(_image, keep: 2);
        _workshop.Push(_registry.Reference, _image);
        Assert.True(_workshop.Push(_registry.Reference, _image).IsUpToDate);
        _workshop.Pull(_registry.Reference, "compacted");
        var length = new FileInfo(_image).Length;
        Workshop.Commit(_image, 6);
        var grown = new FileInfo(_image).Length - length;
        Assert.InRange(_workshop.Push(_registry.Reference, _image).SentBytes, grown, grown + 30_000);
        Pulled(out var fetched, known: "compacted");
        Assert.Equal(grown, fetched);
    }

    [Fact]
    public void A_compaction_that_adds_a_generation_is_reused_as_well()
    {
        _workshop.Push(_registry.Reference, _image);
        Workshop.Commit(_image, 6);
        Workshop.Compact(_image, keep: 2);
        Assert.InRange(_workshop.Push(_registry.Reference, _image).SentBytes, 1, new FileInfo(_image).Length / 20);
        Pulled(out _);
    }

    [Fact]
    public void If_most_of_the_blobs_is_needed_by_no_one_all_is_sent()
    {
        var image = _workshop.Make("wide", bytes: 400_000, more: 700_000);
        Workshop.Commit(image, 2, 100, "more");
        _workshop.Push(_registry.Reference, image);
        Workshop.Compact(image, keep: 1);
        Assert.True(_workshop.Push(_registry.Reference, image).SentBytes > new FileInfo(image).Length);
        Assert.True(HasTitles);
    }

    [Theory]
    [InlineData(63, true)]
    [InlineData(64, false)]
    public void With_more_than_64_blobs_all_is_sent(int blobs, bool isReused)
    {
        var length = StoredImage.HeadBytes + (blobs * IndexFormat.LeafBytes);
        var content = new byte[length + 100];
        new Random(3).NextBytes(content);
        File.WriteAllBytes(_workshop["many"], content);
        using var file = Workshop.Open(_workshop["many"]);
        var known = EnvironmentIndex.Of([.. Enumerable.Range(0, blobs).Select(blob => PreparedBlobs.Digest(
            (offset, destination) => file.ReadAt(StoredImage.HeadBytes + (blob * IndexFormat.LeafBytes) + offset, destination),
            IndexFormat.LeafBytes, title: null, CancellationToken.None))]);
        var reused = ReusedBlobs.TryPrepare(file, content.Length, known, CancellationToken.None);
        Assert.Equal(isReused, reused is not null);
        Assert.Equal(isReused ? 100 : null, reused?.Sources.Single().Blob.Size);
        Assert.Empty(ReusedBlobs.TryPrepare(file, length, known, CancellationToken.None)!.Sources);
    }

    [Fact]
    public void Blobs_that_the_registry_lost_are_sent_again()
    {
        _workshop.Push(_registry.Reference, _image);
        var largest = _registry.Blobs.MaxBy(blob => blob.Value.Length).Key;
        _registry.Blobs.TryRemove(largest, out _);
        Workshop.Compact(_image, keep: 2);
        _workshop.Push(_registry.Reference, _image);
        Assert.True(HasTitles);
        Pulled(out _);
    }

    [Fact]
    public void A_damaged_index_of_the_base_does_not_matter()
    {
        _workshop.Push(_registry.Reference, _image);
        _registry.ReplaceBlob("application/vnd.condafuse.environment.index.v1", content => content[..100]);
        Workshop.Compact(_image, keep: 2);
        _workshop.Push(_registry.Reference, _image);
        Assert.True(HasTitles);
        Pulled(out _);
    }

    [Fact]
    public void Wrong_sums_only_cost_a_download()
    {
        _workshop.Push(_registry.Reference, _image);
        _workshop.Pull(_registry.Reference, "before");
        Workshop.Compact(_image, keep: 2);
        _workshop.Push(_registry.Reference, _image, force: true);
        var leaves = _workshop.Index(_registry.Reference).LeafCount;
        _registry.ReplaceBlob("application/vnd.condafuse.environment.index.v1", content =>
        {
            content.AsSpan(^(leaves * sizeof(ulong))..).Clear();
            return content;
        });
        Pulled(out var fetched, known: "before");
        Assert.InRange(fetched, new FileInfo(_image).Length / 2, long.MaxValue);
    }

    [Fact]
    public void A_sum_moves_on_by_a_byte()
    {
        var content = new byte[IndexFormat.LeafBytes + 100];
        new Random(7).NextBytes(content);
        var sum = RollingSum.Of(content.AsSpan(0, IndexFormat.LeafBytes));
        for (var offset = 0; offset < 100; offset++)
        {
            sum = RollingSum.Next(sum, content[offset], content[offset + IndexFormat.LeafBytes]);
            Assert.Equal(RollingSum.Of(content.AsSpan(offset + 1, IndexFormat.LeafBytes)), sum);
        }
    }

    private void Pulled(out long fetched, string? known = null)
    {
        var target = Guid.NewGuid().ToString();
        fetched = _workshop.Pull(_registry.Reference, target, known is null ? null : _workshop[known]);
        Assert.Equal(File.ReadAllBytes(_image), File.ReadAllBytes(_workshop[target]));
    }
}
