using CondaFuse.Platform;

namespace CondaFuse.Store.Writing;

/// <summary>Carries out the actions of <see cref="ClaimProtocol"/> in the folder of an archive's changes.</summary>
internal sealed class ClaimFiles : IDisposable
{
    private readonly WriterFiles _files;
    private readonly IStorageFolder _folder;
    private readonly WriterHolder _self;
    private readonly IWriterLocks _locks;
    private IStorageFile? _lock;
    private Guid _abandoned;

    /// <summary>Opens the folder, creating it if necessary.</summary>
    public ClaimFiles(WriterFiles files, WriterHolder self, IWriterLocks locks) =>
        (_files, _self, _locks, _folder) = (files, self, locks, files.Make());

    /// <summary>The holder that the last action found; null if there was none, or it is unknown.</summary>
    public WriterHolder? Other { get; private set; }

    /// <summary>Why the last action failed.</summary>
    public IOException? Failure { get; private set; }

    private string OwnHolder => $"{WriterFiles.HolderPrefix}{_self.Token:N}";

    /// <summary>Carries out an action.</summary>
    public ClaimResult Do(ClaimAction action)
    {
        try
        {
            return action switch
            {
                ClaimAction.TryLock => TryLock(),
                ClaimAction.VerifyLock => IsLockNamed() ? ClaimResult.Yes : ClaimResult.No,
                ClaimAction.PublishHolder => Publish(),
                ClaimAction.CreateLease => CreateLease(),
                ClaimAction.ReadLease => ReadLease(),
                ClaimAction.ReadHolder => ReadHolder(),
                ClaimAction.CreateBreak => CreateBreak(),
                ClaimAction.VerifyAbandoned => TokenOf(WriterFiles.LeaseName) == _abandoned ? ClaimResult.Yes : ClaimResult.No,
                ClaimAction.RemoveAbandoned => Remove(WriterFiles.LeaseName),
                ClaimAction.RemoveBreak => Remove(BreakName),
                ClaimAction.ClearHolder => ClearHolder(),
                ClaimAction.RemoveLease => RemoveLease(),
                ClaimAction.Unlock => Unlock(),
                _ => throw new InvalidOperationException($"{action} is the end."),
            };
        }
        catch (IOException failure)
        {
            Failure = failure;
            return ClaimResult.Failed;
        }
    }

    /// <summary>Whether the locked file still has its name.</summary>
    /// <exception cref="PlatformException">The storage does not answer.</exception>
    public bool IsLockNamed() => _folder.StatusOf(WriterFiles.LockName) is { } status && _lock?.Handle is { IsClosed: false } file
        && FileIdentity.Of(file) == new FileIdentity(status.FileSystem, status.Inode);

    /// <summary>Removes the files of other holders with locks: this process has the lock, so they have ended.</summary>
    public void RemoveHoldersOfOthers()
    {
        foreach (var name in _folder.List().Where(name => name.StartsWith(WriterFiles.HolderPrefix, StringComparison.Ordinal) && name != OwnHolder))
        {
            Do(name);
        }

        void Do(string name)
        {
            try
            {
                _folder.Remove(name);
            }
            catch (PlatformException)
            {
                // Nothing depends on it.
            }
        }
    }

    /// <summary>Refreshes the lease.</summary>
    /// <returns>False if the lease no longer belongs to this holder.</returns>
    /// <exception cref="PlatformException">The storage does not answer.</exception>
    public bool TryRefreshLease()
    {
        try
        {
            // Write to the file that was read, not to one that another process put in its place.
            using var file = _folder.Open(WriterFiles.LeaseName, StorageAccess.Write);
            if (HolderFiles.Parse(file)?.Token != _self.Token)
            {
                return false;
            }

            file.WriteAt(0, _self.Format());
            return true;
        }
        catch (PlatformException failure) when (failure.Errno == Errno.ENOENT)
        {
            return false;
        }
    }

    public void Dispose()
    {
        _lock?.Dispose();
        _folder.Dispose();
        _files.TryRemoveEmptyFolder();
    }

    private static bool TryRemove(IStorageFolder folder, string name)
    {
        try
        {
            folder.Remove(name);
            return true;
        }
        catch (PlatformException)
        {
            return false;
        }
    }

    private string BreakName => $"{WriterFiles.LeasePrefix}{_abandoned:N}";

