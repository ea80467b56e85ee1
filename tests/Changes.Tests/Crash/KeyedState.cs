namespace CondaFuse.Changes.Tests.Crash;

/// <summary>The result of a few kinds of changes: attributes and pieces of content by name.</summary>
internal sealed class KeyedState(SortedDictionary<string, byte[]> values)
{
    private delegate void ReadContent(long offset, Span<byte> destination);

    public IReadOnlyDictionary<string, byte[]> Values => values;

    /// <summary>Differs if the states differ.</summary>
    public ulong Digest
    {
        get
        {
            var digest = 14695981039346656037ul;
            foreach (var (key, value) in values)
            {
                foreach (var letter in key)
                {
                    digest = (digest ^ letter) * 1099511628211;
                }

                foreach (var item in value)
                {
                    digest = (digest ^ item) * 1099511628211;
                }

                digest = (digest ^ 0x1FF) * 1099511628211;
            }

            return digest;
        }
    }

    public static KeyedState Empty() => new(new SortedDictionary<string, byte[]>(StringComparer.Ordinal));

    public static string AttributeKey(ulong node, ReadOnlySpan<byte> name) => $"{node} {System.Text.Encoding.UTF8.GetString(name)}";

    public static string ContentKey(ulong node, long offset) => $"{node} at {offset}";

    public KeyedState Copy() => new(new SortedDictionary<string, byte[]>(values, StringComparer.Ordinal));

    public void Set(string key, byte[]? value)
    {
        if (value is null)
        {
            values.Remove(key);
        }
        else
        {
            values[key] = value;
        }
    }

    /// <summary>Applies the changes of a folder.</summary>
    public void Replay(ChangeFolder folder) => folder.Replay(new Sink(this, folder.ReadData));

    private sealed class Sink(KeyedState state, ReadContent read) : IChangeSink
    {
        public void Apply(in Change change)
        {
            switch (change.Kind)
            {
                case ChangeKind.SetXattr:
                    state.Set(AttributeKey(change.Node, change.Name), change.Value.ToArray());
                    break;
                case ChangeKind.RemoveXattr:
                    state.Set(AttributeKey(change.Node, change.Name), null);
                    break;
                case ChangeKind.Write:
                    var content = new byte[change.Length];
                    read(change.DataOffset, content);
                    state.Set(ContentKey(change.Node, change.Offset), content);
                    break;
                default:
                    throw new InvalidOperationException($"Nobody made a change of kind {change.Kind}.");
            }
        }
    }
}
