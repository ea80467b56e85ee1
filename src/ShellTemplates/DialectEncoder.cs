using System.Text;
using HandlebarsDotNet;

namespace CondaFuse.ShellTemplates;

/// <summary>Makes quoting the default: whatever a template inserts passes through its dialect.</summary>
internal sealed class DialectEncoder(Dialect dialect) : ITextEncoder
{
    public void Encode(StringBuilder? text, TextWriter target) => Encode(text?.ToString(), target);

    public void Encode(string? text, TextWriter target) =>
        target.Write(dialect.Quote(text ?? throw new ArgumentNullException(nameof(text))));

    public void Encode<T>(T? text, TextWriter target)
        where T : IEnumerator<char>
    {
        var whole = new StringBuilder();
        while (text?.MoveNext() == true)
        {
            whole.Append(text.Current);
        }

        Encode(whole, target);
    }
}
