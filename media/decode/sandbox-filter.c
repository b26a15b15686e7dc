/* SPDX-License-Identifier: MIT */
/* Anything that is not listed answers EPERM, because libraries probe harmlessly (a locale, a terminal) and carry on.
 * What only an attacker would try ends the process at once, so that there is no second try. */
#include "sandbox-filter.h"

#include <errno.h>
#include <fcntl.h>
#include <seccomp.h>
#include <stddef.h>
#include <sys/mman.h>
#include <unistd.h>

static const int allowed[] = {
  SCMP_SYS (read), SCMP_SYS (pread64), SCMP_SYS (readv), SCMP_SYS (write), SCMP_SYS (writev), SCMP_SYS (lseek),
  SCMP_SYS (close), SCMP_SYS (dup), SCMP_SYS (fstat), SCMP_SYS (fadvise64),
  SCMP_SYS (munmap), SCMP_SYS (mremap), SCMP_SYS (brk), SCMP_SYS (madvise),
  SCMP_SYS (futex), SCMP_SYS (sched_yield), SCMP_SYS (sched_getaffinity), SCMP_SYS (rseq), SCMP_SYS (set_robust_list),
  SCMP_SYS (rt_sigaction), SCMP_SYS (rt_sigprocmask), SCMP_SYS (rt_sigreturn), SCMP_SYS (sigaltstack),
  SCMP_SYS (restart_syscall), SCMP_SYS (getpid), SCMP_SYS (gettid), SCMP_SYS (getuid), SCMP_SYS (geteuid),
  SCMP_SYS (getgid), SCMP_SYS (getegid), SCMP_SYS (uname), SCMP_SYS (sysinfo), SCMP_SYS (getrusage),
  SCMP_SYS (clock_gettime), SCMP_SYS (clock_getres), SCMP_SYS (clock_nanosleep), SCMP_SYS (nanosleep),
  SCMP_SYS (gettimeofday), SCMP_SYS (time), SCMP_SYS (times), SCMP_SYS (getrandom), SCMP_SYS (poll), SCMP_SYS (ppoll),
  SCMP_SYS (exit), SCMP_SYS (exit_group),
};

static const int deadly[] = {
  SCMP_SYS (execve), SCMP_SYS (execveat), SCMP_SYS (ptrace), SCMP_SYS (process_vm_readv), SCMP_SYS (process_vm_writev),
  SCMP_SYS (bpf), SCMP_SYS (userfaultfd), SCMP_SYS (perf_event_open), SCMP_SYS (io_uring_setup), SCMP_SYS (keyctl),
  SCMP_SYS (add_key), SCMP_SYS (mount), SCMP_SYS (umount2), SCMP_SYS (pivot_root), SCMP_SYS (chroot), SCMP_SYS (setns),
  SCMP_SYS (unshare), SCMP_SYS (init_module), SCMP_SYS (finit_module), SCMP_SYS (kexec_load), SCMP_SYS (reboot),
};

int
sandbox_filter (void)
{
  scmp_filter_ctx filter = seccomp_init (SCMP_ACT_ERRNO (EPERM));
  int result = filter == NULL ? -ENOMEM : 0;

  for (size_t i = 0; result == 0 && i < sizeof allowed / sizeof *allowed; i++) {
    result = seccomp_rule_add (filter, SCMP_ACT_ALLOW, allowed[i], 0);
    if (result == -EDOM) /* not a system call of this architecture */
      result = 0;
  }
  for (size_t i = 0; result == 0 && i < sizeof deadly / sizeof *deadly; i++) {
    result = seccomp_rule_add (filter, SCMP_ACT_KILL_PROCESS, deadly[i], 0);
    if (result == -EDOM)
      result = 0;
  }

  /* Memory, but never memory that can be executed. */
  if (result == 0)
    result = seccomp_rule_add (filter, SCMP_ACT_ALLOW, SCMP_SYS (mmap), 1, SCMP_A2 (SCMP_CMP_MASKED_EQ, PROT_EXEC, 0));
  if (result == 0)
    result = seccomp_rule_add (filter, SCMP_ACT_ALLOW, SCMP_SYS (mprotect), 1, SCMP_A2 (SCMP_CMP_MASKED_EQ, PROT_EXEC, 0));
  /* glibc's fstat () is newfstatat () with an empty path. */
  if (result == 0)
    result = seccomp_rule_add (filter, SCMP_ACT_ALLOW, SCMP_SYS (newfstatat), 1, SCMP_A3 (SCMP_CMP_MASKED_EQ, AT_EMPTY_PATH, AT_EMPTY_PATH));
  /* Reading a limit, not changing one; flags of a descriptor, not owners and locks (SETFD: poppler closes on exec). */
  if (result == 0)
    result = seccomp_rule_add (filter, SCMP_ACT_ALLOW, SCMP_SYS (prlimit64), 1, SCMP_A2 (SCMP_CMP_EQ, 0));
  if (result == 0)
    result = seccomp_rule_add (filter, SCMP_ACT_ALLOW, SCMP_SYS (fcntl), 1, SCMP_A1 (SCMP_CMP_EQ, F_GETFL));
  if (result == 0)
    result = seccomp_rule_add (filter, SCMP_ACT_ALLOW, SCMP_SYS (fcntl), 1, SCMP_A1 (SCMP_CMP_EQ, F_GETFD));
  if (result == 0)
    result = seccomp_rule_add (filter, SCMP_ACT_ALLOW, SCMP_SYS (fcntl), 1, SCMP_A1 (SCMP_CMP_EQ, F_SETFD));
  /* abort () */
  if (result == 0)
    result = seccomp_rule_add (filter, SCMP_ACT_ALLOW, SCMP_SYS (tgkill), 1, SCMP_A0 (SCMP_CMP_EQ, (scmp_datum_t) getpid ()));

  if (result == 0)
    result = seccomp_load (filter);
  seccomp_release (filter);
  if (result != 0) {
    errno = -result;
    return -1;
  }
  return 0;
}
