using System.Buffers.Binary;
using System.Text;
using CondaFuse.Tree;

namespace CondaFuse.Relocation;

/// <summary>Content in which some pieces are replaced. It keeps only the new pieces, and reads the others when they are needed.</summary>
public sealed class EditedContent
{
    private readonly Segment[] _segments;

    internal EditedContent(IReadOnlyList<ContentEdit> edits, long sourceLength)
    {
        var segments = new List<Segment>((2 * edits.Count) + 1);
        long served = 0, source = 0;
        foreach (var edit in edits)
        {
            if (edit.Offset > source)
            {
                segments.Add(new Segment(served, source, default));
                served += edit.Offset - source;
            }

            if (edit.AddedLength > 0)
            {
                segments.Add(new Segment(served, Segment.Own, edit.Added));
                served += edit.AddedLength;
            }

            source = edit.Offset + edit.Removed;
        }

        if (source < sourceLength)
        {
            segments.Add(new Segment(served, source, default));
            served += sourceLength - source;
        }

        (_segments, Length, SourceLength) = ([.. segments], served, sourceLength);
    }

    /// <summary>The length of the original content in bytes.</summary>
    public long SourceLength { get; }

    /// <summary>Its length in bytes.</summary>
    public long Length { get; }

    /// <summary>Whether nothing is replaced.</summary>
    public bool IsOriginal => Length == SourceLength && Array.TrueForAll(_segments, segment => !segment.IsOwn);

    /// <summary>Replaces a prefix by another one.</summary>
    /// <param name="spots">The positions of the prefix.</param>
    /// <param name="length">Length of the content in bytes.</param>
    /// <param name="old">The prefix.</param>
    /// <param name="replacement">The other prefix.</param>
    /// <param name="sourceLength">For byte code: the length of its source; otherwise null.</param>
    /// <returns>Null if a string of a binary has not enough space, or the prefix cannot be written in a required form.</returns>
    public static EditedContent? Of(PrefixSpots spots, long length, PrefixText old, PrefixText replacement, long? sourceLength = null)
    {
        ArgumentNullException.ThrowIfNull(spots);
        var edits = ContentEdit.Of(spots, length, old, replacement, sourceLength);
        return edits is null ? null : new EditedContent(edits, length);
    }

    /// <summary>Applies the edits to the whole original content.</summary>
    public byte[] Apply(ReadOnlySpan<byte> source)
    {
        var result = new byte[checked((int)Length)];
        for (var i = 0; i < _segments.Length; i++)
        {
            var segment = _segments[i];
            var target = result.AsSpan((int)segment.Start..(int)EndOf(i));
            if (segment.IsOwn)
            {
                segment.CopyTo(0, target);
            }
            else
            {
                source.Slice((int)segment.Source, target.Length).CopyTo(target);
            }
        }

        return result;
    }

    /// <summary>Reads at an offset; unmodified parts are read from a file of a tree.</summary>
    /// <returns>Bytes read; fewer than requested only at the end.</returns>
    internal int Read(IReadableTree tree, NodeId file, long offset, Span<byte> destination)
    {
        var done = 0;
        for (var i = Find(offset); i < _segments.Length && done < destination.Length; i++)
        {
            var into = Math.Max(0, offset - _segments[i].Start);
            var wanted = (int)Math.Min(destination.Length - done, EndOf(i) - _segments[i].Start - into);
            var target = destination.Slice(done, wanted);
            if (_segments[i].IsOwn)
            {
                _segments[i].CopyTo((int)into, target);
            }
            else if (tree.Read(file, _segments[i].Source + into, target) != wanted)
            {
                throw new TreeException(TreeFailure.Corrupt, "A file is shorter than the list of prefixes says.");
            }

            done += wanted;
        }

        return done;
    }

    private long EndOf(int index) => index + 1 < _segments.Length ? _segments[index + 1].Start : Length;

    /// <summary>The segment that contains an offset; the number of segments at or after the end.</summary>
    private int Find(long offset)
    {
        if (offset >= Length)
        {
            return _segments.Length;
        }

        var (low, high) = (0, _segments.Length - 1);
        while (low < high)
        {
            var middle = (low + high + 1) / 2;
            (low, high) = _segments[middle].Start <= offset ? (middle, high) : (low, middle - 1);
        }

        return low;
    }

    /// <param name="Start">Its start.</param>
    /// <param name="Source">Its start in the original content; <see cref="Own"/> for new bytes.</param>
    /// <param name="Added">The new bytes, if any; the rest of the segment consists of zeros.</param>
    private readonly record struct Segment(long Start, long Source, ReadOnlyMemory<byte> Added)
    {
        public const long Own = -1;

        public bool IsOwn => Source == Own;

        public void CopyTo(int offset, Span<byte> target)
        {
            var bytes = offset < Added.Length ? Added.Span[offset..] : [];
            bytes = bytes[..Math.Min(bytes.Length, target.Length)];
            bytes.CopyTo(target);
            target[bytes.Length..].Clear();
        }
    }
}

