using CondaFuse.Platform;
using CondaFuse.Tree;
using Microsoft.Win32.SafeHandles;

namespace CondaFuse.Images.Remote;

/// <summary>
/// The bytes of an image in a registry, as a file that can only be read. Leaves come from the caches; what they lack, the fetcher gets. Each leaf is
/// compared with its digest each time it is read.
/// </summary>
public sealed class RemoteFile : IStorageFile
{
    /// <summary>The longest range to prefetch with one request.</summary>
    private const long AheadLeaves = (2 << 20) / RemoteImage.LeafBytes;

    /// <summary>Ranges with a smaller gap are one.</summary>
    private const long GapBytes = 128 << 10;

    private const int Readers = 4;
    private const int Attempts = 3;
    private const int StackBytes = 256 << 10;

    private readonly string _description;
    private readonly CachedImage _cached;
    private readonly FetcherClient _fetcher;
    private readonly RecentLeaves _recent = new();

    private RemoteFile(string description, RemoteImage image, FetcherClient fetcher)
    {
        (_description, _fetcher) = (description, fetcher);
        _cached = new CachedImage(image, BlobCache.Open(BlobCache.PathOf(description)));
    }

    /// <inheritdoc/>
    public long Length => Image.ImageBytes;

    /// <summary>The image.</summary>
    public RemoteImage Image => _cached.Image;

    /// <summary>Opens the image that a description stands for.</summary>
    /// <param name="description">Its path.</param>
    /// <param name="fetcher">Gets what is missing; null for the one of the user.</param>
    /// <exception cref="ImageException">The description is damaged.</exception>
    /// <exception cref="IOException">It or the cache cannot be opened.</exception>
    public static RemoteFile Open(string description, FetcherClient? fetcher = null)
    {
        var image = RemoteDescription.Read(description);
        return new RemoteFile(description, image, fetcher ?? new FetcherClient(image.Runtime));
    }

    /// <summary>The same for a file that is open already; null if it is not a description.</summary>
    internal static RemoteFile? TryOpen(SafeFileHandle file, string path)
    {
        if (!RemoteDescription.IsOne(file))
        {
            return null;
        }

        var image = RemoteDescription.Read(file, path);
        return new RemoteFile(path, image, new FetcherClient(image.Runtime));
    }

    /// <inheritdoc/>
    /// <exception cref="FetchException">A leaf could not be fetched.</exception>
    public int ReadAt(long offset, Span<byte> destination)
    {
        var done = 0;
        while (done < destination.Length && offset + done < Length)
        {
            done += ReadPart(offset + done, destination[done..]);
        }

        return done;
    }

    /// <summary>Has parts of the image put into the cache, in few requests.</summary>
    /// <param name="parts">Parts in any order.</param>
    /// <param name="isEnough">Ends it early; asked by several threads.</param>
    /// <returns>Length of the parts that were asked for.</returns>
    public long Fetch(IReadOnlyList<StoredRange> parts, Func<bool> isEnough)
    {
        var runs = Image.IsOffline ? [] : RunsOf(parts);
        var (next, bytes) = (-1, 0L);
        var readers = new Thread[Math.Min(Readers, runs.Count)];
        for (var index = 0; index < readers.Length; index++)
        {
            readers[index] = new Thread(Ask, StackBytes);
            readers[index].Start();
        }

        Array.ForEach(readers, reader => reader.Join());
        return bytes;

        void Ask()
        {
            while (!isEnough() && Interlocked.Increment(ref next) is var index && index < runs.Count)
            {
                var (part, first, end) = runs[index];
                try
                {
                    _fetcher.Ask(FetchMessage.ForLeaves(_description, part, first, end - first, ahead: true), Image.Timeout);
                    Interlocked.Add(ref bytes, (end - first) * RemoteImage.LeafBytes);
                }
                catch (IOException)
                {
                    return; // the server asks again when it needs this part, and reports the failure
                }
            }
        }
    }

    /// <inheritdoc/>
    public void WriteAt(long offset, ReadOnlySpan<byte> content) => throw new NotSupportedException();

    /// <inheritdoc/>
    public void Truncate(long length) => throw new NotSupportedException();

    /// <inheritdoc/>
    public void Sync()
    {
    }

    /// <inheritdoc/>
    public void Dispose() => _cached.Dispose();

