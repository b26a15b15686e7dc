/* SPDX-License-Identifier: MIT */
/* One helper process at work: started, listened to, ended. */
#include <errno.h>
#include <fcntl.h>
#include <gio/gio.h>
#include <glib/gi18n-lib.h>
#include <math.h>
#include <poll.h>
#include <signal.h>
#include <spawn.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/socket.h>
#include <sys/wait.h>
#include <unistd.h>

#include "media-helper.h"

/* Until the helper has opened its fonts and closed its sandbox, milliseconds; a cold disk may be slow. */
#define START_LIMIT 15000
/* Room for records beside pixels and text. */
#define OUTPUT_SPARE (1024 * 1024)
/* Above the numbers that the helper expects, so that no dup2 () overwrites a source of the next. */
#define SAFE_FD 16
/* Bytes that a pipe holds, if the kernel allows so many, and that are read at a time. */
#define PIPE_SIZE (1024 * 1024)

void
media_helper_init (MediaHelper *helper, const MediaRequest *request)
{
  g_autofree char *languages = request->languages != NULL ? g_strdup (request->languages) : media_languages ();

  *helper = (MediaHelper) { .request = request, .control = -1, .input = -1, .output = -1, .pipe = -1 };
  helper->wire = (MediaWireRequest) {
    .magic = MEDIA_WIRE_MAGIC,
    .job = request->job,
    .memory_limit = request->memory_limit,
    .time_limit = request->time_limit,
    .max_side = request->max_side,
    .page = request->page,
    .max_pages = request->max_pages,
    .sample_rate = request->sample_rate,
    .max_seconds = request->max_seconds,
    .from = (guint32) lround (request->from * 1000),
    .until = (guint32) lround (request->until * 1000),
    .max_frames = request->max_frames,
    .max_text = request->max_text,
    .choices = request->choices != NULL ? (guint32) strlen (request->choices) : 0,
  };
  g_strlcpy (helper->wire.languages, languages, sizeof helper->wire.languages);
  g_strlcpy (helper->wire.hint, request->hint != NULL ? request->hint : "", sizeof helper->wire.hint);
}

void
media_helper_clear (MediaHelper *helper)
{
  int *const fds[] = { &helper->control, &helper->input, &helper->output, &helper->pipe };

  media_helper_stop (helper);
  for (gsize i = 0; i < G_N_ELEMENTS (fds); i++)
    if (*fds[i] >= 0) {
      close (*fds[i]);
      *fds[i] = -1;
    }
}

gboolean
media_helper_fail_errno (GError **error, const char *what)
{
  int code = errno;
  g_set_error (error, MEDIA_ERROR, MEDIA_ERROR_HELPER, _ ("The decoder could not be started (%s: %s)."), what, g_strerror (code));
  return FALSE;
}

/* Moves a descriptor out of the way. */
static int
lift (int fd)
{
  if (fd < 0 || fd >= SAFE_FD)
    return fd;
  int high = fcntl (fd, F_DUPFD_CLOEXEC, SAFE_FD);
  close (fd);
  return high;
}

static gboolean
open_input (MediaHelper *helper, GBytes *input, GError **error)
{
  gsize size, at = 0;
  const guint8 *bytes = g_bytes_get_data (input, &size);

  helper->input = lift (memfd_create ("melete-input", MFD_CLOEXEC | MFD_ALLOW_SEALING));
  if (helper->input < 0)
    return media_helper_fail_errno (error, "memfd_create");
  while (at < size) {
    gssize n = write (helper->input, bytes + at, size - at);
    if (n < 0 && errno == EINTR)
      continue;
    if (n <= 0)
      return media_helper_fail_errno (error, "write");
    at += (gsize) n;
  }
  if (fcntl (helper->input, F_ADD_SEALS, F_SEAL_SHRINK | F_SEAL_GROW | F_SEAL_WRITE | F_SEAL_SEAL) != 0)
    return media_helper_fail_errno (error, "seal");
  helper->wire.input_size = size;
  return TRUE;
}

