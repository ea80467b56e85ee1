using CondaFuse.Store.Writing;
using CondaFuse.Tests.Shared;

namespace CondaFuse.Store.Tests.Writing;

public sealed class WriterClaimTests : IDisposable
{
    private static readonly IWriterLocks NoLocks = new Writers.NoLocks();
    private readonly ManualClock _clock = new();
    private readonly WriterFiles _files = new(Directory.CreateTempSubdirectory("schreibend ").FullName);

    private IWriterLocks Locks { get; } = new KernelLocks();

    private WriterClaim? Take(WriterIdentity? self = null, IWriterLocks? locks = null) =>
        WriterClaim.TryTake(_files, self ?? Writers.Here(), locks ?? Locks, _clock, out _);

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public void One_process_at_a_time_writes_and_others_learn_which(bool withLocks)
    {
        var locks = withLocks ? Locks : NoLocks;
        using (Take(locks: locks))
        {
            Assert.Null(WriterClaim.TryTake(_files, Writers.Elsewhere, locks, _clock, out var other));
            Assert.Equal(Writers.Here(), other!.Who);
            Assert.Equal(_clock.GetUtcNow(), other.Since);
            Assert.Contains("ada on here (process", other.ToString(), StringComparison.Ordinal);
            var lockStatus = WriterClaim.Look(_files, Writers.Elsewhere, locks);
            Assert.True(lockStatus.IsHeld);
            Assert.Equal(other, lockStatus.Holder);
        }

        Assert.False(WriterClaim.Look(_files, Writers.Elsewhere, locks).IsHeld);
        using var next = Take(Writers.Elsewhere, locks);
        Assert.NotNull(next);
    }

    [Fact]
    public async Task Only_a_brief_holder_is_waited_for()
    {
        var brief = WriterClaim.TryTakeBriefly(_files, Writers.Here(), Locks, _clock)!;
        var next = Task.Run(() => Take());
        await Task.Delay(100);
        Assert.False(next.IsCompleted);

        // The holder may remove the folder before it ends.
        _files.RemoveFolder();
        brief.Dispose();
        using var claim = await next;
        Assert.NotNull(claim);
        var start = TimeProvider.System.GetTimestamp();
        Assert.Null(Take(Writers.Elsewhere));
        Assert.Null(WriterClaim.TryTakeBriefly(_files, Writers.Elsewhere, Locks, _clock));
        Assert.True(TimeProvider.System.GetElapsedTime(start) < TimeSpan.FromSeconds(2), "it waited");
    }

    [Fact]
    public void A_lock_leaves_no_lease_and_a_lease_ends_with_its_holder()
    {
        using (Take())
        {
            Assert.False(File.Exists(_files.Lease));
        }

        using (Take(locks: NoLocks))
        {
            Assert.True(File.Exists(_files.Lease));
        }

        Assert.False(File.Exists(_files.Lease));
    }

    [Fact]
    public void A_kernel_lock_of_a_dead_process_is_free_whatever_its_text_says()
    {
        File.WriteAllBytes(_files.Lock, new WriterHolder(Writers.Elsewhere, _clock.GetUtcNow(), Guid.NewGuid()).Format());
        using var claim = Take();
        Assert.NotNull(claim);
        Assert.Equal(Writers.Here(), WriterHolder.Parse(File.ReadAllBytes(_files.Lock))!.Who);
        Assert.Equal(Writers.Here(), WriterHolder.Parse(File.ReadAllBytes(Assert.Single(Directory.GetFiles(_files.Folder, "holder.*"))))!.Who);
    }

    [Fact]
    public void A_lease_of_a_dead_process_of_this_host_is_taken_over()
    {
        File.WriteAllBytes(_files.Lease, new WriterHolder(Writers.Here(Writers.Dead), _clock.GetUtcNow(), Guid.NewGuid()).Format());
        using var claim = Take(locks: NoLocks);
        Assert.NotNull(claim);
    }

