/* SPDX-License-Identifier: GPL-3.0-or-later */
/* All of it but the ends runs on a worker thread: tries (app-http-file-try.c) until the file is whole or a sentence is due. */
#include "app-http-file-private.h"

#include <errno.h>
#include <fcntl.h>
#include <glib/gi18n.h>
#include <glib/gstdio.h>
#include <unistd.h>

#include "app-error.h"
#include "app-server-address.h"

const AppHttpFilePace app_http_file_usual_pace = { 1000, 60000, 1000, 180, 30000, 7, 64 * 1024 * 1024 };

/* Growing by this share of the file, or this much, counts as progress: tries begin to count anew. */
#define PROGRESS_BYTES (1024 * 1024)

G_DEFINE_FINAL_TYPE (AppHttpFile, app_http_file, G_TYPE_OBJECT)

/* ---- what both threads see ---- */

void
app_http_file_set_done (AppHttpFile *self, guint64 done, gboolean verifying)
{
  g_mutex_lock (&self->mutex);
  self->done = done;
  self->verifying = verifying;
  g_mutex_unlock (&self->mutex);
}

guint64
app_http_file_get_done (AppHttpFile *self)
{
  guint64 done;

  g_mutex_lock (&self->mutex);
  done = self->done;
  g_mutex_unlock (&self->mutex);
  return done;
}

gboolean
app_http_file_get_verifying (AppHttpFile *self)
{
  gboolean verifying;

  g_mutex_lock (&self->mutex);
  verifying = self->verifying;
  g_mutex_unlock (&self->mutex);
  return verifying;
}

/* ---- files ---- */

void
app_http_file_set_errno_error (const char *path, GError **error)
{
  int number = errno;
  AppErrorCode code = app_error_from_errno (number);
  g_autofree char *name = g_filename_display_name (path);

  if (code == APP_ERROR_FULL)
    g_set_error (error, APP_ERROR, code, _("The disk with “%s” is full. Free some space, then resume the download."), name);
  else
    g_set_error (error, APP_ERROR, code,
                 _("“%s” could not be written: %s. Check the folder, then resume the download."), name, g_strerror (number));
}

void
app_http_file_discard (AppHttpFile *self)
{
  g_unlink (self->part);
  g_unlink (self->state);
  g_clear_pointer (&self->etag, g_free);
  self->offset = 0;
  self->total = self->bytes;
  app_http_file_set_done (self, 0, FALSE);
}

gboolean
app_http_file_write_state (AppHttpFile *self, GError **error)
{
  g_autoptr (GKeyFile) file = g_key_file_new ();
  g_autofree char *text = NULL;
  g_autoptr (GError) wrong = NULL;
  gsize length;

  g_key_file_set_string (file, "transfer", "url", self->url);
  g_key_file_set_string (file, "transfer", "etag", self->etag ? self->etag : "");
  g_key_file_set_uint64 (file, "transfer", "size", self->total);
  g_key_file_set_string (file, "transfer", "sha256", self->sha256 ? self->sha256 : "");
  text = g_key_file_to_data (file, &length, NULL);
  if (g_file_set_contents_full (self->state, text, length, G_FILE_SET_CONTENTS_CONSISTENT | G_FILE_SET_CONTENTS_DURABLE, 0600, &wrong))
    return TRUE;
  errno = g_error_matches (wrong, G_FILE_ERROR, G_FILE_ERROR_NOSPC) ? ENOSPC : g_error_matches (wrong, G_FILE_ERROR, G_FILE_ERROR_ACCES) ? EACCES : EIO;
  app_http_file_set_errno_error (self->state, error);
  return FALSE;
}

/* What an earlier transfer left is gone on with only when it is surely of this file. */
static void
take_up (AppHttpFile *self)
{
  g_autoptr (GKeyFile) file = g_key_file_new ();
  g_autofree char *url = NULL;
  g_autofree char *sha256 = NULL;
  guint64 size;
  GStatBuf info;

  self->total = self->bytes;
  if (g_stat (self->part, &info) != 0 || info.st_size <= 0 || !g_key_file_load_from_file (file, self->state, G_KEY_FILE_NONE, NULL)) {
    app_http_file_discard (self);
    return;
  }
  url = g_key_file_get_string (file, "transfer", "url", NULL);
  sha256 = g_key_file_get_string (file, "transfer", "sha256", NULL);
  self->etag = g_key_file_get_string (file, "transfer", "etag", NULL);
  size = g_key_file_get_uint64 (file, "transfer", "size", NULL);
  if (self->etag && !*self->etag)
    g_clear_pointer (&self->etag, g_free);
  if (g_strcmp0 (url, self->url) != 0 || g_strcmp0 (sha256, self->sha256 ? self->sha256 : "") != 0 || (self->bytes && size != self->bytes) ||
      (size && (guint64) info.st_size > size)) {
    app_http_file_discard (self);
    return;
  }
  self->total = size;
  self->offset = info.st_size;
  app_http_file_set_done (self, self->offset, FALSE);
}

