using Microsoft.Win32.SafeHandles;

namespace CondaFuse.Platform.Tests;

public class ChildProcessTests
{
    private const string Shell = "/bin/bash";

    [Theory]
    [InlineData("exit 0", 0)]
    [InlineData("exit 7", 7)]
    [InlineData("kill -9 $$", 137)]
    public void Wait_gives_the_exit_code_or_128_plus_the_signal(string script, int expected) =>
        Assert.Equal(expected, Start(script).Wait());

    [Fact]
    public void A_missing_program_is_refused_by_name()
    {
        var failure = Assert.Throws<PlatformException>(
            () => ChildProcess.Start(new SpawnRequest { Program = "/nowhere/at-all", Arguments = ["x"], Environment = [] }));
        Assert.Equal(Errno.ENOENT, failure.Errno);
        Assert.Contains("/nowhere/at-all", failure.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Descriptors_arrive_under_their_numbers_even_when_they_cross()
    {
        var (reader, writer) = Pipes.Create();
        var (reader2, writer2) = Pipes.Create();
        using (writer)
        using (writer2)
        {
            // Each source's number is the other's target.
            var first = (int)writer.DangerousGetHandle();
            var second = (int)writer2.DangerousGetHandle();
            Assert.Equal(0, Start($"echo one >&{second}; echo two >&{first}", new() { [second] = writer, [first] = writer2 }).Wait());
        }

        Assert.Equal("one\n", ReadAll(reader));
        Assert.Equal("two\n", ReadAll(reader2));
    }

    [Fact]
    public void No_other_descriptor_is_inherited()
    {
        var (reader, writer) = Pipes.Create();
        using var secret = File.OpenHandle("/dev/zero");
        using (writer)
        {
            Start("ls -l /proc/self/fd", new() { [1] = writer }).Wait();
        }

        Assert.DoesNotContain("/dev/zero", ReadAll(reader), StringComparison.Ordinal);
    }

    [Fact]
    public void Signals_are_at_their_defaults_and_the_session_is_its_own()
    {
        var (reader, writer) = Pipes.Create();
        using (writer)
        {
            ChildProcess.Start(new SpawnRequest
            {
                Program = Shell,
                Arguments = [Shell, "-c", "grep -E 'Sig(Blk|Ign)' /proc/self/status; cut -d' ' -f6 /proc/$$/stat; echo $$"],
                Environment = ["PATH=/usr/bin:/bin"],
                NewSession = true,
                Descriptors = new Dictionary<int, SafeFileHandle> { [1] = writer },
            }).Wait();
        }

        var lines = ReadAll(reader).Split('\n');
        Assert.EndsWith("0000000000000000", lines[0], StringComparison.Ordinal);
        const ulong glibcsOwn = 0x1_8000_0000; // signals 32 and 33, which no program can set
        Assert.Equal(0ul, Convert.ToUInt64(lines[1].Split('\t')[1], 16) & ~glibcsOwn);
        Assert.Equal(lines[3], lines[2]);
    }

    private static ChildProcess Start(string script, Dictionary<int, SafeFileHandle>? descriptors = null) =>
        ChildProcess.Start(
            new SpawnRequest
            {
                Program = Shell,
                Arguments = [Shell, "-c", script],
                Environment = ["PATH=/usr/bin:/bin"],
                Descriptors = descriptors ?? [],
            });

    private static string ReadAll(SafeFileHandle handle)
    {
        using var text = new StreamReader(new FileStream(handle, FileAccess.Read));
        return text.ReadToEnd();
    }
}
