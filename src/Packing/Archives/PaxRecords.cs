using System.Globalization;
using System.Runtime.InteropServices;
using System.Text;
using System.Text.Unicode;

namespace CondaFuse.Packing.Archives;

/// <summary>Attributes that do not fit into a header: "pax Extended Header", POSIX.1-2017. <c>LENGTH KEY=VALUE\n</c> each.</summary>
internal sealed class PaxRecords
{
    private readonly List<byte> _records = [];

    public bool IsEmpty => _records.Count == 0;

    public ReadOnlySpan<byte> Encoded => CollectionsMarshal.AsSpan(_records);

    public void Add(string key, long value) => Add(key, Encoding.ASCII.GetBytes(value.ToString(CultureInfo.InvariantCulture)));

    /// <summary>Adds a name: text in UTF-8, or bytes that are said to be no text.</summary>
    public void AddName(string key, ReadOnlySpan<byte> name)
    {
        if (!Utf8.IsValid(name))
        {
            Add("hdrcharset", "BINARY"u8);
        }

        Add(key, name);
    }

    public void Add(string key, ReadOnlySpan<byte> value)
    {
        // The length counts its own digits.
        var rest = key.Length + value.Length + " =\n".Length;
        var length = rest + 1;
        while (rest + Digits(length) != length)
        {
            length = rest + Digits(length);
        }

        _records.AddRange(Encoding.ASCII.GetBytes($"{length} {key}="));
        _records.AddRange(value);
        _records.Add((byte)'\n');
    }

    private static int Digits(int value) => value.ToString(CultureInfo.InvariantCulture).Length;
}
