using System.Collections.Concurrent;
using System.Text;
using System.Text.Unicode;
using CondaFuse.Compression;
using CondaFuse.Packing.Metadata;
using CondaFuse.Platform;
using CondaFuse.Tree;

namespace CondaFuse.Packing.Content;

/// <summary>
/// Decides how each file's content is packed. Where conda replaced a placeholder by the prefix, the placeholder is restored, and conda's recorded
/// checksum proves that the result is the package's file. So no package cache is needed, and the packed environment supports any prefix that the
/// packages support. Text files without a record are searched for the prefix. Thread-safe.
/// </summary>
internal sealed class PackedContentPlanner(SourceFiles files, CondaRecords records, IReadOnlyList<string> prefixes, string? destination)
{
    private const int StartBytes = 64 << 10;

    /// <summary>Maximum number of bytes that a truncated UTF-8 character lacks.</summary>
    private const int CutCharacter = 3;

    /// <summary>Possible forms of the prefix; the first match wins.</summary>
    private readonly (string Text, byte[] Bytes)[] _prefixes = [.. prefixes.Select(prefix => (prefix, Encoding.UTF8.GetBytes(prefix)))];

    /// <summary>Files whose prefix was proven by conda's checksum, with a checksum of the package's file that is faster to compute.</summary>
    private readonly ConcurrentDictionary<string, (byte[] Prefix, uint Checksum)> _proven = new(StringComparer.Ordinal);
    private readonly byte[]? _destination = destination is null ? null : Encoding.UTF8.GetBytes(destination);

    /// <summary>Plans a regular file.</summary>
    /// <exception cref="PackingException"><see cref="PackingFault.DestinationTooLong"/>.</exception>
    public PlannedContent Plan(SourceFile file)
    {
        if (CondaRecords.IsRecord(file.Origin))
        {
            return new PlannedContent(new RewrittenContent(RecordCleaning.Clean(files.Read(file.Origin))), null, IsOverwritten: false);
        }

        if (file.Origin == CondaRecords.History)
        {
            return default;
        }

        var managed = records.Files.GetValueOrDefault(file.Origin);
        if (managed is { Mode: PrefixMode.Text or PrefixMode.Binary, Placeholder: not null })
        {
            return PlanRecorded(file, managed);
        }

        // Scripts that conda generates are recorded without a placeholder.
        var overwritten = managed is { IsByteCode: false, PackageSize: { } size } && size != file.Attributes.Size;
        return managed is { Mode: PrefixMode.None } && !IsProgram(file.Path)
            ? new PlannedContent(null, null, overwritten)
            : PlanUnrecorded(file) with { IsOverwritten = overwritten };
    }

    private static bool IsProgram(string path) => path.StartsWith("bin/", StringComparison.Ordinal);

    private PlannedContent PlanRecorded(SourceFile file, ManagedFile managed)
    {
        var origin = file.Origin;
        var data = files.Read(origin);
        if (TryRestore(origin, managed, data, out var restored))
        {
            return Finish(
                file.Path, managed.Mode, managed.Placeholder!, restored, () =>
                    TryRestore(origin, managed, files.Read(origin), out var again) ? again : throw Changed(origin));
        }

        var overwritten = managed.InstalledDigest is { } digest && digest != Sha256.Of(data);
        return _prefixes.FirstOrDefault(prefix => PrefixReplacement.IsIn(data, prefix.Bytes)).Text is { } found
            ? Finish(file.Path, managed.Mode, found, data, () => files.Read(origin)) with { IsOverwritten = overwritten }
            : new PlannedContent(null, null, overwritten);
    }

    private bool TryRestore(string origin, ManagedFile managed, byte[] data, out byte[] restored)
    {
        if (_proven.TryGetValue(origin, out var proven))
        {
            return PlaceholderRestoration.TryPutBack(data, managed, proven.Prefix, out restored) && Crc32.Append(0, restored) == proven.Checksum;
        }

        restored = data;
        foreach (var (_, prefix) in _prefixes)
        {
            if (PlaceholderRestoration.TryRestore(data, managed, prefix, out restored))
            {
                _proven[origin] = (prefix, Crc32.Append(0, restored));
                return true;
            }
        }

        return false;
    }

