using CondaFuse.Packing.Content;

namespace CondaFuse.Packing.Metadata;

/// <summary>A file that conda installed.</summary>
/// <param name="Package">The package it belongs to: <c>name version</c>.</param>
/// <param name="Path">Its path below the prefix.</param>
/// <param name="Mode">How the prefix lies in it.</param>
internal sealed record ManagedFile(string Package, string Path, PrefixMode Mode)
{
    /// <summary>What the prefix stands in place of; null where none is recorded.</summary>
    public string? Placeholder { get; init; }

    /// <summary>SHA-256 in the package, in hexadecimal digits.</summary>
    public string? PackageDigest { get; init; }

    /// <summary>SHA-256 as it was installed.</summary>
    public string? InstalledDigest { get; init; }

    /// <summary>Bytes in the package.</summary>
    public long? PackageSize { get; init; }

    /// <summary>Whether the interpreter makes it when it is not there, so that nobody misses it.</summary>
    public bool IsByteCode => Path.EndsWith(".pyc", StringComparison.Ordinal);
}
