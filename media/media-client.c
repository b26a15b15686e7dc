/* SPDX-License-Identifier: MIT */
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

#include "media-private.h"

/* Until the helper has opened its fonts and closed its sandbox, milliseconds; a cold disk may be slow. */
#define START_LIMIT 15000
/* Room for records beside pixels and text. */
#define OUTPUT_SPARE (1024 * 1024)
/* Above the numbers that the helper expects, so that no dup2 () overwrites a source of the next. */
#define SAFE_FD 16

/* One helper at work. Descriptors are -1 when there is none. */
typedef struct {
  const MediaRequest *request;
  MediaWireRequest wire;
  int control, input, output;
  pid_t pid; /* 0: none */
  gint64 deadline; /* g_get_monotonic_time () */
  guint sandbox;
  guint64 used;
  gboolean done;
} Helper;

void
media_request_init (MediaRequest *request, MediaJob job)
{
  gboolean reading = job == MEDIA_JOB_READ || job == MEDIA_JOB_DOCUMENT;
  memset (request, 0, sizeof *request);
  request->job = job;
  request->max_side = reading ? 5000 : 2048;
  request->max_pages = 5000;
  request->sample_rate = 16000;
  request->max_seconds = 30 * 60;
  request->max_text = 1024 * 1024;
  request->max_frames = 1;
  if (job == MEDIA_JOB_VIDEO) {
    request->sample_rate = 0;
    request->max_side = 1024;
  }
  request->time_limit = job == MEDIA_JOB_DOCUMENT ? 120000 : job == MEDIA_JOB_READ || job == MEDIA_JOB_EXTRACT || job == MEDIA_JOB_SOUND || job == MEDIA_JOB_VIDEO ? 60000
                                                                                                                                                                 : 15000;
  request->memory_limit = (gsize) 512 * 1024 * 1024;
}

static gboolean
fail_errno (GError **error, const char *what)
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
open_input (Helper *helper, GBytes *input, GError **error)
{
  gsize size, at = 0;
  const guint8 *bytes = g_bytes_get_data (input, &size);

  helper->input = lift (memfd_create ("melete-input", MFD_CLOEXEC | MFD_ALLOW_SEALING));
  if (helper->input < 0)
    return fail_errno (error, "memfd_create");
  while (at < size) {
    gssize n = write (helper->input, bytes + at, size - at);
    if (n < 0 && errno == EINTR)
      continue;
    if (n <= 0)
      return fail_errno (error, "write");
    at += (gsize) n;
  }
  if (fcntl (helper->input, F_ADD_SEALS, F_SEAL_SHRINK | F_SEAL_GROW | F_SEAL_WRITE | F_SEAL_SEAL) != 0)
    return fail_errno (error, "seal");
  helper->wire.input_size = size;
  return TRUE;
}

static gboolean
open_output (Helper *helper, GError **error)
{
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
    return fail_errno (error, "memfd_create");
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
spawn (Helper *helper, const char *path, int theirs, GError **error)
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
    return fail_errno (error, path);
  }
  return TRUE;
}

static gboolean
start (Helper *helper, GBytes *input, GError **error)
{
  int sockets[2];
  g_autofree char *path = media_find_helper (helper->request->job, error);
  if (path == NULL || !open_input (helper, input, error) || !open_output (helper, error))
    return FALSE;
  if (socketpair (AF_UNIX, SOCK_SEQPACKET | SOCK_CLOEXEC, 0, sockets) != 0)
    return fail_errno (error, "socketpair");
  helper->control = sockets[0];
  int theirs = lift (sockets[1]);
  gboolean ok = theirs >= 0 && spawn (helper, path, theirs, error);
  if (theirs >= 0)
    close (theirs);
  if (!ok)
    return FALSE;
  if (send (helper->control, &helper->wire, sizeof helper->wire, MSG_NOSIGNAL) != sizeof helper->wire && errno != EPIPE)
    return fail_errno (error, "send");
  return TRUE;
}

/* After this nobody writes to the output. Returns the status of waitpid (). */
static int
stop (Helper *helper)
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
wait_for_death (Helper *helper)
{
  int status = 0;
  for (int i = 0; i < 100; i++) {
    if (waitpid (helper->pid, &status, WNOHANG) == helper->pid) {
      helper->pid = 0;
      return status;
    }
    g_usleep (5000);
  }
  return stop (helper);
}

static gboolean
lie (GError **error)
{
  g_set_error_literal (error, MEDIA_ERROR, MEDIA_ERROR_HELPER, _ ("The decoder gave an answer that makes no sense. The file is not used."));
  return FALSE;
}

/* Takes one message. Returns FALSE with `error` when the job is over without success. */
static gboolean
hear (Helper *helper, const MediaWireReply *reply, MediaProgress progress, gpointer progress_data, GError **error)
{
  if (!media_reply_check (reply, helper->wire.output_size, helper->used))
    return lie (error);
  helper->used = reply->used;
  if (reply->type == MEDIA_WIRE_FAILED) {
    g_propagate_error (error, media_error_for_fault (helper->request->job, reply));
    return FALSE;
  }
  if ((reply->type == MEDIA_WIRE_READY) != (helper->sandbox == 0))
    return lie (error);
  if (reply->type == MEDIA_WIRE_READY) {
    if ((reply->sandbox & MEDIA_SANDBOX_ALWAYS) != MEDIA_SANDBOX_ALWAYS)
      return lie (error);
    helper->sandbox = reply->sandbox;
    helper->deadline = g_get_monotonic_time () + (gint64) helper->request->time_limit * 1000;
  } else if (reply->type == MEDIA_WIRE_PROGRESS) {
    if (progress != NULL && reply->at <= reply->of && reply->of <= G_MAXUINT)
      progress ((guint) reply->at, (guint) reply->of, progress_data);
  } else
    helper->done = TRUE;
  return TRUE;
}