    /// <summary>The leaves of some parts of the image, by blob and position, in runs that one request gets.</summary>
    public IReadOnlyList<(int Part, long First, long End)> RunsOf(IReadOnlyList<StoredRange> parts)
    {
        var leaves = new SortedSet<(int Part, long Leaf)>();
        foreach (var range in parts)
        {
            var end = Math.Min(range.Offset + range.Length, Length);
            for (var at = Math.Max(range.Offset, StoredImage.HeadBytes); at < end;)
            {
                var extent = Image.ExtentAt(at);
                var stop = Math.Min(end, extent.Position + extent.Length);
                var last = (extent.Offset + stop - 1 - extent.Position) / RemoteImage.LeafBytes;
                for (var leaf = (extent.Offset + at - extent.Position) / RemoteImage.LeafBytes; leaf <= last; leaf++)
                {
                    leaves.Add((extent.Part, leaf));
                }

                at = stop;
            }
        }

        const long gap = GapBytes / RemoteImage.LeafBytes;
        var runs = new List<(int Part, long First, long End)>();
        foreach (var (part, leaf) in leaves)
        {
            if (runs.Count > 0 && runs[^1] is var run && run.Part == part && leaf - run.End <= gap && leaf - run.First < AheadLeaves)
            {
                runs[^1] = run with { End = leaf + 1 };
            }
            else
            {
                runs.Add((part, leaf, leaf + 1));
            }
        }

        return runs;
    }

    private int ReadPart(long position, Span<byte> destination)
    {
        if (position < StoredImage.HeadBytes)
        {
            var head = Image.Head.Span[(int)position..];
            var length = Math.Min(head.Length, destination.Length);
            head[..length].CopyTo(destination);
            return length;
        }

        var extent = Image.ExtentAt(position);
        var offset = extent.Offset + position - extent.Position;
        var (leaf, from) = (offset / RemoteImage.LeafBytes, (int)(offset % RemoteImage.LeafBytes));
        var rest = Math.Min(destination.Length, extent.Position + extent.Length - position);
        var count = (int)Math.Min(rest, RemoteImage.LeafBytes - from);
        if (!_recent.TryCopy(extent.Part, leaf, from, destination[..count]))
        {
            var buffer = _recent.Take();
            Load(extent.Part, leaf, (offset + rest - 1) / RemoteImage.LeafBytes, buffer.AsSpan(0, Image.Parts[extent.Part].LengthOf(leaf)));
            buffer.AsSpan(from, count).CopyTo(destination);
            _recent.Put(extent.Part, leaf, buffer);
        }

        return count;
    }

    /// <summary>Reads a leaf.</summary>
    /// <param name="part">The number of its blob.</param>
    /// <param name="leaf">Its number there.</param>
    /// <param name="last">The last leaf that the reader needs.</param>
    /// <param name="content">Receives it.</param>
    private void Load(int part, long leaf, long last, Span<byte> content)
    {
        if (_cached.MissingPage(part, leaf) is { } page)
        {
            var digests = new byte[Image.Parts[Image.Index].LengthOf(page)];
            Load(Image.Index, page, page, digests);
            _cached.Keep(page, digests);
        }

        if (_cached.TryRead(part, leaf, content))
        {
            return;
        }

        if (Image.IsOffline)
        {
            throw new FetchException("", "this part is not in the cache, and --offline forbids to fetch it");
        }

        // What was fetched may be evicted again before it is read.
        for (var attempt = 0; attempt < Attempts; attempt++)
        {
            var (numbers, contents) = _fetcher.Ask(FetchMessage.ForLeaves(_description, part, leaf, last - leaf + 1, ahead: false), Image.Timeout);
            var at = Array.IndexOf(numbers, leaf.ToString(System.Globalization.CultureInfo.InvariantCulture));
            if (at >= 0 && contents[at].Length == content.Length && _cached.Matches(part, leaf, contents[at]))
            {
                contents[at].CopyTo(content);
                return;
            }

            if (_cached.TryRead(part, leaf, content))
            {
                return;
            }

            _cached.Reopen(part);
        }

        throw new FetchException("", "the cache does not keep what is written to it");
    }
}

/// <summary>The leaves that were read last: the tables of an image have many small blocks in each.</summary>
internal sealed class RecentLeaves
{
    private const int Slots = 8;

    private readonly Lock _gate = new();
    private readonly (int Part, long Leaf, byte[] Content)?[] _slots = new (int, long, byte[])?[Slots];
    private readonly Stack<byte[]> _free = new();
    private int _next;

    /// <summary>Copies from a leaf, if it is there.</summary>
    public bool TryCopy(int part, long leaf, int from, Span<byte> destination)
    {
        lock (_gate)
        {
            foreach (var slot in _slots)
            {
                if (slot is var (ofPart, number, content) && (ofPart, number) == (part, leaf))
                {
                    content.AsSpan(from, destination.Length).CopyTo(destination);
                    return true;
                }
            }
        }

        return false;
    }

    /// <summary>Memory for a leaf.</summary>
    public byte[] Take()
    {
        lock (_gate)
        {
            return _free.TryPop(out var buffer) ? buffer : GC.AllocateUninitializedArray<byte>(RemoteImage.LeafBytes);
        }
    }

    /// <summary>Keeps a leaf in the place of the oldest one, whose memory is used again.</summary>
    public void Put(int part, long leaf, byte[] content)
    {
        lock (_gate)
        {
            if (_slots[_next] is var (_, _, former))
            {
                _free.Push(former);
            }

            _slots[_next] = (part, leaf, content);
            _next = (_next + 1) % Slots;
        }
    }
}
