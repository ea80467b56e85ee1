using System.Text;
using CondaFuse.Platform;

namespace CondaFuse.Helper.Output;

/// <summary>
/// Has the console write straight to descriptors 1 and 2, in UTF-8. The framework's own writer sets the terminal and its signals up first, with a thread of its own;
/// a program that prints and ends needs none of that.
/// </summary>
internal static class StandardStreams
{
    private const int BufferCharacters = 256;

    public static void Install()
    {
        Console.SetOut(Writer(StandardStream.Output));
        Console.SetError(Writer(StandardStream.Error));
    }

    private static StreamWriter Writer(int descriptor) =>
        new(new StandardStream(descriptor), new UTF8Encoding(encoderShouldEmitUTF8Identifier: false), BufferCharacters) { AutoFlush = true };
}
