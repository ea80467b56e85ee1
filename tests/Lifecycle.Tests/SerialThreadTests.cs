namespace CondaFuse.Lifecycle.Tests;

public sealed class SerialThreadTests
{
    [Fact]
    public void An_action_runs_on_the_thread_that_brings_it_if_nothing_else_runs()
    {
        using var serial = new SerialThread("test");
        Thread? ran = null;
        Assert.True(serial.TryRun(() => ran = Thread.CurrentThread));
        Assert.Same(Thread.CurrentThread, ran);
    }

    [Fact]
    public void An_action_of_an_action_runs_after_it()
    {
        using var serial = new SerialThread("test");
        List<int> order = [];
        serial.TryRun(() =>
        {
            serial.TryRun(() => order.Add(2));
            order.Add(1);
        });
        Assert.Equal([1, 2], order);
    }

    [Fact]
    public void Actions_of_all_threads_run_one_after_the_other()
    {
        const int threads = 8, actions = 2000;
        var (running, most, count) = (0, 0, 0);
        void Act()
        {
            most = Math.Max(most, Interlocked.Increment(ref running));
            count++;
            Interlocked.Decrement(ref running);
        }

        using (var serial = new SerialThread("test"))
        {
            var workers = Enumerable.Range(0, threads).Select(number => new Thread(() =>
            {
                for (var i = 0; i < actions; i++)
                {
                    Assert.True(number % 2 == 0 ? serial.TryRun(Act) : serial.TryPost(Act));
                }
            })).ToList();
            workers.ForEach(worker => worker.Start());
            workers.ForEach(worker => worker.Join());
        }

        Assert.Equal((1, threads * actions), (most, count));
    }

    [Fact]
    public void What_is_to_run_later_runs_although_it_was_brought_by_another_thread()
    {
        using var serial = new SerialThread("test");
        using var ran = new ManualResetEventSlim();
        serial.TryRun(() => serial.PostLater(TimeSpan.FromMilliseconds(1), ran.Set));
        Assert.True(ran.Wait(TimeSpan.FromMinutes(1)));
    }

    [Fact]
    public void Nothing_is_taken_after_the_end()
    {
        var serial = new SerialThread("test");
        serial.Dispose();
        Assert.False(serial.TryRun(() => { }));
        Assert.False(serial.TryPost(() => { }));
    }
}
