using CondaFuse.Helper.Commands;
using CondaFuse.Platform;

namespace CondaFuse.Helper.Tests;

public class JobRunTests
{
    [Theory]
    [InlineData("", null)]
    [InlineData("SLURM_JOB_ID=", null)]
    [InlineData("SLURM_JOB_ID=../x", null)]
    [InlineData("SLURM_JOB_ID=12", "12-batch")]
    [InlineData("SLURM_JOB_ID=12 SLURM_STEP_ID=0", "12-0")]
    [InlineData("SLURM_JOB_ID=12 SLURM_STEP_ID=a/b", "12-batch")]
    [InlineData("SLURM_JOB_ID=12 SLURM_STEP_ID=0 SLURM_NODEID=0", "12-0")]
    [InlineData("SLURM_JOB_ID=12 SLURM_STEP_ID=0 SLURM_NODEID=1", "12-0-node1")]
    [InlineData("SLURM_JOB_ID=12 SLURM_NODEID=/", "12-batch")]
    [InlineData("SLURM_STEP_ID=0", null)]
    public void A_job_and_step_are_identified_by_their_numbers(string variables, string? job)
    {
        var given = variables.Split(' ', StringSplitOptions.RemoveEmptyEntries).Select(pair => pair.Split('='))
            .ToDictionary(pair => pair[0], pair => pair[1], StringComparer.Ordinal);
        Assert.Equal(job, JobRun.JobOf(given.GetValueOrDefault));
    }

    [Fact]
    public void Ended_members_do_not_count()
    {
        var path = Path.Combine(Path.GetTempPath(), $"condafuse-members-{Guid.NewGuid():N}");
        try
        {
            using var folder = PrivateFolder.OpenOrMake(path);
            var members = new JobMembers(folder);
            Assert.Empty(members.Alive());
            members.Add(Identity.ProcessId);
            folder.Write($"member-{Identity.ProcessId - 1}", "1"u8);
            folder.Write("member-1x", "1"u8);
            folder.Write("member-2", "rubbish"u8);
            Assert.Equal([Identity.ProcessId], members.Alive().Select(member => member.Id));
            Assert.True(members.HasOthersThan(1));
            Assert.False(members.HasOthersThan(Identity.ProcessId));
        }
        finally
        {
            Directory.Delete(path, recursive: true);
        }
    }

    [Fact]
    public void A_folder_that_the_last_task_removed_has_no_members()
    {
        var path = Path.Combine(Path.GetTempPath(), $"condafuse-members-{Guid.NewGuid():N}");
        using var folder = PrivateFolder.OpenOrMake(path);
        Directory.Delete(path, recursive: true);
        Assert.Empty(new JobMembers(folder).Alive());
        new JobMembers(folder).Remove(1);
    }
}
