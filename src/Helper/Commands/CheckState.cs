namespace CondaFuse.Helper.Commands;

/// <summary>How a thing that was looked at is.</summary>
internal enum CheckState
{
    Good,
    Warning,
    Wrong,
}
