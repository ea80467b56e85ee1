using CondaFuse.Fuse.Session;

namespace CondaFuse.Fuse.Tests;

public sealed class OverdueWatchTests
{
    private readonly OverdueWatch _watch;
    private int _alarms;

    public OverdueWatchTests() => _watch = new OverdueWatch(() => _alarms++);

    [Fact]
    public void One_alarm_is_set_for_all_requests_of_an_interval()
    {
        _watch.Received();
        _watch.Received();
        Assert.Equal(1, _alarms);
    }

    [Fact]
    public void A_worker_is_needed_if_nobody_watches_and_nothing_was_received_since_the_alarm()
    {
        _watch.Received();
        Assert.True(_watch.Expired(() => false));
    }

    [Fact]
    public void The_alarm_is_set_again_if_requests_were_received_since()
    {
        _watch.Received();
        _watch.Received();
        Assert.False(_watch.Expired(() => false));
        Assert.Equal(2, _alarms);
        Assert.True(_watch.Expired(() => false));
    }

    [Fact]
    public void A_request_that_is_received_while_the_expiry_is_handled_sets_the_alarm_again()
    {
        _watch.Received();
        var needed = _watch.Expired(() =>
        {
            _watch.Received(); // the watcher, just after it was seen watching
            return true;
        });
        Assert.False(needed);
        Assert.Equal(2, _alarms);
        Assert.True(_watch.Expired(() => false));
    }
}
