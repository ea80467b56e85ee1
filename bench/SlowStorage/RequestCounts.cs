using System.Collections.Concurrent;
using System.Globalization;
using CondaFuse.Fuse.Wire;

namespace CondaFuse.SlowStorage;

/// <summary>Counts the requests that crossed the network, and the bytes of content in their replies.</summary>
internal sealed class RequestCounts
{
    private readonly ConcurrentDictionary<Opcode, long> _requests = new();
    private long _bytes;

    internal void Add(Opcode opcode, long bytes)
    {
        _requests.AddOrUpdate(opcode, 1, (_, before) => before + 1);
        Interlocked.Add(ref _bytes, bytes);
    }

    internal void Reset()
    {
        _requests.Clear();
        Interlocked.Exchange(ref _bytes, 0);
    }

    /// <summary>One line of JSON: <c>bytes</c>, and the number of requests by opcode.</summary>
    internal string ToJson()
    {
        var counts = _requests.OrderBy(pair => pair.Key).Select(pair => string.Create(CultureInfo.InvariantCulture, $"\"{pair.Key}\": {pair.Value}"));
        var bytes = Interlocked.Read(ref _bytes);
        return string.Create(CultureInfo.InvariantCulture, $"{{\"bytes\": {bytes}, \"requests\": {{{string.Join(", ", counts)}}}}}");
    }
}