/* What has no largest size comes through a pipe. */
static gboolean
open_pipe (MediaHelper *helper, GError **error)
{
  int ends[2];

  if (pipe2 (ends, O_CLOEXEC) != 0)
    return media_helper_fail_errno (error, "pipe2");
  helper->pipe = lift (ends[0]);
  helper->output = lift (ends[1]);
  /* A smaller one works too. */
  fcntl (helper->pipe, F_SETPIPE_SZ, PIPE_SIZE);
  return helper->pipe >= 0 && helper->output >= 0 && fcntl (helper->pipe, F_SETFL, O_NONBLOCK) == 0 ? TRUE : media_helper_fail_errno (error, "fcntl");
}

static gboolean
open_output (MediaHelper *helper, GError **error)
{
  if (helper->request->job == MEDIA_JOB_TABLES)
    return open_pipe (helper, error);

  const MediaRequest *request = helper->request;
  gboolean pixels = request->job == MEDIA_JOB_PICTURE || request->job == MEDIA_JOB_PAGE;
  guint64 size = OUTPUT_SPARE;
  if (pixels)
    size += (guint64) request->max_side * request->max_side * 4;
  else if (request->job == MEDIA_JOB_VIDEO)
    size += (guint64) request->max_frames * ((guint64) request->max_side * request->max_side * 4 + sizeof (MediaWireRecord) + 8) +
            (guint64) ceil ((request->until > 0 ? request->until - request->from : request->max_seconds) + 1) * request->sample_rate * sizeof (float);
  else if (request->job == MEDIA_JOB_SOUND)
    /* One second more, for what the heads of files are wrong by. */
    size += ((guint64) request->max_seconds + 1) * request->sample_rate * sizeof (float);
  else
    size += request->max_text + (guint64) request->max_pages * (sizeof (MediaWireRecord) + 8);

  helper->output = lift (memfd_create ("melete-output", MFD_CLOEXEC | MFD_ALLOW_SEALING));
  /* Pages of this memory exist only once they are written. The sealed size keeps either side from cutting it under the other. */
  if (helper->output < 0 || ftruncate (helper->output, (off_t) size) != 0 ||
      fcntl (helper->output, F_ADD_SEALS, F_SEAL_SHRINK | F_SEAL_GROW | F_SEAL_SEAL) != 0)
    return media_helper_fail_errno (error, "memfd_create");
  helper->wire.output_size = size;
  return TRUE;
}

/* The helper's environment: what its libraries need to find their data, and nothing of the person's. */
static char **
make_environment (void)
{
  static const char *const kept[] = { "HOME", "XDG_CACHE_HOME", "XDG_CONFIG_HOME", "XDG_DATA_HOME", "XDG_DATA_DIRS", "FONTCONFIG_FILE", "FONTCONFIG_PATH",
                                      "GDK_PIXBUF_MODULE_FILE", "GDK_PIXBUF_MODULEDIR", "TESSDATA_PREFIX", "LD_LIBRARY_PATH", "ASAN_OPTIONS", "UBSAN_OPTIONS", "LSAN_OPTIONS" };
  g_autoptr (GStrvBuilder) builder = g_strv_builder_new ();
  /* Must stand there when the process starts; see decode/ocr.h. */
  g_strv_builder_add_many (builder, "OMP_THREAD_LIMIT=1", "OMP_NUM_THREADS=1", "LC_ALL=C.UTF-8", NULL);
  for (gsize i = 0; i < G_N_ELEMENTS (kept); i++) {
    const char *value = g_getenv (kept[i]);
    if (value == NULL)
      continue;
    g_autofree char *entry = g_strconcat (kept[i], "=", value, NULL);
    g_strv_builder_add (builder, entry);
  }
  return g_strv_builder_end (builder);
}

