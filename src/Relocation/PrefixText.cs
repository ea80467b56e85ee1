using System.Buffers;
using System.Text;
using System.Text.Unicode;

namespace CondaFuse.Relocation;

/// <summary>The form in which a prefix is written in a file. The numbers are stored on disk.</summary>
public enum PrefixForm : byte
{
    /// <summary>The bytes of the path.</summary>
    Plain = 0,

    /// <summary>UTF-16, little endian.</summary>
    Utf16Little = 1,

    /// <summary>UTF-16, big endian.</summary>
    Utf16Big = 2,

    /// <summary>UTF-32, little endian.</summary>
    Utf32Little = 3,

    /// <summary>UTF-32, big endian.</summary>
    Utf32Big = 4,

    /// <summary>Percent-encoded, in a URL that starts with <c>file://</c>.</summary>
    FileUrl = 5,

    /// <summary>In a JSON string, with unescaped non-ASCII characters.</summary>
    Json = 6,

    /// <summary>In a JSON string, with non-ASCII characters as <c>\u</c> escapes, as Python writes them.</summary>
    JsonAscii = 7,

    /// <summary>The beginning of an unquoted word of a shell script: quoted only if the shell would split or change it.</summary>
    ShellWord = 8,

    /// <summary>In double quotes of a shell script.</summary>
    ShellQuoted = 9,

    /// <summary>In the first line of a Python script, which has the interpreter's path and nothing else.</summary>
    PythonLine = 10,

    /// <summary>In the line that a shell executes and Python skips, as conda writes it where no kernel takes the path.</summary>
    PythonExec = 11,

    /// <summary>The first line of a package's script that finds its program through <c>/usr/bin/env</c>, because no kernel takes the path.</summary>
    EnvLine = 12,
}

/// <summary>A prefix in all forms.</summary>
public sealed class PrefixText
{
    private const int Forms = (int)PrefixForm.ShellQuoted + 1;

    private static readonly SearchValues<byte> _plainInShells =
        SearchValues.Create("ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789_@%+=:,./-"u8);

    private readonly byte[]?[] _forms = new byte[]?[Forms];

    /// <summary>Writes a prefix in all forms. If it is not valid UTF-8, only the plain form, the URL form and the shell forms exist.</summary>
    /// <param name="prefix">An absolute path without a trailing slash.</param>
    public PrefixText(ReadOnlySpan<byte> prefix)
    {
        _forms[(int)PrefixForm.Plain] = prefix.ToArray();
        _forms[(int)PrefixForm.FileUrl] = PercentEncode(prefix);
        _forms[(int)PrefixForm.ShellQuoted] = ShellEscape(prefix);
        _forms[(int)PrefixForm.ShellWord] = prefix.ContainsAnyExcept(_plainInShells)
            ? [(byte)'"', .. ShellEscape(prefix), (byte)'"']
            : prefix.ToArray();
        if (!Utf8.IsValid(prefix))
        {
            return;
        }

        var text = Encoding.UTF8.GetString(prefix);
        _forms[(int)PrefixForm.Utf16Little] = new UnicodeEncoding(bigEndian: false, byteOrderMark: false).GetBytes(text);
        _forms[(int)PrefixForm.Utf16Big] = new UnicodeEncoding(bigEndian: true, byteOrderMark: false).GetBytes(text);
        _forms[(int)PrefixForm.Utf32Little] = new UTF32Encoding(bigEndian: false, byteOrderMark: false).GetBytes(text);
        _forms[(int)PrefixForm.Utf32Big] = new UTF32Encoding(bigEndian: true, byteOrderMark: false).GetBytes(text);
        _forms[(int)PrefixForm.Json] = Encoding.UTF8.GetBytes(Escape(text, asciiOnly: false));
        _forms[(int)PrefixForm.JsonAscii] = Encoding.UTF8.GetBytes(Escape(text, asciiOnly: true));
    }

    /// <summary>The path itself.</summary>
    public ReadOnlySpan<byte> Plain => _forms[0];

    /// <summary>Writes a prefix in all forms.</summary>
    public static PrefixText Of(string prefix) => new(Encoding.UTF8.GetBytes(prefix));

    /// <summary>The prefix in a form; false if it cannot be written in it.</summary>
    public bool TryGet(PrefixForm form, out ReadOnlySpan<byte> bytes)
    {
        bytes = (int)form < Forms ? _forms[(int)form] : null;
        return !bytes.IsEmpty;
    }

    /// <summary>The same, as an array that edits can keep.</summary>
    internal byte[]? Find(PrefixForm form) => (int)form < Forms ? _forms[(int)form] : null;

    /// <summary>Length in bytes of the NUL that terminates a string in a form.</summary>
    internal static int WidthOf(PrefixForm form) => form switch
    {
        PrefixForm.Utf16Little or PrefixForm.Utf16Big => 2,
        PrefixForm.Utf32Little or PrefixForm.Utf32Big => 4,
        _ => 1,
    };

    /// <summary>Encodes like Python's <c>urllib.parse.quote</c>.</summary>
    private static byte[] PercentEncode(ReadOnlySpan<byte> path)
    {
        var result = new StringBuilder(path.Length);
        foreach (var unit in path)
        {
            _ = char.IsAsciiLetterOrDigit((char)unit) || unit is (byte)'/' or (byte)'_' or (byte)'.' or (byte)'-' or (byte)'~'
                ? result.Append((char)unit)
                : result.Append($"%{unit:X2}");
        }

        return Encoding.ASCII.GetBytes(result.ToString());
    }

    /// <summary>For double quotes.</summary>
    private static byte[] ShellEscape(ReadOnlySpan<byte> path)
    {
        var result = new List<byte>(path.Length);
        foreach (var unit in path)
        {
            if (unit is (byte)'"' or (byte)'\\' or (byte)'$' or (byte)'`')
            {
                result.Add((byte)'\\');
            }

            result.Add(unit);
        }

        return [.. result];
    }

    private static string Escape(string text, bool asciiOnly)
    {
        var result = new StringBuilder(text.Length);
        foreach (var unit in text)
        {
            _ = unit is '"' or '\\' ? result.Append('\\').Append(unit)
                : unit < ' ' || (asciiOnly && unit >= 0x7F) ? result.Append($"\\u{(int)unit:x4}")
                : result.Append(unit);
        }

        return result.ToString();
    }
}
