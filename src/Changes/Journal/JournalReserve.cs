using CondaFuse.Platform;

namespace CondaFuse.Changes.Journal;

/// <summary>
/// Room that a journal has in advance, so that on a full disk what gives room back still works, and for a while all that needs only a record. Where
/// the storage cannot promise room, every record takes what there is.
/// </summary>
internal sealed class JournalReserve(IStorageFile journal)
{
    /// <summary>Bytes behind the last record that are reserved.</summary>
    private const int Reserve = 1 << 20;

    private long _end;
    private bool _isUnknown;

    /// <summary>Makes sure that a record finds room, and that enough is left for those that give room back.</summary>
    /// <param name="length">The journal's.</param>
    /// <param name="record">Bytes to be appended.</param>
    /// <param name="kind">What they say.</param>
    /// <exception cref="PlatformException">ENOSPC, EDQUOT: only records that give room back find some.</exception>
    public void Demand(long length, int record, ChangeKind kind)
    {
        if (_isUnknown || _end - length - record >= Reserve)
        {
            return;
        }

        try
        {
            // Twice, so that it is asked for once in a thousand records.
            _isUnknown = !journal.TryReserve(length, 2 * Reserve);
            _end = length + (2 * Reserve);
        }
        catch (PlatformException) when (_end - length - record >= Kept(kind))
        {
            // There still is some of what was reserved.
        }
    }

    /// <summary>A failed record was cut off, and with it what was reserved.</summary>
    public void Lost() => _end = 0;

    /// <summary>Gives back what is reserved; nothing more is appended.</summary>
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
                // It goes with the file.
            }
        }
    }

    /// <summary>How much of the reserve a record of a kind leaves alone.</summary>
    private static int Kept(ChangeKind kind) => kind switch
    {
        ChangeKind.Remove or ChangeKind.Rename or ChangeKind.SetAttributes or ChangeKind.Clear or ChangeKind.Collapse or ChangeKind.RemoveXattr
            or ChangeKind.Forget or ChangeKind.Synced => 0,
        ChangeKind.Write or ChangeKind.SetXattr => Reserve,
        _ => Reserve / 2,
    };
}
