using CondaFuse.Fuse.Wire;

namespace CondaFuse.Fuse.Tests;

/// <summary>Messages without a request, byte by byte, in the order of a little-endian machine.</summary>
public sealed class NotificationTests
{
    [Fact]
    public void A_changed_name_is_told_with_its_directory() => Assert.Equal(
        [35, 0, 0, 0, 3, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 7, 0, 0, 0, 0, 0, 0, 0, 2, 0, 0, 0, 0, 0, 0, 0, (byte)'a', (byte)'b', 0],
        Notifications.NameChanged(7, "ab"u8));

    [Fact]
    public void A_changed_node_is_told_with_all_of_its_content() => Assert.Equal(
        [40, 0, 0, 0, 2, 0, 0, 0, .. new byte[8], 9, 0, 0, 0, 0, 0, 0, 0, .. new byte[16]],
        Notifications.NodeChanged(9));
}