/// <summary>One replaced piece of content.</summary>
/// <param name="Offset">Its start.</param>
/// <param name="Removed">Number of bytes removed.</param>
/// <param name="Added">The new bytes.</param>
/// <param name="Zeros">Number of zeros after them.</param>
internal readonly record struct ContentEdit(long Offset, long Removed, ReadOnlyMemory<byte> Added, int Zeros = 0)
{
    private static readonly byte[] _env = "/usr/bin/env "u8.ToArray();

    public long AddedLength => Added.Length + Zeros;

    /// <summary>The edits that replace a prefix; null if that is impossible.</summary>
    public static List<ContentEdit>? Of(PrefixSpots spots, long length, PrefixText old, PrefixText replacement, long? sourceLength)
    {
        var edits = new List<ContentEdit>(spots.Spots.Count + (spots.Strings?.Count ?? 0));
        if (sourceLength is { } source)
        {
            return AddByteCode(edits, spots, old, replacement, source) && AreSound(edits, length) ? edits : null;
        }

        if (spots.Strings is null)
        {
            return AddText(edits, spots, old, replacement) && AreSound(edits, length) ? edits : null;
        }

        var next = 0;
        foreach (var text in spots.Strings)
        {
            var grown = 0L;
            for (var i = 0; i < text.Count && next < spots.Spots.Count; i++)
            {
                var edit = Of(spots.Spots[next++], old, replacement);
                if (edit is not { } replaced)
                {
                    return null;
                }

                edits.Add(replaced);
                grown += replaced.Added.Length - replaced.Removed;
            }

            if (grown > text.Room || grown < -length)
            {
                return null;
            }

            edits.Add(grown > 0 ? new ContentEdit(text.End, grown, default) : new ContentEdit(text.End, 0, default, (int)-grown));
        }

        return AreSound(edits, length) ? edits : null;
    }

    private static bool AddText(List<ContentEdit> edits, PrefixSpots spots, PrefixText old, PrefixText replacement)
    {
        var isPython = spots.Spots is [{ Form: PrefixForm.PythonLine or PrefixForm.PythonExec }, ..];
        var isEnv = spots.Spots is [{ Form: PrefixForm.EnvLine }, ..];
        if (isEnv && EnvLine.Edit(spots, replacement) is { } first)
        {
            edits.Add(first);
        }

        if (isPython && PythonLine.Add(edits, spots, old, replacement) is { } end)
        {
            edits.Add(end);
        }

        long line = spots.ShebangEnd;
        foreach (var spot in isPython || isEnv ? spots.Spots.Skip(1) : spots.Spots)
        {
            if (Of(spot, old, replacement) is not { } edit)
            {
                return false;
            }

            edits.Add(edit);
            line += spot.Offset < spots.ShebangEnd ? edit.Added.Length - edit.Removed : 0;
        }

        // The kernel does not support a first line that is too long, or has a space in the path.
        if (!isPython && !isEnv && spots.ShebangProgram > 0 && (line > PythonLine.Longest || replacement.Plain.Contains((byte)' ')))
        {
            edits.RemoveAll(edit => edit.Offset < spots.ShebangProgram);
            edits.Insert(0, new ContentEdit(2, spots.ShebangProgram - 2, _env));
        }

        return true;
    }

    /// <summary>Byte code that could not be parsed gets an impossible source length, so that it never counts as matching its source.</summary>
    private static bool AddByteCode(List<ContentEdit> edits, PrefixSpots spots, PrefixText old, PrefixText replacement, long sourceLength)
    {
        var size = new byte[sizeof(uint)];
        BinaryPrimitives.WriteUInt32LittleEndian(size, spots.Counted is null ? uint.MaxValue : (uint)sourceLength);
        edits.Add(new ContentEdit(ByteCode.SourceSizeAt, sizeof(uint), size));
        var next = 0;
        foreach (var text in spots.Counted ?? [])
        {
            var (head, grown) = (edits.Count, 0L);
            edits.Add(default);
            for (var i = 0; i < text.Count && next < spots.Spots.Count; i++)
            {
                if (Of(spots.Spots[next++], old, replacement) is not { } edit)
                {
                    return false;
                }

                edits.Add(edit);
                grown += edit.Added.Length - edit.Removed;
            }

            if (text.Length + grown is < 0 or > int.MaxValue)
            {
                return false;
            }

            edits[head] = new ContentEdit(
                text.TypeAt, text.HeadLength, ByteCode.Head(text.Type, (int)(text.Length + grown), Ascii.IsValid(replacement.Plain)));
        }

        return true;
    }

    private static ContentEdit? Of(PrefixSpot spot, PrefixText old, PrefixText replacement) =>
        old.Find(spot.Form) is { } before && replacement.Find(spot.Form) is { } after
            ? new ContentEdit(spot.Offset, before.Length, after)
            : null;

    /// <summary>Whether the edits are in order and within the content: a list from a file may be wrong.</summary>
    private static bool AreSound(List<ContentEdit> edits, long length)
    {
        var end = 0L;
        foreach (var edit in edits)
        {
            if (edit.Offset < end || edit.Removed < 0)
            {
                return false;
            }

            end = edit.Offset + edit.Removed;
        }

        return end <= length;
    }
}
