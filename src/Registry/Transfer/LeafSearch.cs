using CondaFuse.Images;
using CondaFuse.Platform;
using CondaFuse.Registry.Layout;

namespace CondaFuse.Registry.Transfer;

/// <summary>Receives a leaf that a file has.</summary>
/// <param name="leaf">The number of the leaf.</param>
/// <param name="position">Where it begins in the file; null if its parts are where the image has them.</param>
/// <param name="content">Its bytes, which match its digest.</param>
internal delegate void LeafFound(int leaf, long? position, ReadOnlySpan<byte> content);

/// <summary>
/// Finds the leaves of an index in a file: first where the image has them, then in the rest of the file at any position, by their rolling sums, as
/// zsync does. So what a compaction moved is found again.
/// </summary>
/// <param name="index">The index.</param>
/// <param name="file">The file, an image of the same environment.</param>
internal sealed class LeafSearch(EnvironmentIndex index, IStorageFile file)
{
    private const int WindowBytes = 1 << 20;

    /// <summary>Sums that lead to other content cost time. An honest index has none.</summary>
    private const int MaxMistakes = 1000;

    private readonly LeafParts _parts = new(index);
    private readonly byte[] _leaf = new byte[IndexFormat.LeafBytes];
    private readonly byte[] _window = new byte[WindowBytes];
    private readonly Dictionary<ulong, int> _bySum = [];
    private bool[] _filter = [];
    private int _filterShift;
    private int _mistakes;

    /// <summary>Searches the whole file.</summary>
    /// <param name="length">The file's length.</param>
    /// <param name="found">Receives what is found: leaves in place by their number, then the others by their position.</param>
    /// <param name="cancellation">Cancels.</param>
    /// <exception cref="PlatformException">The file cannot be read.</exception>
    public void Run(long length, LeafFound found, CancellationToken cancellation)
    {
        var known = new List<(long Start, long End)>();
        for (var leaf = 0; leaf < index.LeafCount; leaf++)
        {
            cancellation.ThrowIfCancellationRequested();
            var content = _leaf.AsSpan(0, index.LengthOf(leaf));
            if (IsInPlace(leaf, content))
            {
                found(leaf, null, content);
                foreach (var part in _parts.Of(leaf))
                {
                    known.Add((part.Position, part.Position + part.Length));
                }
            }
            else if (content.Length == IndexFormat.LeafBytes)
            {
                _bySum.TryAdd(index.SumOf(leaf), leaf);
            }
        }

        if (_bySum.Count == 0)
        {
            return;
        }

        PrepareFilter();
        known.Sort();
        long start = StoredImage.HeadBytes;
        foreach (var (from, to) in known.Append((length, length)))
        {
            SearchRange(start, from, found, cancellation);
            start = to;
        }
    }

    /// <summary>Reads a leaf from where the image has its parts.</summary>
    /// <returns>Whether the file has all of it there.</returns>
    private bool IsInPlace(int leaf, Span<byte> content)
    {
        var reached = 0;
        foreach (var part in _parts.Of(leaf))
        {
            if (part.Offset > reached || file.ReadAt(part.Position, content.Slice(part.Offset, part.Length)) < part.Length)
            {
                return false;
            }

            reached = Math.Max(reached, part.Offset + part.Length);
        }

        return reached == content.Length && index.Matches(leaf, content);
    }

    private void SearchRange(long start, long end, LeafFound found, CancellationToken cancellation)
    {
        for (var position = start; Next(position, end, cancellation) is (var leaf, var place);)
        {
            // What was moved usually follows what was before it.
            for (position = place; IsAt(leaf, position, end) is { IsEmpty: false } content; leaf++)
            {
                found(leaf, position, content);
                position += content.Length;
            }
        }
    }

    /// <summary>The bytes at a position if they are a certain leaf; else none.</summary>
    private ReadOnlySpan<byte> IsAt(int leaf, long position, long end)
    {
        if (leaf >= index.LeafCount)
        {
            return [];
        }

        var content = _leaf.AsSpan(0, index.LengthOf(leaf));
        return position + content.Length <= end && file.ReadAt(position, content) == content.Length && index.Matches(leaf, content) ? content : [];
    }

    /// <summary>The next position in a range at which a leaf begins.</summary>
    private (int Leaf, long Position)? Next(long start, long end, CancellationToken cancellation)
    {
        while (end - start >= IndexFormat.LeafBytes && _mistakes < MaxMistakes)
        {
            cancellation.ThrowIfCancellationRequested();
            var window = _window.AsSpan(0, (int)Math.Min(WindowBytes, end - start));
            window = window[..file.ReadAt(start, window)];
            if (window.Length < IndexFormat.LeafBytes)
            {
                return null;
            }

            if (FindIn(window) is (var leaf, var offset))
            {
                return (leaf, start + offset);
            }

            start += window.Length - IndexFormat.LeafBytes + 1;
        }

        return null;
    }

    private (int Leaf, int Offset)? FindIn(ReadOnlySpan<byte> window)
    {
        var sum = RollingSum.Of(window[..IndexFormat.LeafBytes]);
        for (var offset = 0; ; offset++)
        {
            if (_filter[sum >> _filterShift] && _bySum.TryGetValue(sum, out var leaf))
            {
                if (index.Matches(leaf, window.Slice(offset, IndexFormat.LeafBytes)))
                {
                    return (leaf, offset);
                }

                if (++_mistakes >= MaxMistakes)
                {
                    return null;
                }
            }

            if (offset + IndexFormat.LeafBytes == window.Length)
            {
                return null;
            }

            sum = RollingSum.Next(sum, window[offset], window[offset + IndexFormat.LeafBytes]);
        }
    }

    /// <summary>Most sums that are not in the dictionary are found out by their first bits.</summary>
    private void PrepareFilter()
    {
        const int spread = 32;
        const int least = 16;
        var bits = Math.Max(least, 64 - System.Numerics.BitOperations.LeadingZeroCount((ulong)_bySum.Count * spread));
        (_filter, _filterShift) = (new bool[1 << bits], 64 - bits);
        foreach (var sum in _bySum.Keys)
        {
            _filter[sum >> _filterShift] = true;
        }
    }
}
