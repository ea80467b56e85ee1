using CondaFuse.Images.SquashFs.Wire;
using CondaFuse.Tree;

namespace CondaFuse.Images.SquashFs.Writing;

/// <summary>Makes inodes of what a source says of its entries. Not for several threads at once.</summary>
/// <param name="source">The source.</param>
/// <param name="owners">Takes owners and groups.</param>
/// <param name="changeTimes">Whether it is worth keeping when attributes changed.</param>
internal sealed class InodePlanner(IReadableTree source, OwnerTable owners, bool changeTimes)
{
    private readonly byte[] _target = new byte[SquashFsFormat.MaxSymlink];

    /// <summary>An inode as far as it is known before its content is stored.</summary>
    /// <exception cref="TreeException">SquashFS cannot hold it.</exception>
    public PlannedInode Plan(in Attributes attributes, PlannedInode? parent, byte[] name)
    {
        var isDevice = attributes.Kind is EntryKind.BlockDevice or EntryKind.CharacterDevice;
        var inode = new PlannedInode
        {
            Kind = attributes.Kind,
            Node = attributes.Node,
            Parent = parent,
            Name = name,
            Permissions = attributes.Permissions,
            UserIndex = owners.IndexOf(attributes.UserId),
            GroupIndex = owners.IndexOf(attributes.GroupId),
            Modified = attributes.Modified,
            Changed = changeTimes ? attributes.Changed : attributes.Modified,
            Size = attributes.Kind == EntryKind.File ? attributes.Size : 0,
            Device = isDevice ? DeviceNumber.Encode(attributes.DeviceMajor, attributes.DeviceMinor) : 0,
            Target = attributes.Kind == EntryKind.Symlink ? _target[..source.ReadLink(attributes.Node, _target)] : [],
        };
        if (isDevice && (attributes.DeviceMajor > DeviceNumber.MaxMajor || attributes.DeviceMinor > DeviceNumber.MaxMinor))
        {
            throw new TreeException(
                TreeFailure.Unsupported, $"{inode.Path()}: SquashFS cannot hold the device number {attributes.DeviceMajor}:{attributes.DeviceMinor}.");
        }

        return inode;
    }
}
