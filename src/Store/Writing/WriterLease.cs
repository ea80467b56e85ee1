using CondaFuse.Platform;

namespace CondaFuse.Store.Writing;

/// <summary>A file that stands for the right to write where locks do not work: who made it has the right, as long as it is there and theirs.</summary>
/// <param name="path">The file.</param>
internal sealed class WriterLease(string path)
{
    /// <summary>A holder that has not refreshed its lease for so long is not there, or cannot reach the storage.</summary>
    private static readonly TimeSpan StaleAfter = TimeSpan.FromSeconds(90);

    /// <summary>Who has it; <see langword="null"/> if nobody. One whose text cannot be read is somebody, too: a holder without a process.</summary>
    internal (WriterHolder? Holder, bool IsThere) Read()
    {
        try
        {
            using var file = PlainFile.OpenToRead(path);
            return (WriterHolder.Parse(PlainFile.ReadAll(file)), true);
        }
        catch (PlatformException failure) when (failure.Errno == Errno.ENOENT)
        {
            return (null, false);
        }
    }

    /// <summary>Makes it, unless somebody has it.</summary>
    internal bool TryCreate(WriterHolder holder)
    {
        try
        {
            using var file = PlainFile.Create(path);
            PlainFile.WriteAll(file, holder.Format());
            return true;
        }
        catch (PlatformException failure) when (failure.Errno == Errno.EEXIST)
        {
            return false;
        }
    }

    /// <summary>Whether its holder can be seen to be gone: a dead process of this host, or one from before the host was started again.</summary>
    internal bool IsAbandoned(WriterHolder holder, WriterIdentity self, DateTimeOffset now) => holder.StateFor(self) switch
    {
        HolderState.Dead => true,
        HolderState.Unknown => holder.Who.Host == self.Host && holder.Who.Boot != self.Boot && now - LastSign() > StaleAfter,
        _ => false,
    };

    /// <summary>When its holder refreshed it last, by the storage's clock.</summary>
    internal DateTimeOffset LastSign() => new(File.GetLastWriteTimeUtc(path), TimeSpan.Zero);

    /// <summary>Takes away the lease of one holder, and of no other.</summary>
    /// <returns>False if somebody else's was there.</returns>
    internal bool TryRemove(WriterHolder? holder)
    {
        var (there, isThere) = Read();
        if (there?.Token != holder?.Token)
        {
            return !isThere;
        }

        // Moved first: of two who do this at once, one moves the old lease, the other finds nothing, or a new one that it puts back.
        var aside = $"{path}.{Guid.NewGuid():N}";
        try
        {
            File.Move(path, aside);
        }
        catch (Exception failure) when (failure is FileNotFoundException or DirectoryNotFoundException)
        {
            return true;
        }

        if (new WriterLease(aside).Read().Holder?.Token != holder?.Token)
        {
            File.Move(aside, path, overwrite: false);
            return false;
        }

        File.Delete(aside);
        return true;
    }

    /// <summary>Says that its holder is there.</summary>
    /// <returns>False if it is not this holder's any more.</returns>
    internal bool TryRefresh(WriterHolder holder)
    {
        try
        {
            // What is written is the file that was read: not one that somebody else put there meanwhile.
            using var file = PlainFile.OpenToChange(path);
            if (WriterHolder.Parse(PlainFile.ReadAll(file))?.Token != holder.Token)
            {
                return false;
            }

            RandomAccess.Write(file, holder.Format(), 0);
            return true;
        }
        catch (PlatformException failure) when (failure.Errno == Errno.ENOENT)
        {
            return false;
        }
    }
}
