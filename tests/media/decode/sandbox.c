/* SPDX-License-Identifier: MIT */
/* What a taken-over decoder would try, from inside the sandbox: everything must fail or end the process.
 * Each attempt runs in a child of its own, once with all layers and once with the mandatory ones alone. */
#include "sandbox.h"

#include <errno.h>
#include <fcntl.h>
#include <glib.h>
#include <netinet/in.h>
#include <sched.h>
#include <signal.h>
#include <stdlib.h>
#include <sys/ioctl.h>
#include <sys/mman.h>
#include <sys/ptrace.h>
#include <sys/prctl.h>
#include <sys/resource.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <sys/uio.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

#include "media-wire.h"

/* Returns a number below 0 with errno set when the kernel refused. */
typedef long (*Attempt) (void);

static long
open_passwd (void)
{
  return open ("/etc/passwd", O_RDONLY);
}

static long
open_self (void)
{
  return open ("/proc/self/maps", O_RDONLY);
}

static long
open_root (void)
{
  return open ("/", O_PATH | O_DIRECTORY);
}

static long
open_at_root (void)
{
  return syscall (SYS_openat2, AT_FDCWD, "/", (guint64[]) { O_RDONLY, 0, 0 }, 24);
}

static long
create_file (void)
{
  return open ("/tmp/melete-escaped", O_CREAT | O_WRONLY, 0600);
}

static long
remove_file (void)
{
  return unlink ("/tmp/melete-escaped");
}

static long
make_folder (void)
{
  return mkdir ("/tmp/melete-escaped", 0700);
}

static long
look_at_file (void)
{
  struct stat stat_buffer;
  return stat ("/etc/passwd", &stat_buffer);
}

static long
change_folder (void)
{
  return chdir ("/");
}

static long
internet (void)
{
  return socket (AF_INET, SOCK_STREAM, 0);
}

static long
internet_6 (void)
{
  return socket (AF_INET6, SOCK_DGRAM, 0);
}

static long
unix_socket (void)
{
  return socket (AF_UNIX, SOCK_STREAM, 0);
}

static long
socket_pair (void)
{
  int fds[2];
  return socketpair (AF_UNIX, SOCK_STREAM, 0, fds);
}

static long
new_pipe (void)
{
  int fds[2];
  return pipe (fds);
}

static long
new_memory_file (void)
{
  return memfd_create ("x", 0);
}

static long
send_descriptor (void)
{
  struct msghdr message = { 0 };
  return sendmsg (STDERR_FILENO, &message, 0);
}

static long
run_program (void)
{
  return execl ("/bin/true", "true", NULL);
}

static long
new_process (void)
{
  pid_t pid = fork ();
  if (pid == 0)
    _exit (0);
  return pid;
}

static long
new_thread (void)
{
  return syscall (SYS_clone, CLONE_VM | CLONE_FS | CLONE_FILES | CLONE_SIGHAND | CLONE_THREAD, NULL, NULL, NULL, NULL);
}

static long
trace_parent (void)
{
  return ptrace (PTRACE_ATTACH, getppid (), NULL, NULL);
}

static long
read_parent (void)
{
  char byte;
  struct iovec here = { &byte, 1 }, there = { &byte, 1 };
  return process_vm_readv (getppid (), &here, 1, &there, 1, 0);
}

static long
signal_parent (void)
{
  return kill (getppid (), 0);
}

static long
signal_parent_thread (void)
{
  return syscall (SYS_tgkill, getppid (), getppid (), 0);
}

static long
executable_memory (void)
{
  return mmap (NULL, 4096, PROT_READ | PROT_WRITE | PROT_EXEC, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0) == MAP_FAILED ? -1 : 0;
}

