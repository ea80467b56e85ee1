/*
 * Makes `condafuse mount` two processes before the .NET runtime starts (docs/decisions/0016): the child runs the command and becomes the server, the
 * parent waits for its report and exits. Later, a fork would not be safe, because the runtime has threads.
 *
 * The child runs the hidden command `mount-in-background`. It reports on descriptor 3 with one byte, the exit code, once the mount answers and the
 * output is written. A child that ends without a report has printed why; the parent ends as it did.
 */
#define _GNU_SOURCE
#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <unistd.h>

enum { REPORT = 3 }; /* BackgroundServer.ReportDescriptor */

static char background[] = "mount-in-background"; /* BackgroundServer.Command */

static int is_background_mount(int count, char **words)
{
    if (count < 3 || strcmp(words[1], "mount") != 0)
        return 0;
    for (int i = 2; i < count; i++)
        if (strncmp(words[i], "--foreground", strlen("--foreground")) == 0)
            return 0;
    for (int stream = 0; stream <= 2; stream++)
        if (fcntl(stream, F_GETFD) < 0)
            return 0; /* rare, and the runtime's to mend */
    return 1;
}

/* A server keeps nothing open that its starter's starter had open. */
static void close_above(int last)
{
#ifdef SYS_close_range
    if (syscall(SYS_close_range, last + 1, ~0U, 0) == 0)
        return;
#endif
    DIR *open = opendir("/proc/self/fd");
    if (open == NULL)
        return;
    for (struct dirent *entry; (entry = readdir(open)) != NULL;) {
        int number = atoi(entry->d_name);
        if (number > last && number != dirfd(open))
            close(number);
    }
    closedir(open);
}

/* What the session ignores or blocks, its server does not. */
static void reset_signals(void)
{
    sigset_t none;
    sigemptyset(&none);
    for (int number = 1; number < NSIG; number++)
        signal(number, SIG_DFL); /* fails for a few */
    sigprocmask(SIG_SETMASK, &none, NULL);
}

static void end_like(pid_t child, int report)
{
    unsigned char code;
    ssize_t got;
    while ((got = read(report, &code, 1)) < 0 && errno == EINTR)
        ;
    if (got == 1)
        _exit(code);
    int status;
    while (waitpid(child, &status, 0) < 0)
        if (errno != EINTR)
            _exit(1);
    if (WIFSIGNALED(status)) {
        signal(WTERMSIG(status), SIG_DFL);
        raise(WTERMSIG(status));
        _exit(128 + WTERMSIG(status));
    }
    _exit(WEXITSTATUS(status));
}

__attribute__((constructor)) static void start(int count, char **words)
{
    int report[2];
    if (!is_background_mount(count, words) || pipe2(report, O_CLOEXEC) < 0)
        return;
    signal(SIGCHLD, SIG_DFL); /* if it was ignored, the child's exit code would be lost */
    pid_t child = fork();
    if (child > 0) {
        close(report[1]);
        end_like(child, report[0]);
    }
    if (child < 0) {
        close(report[0]);
        close(report[1]);
        return; /* one process has to do: the command starts the server itself */
    }
    setsid();
    reset_signals();
    if (report[1] != REPORT) {
        dup3(report[1], REPORT, O_CLOEXEC);
    }
    close_above(REPORT);
    words[1] = background;
}
