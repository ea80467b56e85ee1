using CondaFuse.Platform;

namespace CondaFuse.Changes.Journal;

/// <summary>
/// Space reserved for the journal in advance. On a full disk, records that free space can still be written, and for a while all changes that need
/// only a record. If the storage cannot reserve space, every record uses the space that is left.
/// </summary>
internal sealed class JournalReserve(IStorageFile journal)
{
    /// <summary>Bytes reserved beyond the last record.</summary>
    private const int Reserve = 1 << 20;

    private long _end;
    private bool _isUnknown;

    /// <summary>Ensures that a record fits, and that enough stays reserved for records that free space.</summary>
    /// <param name="length">The journal's length.</param>
    /// <param name="record">Bytes to be appended.</param>
    /// <param name="kind">The kind of the record.</param>
    /// <exception cref="PlatformException">ENOSPC, EDQUOT: only records that free space still fit.</exception>
    public void Demand(long length, int record, ChangeKind kind)
    {
        if (_isUnknown || _end - length - record >= Reserve)
        {
            return;
        }

        try
        {
            // Twice the reserve, so that this happens only once per thousand records.
            _isUnknown = !journal.TryReserve(length, 2 * Reserve);
            _end = length + (2 * Reserve);
        }
        catch (PlatformException) when (_end - length - record >= Kept(kind))
        {
            // Part of the reserve is still left.
        }
    }

    /// <summary>A failed record was cut off, and the reserved space with it.</summary>
    public void Lost() => _end = 0;

    /// <summary>Frees the reserved space; nothing more is appended.</summary>
    public void Release(long length)
    {
        if (_end > length && !_isUnknown)
        {
            _end = 0;
            try
            {
                journal.Truncate(length);
            }
            catch (PlatformException)
            {
                // It is freed with the file.
            }
        }
    }

    /// <summary>How much of the reserve a record of this kind must leave.</summary>
    private static int Kept(ChangeKind kind) => kind switch
    {
        ChangeKind.Remove or ChangeKind.Rename or ChangeKind.SetAttributes or ChangeKind.Clear or ChangeKind.Collapse or ChangeKind.RemoveXattr
            or ChangeKind.Forget or ChangeKind.Synced => 0,
        ChangeKind.Write or ChangeKind.SetXattr => Reserve,
        _ => Reserve / 2,
    };
}
