namespace CondaFuse.Tests.Shared;

/// <summary>The bytes of a file in memory.</summary>
internal sealed class StoredFile(int number)
{
    private byte[] _bytes = [];

    public int Number => number;

    public int Length { get; private set; }

    public ReadOnlySpan<byte> Bytes => _bytes.AsSpan(0, Length);

    public StoredFile Copy()
    {
        var copy = new StoredFile(number);
        copy.Write(0, Bytes);
        return copy;
    }

    public void Write(long offset, ReadOnlySpan<byte> content)
    {
        if (offset + content.Length > Length)
        {
            Resize((int)offset + content.Length);
        }

        content.CopyTo(_bytes.AsSpan((int)offset));
    }

    /// <summary>Added bytes are zeros.</summary>
    public void Resize(int length)
    {
        if (length > _bytes.Length)
        {
            Array.Resize(ref _bytes, Math.Max(length, _bytes.Length * 2));
        }

        if (length < Length)
        {
            _bytes.AsSpan(length, Length - length).Clear();
        }

        Length = length;
    }
}
