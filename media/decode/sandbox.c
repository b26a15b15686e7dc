/* SPDX-License-Identifier: MIT */
#include "sandbox.h"

#include <errno.h>
#include <fcntl.h>
#include <grp.h>
#include <linux/capability.h>
#include <sched.h>
#include <signal.h>
#include <stdbool.h>
#include <stdio.h>
#include <string.h>
#include <sys/mount.h>
#include <sys/prctl.h>
#include <sys/resource.h>
#include <sys/syscall.h>
#include <unistd.h>

#include "media-wire.h"
#include "sandbox-filter.h"

/* An unprivileged user that owns nothing; the customary number of "nobody". */
#define NOBODY 65534
/* Those of the protocol, the kept fonts, and copies of them while one is read. */
#define MAX_DESCRIPTORS 64

static bool
write_file (const char *path, const char *text)
{
  int fd = open (path, O_WRONLY | O_CLOEXEC);
  if (fd < 0)
    return false;
  ssize_t length = (ssize_t) strlen (text);
  bool ok = write (fd, text, (size_t) length) == length;
  close (fd);
  return ok;
}

uint32_t
sandbox_enter (void)
{
  uint32_t layers = 0;
  char map[64];
  uid_t uid = geteuid ();
  gid_t gid = getegid ();

  if (unshare (CLONE_NEWUSER) == 0) {
    layers |= MEDIA_SANDBOX_USER;
    /* Own numbers are mapped to themselves, so that fonts which only this user may read still open. Without the maps
     * everything below still holds; only the mount of the empty root may then be refused. */
    write_file ("/proc/self/setgroups", "deny");
    snprintf (map, sizeof map, "%u %u 1", (unsigned) gid, (unsigned) gid);
    write_file ("/proc/self/gid_map", map);
    snprintf (map, sizeof map, "%u %u 1", (unsigned) uid, (unsigned) uid);
    write_file ("/proc/self/uid_map", map);
  }
  /* Works in the new user namespace, or without one for a root that has the capability. */
  if (unshare (CLONE_NEWNET) == 0)
    layers |= MEDIA_SANDBOX_NETWORK;
  if (unshare (CLONE_NEWNS | CLONE_NEWIPC | CLONE_NEWUTS) == 0 && mount (NULL, "/", NULL, MS_REC | MS_PRIVATE, NULL) == 0)
    layers |= MEDIA_SANDBOX_ROOT; /* not yet true: a promise for empty_root () */
  return layers;
}

/* Swaps the root for an empty, read-only one. The old root goes away with everything that was mounted in it. */
static bool
empty_root (void)
{
  if (mount ("none", "/proc", "tmpfs", MS_NOSUID | MS_NODEV | MS_NOEXEC, "size=4k,nr_inodes=2,mode=0555") != 0)
    return false;
  return chdir ("/proc") == 0 &&
         syscall (SYS_pivot_root, ".", ".") == 0 &&
         umount2 (".", MNT_DETACH) == 0 &&
         chdir ("/") == 0 &&
         mount (NULL, "/", NULL, MS_REMOUNT | MS_BIND | MS_RDONLY | MS_NOSUID | MS_NODEV | MS_NOEXEC, NULL) == 0;
}

/* Landlock without a single rule: every path, every TCP port, every abstract socket and every signal to others is refused.
 * Numbers from the kernel's documentation (userspace-api/landlock), because the headers of Debian 12 know fewer. */
static bool
landlock_everything (void)
{
  struct {
    uint64_t files, network, scopes;
  } handled = { 0, 0, 0 };
  long version = syscall (SYS_landlock_create_ruleset, NULL, 0, 1u);
  if (version < 1)
    return false;
  handled.files = version >= 5 ? 0xffff : version >= 3 ? 0x7fff : version == 2 ? 0x3fff : 0x1fff;
  handled.network = version >= 4 ? 3 : 0;
  handled.scopes = version >= 6 ? 3 : 0;
  size_t size = version >= 6 ? 24 : version >= 4 ? 16 : 8;
  int fd = (int) syscall (SYS_landlock_create_ruleset, &handled, size, 0u);
  if (fd < 0)
    return false;
  bool ok = syscall (SYS_landlock_restrict_self, fd, 0u) == 0;
  close (fd);
  return ok;
}

