namespace CondaFuse.Tree;

/// <summary>What a new entry shall be. Its times are those of the tree's clock.</summary>
/// <param name="Kind">What it is.</param>
/// <param name="Permissions">0 to 0o7777.</param>
/// <param name="UserId">Who makes it.</param>
/// <param name="GroupId">Their group; a set-gid directory's group goes before.</param>
public readonly record struct NewEntry(EntryKind Kind, ushort Permissions, uint UserId, uint GroupId)
{
    /// <summary>Major device number; 0 unless a device.</summary>
    public uint DeviceMajor { get; init; }

    /// <summary>Minor device number; 0 unless a device.</summary>
    public uint DeviceMinor { get; init; }
}
