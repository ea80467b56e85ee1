using System.Runtime.InteropServices;

namespace CondaFuse.Platform;

/// <summary>The machine's list of users (passwd(5), or wherever it looks).</summary>
public static unsafe class UserAccounts
{
    /// <summary>A user's home directory, whatever HOME says; null if the user is not listed.</summary>
    public static string? HomeOf(uint user)
    {
        const int room = 16 << 10;
        var text = stackalloc byte[room];
        Libc.PasswordEntry entry;
        Libc.PasswordEntry* found;
        var isFound = Libc.getpwuid_r(user, &entry, text, room, &found) == 0 && found is not null;
        return isFound && Marshal.PtrToStringUTF8((nint)entry.Home) is { Length: > 0 } home ? home : null;
    }
}
