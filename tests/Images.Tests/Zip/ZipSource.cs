namespace CondaFuse.Images.Tests;

/// <summary>A tree that any writer of zip archives can store; tests only read it.</summary>
public sealed class ZipSource : IDisposable
{
    private readonly Scratch _scratch = new();

    public ZipSource()
    {
        Path = _scratch.MakeDirectory("source");
        Tool.Shell($$"""
            cd '{{Path}}'
            umask 022
            mkdir -p env/bin env/lib/deep/er env/empty 'env/with space' many
            printf hello > env/hello; : > env/nothing; printf '#!/bin/sh\n' > env/bin/tool
            seq 1 200000 > env/lib/numbers; seq 1 600000 | sed 's/.*/a longer line of text, number &/' > env/lib/deep/er/long
            head -c 300000 /dev/urandom > env/lib/random; head -c 5000000 /dev/zero > env/lib/zeros
            for i in $(seq 1 400); do echo "file $i" > "many/module_$i.py"; done
            ln -s ../hello env/bin/link; ln -s nowhere env/dangling; ln -s lib env/lib64
            echo ü > 'env/with space/ünïcode-名前'
            chmod 755 env/bin/tool; chmod 4711 env/hello; chmod 700 env/empty; chmod 400 env/nothing; chmod 1777 many
            find . -exec touch -h -d '2021-03-04 05:06:08 UTC' {} +
            touch -h -d '2001-02-03 04:05:07 UTC' env/hello env/bin/link
            """);
        if (Rights.IsRoot)
        {
            Tool.Shell($"cd '{Path}' && chown 1234:70000 env/lib/numbers && chown -h 5:6 env/dangling");
        }
    }

    public string Path { get; }

    public void Dispose() => _scratch.Dispose();
}
