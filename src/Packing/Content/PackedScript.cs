namespace CondaFuse.Packing.Content;

/// <summary>A file that is put into a packed environment's <c>bin</c>.</summary>
/// <param name="Name">Its name.</param>
/// <param name="Content">Its content.</param>
/// <param name="Permissions">Its permission bits.</param>
internal sealed record PackedScript(string Name, byte[] Content, ushort Permissions);
