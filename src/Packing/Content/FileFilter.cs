namespace CondaFuse.Packing.Content;

/// <summary>Leaves files out, or takes in again what an earlier one left out.</summary>
/// <param name="Includes">Whether it takes in.</param>
/// <param name="Pattern">Which files, by their path below the prefix (see <see cref="FilePattern"/>).</param>
public sealed record FileFilter(bool Includes, string Pattern);