static long
make_executable (void)
{
  void *page = mmap (NULL, 4096, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
  if (page == MAP_FAILED)
    _exit (99);
  return mprotect (page, 4096, PROT_READ | PROT_EXEC);
}

static long
new_namespace (void)
{
  return unshare (CLONE_NEWUSER);
}

static long
become_root (void)
{
  return setresuid (0, 0, 0);
}

static long
raise_limit (void)
{
  struct rlimit more = { 1 << 30, 1 << 30 };
  return setrlimit (RLIMIT_FSIZE, &more);
}

static long
become_dumpable (void)
{
  return prctl (PR_SET_DUMPABLE, 1, 0, 0, 0);
}

static long
terminal_push (void)
{
  return ioctl (0, 0x5412 /* TIOCSTI */, "x");
}

static long
much_memory (void)
{
  return mmap (NULL, (size_t) 1 << 30, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0) == MAP_FAILED ? -1 : 0;
}

static const struct {
  const char *name;
  Attempt attempt;
} attempts[] = {
#define TRY(name) { #name, name }
  TRY (open_passwd), TRY (open_self), TRY (open_root), TRY (open_at_root), TRY (create_file), TRY (remove_file), TRY (make_folder),
  TRY (look_at_file), TRY (change_folder), TRY (internet), TRY (internet_6), TRY (unix_socket), TRY (socket_pair), TRY (new_pipe),
  TRY (new_memory_file), TRY (send_descriptor), TRY (run_program), TRY (new_process), TRY (new_thread), TRY (trace_parent),
  TRY (read_parent), TRY (signal_parent), TRY (signal_parent_thread), TRY (executable_memory), TRY (make_executable),
  TRY (new_namespace), TRY (become_root), TRY (raise_limit), TRY (become_dumpable), TRY (terminal_push), TRY (much_memory),
#undef TRY
};

enum { REFUSED = 10, SUCCEEDED = 11, NO_SANDBOX = 12 };

/* Runs in the child. */
static void
child (gboolean all_layers, Attempt attempt)
{
  SandboxLimits limits = { 64 * 1024 * 1024, 5 };
  SandboxFailure failure = { NULL, 0, 0 };
  struct rlimit no_core = { 0, 0 };
  setrlimit (RLIMIT_CORE, &no_core);
  uint32_t layers = sandbox_close (all_layers ? sandbox_enter () : 0, &limits, &failure);
  if ((layers & MEDIA_SANDBOX_ALWAYS) != MEDIA_SANDBOX_ALWAYS)
    _exit (NO_SANDBOX);
  errno = 0;
  _exit (attempt () < 0 ? REFUSED : SUCCEEDED);
}

static int
in_child (gboolean all_layers, Attempt attempt)
{
  int status;
  pid_t pid = fork ();
  g_assert_cmpint (pid, >=, 0);
  if (pid == 0)
    child (all_layers, attempt);
  g_assert_cmpint (waitpid (pid, &status, 0), ==, pid);
  return status;
}

/* What decoding needs still works; else the test of the attempts would prove nothing. */
static long
ordinary_work (void)
{
  void *memory = malloc (8 * 1024 * 1024);
  struct stat stat_buffer;
  if (memory == NULL || write (STDERR_FILENO, "", 0) != 0 || fstat (STDERR_FILENO, &stat_buffer) != 0 || getpid () <= 0)
    return -1;
  free (memory);
  return clock () == (clock_t) -1 ? -1 : 0;
}

static void
test_attempts (gconstpointer data)
{
  gboolean all_layers = GPOINTER_TO_INT (data);

  for (gsize i = 0; i < G_N_ELEMENTS (attempts); i++) {
    int status = in_child (all_layers, attempts[i].attempt);
    gboolean refused = WIFEXITED (status) && WEXITSTATUS (status) == REFUSED;
    gboolean killed = WIFSIGNALED (status) && WTERMSIG (status) == SIGSYS;
    g_test_message ("%s: %s", attempts[i].name, killed ? "ended the process" : refused ? "refused" : "SUCCEEDED");
    if (!refused && !killed)
      g_test_fail_printf ("%s: status %x", attempts[i].name, status);
  }
}

static void
test_work (gconstpointer data)
{
  int status = in_child (GPOINTER_TO_INT (data), ordinary_work);
  g_assert_true (WIFEXITED (status));
  g_assert_cmpint (WEXITSTATUS (status), ==, SUCCEEDED);
}

/* RLIMIT_CPU ends a loop that the client has not ended yet. */
static void
test_processor_time (void)
{
  int status;
  pid_t pid = fork ();
  if (pid == 0) {
    SandboxLimits limits = { 0, 1 };
    SandboxFailure failure = { NULL, 0, 0 };
    if (sandbox_close (sandbox_enter (), &limits, &failure) == 0)
      _exit (NO_SANDBOX);
    for (;;)
      ;
  }
  g_assert_cmpint (waitpid (pid, &status, 0), ==, pid);
  g_assert_true (WIFSIGNALED (status));
  g_assert_true (WTERMSIG (status) == SIGKILL || WTERMSIG (status) == SIGXCPU);
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_data_func ("/media/sandbox/work/all-layers", GINT_TO_POINTER (TRUE), test_work);
  g_test_add_data_func ("/media/sandbox/work/mandatory-layers", GINT_TO_POINTER (FALSE), test_work);
  g_test_add_data_func ("/media/sandbox/attempts/all-layers", GINT_TO_POINTER (TRUE), test_attempts);
  g_test_add_data_func ("/media/sandbox/attempts/mandatory-layers", GINT_TO_POINTER (FALSE), test_attempts);
  g_test_add_func ("/media/sandbox/processor-time", test_processor_time);
  return g_test_run ();
}