    private ClaimResult TryLock()
    {
        _lock?.Dispose();
        _lock = OpenOrCreate(WriterFiles.LockName);
        var answer = _locks.TryTake(_files.Lock, _lock.Handle!);
        if (answer == LockAnswer.Taken)
        {
            return ClaimResult.Yes;
        }

        Other = AnyHolder();
        if (answer == LockAnswer.Held)
        {
            return ClaimResult.No;
        }

        _lock.Dispose();
        _lock = null;
        return ClaimResult.NoLocks;
    }

    private IStorageFile OpenOrCreate(string name)
    {
        while (true)
        {
            try
            {
                return _folder.Open(name, StorageAccess.Write);
            }
            catch (PlatformException failure) when (failure.Errno == Errno.ENOENT)
            {
            }

            try
            {
                return _folder.Open(name, StorageAccess.Create);
            }
            catch (PlatformException failure) when (failure.Errno == Errno.EEXIST)
            {
            }
        }
    }

    private ClaimResult Publish()
    {
        try
        {
            WriteNew(OwnHolder);
        }
        catch (PlatformException failure) when (DiskFull.Is(failure))
        {
            if (IsLockNamed())
            {
                _ = TryRemove(_folder, WriterFiles.LockName); // useless without a holder; another process's lock may have its name by now
            }

            throw;
        }

        _folder.Sync();

        // Version 0.1.0 reads it from this file.
        _lock!.Truncate(0);
        _lock.WriteAt(0, _self.Format());
        return ClaimResult.Yes;
    }

    private void WriteNew(string name)
    {
        using var file = _folder.Open(name, StorageAccess.Create);
        try
        {
            file.WriteAt(0, _self.Format());
            file.Sync();
        }
        catch
        {
            _ = TryRemove(_folder, name);
            throw;
        }
    }

    /// <summary>The lease is written under another name and then linked, so that it never exists without its text.</summary>
    private ClaimResult CreateLease()
    {
        var aside = $"{WriterFiles.LeasePrefix}{_self.Token:N}.new";
        WriteNew(aside);
        try
        {
            if (!_folder.TryLink(aside, WriterFiles.LeaseName))
            {
                WriteNew(WriterFiles.LeaseName); // no hard links on this file system
            }

            _folder.Sync();
            return ClaimResult.Yes;
        }
        catch (PlatformException failure) when (failure.Errno == Errno.EEXIST)
        {
            // On a network file system, a repeated request may have failed because of this process's own link.
            return TokenOf(WriterFiles.LeaseName) == _self.Token ? ClaimResult.Yes : ClaimResult.No;
        }
        finally
        {
            _ = TryRemove(_folder, aside);
        }
    }

    private ClaimResult ReadLease()
    {
        Other = HolderFiles.Read(_folder, WriterFiles.LeaseName, out var isThere);
        if (!isThere)
        {
            return ClaimResult.None;
        }

        if (Other is null || !HolderFiles.IsAbandoned(_folder, Other, _self.Who))
        {
            return ClaimResult.Live;
        }

        _abandoned = Other.Token;
        return ClaimResult.Abandoned;
    }

    private ClaimResult ReadHolder()
    {
        Other = AnyHolder();
        return Other is not null ? ClaimResult.Live : ClaimResult.None;
    }

    /// <summary>Another process that is alive, or whose state is unknown here.</summary>
    private WriterHolder? AnyHolder() => HolderFiles.AnyHolder(_folder, _self.Who, _self.Token);

    private ClaimResult CreateBreak()
    {
        try
        {
            WriteNew(BreakName);
            return ClaimResult.Yes;
        }
        catch (PlatformException failure) when (failure.Errno == Errno.EEXIST)
        {
            return ClaimResult.No;
        }
    }

    private Guid? TokenOf(string name) => HolderFiles.Read(_folder, name, out _)?.Token;

    private ClaimResult Remove(string name)
    {
        try
        {
            _folder.Remove(name);
        }
        catch (PlatformException failure) when (failure.Errno == Errno.ENOENT)
        {
        }

        return ClaimResult.Yes;
    }

    private ClaimResult ClearHolder()
    {
        if (_lock?.Handle is { IsClosed: false })
        {
            _lock.Truncate(0);
        }

        return Remove(OwnHolder);
    }

    /// <summary>No process removes the lease of a living one, so the file that was read is the one that is removed.</summary>
    private ClaimResult RemoveLease() => TokenOf(WriterFiles.LeaseName) == _self.Token ? Remove(WriterFiles.LeaseName) : ClaimResult.Yes;

    private ClaimResult Unlock()
    {
        _lock?.Dispose();
        _lock = null;
        return ClaimResult.Yes;
    }
}
