namespace CondaFuse.Fuse.Wire;

/// <summary><c>fuse_mkdir_in</c>; a name follows.</summary>
/// <param name="Mode">Permissions, the umask applied.</param>
/// <param name="Umask">The caller's umask.</param>
public readonly record struct MakeDirectoryRequest(uint Mode, uint Umask);
