using System.Text;
using CondaFuse.Platform;
using CondaFuse.Tree;

namespace CondaFuse.Store.FirstUse;

/// <summary>
/// Reads the ranges of a list through the mount, like any other program, so that the kernel caches them. The kernel handles concurrent changes to a
/// file as it does for any reader and writer. This must run in a separate process: a server that waits for its own mount cannot be killed.
/// </summary>
/// <param name="mountPoint">Canonical.</param>
/// <param name="clock">The clock that measures the time.</param>
public sealed class ReadAhead(string mountPoint, TimeProvider clock)
{
    private const int Piece = 128 * 1024;

    /// <summary>After this time, the process that needs the content has read it itself.</summary>
    private static readonly TimeSpan Longest = TimeSpan.FromSeconds(20);

    private readonly byte[] _buffer = new byte[Piece];
    private readonly HashSet<string> _gone = new(StringComparer.Ordinal);

    /// <summary>Bytes read.</summary>
    public long Bytes { get; private set; }

    /// <summary>Files read.</summary>
    public int Files { get; private set; }

    /// <summary>Whether the file of any range did not exist.</summary>
    public bool HasGone => _gone.Count > 0;

    /// <summary>Reads the ranges. Only one file is open at a time, so that the mount is not busy for longer than necessary.</summary>
    /// <param name="ranges">The ranges, in order.</param>
    /// <returns>False if it had to stop early.</returns>
    /// <exception cref="PlatformException">The mount point cannot be read.</exception>
    public bool Run(IReadOnlyList<UsedRange> ranges)
    {
        var start = clock.GetTimestamp();
        var fileSystem = FileSystemOf(mountPoint);
        for (var (index, next) = (0, 0); index < ranges.Count; index = next)
        {
            next = index + 1;
            while (next < ranges.Count && ranges[next].Path.Span.SequenceEqual(ranges[index].Path.Span))
            {
                next++;
            }

            if (!TryRead(ranges, index, next, fileSystem) || clock.GetElapsedTime(start) > Longest)
            {
                return false;
            }
        }

        return FileSystemOf(mountPoint) == fileSystem;
    }

    /// <summary>Whether a range's file did not exist, is not a regular file, or cannot be read.</summary>
    public bool IsGone(UsedRange range) => _gone.Contains(Key(range));

    private static string Key(UsedRange range) => Encoding.Latin1.GetString(range.Path.Span);

    private static ulong FileSystemOf(string directory)
    {
        using var handle = EntryOpening.Directory(directory);
        using var lease = new HandleLease(handle);
        return FileStatus.Of(lease, []).FileSystem;
    }

    /// <summary>Reads the ranges of one file.</summary>
    /// <returns>False if the mount does not answer any more.</returns>
    private bool TryRead(IReadOnlyList<UsedRange> ranges, int first, int end, ulong fileSystem)
    {
        try
        {
            using var file = EntryOpening.FileForReadingInAnyOrder([.. Encoding.UTF8.GetBytes(mountPoint), (byte)'/', .. ranges[first].Path.Span]);
            using var lease = new HandleLease(file);
            var status = FileStatus.Of(lease, []);
            if (status.FileSystem != fileSystem || status.Type != EntryType.File)
            {
                _gone.Add(Key(ranges[first]));
                return true;
            }

            for (var index = first; index < end; index++)
            {
                Read(lease, ranges[index]);
            }

            Files++;
            return true;
        }
        catch (PlatformException failure)
        {
            switch (failure.Errno)
            {
                case Errno.ENOENT or Errno.ENOTDIR or Errno.ELOOP or Errno.EACCES or Errno.ENXIO or Errno.EIO:
                    _gone.Add(Key(ranges[first]));
                    return true;
                default:
                    return false;
            }
        }
    }

    private void Read(HandleLease file, UsedRange range)
    {
        for (var (at, end) = (range.Offset, range.Offset + range.Length); at < end; at += Piece)
        {
            var length = file.Read(at, _buffer.AsSpan(0, (int)Math.Min(Piece, end - at)));
            Bytes += length;
            if (length < Math.Min(Piece, end - at))
            {
                return;
            }
        }
    }
}

/// <summary>The prefetcher of a mount: this program as a child of the server, which ends it.</summary>
public static class ReadAheadProcess
{
    /// <summary>The (hidden) command of this program that prefetches.</summary>
    public const string Command = "read-ahead";

    /// <summary>Starts the prefetcher.</summary>
    /// <param name="program">Absolute path of this program.</param>
    /// <param name="environment">The environment for it, <c>NAME=value</c> each.</param>
    /// <param name="layout">The paths of files and folders.</param>
    /// <param name="mountPoint">Canonical.</param>
    /// <param name="archive">Path of the archive.</param>
    /// <param name="identity">The archive's identity.</param>
    /// <exception cref="PlatformException">It could not be started.</exception>
    public static ChildProcess Start(
        string program, IReadOnlyCollection<string> environment, Layout layout, string mountPoint, string archive, Guid identity)
    {
        using var log = layout.OpenLog(mountPoint);
        return ChildProcess.Start(new SpawnRequest
        {
            Program = program,
            Arguments = [program, Command, mountPoint, archive, identity.ToString(), layout.Runtime.Path],
            Environment = environment,
            Output = log,
            ClosesOthers = true,
        });
    }
}
