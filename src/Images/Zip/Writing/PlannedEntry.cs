using System.Text;
using CondaFuse.Images.Zip.Wire;
using CondaFuse.Tree;

namespace CondaFuse.Images.Zip.Writing;

/// <summary>An entry of the archive to be: what the source says of it, then what the writing finds out.</summary>
internal sealed class PlannedEntry
{
    /// <summary>Its name in the archive; a directory's ends with a slash.</summary>
    public required byte[] Name { get; init; }

    /// <summary>What the source says.</summary>
    public required Attributes Attributes { get; init; }

    public required uint Number { get; init; }

    /// <summary>Of a symlink.</summary>
    public byte[] Target { get; init; } = [];

    /// <summary>Of a further name of an entry: its first one.</summary>
    public PlannedEntry? First { get; init; }

    /// <summary>Content that is taken as it is stored elsewhere; null where it is to be stored.</summary>
    public StoredPiece? Stored { get; init; }

    public long Size => Kind == EntryKind.File ? Attributes.Size : Target.Length;

    public EntryKind Kind => Attributes.Kind;

    /// <summary>Whether its fields name another one as the same: devices have other things there.</summary>
    public bool IsHardLink =>
        First is not null && Kind is not (EntryKind.BlockDevice or EntryKind.CharacterDevice) && ExtraFields.HasRoomFor(First.Name);

    /// <summary>Whether it has content to be compressed.</summary>
    public bool IsToBeStored => Kind == EntryKind.File && Size > 0 && First is null && Stored is null;

    /// <summary>Whether it was copied from another archive with its local header, whose flags are <see cref="MethodFlags"/>.</summary>
    public bool IsKept { get; set; }

    public ZipMethod Method { get; set; }

    public ushort MethodFlags { get; set; }

    public uint Crc { get; set; }

    public long StoredBytes { get; set; }

    /// <summary>Where its local header is.</summary>
    public long Header { get; set; }

    /// <summary>Where its content is.</summary>
    public long Content { get; set; }

    /// <summary>Its path, for a person to read.</summary>
    public string Path => Encoding.UTF8.GetString(Name);
}