    private PlannedContent PlanUnrecorded(SourceFile file)
    {
        var size = file.Attributes.Size;
        if (size < _prefixes.Min(prefix => prefix.Bytes.Length) || size > int.MaxValue / 2)
        {
            return default;
        }

        var start = new byte[(int)Math.Min(size, StartBytes)];
        var whole = size <= StartBytes;
        if (files.ReadStart(file.Origin, start) != start.Length || !IsText(start, whole))
        {
            return default;
        }

        var data = whole ? start : files.Read(file.Origin);
        return PrefixIn(data) is { } prefix && IsText(data, isWhole: true)
            ? Finish(file.Path, PrefixMode.Text, prefix, data, () => files.Read(file.Origin))
            : default;
    }

    private string? PrefixIn(byte[] data) => _prefixes.FirstOrDefault(prefix => data.AsSpan().IndexOf(prefix.Bytes) >= 0).Text;

    private static bool IsText(ReadOnlySpan<byte> data, bool isWhole)
    {
        if (data.Contains((byte)0))
        {
            return false;
        }

        for (var cut = 0; cut <= (isWhole ? 0 : CutCharacter); cut++)
        {
            if (Utf8.IsValid(data[..^cut]))
            {
                return true;
            }
        }

        return false;
    }

    /// <summary>Replaces the placeholder if the destination is known, otherwise leaves that to <c>conda-unpack</c>.</summary>
    /// <param name="path">The file.</param>
    /// <param name="mode">Text or binary.</param>
    /// <param name="placeholder">The text in place of the prefix.</param>
    /// <param name="data">Content with the placeholder.</param>
    /// <param name="again">Creates that content again.</param>
    private PlannedContent Finish(string path, PrefixMode mode, string placeholder, byte[] data, Func<byte[]> again)
    {
        var old = Encoding.UTF8.GetBytes(placeholder);
        if (_destination is not null)
        {
            return new PlannedContent(
                new RewrittenContent(Moved(path, mode, old, data), () => Moved(path, mode, old, again())), null, IsOverwritten: false);
        }

        if (mode == PrefixMode.Text && IsProgram(path) && PrefixReplacement.TryFreeShebang(data, old, out var free))
        {
            return new PlannedContent(new RewrittenContent(free), null, IsOverwritten: false);
        }

        var record = !PrefixReplacement.IsIn(data, old) ? null : new PrefixRecord(path, placeholder, mode);
        return new PlannedContent(new RewrittenContent(data, again), record, IsOverwritten: false);
    }

    private byte[] Moved(string path, PrefixMode mode, byte[] old, byte[] data)
    {
        if (mode == PrefixMode.Text)
        {
            return PrefixReplacement.WithoutLongShebang(PrefixReplacement.InText(data, old, _destination), _destination);
        }

        return PrefixReplacement.TryInBinary(data, old, _destination, out var moved)
            ? moved
            : throw new PackingException(
                PackingFault.DestinationTooLong,
                $"{path} has room for a prefix of {old.Length} bytes, but {destination} has {_destination!.Length}: choose a shorter prefix");
    }

    private static TreeException Changed(string path) => new(TreeFailure.Storage, $"{path}: was changed while it was packed");
}

/// <summary>How a file's content is packed.</summary>
/// <param name="Content">The replacement of the content; null for the unmodified file.</param>
/// <param name="Record">What <c>conda-unpack</c> must do; null for nothing.</param>
/// <param name="IsOverwritten">Whether it differs from what conda installed.</param>
internal readonly record struct PlannedContent(RewrittenContent? Content, PrefixRecord? Record, bool IsOverwritten);
