using System.Text;

namespace CondaFuse.Mounts.Tests;

public class MountTableTests
{
    private const string Text =
        "22 28 0:21 / /sys rw,nosuid,nodev,noexec,relatime shared:7 - sysfs sysfs rw\n"
        + "310 28 0:57 / /home/me/envs/a\\040b ro,nosuid,nodev,relatime shared:90 master:1 - fuse.condafuse /data/a\\040b\\134c\\011.squashfs "
        + "ro,user_id=1000,group_id=1000,default_permissions\n"
        + "311 28 0:58 / /home/me/envs/gr\u00f6\u00dfe rw,nosuid - fuse.condafuse - rw,user_id=0\n"
        + "312 310 0:59 / /home/me/envs/a\\040b rw - tmpfs none rw\n"
        + "a line of another shape\n"
        + "999 28 0:60 / /short rw -\n";

    private static readonly MountTable Table = MountTable.Parse(Encoding.UTF8.GetBytes(Text));

    [Fact]
    public void Malformed_lines_are_skipped() => Assert.Equal([22, 310, 311, 312], Table.Entries.Select(entry => entry.Id));

    [Fact]
    public void Escapes_and_unicode_are_decoded()
    {
        Assert.Equal("/home/me/envs/a b", Table.Entries[1].MountPoint);
        Assert.Equal("/data/a b\\c\t.squashfs", Table.Entries[1].Source);
        Assert.Equal("/home/me/envs/gr\u00f6\u00dfe", Table.Entries[2].MountPoint);
    }

    [Fact]
    public void Optional_fields_are_skipped_up_to_the_dash()
    {
        Assert.Equal("fuse.condafuse", Table.Entries[1].Type);
        Assert.Equal("fuse.condafuse", Table.Entries[2].Type);
        Assert.Equal("-", Table.Entries[2].Source);
    }

    [Fact]
    public void The_topmost_of_two_mounts_at_one_place_is_found() => Assert.Equal("tmpfs", Table.At("/home/me/envs/a b")!.Type);

    [Fact]
    public void Options_have_the_mounting_user_and_whether_it_is_read_only()
    {
        Assert.Equal(1000u, Table.Entries[1].FuseUser);
        Assert.True(Table.Entries[1].IsReadOnly);
        Assert.False(Table.Entries[2].IsReadOnly);
        Assert.Null(Table.Entries[0].FuseUser);
    }

    [Fact]
    public void The_kernel_s_own_table_parses() => Assert.NotNull(MountTable.Read().At("/proc"));
}
