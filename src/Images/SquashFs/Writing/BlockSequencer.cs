using System.Collections;

namespace CondaFuse.Images.SquashFs.Writing;

/// <summary>
/// Decides, in the order of the files, what to store and where: assigns positions to blocks, finds duplicate files and blocks, and collects short
/// files in fragments. Its decisions depend only on the content, so that the image does not depend on the timing of threads. Not thread-safe.
/// </summary>
internal sealed class BlockSequencer(int blockSize, BufferPool buffers, uint firstFragment)
{
    private readonly DigestTable _stored = new();
    private readonly DigestTable _shortFiles = new();
    private readonly ChunkedList<(uint Fragment, uint Offset)> _shortFilePlaces = new();
    private readonly FileRun _run = new();
    private readonly OpenFragment?[] _open = new OpenFragment?[FragmentClass.Count];
    private HashSet<int>? _begins;
    private uint _fragments = firstFragment;
    private bool _isFirstUsed;

    /// <summary>
    /// Whether a repeated run must not extend beyond the end of another file: if whole files may turn out to be stored already, consecutive files
    /// need not be adjacent.
    /// </summary>
    public bool RunsEndWithFiles
    {
        init => _begins = value ? [] : null;
    }

    /// <summary>Number of files whose content was stored already.</summary>
    public long SharedFiles { get; private set; }

    /// <summary>Takes the next batch.</summary>
    /// <param name="batch">The batch; its buffer may be taken over.</param>
    /// <param name="items">Receives the items to store.</param>
    public void Accept(ReadBatch batch, List<OutputItem> items)
    {
        foreach (ref readonly var piece in System.Runtime.InteropServices.CollectionsMarshal.AsSpan(batch.Pieces))
        {
            if (piece.File.IsFirstUsed && !_isFirstUsed)
            {
                Finish(items); // what is used first shares no fragment with the rest
                _isFirstUsed = true;
            }

            if (piece.Block < 0)
            {
                AcceptShortFile(piece, batch, items);
            }
            else
            {
                AcceptBlock(piece, batch, items);
            }
        }
    }

    /// <summary>Completes the open fragments.</summary>
    public void Finish(List<OutputItem> items)
    {
        for (var kind = 0; kind < _open.Length; kind++)
        {
            End(kind, items);
        }
    }

    private void End(int kind, List<OutputItem> items)
    {
        if (_open[kind] is { } fragment)
        {
            items.Add(new OutputItem
            {
                Index = _stored.AddUnfound(default), Fragment = fragment.Index, Pieces = fragment.Pieces, Source = fragment.Buffer,
                Length = fragment.Length,
            });
            _open[kind] = null;
        }
    }

    private void AcceptShortFile(in ReadPiece piece, ReadBatch batch, List<OutputItem> items)
    {
        var content = piece.File.Content ??= new StoredContent();
        if (piece.Known is { } known)
        {
            (content.Fragment, content.FragmentOffset) = known;
            SharedFiles++;
            return;
        }

        var same = _shortFiles.Find(piece.Digest);
        if (same >= 0)
        {
            SharedFiles++;
        }
        else
        {
            var kind = FragmentClass.Of(piece.File.Name);
            if (_open[kind] is { } full && full.Length + piece.Length > blockSize)
            {
                End(kind, items);
            }

            var fragment = _open[kind] ??= new OpenFragment(_fragments++, buffers.Rent());
            _shortFilePlaces.Add((fragment.Index, fragment.Add(batch.Content(piece), piece.Checksum)));
            same = _shortFiles.Add(piece.Digest);
        }

        (content.Fragment, content.FragmentOffset) = _shortFilePlaces[same];
    }

    private void AcceptBlock(in ReadPiece piece, ReadBatch batch, List<OutputItem> items)
    {
        var content = piece.File.Content ??= new StoredContent();
        if (piece.Block == 0)
        {
            _run.Begin();
        }

        if (piece.IsZeros)
        {
            content.Zeros ??= new BitArray((int)((piece.File.Size + blockSize - 1) / blockSize));
            content.Zeros[(int)piece.Block] = true;
        }
        else if (!_run.Follows(piece.Digest, _stored, _begins))
        {
            for (var repeated = 0; repeated < _run.Length; repeated++)
            {
                AddCopy(content, _run.Start + repeated, items);
            }

            _run.Break();
            AddBlock(content, piece, batch, items);
        }

        if (piece.IsLast && _run.Length > 0)
        {
            content.FirstBlock = _run.Start;
            SharedFiles++;
        }
    }

    private void AddBlock(StoredContent content, in ReadPiece piece, ReadBatch batch, List<OutputItem> items)
    {
        var original = _stored.Find(piece.Digest);
        if (original >= 0)
        {
            AddCopy(content, original, items);
            return;
        }

        var index = _stored.Add(piece.Digest);
        var begins = Place(content, index);
        items.Add(
            piece.Stored.Size == 0
                ? new OutputItem { Index = index, BeginsFile = begins, Source = BufferOf(piece, batch), Length = piece.Length }
                : new OutputItem
                {
                    Index = index,
                    BeginsFile = begins,
                    Packed = BufferOf(piece, batch),
                    PackedLength = piece.Length,
                    StoredSize = piece.Stored.Size,
                });
    }

    private void AddCopy(StoredContent content, int original, List<OutputItem> items)
    {
        var index = _stored.AddUnfound(_stored[original]);
        var begins = Place(content, index);
        items.Add(new OutputItem { Index = index, BeginsFile = begins, CopyOf = original });
    }

    private BlockBuffer BufferOf(in ReadPiece piece, ReadBatch batch)
    {
        if (batch.Pieces.Count == 1)
        {
            return batch.TakeBuffer();
        }

        var buffer = buffers.Rent();
        batch.Content(piece).CopyTo(buffer.Span);
        return buffer;
    }

    /// <summary>Records a file's next block.</summary>
    /// <returns>Whether it is the file's first block.</returns>
    private bool Place(StoredContent content, int index)
    {
        var begins = content.FirstBlock < 0;
        if (begins)
        {
            content.FirstBlock = index;
            _begins?.Add(index);
        }

        return begins;
    }
}
