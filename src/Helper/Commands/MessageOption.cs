using System.CommandLine;
using System.Text;
using CondaFuse.Images;

namespace CondaFuse.Helper.Commands;

/// <summary><c>-m</c>: what the history says of a generation.</summary>
internal static class MessageOption
{
    /// <param name="description">For the help.</param>
    public static Option<string?> Create(string description)
    {
        var option = new Option<string?>("--message", "-m") { Description = description, HelpName = "text" };
        option.Validators.Add(result =>
        {
            if (result.Tokens.Sum(token => Encoding.UTF8.GetByteCount(token.Value)) is var length and > GenerationEntry.MaxMessageBytes)
            {
                result.AddError($"{option.Name} takes a text of up to {GenerationEntry.MaxMessageBytes} bytes; this one has {length}");
            }
        });
        return option;
    }
}
