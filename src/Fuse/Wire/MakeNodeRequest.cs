namespace CondaFuse.Fuse.Wire;

/// <summary><c>fuse_mknod_in</c>; a name follows.</summary>
/// <param name="Mode">Type and permissions, the umask applied.</param>
/// <param name="Device">Device number: see <see cref="DeviceNumber"/>.</param>
/// <param name="Umask">The caller's umask.</param>
/// <param name="Padding">Padding.</param>
public readonly record struct MakeNodeRequest(uint Mode, uint Device, uint Umask, uint Padding);