    [Fact]
    public void A_lease_of_another_host_is_taken_over_only_on_request()
    {
        var holder = new WriterHolder(Writers.Elsewhere, _clock.GetUtcNow(), Guid.NewGuid());
        File.WriteAllBytes(_files.Lease, holder.Format());
        _clock.Advance(TimeSpan.FromDays(1));
        Assert.Null(Take(locks: NoLocks));
        Assert.Equal(holder, WriterClaim.TakeAway(_files, Writers.Here(), NoLocks).Holder);
        using var claim = Take(locks: NoLocks);
        Assert.NotNull(claim);
    }

    [Fact]
    public void A_lease_from_before_this_host_was_started_again_is_taken_over_once_it_is_stale()
    {
        var before = Writers.Here() with { Boot = "boot-0" };
        File.WriteAllBytes(_files.Lease, new WriterHolder(before, _clock.GetUtcNow(), Guid.NewGuid()).Format());
        Assert.Null(Take(locks: NoLocks));

        // This host's clock has no influence.
        _clock.Advance(TimeSpan.FromDays(1));
        Assert.Null(Take(locks: NoLocks));
        File.SetLastWriteTimeUtc(_files.Lease, DateTime.UtcNow.AddMinutes(-3));
        using var claim = Take(locks: NoLocks);
        Assert.NotNull(claim);
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public void A_jump_of_this_hosts_clock_neither_takes_over_nor_loses_a_lock(bool withLocks)
    {
        var locks = withLocks ? Locks : NoLocks;
        using var claim = Take(locks: locks)!;
        foreach (var jump in new[] { TimeSpan.FromDays(3650), TimeSpan.FromDays(-7300) })
        {
            _clock.Jump(jump);
            claim.Check();
            Assert.False(claim.IsLost);
            Assert.Null(Take(Writers.Elsewhere, locks));
            Assert.Null(Take(Writers.Here() with { Boot = "boot-2" }, locks));
            Assert.True(WriterClaim.Look(_files, Writers.Elsewhere, locks).IsHeld);
        }
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public void A_storage_that_does_not_answer_stops_writing_temporarily(bool withLocks)
    {
        using var claim = Take(locks: withLocks ? Locks : NoLocks)!;
        var name = withLocks ? _files.Lock : _files.Lease;
        File.Move(name, $"{name} aside");
        Directory.CreateSymbolicLink(name, name); // ELOOP, which means neither "gone" nor "another user's"
        if (!withLocks)
        {
            _clock.Advance(TimeSpan.FromSeconds(60));
            Assert.False(claim.IsLost);
            _clock.Advance(TimeSpan.FromSeconds(60));
            Assert.True(claim.IsLost);
        }

        File.Delete(name);
        File.Move($"{name} aside", name);
        _clock.Advance(TimeSpan.FromSeconds(30));
        Assert.False(claim.IsLost);
    }

    [Fact]
    public void A_host_with_locks_and_one_without_never_both_have_the_lock()
    {
        for (var round = 0; round < 300; round++)
        {
            WriterClaim? a = null, b = null;
            using var start = new Barrier(2);
            var threads = new[]
            {
                new Thread(() => { start.SignalAndWait(); a = Take(); }),
                new Thread(() => { start.SignalAndWait(); b = Take(Writers.Elsewhere, NoLocks); }),
            };
            Array.ForEach(threads, thread => thread.Start());
            Array.ForEach(threads, thread => thread.Join());
            Assert.False(a is not null && b is not null);
            a?.Dispose();
            b?.Dispose();
        }
    }

    [RootFact]
    public void A_failed_claim_leaves_nothing_valid()
    {
        using var full = new FullStorage(_files.Folder);
        Assert.True(full.IsUsable);
        var there = new WriterFiles(full.Path);
        Assert.ThrowsAny<IOException>(() => WriterClaim.TryTake(there, Writers.Here(), NoLocks, _clock, out _));
        Assert.ThrowsAny<IOException>(() => WriterClaim.TryTake(there, Writers.Here(), Locks, _clock, out _));
        full.MakeRoom();
        using var claim = WriterClaim.TryTake(there, Writers.Here(), NoLocks, _clock, out var other);
        Assert.True(claim is not null, $"held by {other}; {string.Join(' ', Directory.GetFiles(there.Folder))}");
    }

    [Fact]
    public void An_unreadable_lease_is_held()
    {
        File.WriteAllText(_files.Lease, "{}");
        Assert.Null(Take(locks: NoLocks));
        Assert.Null(Take());
        Assert.Equal("a process whose record is unreadable", WriterClaim.TakeAway(_files, Writers.Here(), NoLocks).ToString());
        using var claim = Take();
        Assert.NotNull(claim);
    }

    [Fact]
    public void Hosts_with_and_without_locks_see_each_other()
    {
        using (Take(locks: NoLocks))
        {
            Assert.Null(Take());
        }

        using (Take())
        {
            Assert.Null(Take(Writers.Elsewhere, NoLocks));
        }
    }

    [Fact]
    public void A_living_holder_of_this_host_is_never_taken_over()
    {
        using var claim = Take();
        Assert.Equal(StoreFault.Busy, Assert.Throws<StoreException>(() => WriterClaim.TakeAway(_files, Writers.Here(), Locks)).Fault);
        Assert.False(claim!.IsLost);
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public void A_former_holder_notices_within_half_a_minute(bool withLocks)
    {
        var locks = withLocks ? Locks : NoLocks;
        using var claim = Take(locks: locks);
        _clock.Advance(TimeSpan.FromSeconds(30));
        Assert.False(claim!.IsLost);
        WriterClaim.TakeAway(_files, Writers.Elsewhere, locks);
        using var next = Take(Writers.Elsewhere, locks);
        Assert.NotNull(next);
        _clock.Advance(TimeSpan.FromSeconds(30));
        Assert.True(claim.IsLost);
        claim.Dispose();
        Assert.Equal(Writers.Elsewhere, WriterClaim.Look(_files, Writers.Here(), locks).Holder?.Who);
    }

    [Fact]
    public void A_lease_is_refreshed_every_half_minute()
    {
        using var claim = Take(locks: NoLocks);
        File.SetLastWriteTimeUtc(_files.Lease, DateTime.UtcNow.AddHours(-1));
        _clock.Advance(TimeSpan.FromSeconds(29));
        Assert.True(DateTime.UtcNow - File.GetLastWriteTimeUtc(_files.Lease) > TimeSpan.FromMinutes(30));
        _clock.Advance(TimeSpan.FromSeconds(1));
        Assert.True(DateTime.UtcNow - File.GetLastWriteTimeUtc(_files.Lease) < TimeSpan.FromMinutes(30));
    }

    [Fact]
    public async Task One_of_many_concurrent_claims_wins()
    {
        foreach (var locks in (IWriterLocks[])[Locks, NoLocks])
        {
            File.WriteAllBytes(_files.Lease, new WriterHolder(Writers.Here(Writers.Dead), _clock.GetUtcNow(), Guid.NewGuid()).Format());
            var claims = await Task.WhenAll(Enumerable.Range(0, 8).Select(_ => Task.Run(() => Take(locks: locks))));
            Assert.Single(claims.OfType<WriterClaim>());
            Array.ForEach(claims, claim => claim?.Dispose());
        }
    }

    [Fact]
    public void The_lock_of_a_recreated_folder_is_the_new_one()
    {
        using var claim = Take();
        Directory.Delete(_files.Folder, recursive: true);
        Directory.CreateDirectory(_files.Folder);
        using var next = Take();
        Assert.NotNull(next);
        claim!.Check();
        Assert.True(claim.IsLost);
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task Removing_the_folder_does_not_affect_the_next_holder(bool withLocks)
    {
        const int each = 200;
        var locks = withLocks ? Locks : NoLocks;
        var lost = 0;
        await Task.WhenAll(Enumerable.Range(0, 4).Select(who => Task.Run(() =>
        {
            var journal = Path.Combine(_files.Folder, $"{who}.journal");
            for (var round = 0; round < each; round++)
            {
                using var claim = Take(locks: locks);
                if (claim is null)
                {
                    continue;
                }

                File.WriteAllText(journal, "changes");
                Thread.Yield();
                lost += File.Exists(journal) ? 0 : 1;
                _files.RemoveFolder();
            }
        })));
        Assert.Equal(0, lost);
        Directory.CreateDirectory(_files.Folder);
    }

    public void Dispose() => Directory.Delete(_files.Folder, recursive: true);
}
