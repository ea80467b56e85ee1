using System.CommandLine;
using System.Text;
using CondaFuse.Images;

namespace CondaFuse.Helper.Commands;

/// <summary><c>-m</c>: the message of a generation in the history.</summary>
internal static class MessageOption
{
    /// <param name="description">The text for the help.</param>
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

/// <summary><c>-j</c>, as in conda-pack.</summary>
internal static class ThreadsOption
{
    private const int Max = 256;

    public static Option<int> Create() =>
        new Option<int>("--n-threads", "-j")
        {
            Description = "Threads to use; -1, the default, is one per core", DefaultValueFactory = _ => -1, HelpName = "n",
        }
            .Taking($"a number from 1 to {Max}, or -1 for one per core", number => number is -1 or (>= 1 and <= Max));

    /// <summary>The number of threads for a value of the option.</summary>
    public static int Count(int value) => value < 0 ? Environment.ProcessorCount : value;
}