guint64
app_http_file_measure (const char *target)
{
  g_autofree char *part = g_strconcat (target, ".part", NULL);
  GStatBuf info;

  return g_stat (target, &info) == 0 || g_stat (part, &info) == 0 ? (guint64) info.st_size : 0;
}

/* ---- the end ---- */

/* Whether the part has the wanted checksum: 1 yes, 0 no, -1 with `error`. */
static int
verify (AppHttpFile *self, GCancellable *cancellable, GError **error)
{
  g_autoptr (GChecksum) checksum = g_checksum_new (G_CHECKSUM_SHA256);
  g_autofree guchar *buffer = g_malloc (1 << 20);
  guint64 total = 0;
  gssize n = 0;
  int fd;

  if (!self->sha256)
    return 1;
  fd = g_open (self->part, O_RDONLY | O_CLOEXEC, 0);
  while (fd >= 0 && ((n = read (fd, buffer, 1 << 20)) > 0 || (n < 0 && errno == EINTR))) {
    if (n < 0)
      continue;
    if (g_cancellable_set_error_if_cancelled (cancellable, error)) {
      close (fd);
      return -1;
    }
    g_checksum_update (checksum, buffer, n);
    app_http_file_set_done (self, total += n, TRUE);
  }
  if (fd < 0 || n < 0)
    app_http_file_set_errno_error (self->part, error);
  if (fd >= 0)
    close (fd);
  if (fd < 0 || n < 0)
    return -1;
  return g_ascii_strcasecmp (g_checksum_get_string (checksum), self->sha256) == 0;
}

/* Safely on the disk, and then under its name. */
static gboolean
finish (AppHttpFile *self, GError **error)
{
  g_autofree char *folder = g_path_get_dirname (self->target);
  int fd = g_open (self->part, O_WRONLY | O_CLOEXEC, 0);
  gboolean ok = fd >= 0 && fsync (fd) == 0;

  if (!ok)
    app_http_file_set_errno_error (self->part, error);
  if (fd >= 0)
    close (fd);
  if (!ok)
    return FALSE;
  if (g_rename (self->part, self->target) != 0) {
    app_http_file_set_errno_error (self->target, error);
    return FALSE;
  }
  g_unlink (self->state);
  fd = g_open (folder, O_RDONLY | O_DIRECTORY | O_CLOEXEC, 0);
  if (fd >= 0) {
    fsync (fd); /* the name; should it be lost in a crash, the file is fetched again */
    close (fd);
  }
  return TRUE;
}

/* ---- try after try ---- */

static void
wait_ms (guint ms, GCancellable *cancellable)
{
  GPollFD poll_fd;

  if (ms == 0)
    return;
  if (g_cancellable_make_pollfd (cancellable, &poll_fd)) {
    g_poll (&poll_fd, 1, ms);
    g_cancellable_release_fd (cancellable);
  } else {
    g_usleep (ms * 1000ul);
  }
}

/* The sentence of tries that are given up; `reason` is the last one's. */
static void
give_up (AppHttpFile *self, const GError *reason, GError **error)
{
  g_autofree char *host = NULL;

  if (reason->domain == APP_ERROR) {
    g_set_error_literal (error, APP_ERROR, APP_ERROR_DOWNLOAD, reason->message);
    return;
  }
  host = app_server_address_dup_host (self->url);
  g_set_error (error, APP_ERROR, APP_ERROR_DOWNLOAD, _("The download from “%s” broke off: %s. Check the network, then resume the download."), host, reason->message);
}

