using CondaFuse.Platform;

namespace CondaFuse.Store.Writing;

/// <summary>Reads the files in the folder of an archive's changes that say who holds its write lock.</summary>
internal static class HolderFiles
{
    /// <summary>A holder of this host from before it was started again counts as gone after this time without a sign.</summary>
    private static readonly TimeSpan StaleAfter = TimeSpan.FromSeconds(90);

    /// <summary>Reads a file that says who writes; null if there is none.</summary>
    /// <param name="folder">The folder.</param>
    /// <param name="name">The file.</param>
    /// <param name="isThere">Whether there is one, even if its text cannot be understood.</param>
    internal static WriterHolder? Read(IStorageFolder folder, string name, out bool isThere)
    {
        try
        {
            using var file = folder.Open(name, StorageAccess.Read);
            isThere = true;
            return Parse(file);
        }
        catch (PlatformException failure) when (failure.Errno == Errno.ENOENT)
        {
            isThere = false;
            return null;
        }
    }

    /// <summary>
    /// Whether the holder of a lease can be seen to be gone: a dead process of this host, or one from before the host was started again.
    /// </summary>
    /// <param name="folder">The folder, whose clock dates the lease.</param>
    /// <param name="holder">The lease's.</param>
    /// <param name="self">This process.</param>
    internal static bool IsAbandoned(IStorageFolder folder, WriterHolder holder, WriterIdentity self) => holder.StateFor(self) switch
    {
        HolderState.Dead => true,
        HolderState.Unknown => holder.Who.Host == self.Host && holder.Who.Boot != self.Boot && AgeOfLease(folder) > StaleAfter,
        _ => false,
    };

    /// <summary>How long ago the lease was refreshed, by the storage's own clock: a host's clock may jump.</summary>
    private static TimeSpan AgeOfLease(IStorageFolder folder)
    {
        var probe = $"{WriterFiles.LeasePrefix}{Guid.NewGuid():N}.clock";
        try
        {
            folder.Open(probe, StorageAccess.Create).Dispose();
            return folder.StatusOf(probe) is { } now && folder.StatusOf(WriterFiles.LeaseName) is { } lease
                ? TimeSpan.FromSeconds(now.Modified.Seconds - lease.Modified.Seconds)
                : TimeSpan.Zero;
        }
        catch (PlatformException)
        {
            return TimeSpan.Zero; // nobody can tell, so it lives
        }
        finally
        {
            TryRemove(folder, probe);
        }
    }

    /// <summary>Somebody with the lock who lives, or of whom nobody here knows, as the files say.</summary>
    /// <param name="folder">The folder.</param>
    /// <param name="self">This process.</param>
    /// <param name="token">Its own claim, which does not count.</param>
    internal static WriterHolder? AnyHolder(IStorageFolder folder, WriterIdentity self, Guid? token)
    {
        WriterHolder? found = null;
        foreach (var name in folder.List().Where(
                name => name.StartsWith(WriterFiles.HolderPrefix, StringComparison.Ordinal) || name == WriterFiles.LockName))
        {
            WriterHolder? holder;
            try
            {
                holder = Read(folder, name, out _);
            }
            catch (StoreException) when (name == WriterFiles.LockName)
            {
                continue; // those who may not write do not get it; its text is only for version 0.1.0
            }

            if (holder is not null
                && holder.Token != token
                && holder.StateFor(self) is var state
                && state != HolderState.Dead
                && (found is null || state == HolderState.Alive))
            {
                found = holder;
            }
        }

        return found;
    }

    /// <summary>The holder that an open file names; null if its text cannot be understood.</summary>
    internal static WriterHolder? Parse(IStorageFile file)
    {
        var bytes = new byte[Math.Min(file.Length, PlainFile.MaxSmallFile)];
        return WriterHolder.Parse(bytes.AsMemory(0, file.ReadAt(0, bytes)));
    }

    private static void TryRemove(IStorageFolder folder, string name)
    {
        try
        {
            folder.Remove(name);
        }
        catch (PlatformException)
        {
            // Nobody depends on it.
        }
    }
}
