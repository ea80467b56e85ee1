namespace CondaFuse.Helper;

/// <summary>How the program ends; documented in docs/exit-codes.md.</summary>
internal enum ExitCode
{
    Success = 0,
    Failed = 1,
    Usage = 2,
    NotFound = 3,
    AlreadyExists = 4,
    Busy = 5,
    NotPossibleHere = 6,
    Corrupt = 7,
    Conda = 8,
    CannotRun = 127,
    Interrupted = 130,
}
