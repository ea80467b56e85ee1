namespace CondaFuse.Images.Tests;

/// <summary>A directory with everything that a file system supports, as far as this user may create it.</summary>
internal static class OddTree
{
    public static string Make(string directory)
    {
        Directory.CreateDirectory(directory);
        Tool.Shell($$"""
            cd '{{directory}}'
            mkdir -p plain/deep/er empty 'sp ace' many long
            printf 'hello' > plain/hello
            : > plain/empty
            head -c 131072 /dev/urandom > plain/one-block
            head -c 131073 /dev/urandom > plain/one-block-and-a-byte
            head -c 700000 /dev/urandom > plain/noise
            seq 1 400000 > plain/numbers
            cp plain/numbers plain/numbers-again
            cp plain/hello plain/hello-again
            head -c 393216 plain/numbers > plain/front-of-numbers
            head -c 524288 plain/numbers | tail -c 131072 > plain/block-of-numbers
            truncate -s 3000000 plain/all-holes
            cp plain/numbers plain/holes-behind && truncate -s 9000001 plain/holes-behind
            { head -c 262144 /dev/zero; cat plain/noise; head -c 500000 /dev/zero; cat plain/hello; } > plain/holes-between
            head -c 5000 /dev/zero > plain/short-zeros
            printf 'x' > $'plain/byte\xff\x01\nname'
            printf 'x' > "plain/$(printf 'n%.0s' $(seq 255))"
            (cd many && seq -f 'entry-%g' 1 3000 | xargs touch)
            for i in $(seq 100 150); do : > "long/$(printf 'l%.0s' $(seq 250))$i"; done
            ln plain/hello 'sp ace/hard link'
            ln plain/numbers plain/deep/er/hard
            ln -s hello plain/link
            ln -s /nowhere/at/all plain/dangling
            ln -s "$(printf 't%.0s' $(seq 4000))" plain/long-target
            mkfifo plain/fifo
            chmod 0000 plain/empty; chmod 4755 plain/hello; chmod 1777 empty; chmod 2750 'sp ace'
            touch -h -d '2001-02-03 04:05:06.789012345 UTC' plain/link
            touch -d '1970-01-01 00:00:00 UTC' plain/one-block
            touch -d '2105-12-31 23:59:59.999999999 UTC' plain/noise
            touch -d '1969-07-20 20:17:40.5 UTC' plain/fifo || true
            touch -d '2500-01-01 UTC' plain/dangling 2>/dev/null || touch -h -d '2500-01-01 UTC' plain/dangling
            setfattr -n user.short -v value plain/noise || true
            setfattr -n user.short -v value plain/numbers || true
            setfattr -n user.dir -v d empty || true
            setfattr -n user.long -v "$(printf 'v%.0s' $(seq 3000))" plain/hello || true
            """);
        if (Rights.IsRoot)
        {
            Tool.Shell($$"""
                cd '{{directory}}'
                mknod plain/null c 1 3; mknod plain/disk b 4095 1048575; mknod plain/minor c 10 300
                python3 -c 'import socket,os; os.chdir("plain"); socket.socket(socket.AF_UNIX).bind("socket")'
                chown 1000:100 plain/one-block; chown -h 12345:54321 plain/link; chown 4294967294:0 plain/empty
                setfattr -h -n trusted.secret -v t plain/link; setfattr -n trusted.a -v b plain/noise
                setfattr -n security.odd -v s plain/hello-again
                """);
        }

        Tool.Shell($"cd '{directory}' && touch -d '2020-01-02 03:04:05.000000006 UTC' plain/deep plain 'sp ace' .");
        return directory;
    }

    /// <summary>Creates directories deeper than the longest path, with a file at the end.</summary>
    public static void MakeDeep(string directory, int levels)
    {
        Directory.CreateDirectory(directory);
        Tool.Run("python3", "-c", $$"""
            import os
            os.chdir({{Python(directory)}})
            for i in range({{levels}}):
                os.mkdir("d" * 100); os.chdir("d" * 100)
            open("bottom", "w").write("reached")
            """);
    }

    private static string Python(string text) => "'" + text.Replace("'", "\\'", StringComparison.Ordinal) + "'";
}
