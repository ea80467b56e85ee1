using System.Runtime.InteropServices;
using System.Runtime.Intrinsics;

namespace CondaFuse.Compression.Bzip2;

/// <summary>
/// The last step: symbols in groups of fifty, each group coded by that of two to six tables that makes it shortest; the tables are made better some times, out of the groups that chose
/// them. Not for several threads at once.
/// </summary>
/// <param name="most">Most symbols of a block.</param>
internal sealed class SymbolCoding(int most)
{
    private const int GroupSymbols = 50;
    private const int MostTables = 6;
    private const int Rounds = 2;

    /// <summary>What a symbol costs that a table is not meant for, while tables are first told apart.</summary>
    private const byte Dear = 15;

    private readonly byte[] _choices = new byte[(most / GroupSymbols) + 1];
    private readonly byte[][] _lengths = [.. Enumerable.Range(0, MostTables).Select(_ => new byte[CodeLengths.MostSymbols])];
    private readonly int[][] _counts = [.. Enumerable.Range(0, MostTables).Select(_ => new int[CodeLengths.MostSymbols])];
    private readonly Vector128<ushort>[] _costs = new Vector128<ushort>[CodeLengths.MostSymbols];

    /// <summary>Writes tables, choices and symbols.</summary>
    /// <param name="symbols">The symbols.</param>
    /// <param name="counts">How often each is there: as many as there are symbols.</param>
    /// <param name="output">Where they go.</param>
    public void Write(scoped ReadOnlySpan<ushort> symbols, scoped ReadOnlySpan<int> counts, ref BitWriter output)
    {
        var tables = symbols.Length switch { < 200 => 2, < 600 => 3, < 1200 => 4, < 2400 => 5, _ => MostTables };
        var groups = (symbols.Length + GroupSymbols - 1) / GroupSymbols;
        TellApart(counts, symbols.Length, tables);
        for (var round = 0; round < Rounds; round++)
        {
            Choose(symbols, counts.Length, tables);
            for (var table = 0; table < tables; table++)
            {
                CodeLengths.Make(_counts[table].AsSpan(0, counts.Length), _lengths[table]);
            }
        }

        output.Write((uint)tables, 3);
        output.Write((uint)groups, 15);
        WriteChoices(groups, ref output);
        Span<uint> codes = stackalloc uint[MostTables * CodeLengths.MostSymbols];
        for (var table = 0; table < tables; table++)
        {
            WriteLengths(_lengths[table].AsSpan(0, counts.Length), ref output);
            MakeCodes(_lengths[table].AsSpan(0, counts.Length), codes[(table * CodeLengths.MostSymbols)..]);
        }

        for (var group = 0; group < groups; group++)
        {
            var table = _choices[group];
            var lengths = _lengths[table];
            var code = codes.Slice(table * CodeLengths.MostSymbols, CodeLengths.MostSymbols);
            foreach (var symbol in Group(symbols, group))
            {
                output.Write(code[symbol], lengths[symbol]);
            }
        }
    }

    private static ReadOnlySpan<ushort> Group(ReadOnlySpan<ushort> symbols, int group) =>
        symbols.Slice(group * GroupSymbols, Math.Min(GroupSymbols, symbols.Length - (group * GroupSymbols)));

    /// <summary>First tables: each for a range of symbols that make up about the same part of all.</summary>
    private void TellApart(ReadOnlySpan<int> counts, int total, int tables)
    {
        var from = 0;
        for (var table = 0; table < tables; table++)
        {
            var share = total / (tables - table);
            var (to, sum) = (from, 0);
            while (to < counts.Length && (sum < share || table == tables - 1))
            {
                sum += counts[to++];
            }

            var lengths = _lengths[table].AsSpan(0, counts.Length);
            lengths.Fill(Dear);
            lengths[from..to].Clear();
            (from, total) = (to, total - sum);
        }
    }

    /// <summary>Chooses a table for each group, and counts what each table is chosen for.</summary>
    private void Choose(ReadOnlySpan<ushort> symbols, int alphabet, int tables)
    {
        Span<ushort> costs = stackalloc ushort[Vector128<ushort>.Count];
        for (var symbol = 0; symbol < alphabet; symbol++)
        {
            costs.Fill(Dear * 2);
            for (var table = 0; table < tables; table++)
            {
                costs[table] = _lengths[table][symbol];
            }

            _costs[symbol] = Vector128.Create<ushort>(costs);
        }

        for (var table = 0; table < tables; table++)
        {
            _counts[table].AsSpan().Clear();
        }

        ref var first = ref MemoryMarshal.GetArrayDataReference(_costs);
        for (var group = 0; group * GroupSymbols < symbols.Length; group++)
        {
            var members = Group(symbols, group);
            var sum = Vector128<ushort>.Zero;
            foreach (var symbol in members)
            {
                sum += System.Runtime.CompilerServices.Unsafe.Add(ref first, symbol);
            }

            var best = 0;
            for (var table = 1; table < tables; table++)
            {
                best = sum.GetElement(table) < sum.GetElement(best) ? table : best;
            }

            _choices[group] = (byte)best;
            var counts = _counts[best];
            foreach (var symbol in members)
            {
                counts[symbol]++;
            }
        }
    }

    /// <summary>Each choice as the number of tables that were chosen since it was last: so many ones, and a zero.</summary>
    private void WriteChoices(int groups, ref BitWriter output)
    {
        Span<byte> recent = [0, 1, 2, 3, 4, 5];
        foreach (var choice in _choices.AsSpan(0, groups))
        {
            var at = recent.IndexOf(choice);
            recent[..at].CopyTo(recent[1..]);
            recent[0] = choice;
            output.Write((1u << (at + 1)) - 2, at + 1);
        }
    }

    private static void WriteLengths(scoped ReadOnlySpan<byte> lengths, ref BitWriter output)
    {
        var last = lengths[0];
        output.Write(last, 5);
        foreach (var length in lengths)
        {
            for (; last < length; last++)
            {
                output.Write(0b10, 2);
            }

            for (; last > length; last--)
            {
                output.Write(0b11, 2);
            }

            output.Write(0, 1);
        }
    }

    /// <summary>Codes of a length follow each other, those of the shortest first.</summary>
    private static void MakeCodes(ReadOnlySpan<byte> lengths, Span<uint> codes)
    {
        var code = 0u;
        for (var length = 1; length <= CodeLengths.Longest; length++, code <<= 1)
        {
            for (var symbol = 0; symbol < lengths.Length; symbol++)
            {
                if (lengths[symbol] == length)
                {
                    codes[symbol] = code++;
                }
            }
        }
    }
}