/* Listens until the helper is done. FALSE with `error` otherwise. */
static gboolean
listen_to (Helper *helper, GCancellable *cancellable, MediaProgress progress, gpointer progress_data, GError **error)
{
  GPollFD cancel_fd = { -1, 0, 0 };
  gboolean watched = g_cancellable_make_pollfd (cancellable, &cancel_fd);
  struct pollfd fds[2] = { { helper->control, POLLIN, 0 }, { watched ? cancel_fd.fd : -1, POLLIN, 0 } };
  gboolean ok = TRUE;

  helper->deadline = g_get_monotonic_time () + (gint64) START_LIMIT * 1000;
  while (ok && !helper->done) {
    gint64 left = (helper->deadline - g_get_monotonic_time () + 999) / 1000;
    int n = left > 0 ? poll (fds, 2, (int) MIN (left, G_MAXINT)) : 0;
    if (n < 0 && errno == EINTR)
      continue;
    if (g_cancellable_set_error_if_cancelled (cancellable, error))
      ok = FALSE;
    else if (n <= 0) {
      g_propagate_error (error, media_error_for_time (helper->request->job, helper->request->time_limit));
      ok = FALSE;
    } else if (fds[0].revents != 0) {
      MediaWireReply reply;
      gssize got = recv (helper->control, &reply, sizeof reply, MSG_TRUNC);
      if (got < 0 && errno == EINTR)
        continue;
      if (got <= 0) {
        g_propagate_error (error, media_error_for_death (helper->request->job, wait_for_death (helper)));
        ok = FALSE;
      } else if (got != sizeof reply)
        ok = lie (error);
      else
        ok = hear (helper, &reply, progress, progress_data, error);
    }
  }
  if (watched)
    g_cancellable_release_fd (cancellable);
  return ok;
}

static void
unmap (gpointer data)
{
  gsize *map = data;
  munmap (GSIZE_TO_POINTER (map[0]), map[1]);
  g_free (map);
}

/* Reads the records; the helper must be dead. */
static MediaResult *
take_result (Helper *helper, GError **error)
{
  g_autoptr (MediaResult) result = media_result_new ();
  result->sandbox = helper->sandbox;
  if (helper->used == 0)
    return g_steal_pointer (&result);
  void *memory = mmap (NULL, helper->used, PROT_READ, MAP_SHARED, helper->output, 0);
  if (memory == MAP_FAILED) {
    fail_errno (error, "mmap");
    return NULL;
  }
  gsize *map = g_new (gsize, 2);
  map[0] = GPOINTER_TO_SIZE (memory);
  map[1] = helper->used;
  g_autoptr (GBytes) bytes = g_bytes_new_with_free_func (memory, helper->used, unmap, map);
  if (!media_reply_parse (bytes, helper->used, helper->request->max_side, result, error))
    return NULL;
  if (result->sound != NULL && result->sound->rate != helper->request->sample_rate) {
    lie (error);
    return NULL;
  }
  return g_steal_pointer (&result);
}

MediaResult *
media_decode (const MediaRequest *request, GBytes *input, GCancellable *cancellable, MediaProgress progress,
              gpointer progress_data, GError **error)
{
  Helper helper = { .request = request, .control = -1, .input = -1, .output = -1 };
  g_autofree char *languages = request->languages != NULL ? g_strdup (request->languages) : media_languages ();
  g_autoptr (GError) trouble = NULL;
  MediaResult *result = NULL;

  if (g_cancellable_set_error_if_cancelled (cancellable, error))
    return NULL;
  helper.wire = (MediaWireRequest) {
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
  };
  g_strlcpy (helper.wire.languages, languages, sizeof helper.wire.languages);
  g_strlcpy (helper.wire.hint, request->hint != NULL ? request->hint : "", sizeof helper.wire.hint);

  gboolean ok = start (&helper, input, &trouble) && listen_to (&helper, cancellable, progress, progress_data, &trouble);
  stop (&helper);
  /* Whatever became of the rest: what was complete before is worth having, when the person did not take it back. */
  gboolean partial = !ok && helper.sandbox != 0 && g_error_matches (trouble, G_IO_ERROR, G_IO_ERROR_CANCELLED) == FALSE;
  if (ok || partial)
    result = take_result (&helper, ok ? &trouble : NULL);
  if (partial && result != NULL) {
    gboolean useful = request->job == MEDIA_JOB_DOCUMENT ? result->pages->len > 0 : request->job == MEDIA_JOB_READ && result->format != NULL;
    if (!useful)
      g_clear_pointer (&result, media_result_unref);
    else
      result->completeness = g_error_matches (trouble, MEDIA_ERROR, MEDIA_ERROR_TOO_SLOW) ? MEDIA_STOPPED_BY_TIME : MEDIA_STOPPED_BY_DAMAGE;
  }
  if (helper.control >= 0)
    close (helper.control);
  if (helper.input >= 0)
    close (helper.input);
  if (helper.output >= 0)
    close (helper.output);
  if (result == NULL)
    g_propagate_error (error, g_steal_pointer (&trouble));
  return result;
}
