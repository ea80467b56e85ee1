namespace CondaFuse.Packing.Content;

/// <summary>
/// Replaced content. Short content is kept in memory; long content is created when it is read, and again if it was dropped meanwhile. So even the
/// largest environment uses no more memory than its largest file.
/// </summary>
internal sealed class RewrittenContent
{
    private const int KeptBytes = 64 << 10;

    private readonly Func<byte[]> _make;
    private readonly byte[]? _kept;
    private readonly WeakReference<byte[]> _made;

    /// <summary>Content that can be created again.</summary>
    /// <param name="content">The content.</param>
    /// <param name="make">Creates it again, always the same.</param>
    public RewrittenContent(byte[] content, Func<byte[]> make)
    {
        (_make, Length) = (make, content.Length);
        _kept = content.Length <= KeptBytes ? content : null;
        _made = new WeakReference<byte[]>(content);
    }

    /// <summary>Content that is kept in memory.</summary>
    public RewrittenContent(byte[] content)
        : this(content, () => content) => _kept = content;

    /// <summary>Its length in bytes.</summary>
    public int Length { get; }

    /// <summary>Copies from an offset on.</summary>
    /// <returns>Bytes copied.</returns>
    public int Read(long offset, Span<byte> destination)
    {
        if (offset >= Length)
        {
            return 0;
        }

        var rest = Bytes().AsSpan((int)offset);
        rest = rest[..Math.Min(rest.Length, destination.Length)];
        rest.CopyTo(destination);
        return rest.Length;
    }

    private byte[] Bytes()
    {
        if (_kept is not null)
        {
            return _kept;
        }

        lock (_made)
        {
            if (!_made.TryGetTarget(out var content))
            {
                content = _make();
                _made.SetTarget(content);
            }

            return content;
        }
    }
}
