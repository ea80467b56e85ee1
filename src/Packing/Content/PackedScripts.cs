using System.Text;

namespace CondaFuse.Packing.Content;

/// <summary>The scripts added to a packed environment so that it can be used without conda; the texts are in <c>shells/packed</c>.</summary>
internal static class PackedScripts
{
    private const ushort Plain = 0x1A4; // 0o644: for files that are sourced
    private const ushort Program = 0x1ED; // 0o755
    private const string Unpack = "conda-unpack";
    private const string Variables = "activate.vars";
    private const string RecordsMark = "    # RECORDS";

    private static readonly string[] Sourced = ["activate", "deactivate", "activate.fish"];

    /// <summary>The scripts for an environment.</summary>
    /// <param name="records">The work for <c>conda-unpack</c>.</param>
    /// <param name="hasDestination">Whether the destination is known, so that <c>conda-unpack</c> has nothing to do.</param>
    /// <param name="hasConda">Whether conda itself is in the environment: then its own <c>activate</c> works at the destination.</param>
    /// <param name="variables">Variables that activation sets, one per line; empty for none.</param>
    public static IEnumerable<PackedScript> For(IReadOnlyList<PrefixRecord> records, bool hasDestination, bool hasConda, byte[] variables)
    {
        if (!(hasDestination && hasConda))
        {
            foreach (var name in Sourced)
            {
                yield return new PackedScript(name, Encoding.UTF8.GetBytes(Text(name)), Plain);
            }

            if (variables.Length > 0)
            {
                yield return new PackedScript(Variables, variables, Plain);
            }
        }

        if (!hasDestination)
        {
            var lines = records.Select(
                record => $"    ({Quote(record.Path)}, {Quote(record.Placeholder)}, {Quote(record.Mode == PrefixMode.Binary ? "binary" : "text")}),");
            yield return new PackedScript(
                Unpack, Encoding.UTF8.GetBytes(Text(Unpack).Replace(RecordsMark, string.Join('\n', lines), StringComparison.Ordinal)), Program);
        }
    }

    /// <summary>A bytes literal for any version of Python.</summary>
    private static string Quote(string text)
    {
        var literal = new StringBuilder("b\"");
        foreach (var unit in Encoding.UTF8.GetBytes(text))
        {
            literal.Append(unit is >= (byte)' ' and <= (byte)'~' and not ((byte)'"' or (byte)'\\') ? ((char)unit).ToString() : $"\\x{unit:x2}");
        }

        return literal.Append('"').ToString();
    }

    private static string Text(string name)
    {
        using var reader = new StreamReader(
            typeof(PackedScripts).Assembly.GetManifestResourceStream(name)
                ?? throw new InvalidOperationException($"this build has no text '{name}'"));
        return reader.ReadToEnd();
    }
}

/// <summary>A file added to a packed environment's <c>bin</c>.</summary>
/// <param name="Name">Its name.</param>
/// <param name="Content">Its content.</param>
/// <param name="Permissions">Its permission bits.</param>
internal sealed record PackedScript(string Name, byte[] Content, ushort Permissions);
