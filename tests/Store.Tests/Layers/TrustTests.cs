using CondaFuse.Platform;
using CondaFuse.Store.Layers;

namespace CondaFuse.Store.Tests.Layers;

public sealed class TrustTests
{
    private const uint Alice = 1001;
    private const uint Bob = 1002;
    private const uint Mallory = 1003;
    private const uint Nobody = 65534;
    private const uint Project = 500;
    private const uint Staff = 600;

    /// <summary>
    /// Alice and Bob are in the project's group, Bob and Mallory in the staff's, and every user is in a group with the user's own number.
    /// </summary>
    private static TrustContext Context(uint self) => new(
        self, (user, group) => user == group || (group == Project && (user is Alice or Bob)) || (group == Staff && (user is Bob or Mallory)),
        new HashSet<uint> { Nobody });

    /// <summary>"owner:group:mode", followed by entries of an access list: "u1002=6", "g600=7", "m=6".</summary>
    private static EntryAccess Parse(string text, EntryType type)
    {
        var parts = text.Split(' ');
        var (owner, group, mode) = parts[0].Split(':') is [var user, var gid, var bits]
            ? (Id(user), Id(gid), Convert.ToUInt16(bits, 8))
            : throw new FormatException(text);
        if (parts.Length == 1)
        {
            return new EntryAccess(type, owner, group, mode, null);
        }

        var list = parts[1..].Select(part => part.Split('=') is [var who, var may]
            ? new AccessEntry(
                who switch { "m" => AccessTag.Mask, "G" => AccessTag.OwningGroup, _ => who[0] == 'u' ? AccessTag.User : AccessTag.Group },
                who is "m" or "G" ? uint.MaxValue : Id(who[1..]),
                Convert.ToByte(may, 8))
            : throw new FormatException(part)).ToList();
        return new EntryAccess(type, owner, group, mode, list);
    }

    private static uint Id(string name) => name switch
    {
        "root" => 0, "alice" => Alice, "bob" => Bob, "mallory" => Mallory, "nobody" => Nobody, "proj" => Project, "staff" => Staff,
        _ => throw new FormatException(name),
    };

    public static TheoryData<string, string, string, bool> Cases => new()
    {
        // archive, entry beside it, mounting user, trusted
        { "alice:alice:644", "alice:alice:755", "alice", true },
        { "alice:alice:644", "alice:alice:755", "root", true },
        { "alice:alice:644", "mallory:mallory:755", "alice", false },
        { "alice:alice:644", "mallory:mallory:755", "root", false },
        { "alice:alice:644", "mallory:mallory:700", "root", false },
        { "alice:alice:644", "root:root:755", "alice", true },
        { "root:root:644", "alice:alice:755", "root", false },
        { "root:root:644", "root:root:777", "root", false },
        { "root:root:644", "root:root:755", "alice", true },

        // permissions for all
        { "alice:alice:644", "alice:alice:757", "alice", false },
        { "alice:alice:646", "alice:alice:757", "alice", false }, // alice's group is excluded from the archive, but not from the folder
        { "alice:alice:666", "alice:alice:777", "alice", true },
        { "alice:alice:666", "mallory:mallory:777", "root", true },

        // groups
        { "alice:proj:664", "bob:proj:775", "alice", true },
        { "alice:proj:664", "bob:proj:775", "root", true },
        { "alice:proj:664", "alice:proj:775", "bob", true },
        { "alice:proj:664", "mallory:proj:775", "alice", false },
        { "alice:proj:644", "bob:proj:755", "alice", false },
        { "alice:proj:644", "alice:proj:775", "alice", false },
        { "alice:proj:664", "alice:staff:775", "alice", false },
        { "alice:proj:664", "bob:staff:755", "alice", true },
        { "alice:alice:664", "alice:alice:775", "alice", true },

        // access lists
        { "alice:alice:664 G=4 ubob=6 m=6", "bob:bob:700", "alice", true },
        { "alice:alice:664 G=4 ubob=6 m=6", "alice:alice:770 G=0 ubob=7 m=7", "alice", true },
        { "alice:alice:644 G=4 ubob=6 m=4", "bob:bob:700", "alice", false }, // the mask removes it
        { "alice:alice:664 G=6 ubob=6 m=6", "alice:alice:770 G=0 umallory=7 m=7", "alice", false },
        { "alice:alice:644", "alice:alice:770 G=0 umallory=7 m=7", "alice", false },
        { "alice:alice:644", "alice:alice:750 G=0 umallory=7 m=5", "alice", true },
        { "alice:alice:664 G=4 gproj=6 m=6", "bob:bob:700", "root", true },
        { "alice:alice:664 G=4 gproj=6 m=6", "alice:proj:770", "root", true },
        { "alice:alice:664 G=4 gproj=6 m=6", "alice:alice:770 G=0 gstaff=7 m=7", "root", false },
        { "alice:proj:664 G=6 ubob=4 m=6", "alice:proj:775", "alice", false }, // bob is excluded from the archive by name
        { "alice:proj:664 G=6 ubob=4 m=6", "bob:proj:755", "alice", false },
        { "alice:alice:664 G=4 ubob=6 m=6", "alice:alice:775", "alice", false }, // the archive's group bits are the mask

        // users without an id here
        { "nobody:nobody:644", "nobody:nobody:755", "alice", false },
        { "alice:alice:666", "nobody:nobody:777", "alice", false },
        { "nobody:nobody:666", "alice:alice:755", "alice", true },
        { "alice:nobody:664", "alice:nobody:775", "alice", false },
        { "nobody:nobody:644", "nobody:nobody:755", "nobody", false },

        // the user's own entries, whatever the archive
        { "mallory:mallory:644", "alice:alice:755", "alice", true },
    };

