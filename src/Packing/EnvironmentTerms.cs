using CondaFuse.Packing.Content;

namespace CondaFuse.Packing;

/// <summary>What of an environment is packed, and for where.</summary>
public sealed record EnvironmentTerms
{
    /// <summary>The environment's prefix: the absolute path that conda wrote into its files.</summary>
    public required string Prefix { get; init; }

    /// <summary>The prefix that it is to have; null for one that <c>conda-unpack</c> finds where it is unpacked.</summary>
    public string? Destination { get; init; }

    /// <summary>Which files are left out, and which of these taken in again, in this order.</summary>
    public IReadOnlyList<FileFilter> Filters { get; init; } = [];

    /// <summary>Whether packages may be links to sources elsewhere.</summary>
    public bool AllowEditable { get; init; }

    /// <summary>Whether files that conda manages may be gone.</summary>
    public bool AllowMissing { get; init; }

    /// <summary>Whether copies of what symlinks lead to take their place: for archives whose readers may know no symlinks.</summary>
    public bool CopiesLinks { get; init; }

    /// <summary>Threads that look through files.</summary>
    public required int Threads { get; init; }
}
