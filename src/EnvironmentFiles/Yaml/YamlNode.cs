namespace CondaFuse.EnvironmentFiles.Yaml;

/// <summary>A value of a YAML document.</summary>
internal abstract record YamlNode
{
    private YamlNode()
    {
    }

    /// <summary>A string, number or boolean in its written form; <see cref="IsNull"/> for null.</summary>
    public sealed record Text(string Value, bool IsPlain) : YamlNode
    {
        public bool IsNull => IsPlain && Value is "" or "~" or "null" or "Null" or "NULL";
    }

    /// <summary>Values in order.</summary>
    public sealed record List(IReadOnlyList<YamlNode> Items) : YamlNode;

    /// <summary>Values by name, in the order of the file.</summary>
    public sealed record Map(IReadOnlyList<KeyValuePair<string, YamlNode>> Entries) : YamlNode
    {
        private readonly Dictionary<string, YamlNode> _byName = new(Entries, StringComparer.Ordinal);

        public YamlNode? this[string name] => _byName.GetValueOrDefault(name);

        /// <summary>A member's text; null if it is missing or null.</summary>
        public string? TextOf(string name) => this[name] is Text { IsNull: false } text ? text.Value : null;

        /// <summary>A member's list; empty if it is missing or null.</summary>
        public IReadOnlyList<YamlNode> ListOf(string name) => this[name] is List list ? list.Items : [];

        /// <summary>A member's texts; empty if it is missing.</summary>
        public IReadOnlyList<string> TextsOf(string name) => [.. ListOf(name).OfType<Text>().Select(text => text.Value)];

        /// <summary>A member that is a mapping; null if it is missing.</summary>
        public Map? MapOf(string name) => this[name] as Map;
    }
}
