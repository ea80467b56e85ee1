using System.Globalization;
using CondaFuse.Tree;

namespace CondaFuse.Changes.Tests.Contract;

/// <content>Listing directories while they change.</content>
public abstract partial class WritableTreeContract
{
    [Fact]
    public void Continuing_after_a_cookie_neither_loses_nor_repeats_names()
    {
        for (var i = 0; i < 50; i++)
        {
            T.MakeFile($"old/added{i:d2}");
        }

        T.Unlink("old/added20");
        T.Unlink("old/file");
        var all = T.List("old");
        Assert.Equal(49 + 4, all.Length);
        foreach (var max in (int[])[1, 2, 7, 1000])
        {
            Assert.Equal(all, InPieces("old", max, _ => { }).Order(StringComparer.Ordinal));
        }
    }

    [Fact]
    public void Permanent_names_are_listed_once_while_others_are_added_and_removed()
    {
        for (var i = 0; i < 100; i++)
        {
            T.MakeFile($"old/stays{i}");
        }

        var made = 0;
        var listed = InPieces("old", 3, piece =>
        {
            if (made == 60)
            {
                return;
            }

            T.MakeFile($"old/comes{made}");
            if (made >= 2)
            {
                T.Unlink($"old/comes{made - 2}");
            }

            T.Rename($"old/comes{made}", $"old/moved{made}");
            T.Rename($"old/moved{made}", $"old/comes{made}");
            made++;
        });
        foreach (var name in (string[])["file", "link", "sub", "twin1", "twin2", .. Enumerable.Range(0, 100).Select(i => $"stays{i}")])
        {
            Assert.Equal(1, listed.Count(one => one == name));
        }
    }

    [Fact]
    public void Removing_all_names_piece_by_piece_leaves_nothing()
    {
        for (var i = 0; i < 200; i++)
        {
            T.MakeFile(string.Create(CultureInfo.InvariantCulture, $"old/sub/f{i}"));
        }

        var cookie = 0UL;
        while (T.Entries("old/sub", cookie, 10) is { Count: > 0 } piece)
        {
            cookie = piece[^1].Entry.Cookie;
            foreach (var (name, _) in piece)
            {
                T.Unlink($"old/sub/{name}");
            }
        }

        T.RemoveDirectory("old/sub");
    }

    [Fact]
    public void A_listing_ends_while_names_are_added_and_renamed()
    {
        for (var i = 0; i < 20; i++)
        {
            T.MakeFile(string.Create(CultureInfo.InvariantCulture, $"old/sub/f{i}"));
        }

        var added = 0;
        var names = InPieces("old/sub", 3, piece =>
        {
            Assert.True(added < 1000, "the listing does not end");
            foreach (var name in piece)
            {
                T.MakeFile(string.Create(CultureInfo.InvariantCulture, $"old/sub/new{added}"));
                T.Rename(
                    string.Create(CultureInfo.InvariantCulture, $"old/sub/new{added}"),
                    string.Create(CultureInfo.InvariantCulture, $"old/sub/renamed{added}"));
                added++;
            }
        });
        Assert.All(Enumerable.Range(0, 20), i => Assert.Contains(string.Create(CultureInfo.InvariantCulture, $"f{i}"), names));
    }

    [Fact]
    public void Cookies_are_stable_unique_and_leave_room_for_dots()
    {
        T.MakeFile("old/new");
        var before = T.Entries("old").ToDictionary(one => one.Name, one => one.Entry.Cookie, StringComparer.Ordinal);
        Assert.Equal(before.Count, before.Values.Distinct().Count());
        if (!IsReal)
        {
            Assert.All(before.Values, cookie => Assert.True(cookie >= DirectoryEntry.FirstCookie));
            T.MakeFile("old/newer");
            T.Rename("old/newer", "old/new");
            T.Rename("old/new", "old/file");
            T.MakeFile("old/new");
            T.Unlink("old/link");
            T.MakeFile("old/other");
            T.MakeSymlink("old/link", "again");
            var after = T.Entries("old").ToDictionary(one => one.Name, one => one.Entry.Cookie, StringComparer.Ordinal);
            Assert.Equal(before["file"], after["file"]);
            Assert.Equal(before["sub"], after["sub"]);
            Assert.Equal(after.Count, after.Values.Distinct().Count());
        }
    }

    [Fact]
    public void A_directory_of_ten_thousand_names_is_listed_in_pieces_in_linear_time()
    {
        T.MakeDirectory("many");
        for (var i = 0; i < 10_000; i++)
        {
            T.MakeFile(string.Create(CultureInfo.InvariantCulture, $"many/file-with-a-name-{i}"));
        }

        for (var i = 0; i < 10_000; i += 3)
        {
            T.Unlink(string.Create(CultureInfo.InvariantCulture, $"many/file-with-a-name-{i}"));
        }

        Assert.Equal(6666, InPieces("many", 32, _ => { }).Count);
    }

    private List<string> InPieces(string path, int max, Action<IReadOnlyList<string>> between)
    {
        var names = new List<string>();
        var cookie = 0UL;
        while (T.Entries(path, cookie, max) is { Count: > 0 } piece)
        {
            cookie = piece[^1].Entry.Cookie;
            names.AddRange(piece.Select(one => one.Name));
            between([.. piece.Select(one => one.Name)]);
        }

        return names;
    }
}
