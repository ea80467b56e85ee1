namespace CondaFuse.Images.SquashFs.Writing;

/// <summary>How far the current file repeats blocks that the image had stored before.</summary>
internal sealed class KnownRun(KnownBlocks known, ImageOutput output, BufferPool buffers)
{
    private const int MaxCandidates = 4;

    private bool _open;
    private int _last;
    private int _length;
    private int _broken;

    /// <summary>Whether the next block of the file continues the run.</summary>
    /// <param name="block">Its size and checksum.</param>
    /// <param name="bytes">Its stored bytes.</param>
    /// <param name="beginsFile">Whether it is the file's first block.</param>
    /// <param name="place">Its stored position.</param>
    public bool TryContinue(in StoredBlock block, ReadOnlySpan<byte> bytes, bool beginsFile, out long place)
    {
        place = 0;
        if (beginsFile)
        {
            (_open, _length, _broken) = (TryBegin(block, bytes), 1, 0);
        }
        else if (_open)
        {
            _open = known.Continues(_last, block.Size, block.Checksum) && Equal(known[_last + 1], bytes);
            (_last, _length, _broken) = _open ? (_last + 1, _length + 1, 0) : (_last, 0, _length);
        }

        if (_open)
        {
            place = known[_last].Start;
        }

        return _open;
    }

    /// <summary>Whether a block outside of runs, a fragment, is stored already.</summary>
    /// <param name="block">Its size and checksum.</param>
    /// <param name="bytes">Its stored bytes.</param>
    /// <param name="place">Its stored position.</param>
    public bool TryFindAlone(in StoredBlock block, ReadOnlySpan<byte> bytes, out long place)
    {
        place = 0;
        foreach (var index in known.Find(block.Size, block.Checksum).Take(MaxCandidates))
        {
            if (Equal(known[index], bytes))
            {
                place = known[index].Start;
                return true;
            }
        }

        return false;
    }

    /// <summary>How many blocks before the current one must be stored again.</summary>
    public int TakeBroken()
    {
        var broken = _broken;
        _broken = 0;
        return broken;
    }

    private bool TryBegin(in StoredBlock block, ReadOnlySpan<byte> bytes)
    {
        foreach (var index in known.Find(block.Size, block.Checksum).Take(MaxCandidates))
        {
            if (Equal(known[index], bytes))
            {
                _last = index;
                return true;
            }
        }

        return false;
    }

    private bool Equal(in StoredBlock stored, ReadOnlySpan<byte> bytes)
    {
        var room = buffers.Rent();
        try
        {
            var there = room.Span[..bytes.Length];
            output.Read(stored.Start, there);
            return there.SequenceEqual(bytes);
        }
        finally
        {
            buffers.Return(room);
        }
    }
}

/// <summary>The existing content of an image, for adding content to it. Thread-safe.</summary>
internal interface IKnownContent
{
    /// <summary>The first free fragment index.</summary>
    uint FirstFragment { get; }

    /// <summary>The stored blocks.</summary>
    KnownBlocks Blocks { get; }

    /// <summary>Finds content shorter than a block in a fragment.</summary>
    /// <param name="file">The file that it belongs to.</param>
    /// <param name="content">The whole content of a short file, or the end of a longer one after the full blocks.</param>
    /// <param name="checksum">CRC32C of the content.</param>
    /// <param name="fragment">Index of the fragment.</param>
    /// <param name="offset">Its offset in the fragment's content.</param>
    bool TryFind(PlannedInode file, ReadOnlySpan<byte> content, uint checksum, out uint fragment, out uint offset);
}