static gboolean
spawn (MediaHelper *helper, const char *path, int theirs, GError **error)
{
  posix_spawn_file_actions_t actions;
  posix_spawnattr_t attributes;
  sigset_t none, all;
  char *argv[] = { (char *) "melete-decode", NULL };
  g_auto (GStrv) environment = make_environment ();

  posix_spawn_file_actions_init (&actions);
  posix_spawn_file_actions_addopen (&actions, STDIN_FILENO, "/dev/null", O_RDONLY, 0);
  posix_spawn_file_actions_addopen (&actions, STDOUT_FILENO, "/dev/null", O_WRONLY, 0);
  /* The libraries' complaints about a file are no news for the person; a developer may want them. */
  if (g_getenv ("MELETE_DECODE_DEBUG") == NULL)
    posix_spawn_file_actions_addopen (&actions, STDERR_FILENO, "/dev/null", O_WRONLY, 0);
  posix_spawn_file_actions_adddup2 (&actions, theirs, MEDIA_WIRE_FD_CONTROL);
  posix_spawn_file_actions_adddup2 (&actions, helper->input, MEDIA_WIRE_FD_INPUT);
  posix_spawn_file_actions_adddup2 (&actions, helper->output, MEDIA_WIRE_FD_OUTPUT);
  posix_spawnattr_init (&attributes);
  sigemptyset (&none);
  sigfillset (&all);
  posix_spawnattr_setsigmask (&attributes, &none);
  posix_spawnattr_setsigdefault (&attributes, &all);
  posix_spawnattr_setflags (&attributes, POSIX_SPAWN_SETSIGMASK | POSIX_SPAWN_SETSIGDEF);
  int result = posix_spawn (&helper->pid, path, &actions, &attributes, argv, environment);
  posix_spawnattr_destroy (&attributes);
  posix_spawn_file_actions_destroy (&actions);
  if (result != 0) {
    helper->pid = 0;
    errno = result;
    return media_helper_fail_errno (error, path);
  }
  return TRUE;
}

gboolean
media_helper_start (MediaHelper *helper, GBytes *input, GError **error)
{
  int sockets[2];
  g_autofree char *path = media_find_helper (helper->request->job, error);
  if (path == NULL || !open_input (helper, input, error) || !open_output (helper, error))
    return FALSE;
  if (socketpair (AF_UNIX, SOCK_SEQPACKET | SOCK_CLOEXEC, 0, sockets) != 0)
    return media_helper_fail_errno (error, "socketpair");
  helper->control = sockets[0];
  int theirs = lift (sockets[1]);
  gboolean ok = theirs >= 0 && spawn (helper, path, theirs, error);
  if (theirs >= 0)
    close (theirs);
  if (!ok)
    return FALSE;
  if (helper->pipe >= 0) {
    /* Or its end would never be seen. */
    close (helper->output);
    helper->output = -1;
  }
  gssize choices = (gssize) helper->wire.choices;
  if ((send (helper->control, &helper->wire, sizeof helper->wire, MSG_NOSIGNAL) != sizeof helper->wire ||
       (choices > 0 && send (helper->control, helper->request->choices, (gsize) choices, MSG_NOSIGNAL) != choices)) &&
      errno != EPIPE)
    return media_helper_fail_errno (error, "send");
  return TRUE;
}

/* After this nobody writes to the output. Returns the status of waitpid (). */
int
media_helper_stop (MediaHelper *helper)
{
  int status = 0;
  if (helper->pid > 0) {
    kill (helper->pid, SIGKILL);
    while (waitpid (helper->pid, &status, 0) < 0 && errno == EINTR)
      ;
    helper->pid = 0;
  }
  return status;
}

/* A helper that closed its socket is ending: give it a moment to end its own way, so that the status tells why. */
static int
wait_for_death (MediaHelper *helper)
{
  int status = 0;
  for (int i = 0; i < 100; i++) {
    if (waitpid (helper->pid, &status, WNOHANG) == helper->pid) {
      helper->pid = 0;
      return status;
    }
    g_usleep (5000);
  }
  return media_helper_stop (helper);
}

gboolean
media_helper_lie (GError **error)
{
  g_set_error_literal (error, MEDIA_ERROR, MEDIA_ERROR_HELPER, _ ("The decoder gave an answer that makes no sense. The file is not used."));
  return FALSE;
}

