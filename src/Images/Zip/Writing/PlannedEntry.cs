using System.Text;
using CondaFuse.Images.Zip.Wire;
using CondaFuse.Tree;

namespace CondaFuse.Images.Zip.Writing;

/// <summary>An entry of the new archive: first the source's attributes, then the results of writing it.</summary>
internal sealed class PlannedEntry
{
    /// <summary>Its name in the archive; a directory's ends with a slash.</summary>
    public required byte[] Name { get; init; }

    /// <summary>The source's attributes.</summary>
    public required Attributes Attributes { get; init; }

    public required uint Number { get; init; }

    /// <summary>A symlink's target.</summary>
    public byte[] Target { get; init; } = [];

    /// <summary>For another name of an entry: the entry of its first name.</summary>
    public PlannedEntry? First { get; init; }

    /// <summary>Content to copy in stored form; null if it must be compressed.</summary>
    public StoredPiece? Stored { get; init; }

    public long Size => Kind == EntryKind.File ? Attributes.Size : Target.Length;

    public EntryKind Kind => Attributes.Kind;

    /// <summary>Whether its fields name another entry as its target: for devices, they have another meaning.</summary>
    public bool IsHardLink =>
        First is not null && Kind is not (EntryKind.BlockDevice or EntryKind.CharacterDevice) && ExtraFields.HasRoomFor(First.Name);

    /// <summary>Whether it has content to compress.</summary>
    public bool IsToBeStored => Kind == EntryKind.File && Size > 0 && First is null && Stored is null;

    /// <summary>Whether it was copied from another archive with its local header, whose flags are <see cref="MethodFlags"/>.</summary>
    public bool IsKept { get; set; }

    public ZipMethod Method { get; set; }

    public ushort MethodFlags { get; set; }

    public uint Crc { get; set; }

    public long StoredBytes { get; set; }

    /// <summary>Position of its local header.</summary>
    public long Header { get; set; }

    /// <summary>Position of its content.</summary>
    public long Content { get; set; }

    /// <summary>Its path, for messages.</summary>
    public string Path => Encoding.UTF8.GetString(Name);
}
