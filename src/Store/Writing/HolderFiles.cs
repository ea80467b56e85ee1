using CondaFuse.Platform;

namespace CondaFuse.Store.Writing;

/// <summary>Reads the files that name the holder of the write lock, in the folder of an archive's changes.</summary>
internal static class HolderFiles
{
    /// <summary>After this time without a refresh, a holder of this host from before its last boot counts as gone.</summary>
    private static readonly TimeSpan StaleAfter = TimeSpan.FromSeconds(90);

    /// <summary>Reads a file that names the writer; null if there is none.</summary>
    /// <param name="folder">The folder.</param>
    /// <param name="name">The file.</param>
    /// <param name="isThere">Whether the file exists, even if its text cannot be understood.</param>
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

    /// <summary>Whether the holder of a lease is known to be gone: a dead process of this host, or one from before the host's last boot.</summary>
    /// <param name="folder">The folder, whose clock dates the lease.</param>
    /// <param name="holder">The holder of the lease.</param>
    /// <param name="self">The identity of this process.</param>
    internal static bool IsAbandoned(IStorageFolder folder, WriterHolder holder, WriterIdentity self) => holder.StateFor(self) switch
    {
        HolderState.Dead => true,
        HolderState.Unknown => holder.Who.Host == self.Host && holder.Who.Boot != self.Boot && AgeOfLease(folder) > StaleAfter,
        _ => false,
    };

    /// <summary>The time since the lease was refreshed, by the storage's clock, because a host's clock may jump.</summary>
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
            return TimeSpan.Zero; // unknown, so the holder counts as alive
        }
        finally
        {
            TryRemove(folder, probe);
        }
    }

    /// <summary>Another process with the lock that is alive, or whose state is unknown here, according to the files.</summary>
    /// <param name="folder">The folder.</param>
    /// <param name="self">The identity of this process.</param>
    /// <param name="token">This process's claim, which is ignored.</param>
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
                continue; // readers cannot open this file; its text is only for version 0.1.0
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

    /// <summary>The holder named by an open file; null if its text cannot be understood.</summary>
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
            // Nothing depends on it.
        }
    }
}
