using System.Text;

namespace CondaFuse.Store;

/// <summary>What a mount says when it is asked itself.</summary>
/// <param name="IsAnswered">Whether its server answers; null if that cannot be told in time.</param>
/// <param name="RuntimeFolder">The server's runtime folder, as a path of the server; null if it does not tell.</param>
/// <param name="Record">The server's record; null if it does not tell.</param>
public sealed record MountAnswer(bool? IsAnswered, string? RuntimeFolder = null, ServerRecord? Record = null)
{
    /// <summary>What a server's mount is to answer: the folder, a line feed, the record.</summary>
    public static byte[] Write(string runtimeFolder, ServerRecord record) => [.. Encoding.UTF8.GetBytes($"{runtimeFolder}\n"), .. record.ToJson()];

    /// <summary>Reads it, of a server that answers.</summary>
    public static MountAnswer Read(string text)
    {
        var end = text.IndexOf('\n', StringComparison.Ordinal);
        return end < 0 ? new MountAnswer(true) : new MountAnswer(true, text[..end], ServerRecord.TryParse(Encoding.UTF8.GetBytes(text[(end + 1)..])));
    }
}
