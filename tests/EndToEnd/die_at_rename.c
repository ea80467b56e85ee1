// A libc that kills its process instead of its $DIE_AT_RENAME-th rename: to be preloaded.
#define _GNU_SOURCE
#include <fcntl.h>
#include <signal.h>
#include <stdatomic.h>
#include <stdlib.h>
#include <sys/syscall.h>
#include <unistd.h>

static void count(void) {
  static atomic_int renames;
  const char *last = getenv("DIE_AT_RENAME");
  if (last && atomic_fetch_add(&renames, 1) + 1 == atoi(last)) {
    kill(getpid(), SIGKILL);
    pause();
  }
}

int renameat2(int from_folder, const char *from, int to_folder, const char *to, unsigned int flags) {
  count();
  return (int)syscall(SYS_renameat2, from_folder, from, to_folder, to, flags);
}

int renameat(int from_folder, const char *from, int to_folder, const char *to) {
  return renameat2(from_folder, from, to_folder, to, 0);
}

int rename(const char *from, const char *to) {
  return renameat2(AT_FDCWD, from, AT_FDCWD, to, 0);
}