    [Theory]
    [MemberData(nameof(Cases))]
    public void An_entry_beside_an_archive_is_trusted_if_all_its_writers_may_write_the_archive(
        string archive, string beside, string self, bool isTrusted)
    {
        foreach (var type in new[] { EntryType.Directory, EntryType.File })
        {
            var reason = Trust.ReasonAgainst(Parse(beside, type), Parse(archive, EntryType.File), Context(Id(self)));
            Assert.True(reason is null == isTrusted, $"{type}: {reason ?? "trusted"}");
        }
    }

    [Theory]
    [InlineData("alice:alice:1777", EntryType.Directory, true)]
    [InlineData("alice:alice:1777", EntryType.File, false)]
    [InlineData("mallory:mallory:1777", EntryType.Directory, false)]
    public void In_a_sticky_folder_each_file_is_checked_separately(string beside, EntryType type, bool isTrusted) =>
        Assert.Equal(isTrusted, Trust.ReasonAgainst(Parse(beside, type), Parse("alice:alice:644", EntryType.File), Context(0)) is null);

    [Theory]
    [InlineData("alice:alice:700", "alice", true)]
    [InlineData("alice:alice:755", "alice", true)]
    [InlineData("alice:alice:775", "alice", false)]
    [InlineData("alice:alice:757", "alice", false)]
    [InlineData("alice:alice:770 G=0 ubob=7 m=7", "alice", false)]
    [InlineData("bob:bob:700", "alice", false)]
    [InlineData("alice:alice:700", "root", false)]
    [InlineData("root:root:700", "alice", true)]
    [InlineData("nobody:nobody:700", "nobody", false)]
    public void A_personal_layer_is_its_users_alone(string layer, string self, bool isTrusted) =>
        Assert.Equal(isTrusted, Trust.ReasonAgainst(Parse(layer, EntryType.Directory), archive: null, Context(Id(self))) is null);

    [Theory]
    [InlineData("alice:alice:644", "", false)]
    [InlineData("alice:proj:664", "proj", false)]
    [InlineData("alice:proj:666", "proj", true)]
    [InlineData("alice:proj:646", "", false)]
    [InlineData("alice:nobody:660", "", false)]
    [InlineData("alice:proj:664 G=4 gstaff=6 m=6", "staff", false)]
    [InlineData("alice:proj:666 G=6 gstaff=4 m=6", "proj", false)]
    [InlineData("alice:proj:666 G=6 ubob=4 m=6", "", false)]
    [InlineData(null, "", false)]
    public void Through_a_mount_for_all_users_only_writers_of_the_archive_change_things(string? archive, string group, bool everybody)
    {
        var (groups, isForEverybody) = Trust.WritersBesideOwner(archive is null ? null : Parse(archive, EntryType.File), Context(Alice).Overflow);
        Assert.Equal(group.Length == 0 ? [] : [Id(group)], groups);
        Assert.Equal(everybody, isForEverybody);
    }

    [Theory]
    [InlineData(EntryType.Fifo)]
    [InlineData(EntryType.Symlink)]
    [InlineData(EntryType.CharacterDevice)]
    [InlineData(EntryType.Socket)]
    public void Special_files_are_never_trusted(EntryType type) =>
        Assert.NotNull(Trust.ReasonAgainst(Parse("alice:alice:600", type), Parse("alice:alice:644", EntryType.File), Context(Alice)));

    [Theory]
    [InlineData("alice:alice:600", "700", "600", "600")]
    [InlineData("alice:alice:644", "755", "644", "600")]
    [InlineData("alice:proj:664", "775", "664", "660")]
    [InlineData("alice:proj:660", "770", "660", "660")]
    [InlineData("alice:proj:640", "750", "640", "600")]
    [InlineData("alice:alice:666", "777", "666", "666")]
    public void New_files_are_readable_and_writable_like_the_archive_and_only_writers_get_the_lock(
        string archive, string folder, string file, string writer)
    {
        var guard = new LayerGuard(Parse(archive, EntryType.File), Context(Alice));
        Assert.Equal(folder, Convert.ToString(guard.RightsFor(null).Permissions, 8));
        Assert.Equal(file, Convert.ToString(guard.RightsFor("00000001.journal").Permissions, 8));
        Assert.Equal(file, Convert.ToString(guard.RightsFor("holder.x").Permissions, 8));
        Assert.Equal(writer, Convert.ToString(guard.RightsFor("writer").Permissions, 8));
    }

    [Fact]
    public void New_files_for_an_archive_with_a_list_are_trusted_themselves()
    {
        var archive = Parse("alice:alice:664 G=4 ubob=6 gstaff=4 m=6", EntryType.File);
        var guard = new LayerGuard(archive, Context(Alice));
        foreach (var name in new[] { null, "00000001.journal", "writer", "holder.x", "lease" })
        {
            var rights = guard.RightsFor(name);
            var made = new EntryAccess(name is null ? EntryType.Directory : EntryType.File, Bob, Alice, (ushort)rights.Permissions, rights.List);
            Assert.Null(Trust.ReasonAgainst(made, archive, Context(Alice)));
            Assert.True(Trust.MayWrite(made, Bob, Context(Alice)));
            Assert.False(Trust.MayWrite(made, Mallory, Context(Alice)));
        }
    }
}