static bool
drop_capabilities (void)
{
  struct __user_cap_header_struct header = { _LINUX_CAPABILITY_VERSION_3, 0 };
  struct __user_cap_data_struct none[2];
  memset (none, 0, sizeof none);
  prctl (PR_CAP_AMBIENT, PR_CAP_AMBIENT_CLEAR_ALL, 0, 0, 0);
  return syscall (SYS_capset, &header, none) == 0;
}

/* Bytes of address space in use. */
static uint64_t
mapped_now (void)
{
  unsigned long long pages = 0;
  FILE *file = fopen ("/proc/self/statm", "re");
  if (file == NULL)
    return 0;
  if (fscanf (file, "%llu", &pages) != 1)
    pages = 0;
  fclose (file);
  return pages * (uint64_t) sysconf (_SC_PAGESIZE);
}

static bool
limit (int what, rlim_t value)
{
  struct rlimit now;
  if (getrlimit ((unsigned) what, &now) != 0)
    return false;
  if (now.rlim_max != RLIM_INFINITY && value > now.rlim_max)
    value = now.rlim_max;
  now.rlim_cur = now.rlim_max = value;
  return setrlimit ((unsigned) what, &now) == 0;
}

uint32_t
sandbox_close (uint32_t layers, const SandboxLimits *limits, SandboxFailure *failure)
{
  uint64_t mapped = limits->memory != 0 ? mapped_now () : 0;
  int step = 0;

#define MUST(what)                  \
  do {                              \
    step++;                         \
    if (!(what)) {                  \
      failure->step = #what;        \
      failure->number = step;       \
      failure->error = errno;       \
      return 0;                     \
    }                               \
  } while (0)

  MUST (limits->memory == 0 || mapped != 0);
  if ((layers & MEDIA_SANDBOX_ROOT) != 0 && !empty_root ())
    layers &= ~(uint32_t) MEDIA_SANDBOX_ROOT;

  /* Root that got no user namespace of its own becomes nobody. */
  if ((layers & MEDIA_SANDBOX_USER) == 0 && geteuid () == 0 && setgroups (0, NULL) == 0 &&
      setresgid (NOBODY, NOBODY, NOBODY) == 0 && setresuid (NOBODY, NOBODY, NOBODY) == 0)
    layers |= MEDIA_SANDBOX_USER;

  /* The signal of the parent's death is cleared by a change of user, so it is set after it. */
  MUST (prctl (PR_SET_PDEATHSIG, SIGKILL, 0, 0, 0) == 0);
  MUST (prctl (PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0) == 0);
  MUST (prctl (PR_SET_DUMPABLE, 0, 0, 0, 0) == 0);
  MUST (drop_capabilities ());
  layers |= MEDIA_SANDBOX_NO_PRIVS;
  if (landlock_everything ())
    layers |= MEDIA_SANDBOX_LANDLOCK;

  /* A library that writes its complaints into a log file must not die of it. */
  MUST (signal (SIGXFSZ, SIG_IGN) != SIG_ERR);
  MUST (limit (RLIMIT_CORE, 0));
  MUST (limit (RLIMIT_FSIZE, 0));
  MUST (limit (RLIMIT_CPU, limits->seconds));
  MUST (limit (RLIMIT_NOFILE, MAX_DESCRIPTORS));
  if (limits->memory != 0)
    MUST (limit (RLIMIT_AS, mapped + limits->memory));
  layers |= MEDIA_SANDBOX_LIMITS;

  MUST (sandbox_filter () == 0);
#undef MUST
  return layers | MEDIA_SANDBOX_SECCOMP;
}
