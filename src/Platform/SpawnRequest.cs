using Microsoft.Win32.SafeHandles;

namespace CondaFuse.Platform;

/// <summary>A process to start.</summary>
public sealed record SpawnRequest
{
    /// <summary>Absolute path of the program.</summary>
    public required string Program { get; init; }

    /// <summary>All arguments, the program's own name first.</summary>
    public required IReadOnlyList<string> Arguments { get; init; }

    /// <summary><c>NAME=value</c> each.</summary>
    public required IReadOnlyCollection<string> Environment { get; init; }

    /// <summary>Whether it leads a session of its own, so that no terminal's signal reaches it.</summary>
    public bool NewSession { get; init; }

    /// <summary>An open file that takes its standard output and error; its standard input is then empty. Null: inherited.</summary>
    public SafeFileHandle? Output { get; init; }

    /// <summary>Whether it gets no descriptor above 2 but those of <see cref="Descriptors"/>, also none that this process inherited from its own caller.</summary>
    public bool ClosesOthers { get; init; }

    /// <summary>Descriptors handed to it, by the number that each has there.</summary>
    public IReadOnlyDictionary<int, SafeFileHandle> Descriptors { get; init; } = new Dictionary<int, SafeFileHandle>();
}
