namespace CondaFuse.Images.SquashFs.Writing;

/// <summary>The extended attributes of one or more inodes.</summary>
/// <param name="Encoded">Names and values as the image stores them.</param>
/// <param name="Count">Attributes.</param>
/// <param name="Size">Length of full names and values in bytes.</param>
internal sealed record XattrSet(byte[] Encoded, uint Count, uint Size);
