using CondaFuse.Changes.Union;

namespace CondaFuse.Changes.Tests.Union;

public class ReaderGateTests
{
    private static readonly TimeSpan Long = TimeSpan.FromMinutes(2);

    [Fact]
    public void Writers_wait_for_readers_and_readers_do_not_wait_for_each_other()
    {
        var gate = new ReaderGate();
        var (first, second) = (gate.EnterRead(), gate.EnterRead());
        var writer = new Thread(() =>
        {
            gate.EnterWrite();
            gate.ExitWrite();
        });
        writer.Start();
        Assert.False(writer.Join(50));
        gate.ExitRead(first);
        Assert.False(writer.Join(50));
        gate.ExitRead(second);
        Assert.True(writer.Join(Long));
    }

    [Fact]
    public void Readers_wait_for_writers()
    {
        var gate = new ReaderGate();
        gate.EnterWrite();
        var hasRead = 0;
        var reader = new Thread(() =>
        {
            gate.ExitRead(gate.EnterRead());
            Interlocked.Exchange(ref hasRead, 1);
        });
        reader.Start();
        Assert.False(reader.Join(50));
        Assert.Equal(0, Volatile.Read(ref hasRead));
        gate.ExitWrite();
        Assert.True(reader.Join(Long));
        Assert.Equal(1, hasRead);
    }
}