/* Takes one message. Returns FALSE with `error` when the job is over without success. */
static gboolean
hear (MediaHelper *helper, const MediaWireReply *reply, MediaProgress progress, gpointer progress_data, GError **error)
{
  if (!media_reply_check (reply, helper->wire.output_size, helper->used))
    return media_helper_lie (error);
  helper->used = reply->used;
  if (reply->type == MEDIA_WIRE_FAILED) {
    g_propagate_error (error, media_error_for_fault (helper->request->job, reply));
    return FALSE;
  }
  if ((reply->type == MEDIA_WIRE_READY) != (helper->sandbox == 0))
    return media_helper_lie (error);
  if (reply->type == MEDIA_WIRE_READY) {
    if ((reply->sandbox & MEDIA_SANDBOX_ALWAYS) != MEDIA_SANDBOX_ALWAYS)
      return media_helper_lie (error);
    helper->sandbox = reply->sandbox;
    helper->deadline = g_get_monotonic_time () + (gint64) helper->request->time_limit * 1000;
  } else if (reply->type == MEDIA_WIRE_PROGRESS) {
    if (progress != NULL && reply->at <= reply->of && reply->of <= G_MAXUINT)
      progress ((guint) reply->at, (guint) reply->of, progress_data);
  } else
    helper->done = TRUE;
  return TRUE;
}

/* Takes what is in the pipe now. */
static gboolean
drain (MediaHelper *helper, GError **error)
{
  gssize got = read (helper->pipe, helper->buffer, PIPE_SIZE);

  if (got > 0)
    return helper->take (helper->buffer, (gsize) got, helper->take_data, error);
  if (got < 0 && (errno == EINTR || errno == EAGAIN))
    return TRUE;
  helper->emptied = TRUE;
  return TRUE;
}

/* Takes one message, or finds out why there is none. */
static gboolean
hear_message (MediaHelper *helper, MediaProgress progress, gpointer progress_data, GError **error)
{
  MediaWireReply reply;
  gssize got = recv (helper->control, &reply, sizeof reply, MSG_TRUNC);

  if (got < 0 && errno == EINTR)
    return TRUE;
  if (got == sizeof reply)
    return hear (helper, &reply, progress, progress_data, error);
  if (got > 0)
    return media_helper_lie (error);
  g_propagate_error (error, media_error_for_death (helper->request->job, wait_for_death (helper)));
  return FALSE;
}

gboolean
media_helper_listen (MediaHelper *helper, GCancellable *cancellable, MediaProgress progress, gpointer progress_data, GError **error)
{
  GPollFD cancel_fd = { -1, 0, 0 };
  gboolean watched = g_cancellable_make_pollfd (cancellable, &cancel_fd);
  struct pollfd fds[3] = { { helper->control, POLLIN, 0 }, { watched ? cancel_fd.fd : -1, POLLIN, 0 }, { helper->pipe, POLLIN, 0 } };
  gboolean ok = TRUE;

  helper->buffer = helper->pipe >= 0 ? g_malloc (PIPE_SIZE) : NULL;
  helper->emptied = helper->pipe < 0;
  helper->deadline = g_get_monotonic_time () + (gint64) START_LIMIT * 1000;
  while (ok && !(helper->done && helper->emptied)) {
    gint64 left = (helper->deadline - g_get_monotonic_time () + 999) / 1000;
    fds[0].fd = helper->done ? -1 : helper->control;
    fds[2].fd = helper->emptied ? -1 : helper->pipe;
    int n = left > 0 ? poll (fds, G_N_ELEMENTS (fds), (int) MIN (left, G_MAXINT)) : 0;
    if (n < 0 && errno == EINTR)
      continue;
    if (g_cancellable_set_error_if_cancelled (cancellable, error))
      ok = FALSE;
    else if (n <= 0) {
      g_propagate_error (error, media_error_for_time (helper->request->job, helper->request->time_limit));
      ok = FALSE;
    } else {
      /* First what it says: a failure counts more than what came before it. */
      if (fds[0].revents != 0)
        ok = hear_message (helper, progress, progress_data, error);
      if (ok && fds[2].revents != 0)
        ok = drain (helper, error);
    }
  }
  if (watched)
    g_cancellable_release_fd (cancellable);
  g_clear_pointer (&helper->buffer, g_free);
  return ok;
}