static gboolean
fetch (AppHttpFile *self, AppHttp *http, GCancellable *cancellable, GError **error)
{
  guint64 furthest = self->offset;
  guint n_tries = 0;

  while (!app_http_file_is_whole (self)) {
    g_autoptr (GError) wrong = NULL;
    AppHttpFileTry result = app_http_file_try (self, http, cancellable, &wrong);
    guint ms;

    if (result.end == APP_HTTP_FILE_OVER) {
      g_propagate_error (error, g_steal_pointer (&wrong));
      return FALSE;
    }
    if (result.end == APP_HTTP_FILE_READ)
      continue;
    if (g_cancellable_set_error_if_cancelled (cancellable, error))
      return FALSE;
    /* Only what goes further than ever counts: a server that begins anew each time must not keep us for ever. */
    if (self->offset >= furthest + (self->total ? MIN (PROGRESS_BYTES, self->total / 100 + 1) : PROGRESS_BYTES)) {
      furthest = self->offset;
      n_tries = 0;
    }
    if (++n_tries >= self->pace.n_tries) {
      give_up (self, wrong, error);
      return FALSE;
    }
    ms = MIN ((guint64) self->pace.first_wait_ms << MIN (n_tries - 1, 20), self->pace.longest_wait_ms);
    if (result.retry_after > self->pace.longest_retry_after) {
      guint minutes = result.retry_after / 60 + 1;
      g_set_error (error, APP_ERROR, APP_ERROR_DOWNLOAD,
                   ngettext ("The server has too much to do and asks to wait %u minute. Resume the download then.",
                             "The server has too much to do and asks to wait %u minutes. Resume the download then.", minutes),
                   minutes);
      return FALSE;
    }
    wait_ms (result.retry_after ? result.retry_after * self->pace.second_ms : ms, cancellable);
  }
  return TRUE;
}

static void
run_thread (GTask *task, gpointer source, gpointer data, GCancellable *cancellable)
{
  AppHttpFile *self = source;
  g_autoptr (AppHttp) http = app_http_new (self->errand, self->token, self->pace.stall_ms);
  g_autofree char *name = g_path_get_basename (self->target);
  GError *error = NULL;
  GStatBuf info;

  if (g_stat (self->target, &info) == 0 && (!self->bytes || (guint64) info.st_size == self->bytes)) {
    app_http_file_set_done (self, info.st_size, FALSE);
    g_task_return_boolean (task, TRUE);
    return;
  }
  take_up (self);
  for (int n = 0; !error; n++) {
    int right = fetch (self, http, cancellable, &error) ? verify (self, cancellable, &error) : -1;

    if (right == 1 && finish (self, &error)) {
      g_task_return_boolean (task, TRUE);
      return;
    }
    if (right == 0) {
      app_http_file_discard (self);
      if (n == 1)
        g_set_error (&error, APP_ERROR, APP_ERROR_DOWNLOAD,
                     _("The checksum of “%s” is wrong, twice, so what came was deleted. Try again later, or choose another file."), name);
    }
  }
  g_task_return_error (task, error);
}

void
app_http_file_run_async (AppHttpFile *self, GCancellable *cancellable, GAsyncReadyCallback callback, gpointer user_data)
{
  g_autoptr (GTask) task = g_task_new (self, cancellable, callback, user_data);

  g_task_set_check_cancellable (task, FALSE); /* what is whole is whole */
  g_task_run_in_thread (task, run_thread);
}

gboolean
app_http_file_run_finish (AppHttpFile *self, GAsyncResult *result, GError **error)
{
  g_return_val_if_fail (g_task_is_valid (result, self), FALSE);
  return g_task_propagate_boolean (G_TASK (result), error);
}

/* ---- object ---- */

static void
app_http_file_finalize (GObject *object)
{
  AppHttpFile *self = APP_HTTP_FILE (object);

  app_errand_unref (self->errand);
  g_free (self->url);
  g_free (self->target);
  g_free (self->part);
  g_free (self->state);
  g_free (self->sha256);
  g_free (self->token);
  g_free (self->etag);
  g_mutex_clear (&self->mutex);
  G_OBJECT_CLASS (app_http_file_parent_class)->finalize (object);
}

static void
app_http_file_class_init (AppHttpFileClass *klass)
{
  G_OBJECT_CLASS (klass)->finalize = app_http_file_finalize;
}

static void
app_http_file_init (AppHttpFile *self)
{
  g_mutex_init (&self->mutex);
  self->pace = app_http_file_usual_pace;
}

void
app_http_file_set_pace (AppHttpFile *self, const AppHttpFilePace *pace)
{
  self->pace = *pace;
}

AppHttpFile *
app_http_file_new (AppErrand *errand, const char *url, const char *target, guint64 bytes, const char *sha256, const char *token)
{
  AppHttpFile *self = g_object_new (APP_TYPE_HTTP_FILE, NULL);

  self->errand = app_errand_ref (errand);
  self->url = g_strdup (url);
  self->target = g_strdup (target);
  self->part = g_strconcat (target, ".part", NULL);
  self->state = g_strconcat (target, ".part.state", NULL);
  self->bytes = self->total = bytes;
  self->sha256 = sha256 && *sha256 ? g_strdup (sha256) : NULL;
  self->token = g_strdup (token);
  return self;
}
