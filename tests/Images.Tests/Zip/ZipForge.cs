using CondaFuse.Compression;

namespace CondaFuse.Images.Tests;

/// <summary>Writes archives that no tool would write.</summary>
internal static class ZipForge
{
    /// <summary>Writes local parts in the order of <paramref name="entries"/>, and the directory in the order of <paramref name="order"/>.</summary>
    public static byte[] Write(
        IReadOnlyList<ForgedEntry> entries,
        IReadOnlyList<int>? order = null,
        byte[]? prefix = null,
        bool prefixIsKnown = false,
        byte[]? comment = null,
        bool zip64 = false)
    {
        using var output = new MemoryStream();
        using var writer = new BinaryWriter(output);
        writer.Write(prefix ?? []);
        var unknown = prefixIsKnown ? 0 : (prefix ?? []).Length;
        var offsets = new long[entries.Count];
        for (var i = 0; i < entries.Count; i++)
        {
            offsets[i] = output.Position - unknown;
            if (!entries[i].IsListedOnly)
            {
                WriteLocal(writer, entries[i]);
            }
        }

        var directory = output.Position;
        foreach (var i in order ?? [.. Enumerable.Range(0, entries.Count)])
        {
            WriteCentral(writer, entries[i], entries[i].Offset ?? offsets[i], zip64);
        }

        WriteEnd(
            writer, (order ?? []).Count == 0 ? entries.Count : order!.Count, output.Position - directory, directory - unknown, comment ?? [], zip64);
        writer.Flush();
        return output.ToArray();
    }

    /// <summary>An extra field.</summary>
    public static byte[] Field(ushort id, params byte[] data) =>
        [.. BitConverter.GetBytes(id), .. BitConverter.GetBytes((ushort)data.Length), .. data];

    private static void WriteLocal(BinaryWriter writer, ForgedEntry entry)
    {
        writer.Write(0x04034B50u);
        writer.Write((ushort)20);
        writer.Write(entry.Flags);
        writer.Write(entry.Method);
        writer.Write(entry.Time);
        writer.Write(entry.Date);
        writer.Write(entry.Crc ?? Crc32.Append(0, entry.Plain));
        writer.Write((uint)entry.Stored.Length);
        writer.Write((uint)(entry.Size ?? entry.Plain.Length));
        writer.Write((ushort)entry.Name.Length);
        writer.Write((ushort)entry.LocalExtra.Length);
        writer.Write(entry.Name);
        writer.Write(entry.LocalExtra);
        writer.Write(entry.Stored);
    }

    private static void WriteCentral(BinaryWriter writer, ForgedEntry entry, long offset, bool zip64)
    {
        var size = entry.Size ?? entry.Plain.Length;
        byte[] wide = zip64
            ? Field(1, [.. BitConverter.GetBytes(size), .. BitConverter.GetBytes((long)entry.Stored.Length), .. BitConverter.GetBytes(offset)])
            : [];
        writer.Write(0x02014B50u);
        writer.Write((ushort)((entry.Host << 8) | 30));
        writer.Write((ushort)20);
        writer.Write(entry.Flags);
        writer.Write(entry.Method);
        writer.Write(entry.Time);
        writer.Write(entry.Date);
        writer.Write(entry.Crc ?? Crc32.Append(0, entry.Plain));
        writer.Write(zip64 ? uint.MaxValue : (uint)entry.Stored.Length);
        writer.Write(zip64 ? uint.MaxValue : (uint)size);
        writer.Write((ushort)entry.Name.Length);
        writer.Write((ushort)(wide.Length + entry.Extra.Length));
        writer.Write((ushort)0);
        writer.Write((ushort)0);
        writer.Write((ushort)0);
        writer.Write((entry.Mode << 16) | entry.DosAttributes);
        writer.Write(zip64 ? uint.MaxValue : (uint)offset);
        writer.Write(entry.Name);
        writer.Write(wide);
        writer.Write(entry.Extra);
    }

    private static void WriteEnd(BinaryWriter writer, int count, long bytes, long offset, byte[] comment, bool zip64)
    {
        var position = offset + bytes;
        if (zip64)
        {
            writer.Write(0x06064B50u);
            writer.Write(44L);
            writer.Write((ushort)45);
            writer.Write((ushort)45);
            writer.Write(0L);
            writer.Write((long)count);
            writer.Write((long)count);
            writer.Write(bytes);
            writer.Write(offset);
            writer.Write(0x07064B50u);
            writer.Write(0u);
            writer.Write(position);
            writer.Write(1u);
        }

        writer.Write(0x06054B50u);
        writer.Write(0u);
        writer.Write(zip64 ? ushort.MaxValue : (ushort)count);
        writer.Write(zip64 ? ushort.MaxValue : (ushort)count);
        writer.Write(zip64 ? uint.MaxValue : (uint)bytes);
        writer.Write(zip64 ? uint.MaxValue : (uint)offset);
        writer.Write((ushort)comment.Length);
        writer.Write(comment);
    }
}
