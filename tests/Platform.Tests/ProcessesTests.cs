namespace CondaFuse.Platform.Tests;

public class ProcessesTests
{
    [Fact]
    public void Waiting_for_the_end_of_a_process_works()
    {
        var child = ChildProcess.Start(new SpawnRequest { Program = "/bin/sleep", Arguments = ["sleep", "60"], Environment = [] });
        using var handle = Processes.TryOpen(child.Id);
        Assert.NotNull(handle);
        Assert.False(Processes.WaitForEnd(handle, TimeSpan.FromMilliseconds(20)));
        Assert.True(Processes.TrySignal(child.Id, Signal.Kill));
        Assert.True(Processes.WaitForEnd(handle, TimeSpan.FromMinutes(2)));
        Assert.Equal(128 + (int)Signal.Kill, child.Wait());
        Assert.False(Processes.TrySignal(child.Id, Signal.None));
    }
}
