/* SPDX-License-Identifier: GPL-3.0-or-later */
/* One request of a transfer: what is asked, what the answer's status means, and its body. */
#include "app-http-file-private.h"

#include <errno.h>
#include <fcntl.h>
#include <glib/gi18n.h>
#include <glib/gstdio.h>
#include <string.h>
#include <sys/statvfs.h>
#include <unistd.h>

#include "app-error.h"
#include "app-size.h"

gboolean
app_http_file_is_whole (AppHttpFile *self)
{
  return self->total ? self->offset == self->total : self->ended;
}

/* ---- before ---- */

/* Ranges are asked for only when something tells whether the file is still the same: the server's strong ETag, or in the end the checksum. */
static gboolean
can_go_on (AppHttpFile *self)
{
  return self->offset > 0 && !self->without_range && (self->etag || self->sha256);
}

static gboolean
check_disk (AppHttpFile *self, GError **error)
{
  g_autofree char *folder = g_path_get_dirname (self->part);
  g_autofree char *needed = NULL;
  g_autofree char *there = NULL;
  struct statvfs disk;
  guint64 missing, free_bytes;

  if (!self->total || statvfs (folder, &disk) != 0)
    return TRUE;
  missing = self->total - MIN (self->offset, self->total);
  free_bytes = (guint64) disk.f_bavail * disk.f_frsize;
  if (missing <= free_bytes && self->pace.margin <= free_bytes - missing)
    return TRUE;
  needed = app_size_dup_text (missing);
  there = app_size_dup_text (free_bytes);
  g_set_error (error, APP_ERROR, APP_ERROR_FULL, _("The download needs %s more of disk space, but only %s are free. Free some space, then resume it."), needed, there);
  return FALSE;
}

/* ---- what the answer says ---- */

/* "bytes 100-199/200": where it begins and how long the whole is (0: "*"). */
static gboolean
parse_content_range (SoupMessage *message, guint64 *start, guint64 *total)
{
  goffset first, last, length;

  if (!soup_message_headers_get_content_range (soup_message_get_response_headers (message), &first, &last, &length) || first < 0 || last < first)
    return FALSE;
  *start = first;
  *total = length > 0 ? length : 0;
  return TRUE;
}

/* The length that a 416 tells: "bytes * / 200"; 0: none. */
static guint64
length_of_416 (SoupMessage *message)
{
  const char *text = soup_message_headers_get_one (soup_message_get_response_headers (message), "Content-Range");
  const char *slash = text ? strchr (text, '/') : NULL;
  guint64 length;

  return slash && g_ascii_string_to_unsigned (slash + 1, 10, 1, G_MAXUINT64, &length, NULL) ? length : 0;
}

/* A strong ETag; weak ones do not promise the same bytes. */
static const char *
strong_etag (SoupMessage *message)
{
  const char *etag = soup_message_headers_get_one (soup_message_get_response_headers (message), "ETag");

  return etag && *etag == '"' && strlen (etag) < 1000 ? etag : NULL;
}

static AppHttpFileTry
again (GError **error, const char *reason)
{
  g_set_error_literal (error, G_IO_ERROR, G_IO_ERROR_FAILED, reason);
  return (AppHttpFileTry) { APP_HTTP_FILE_AGAIN, 0 };
}

static AppHttpFileTry
over (void)
{
  return (AppHttpFileTry) { APP_HTTP_FILE_OVER, 0 };
}

/* Seconds of a Retry-After header; 0: none, or one that says nothing. */
static guint
retry_after (SoupMessage *message)
{
  const char *text = soup_message_headers_get_one (soup_message_get_response_headers (message), "Retry-After");
  guint64 seconds;
  g_autoptr (GDateTime) date = NULL;
  g_autoptr (GDateTime) now = NULL;

  if (!text)
    return 0;
  if (g_ascii_string_to_unsigned (text, 10, 0, G_MAXUINT, &seconds, NULL))
    return seconds;
  date = soup_date_time_new_from_http_string (text);
  now = g_date_time_new_now_utc ();
  return date ? (guint) CLAMP (g_date_time_difference (date, now) / G_USEC_PER_SEC, 0, G_MAXINT) : 0;
}

/* An answer that brings nothing. */
static AppHttpFileTry
refused (AppHttpFile *self, SoupMessage *message, GError **error)
{
  guint status = soup_message_get_status (message);
  g_autofree char *name = g_path_get_basename (self->target);

  if (status == 408 || status == 429 || status >= 500) {
    AppHttpFileTry result = { APP_HTTP_FILE_AGAIN, retry_after (message) };
    if (status == 429)
      g_set_error_literal (error, APP_ERROR, APP_ERROR_DOWNLOAD, _("The server has too much to do for now. Resume the download in a while."));
    else
      g_set_error (error, APP_ERROR, APP_ERROR_DOWNLOAD, _("The server has a fault (HTTP %u). Resume the download in a while."), status);
    return result;
  }
  if (status == 401 || status == 403)
    g_set_error (error, APP_ERROR, APP_ERROR_DOWNLOAD,
                 _("The server does not give “%s” away to everyone (HTTP %u). Accept the terms on the model’s page, set your access token, then resume the download."), name, status);
  else if (status == 404 || status == 410)
    g_set_error (error, APP_ERROR, APP_ERROR_DOWNLOAD, _("“%s” is no longer on the server (HTTP %u). Look for the model again."), name, status);
  else
    g_set_error (error, APP_ERROR, APP_ERROR_DOWNLOAD, _("The server refuses “%s” (HTTP %u). Try again later, or choose another file."), name, status);
  return over ();
}

/* Without a checksum the length is all that tells the wanted file from another. */
static void
set_length_error (AppHttpFile *self, GError **error)
{
  g_autofree char *name = g_path_get_basename (self->target);

  g_set_error (error, APP_ERROR, APP_ERROR_DOWNLOAD, _("“%s” is not as long as it was said to be, so it is another file by now. Look for the model again."), name);
}

/* The whole file comes, whatever was asked: the part begins anew. */
static gboolean
begin_anew (AppHttpFile *self, SoupMessage *message, GError **error)
{
  SoupMessageHeaders *headers = soup_message_get_response_headers (message);
  goffset length = soup_message_headers_get_encoding (headers) == SOUP_ENCODING_CONTENT_LENGTH ? soup_message_headers_get_content_length (headers) : 0;

  if (!self->sha256 && self->bytes && length > 0 && (guint64) length > self->bytes) {
    set_length_error (self, error);
    return FALSE;
  }
  app_http_file_discard (self);
  if (!self->bytes && length > 0)
    self->total = length;
  self->etag = g_strdup (strong_etag (message));
  return app_http_file_write_state (self, error) && check_disk (self, error);
}

/* Whether the part of the file that comes is the one behind what is there. */
static gboolean
is_the_rest (AppHttpFile *self, SoupMessage *message)
{
  const char *etag = strong_etag (message);
  guint64 start, total;

  return parse_content_range (message, &start, &total) && start == self->offset && (!total || !self->total || total == self->total) &&
         (!etag || !self->etag || g_str_equal (etag, self->etag));
}

/* ---- the body ---- */

static gboolean
write_all (AppHttpFile *self, int fd, const char *data, gsize n, GError **error)
{
  while (n) {
    gssize written = write (fd, data, n);
    if (written < 0 && errno == EINTR)
      continue;
    if (written < 0) {
      app_http_file_set_errno_error (self->part, error);
      return FALSE;
    }
    data += written;
    n -= written;
    self->offset += written;
  }
  app_http_file_set_done (self, self->offset, FALSE);
  return TRUE;
}

static AppHttpFileTry
read_body (AppHttpFile *self, AppHttp *http, AppExchange *exchange, int fd, GCancellable *cancellable, GError **error)
{
  for (;;) {
    g_autoptr (GBytes) bytes = app_http_read (http, exchange, cancellable, error);
    gsize n, wanted;
    const char *data = bytes ? g_bytes_get_data (bytes, &n) : NULL;

    if (!bytes)
      return (AppHttpFileTry) { APP_HTTP_FILE_AGAIN, 0 };
    if (n == 0)
      break;
    wanted = self->total ? MIN ((guint64) n, self->total - self->offset) : n;
    if (!write_all (self, fd, data, wanted, error))
      return over ();
    if (wanted < n && !self->sha256) {
      set_length_error (self, error);
      app_http_file_discard (self);
      return over ();
    }
    if (wanted < n)
      return (AppHttpFileTry) { APP_HTTP_FILE_READ, 0 }; /* longer than it can be: the checksum says whether the beginning is right */
  }
  self->ended = TRUE;
  if (!app_http_file_is_whole (self))
    return again (error, _("the server ended before the file did"));
  return (AppHttpFileTry) { APP_HTTP_FILE_READ, 0 };
}

/* ---- the try ---- */

AppHttpFileTry
app_http_file_try (AppHttpFile *self, AppHttp *http, GCancellable *cancellable, GError **error)
{
  g_autofree char *range = NULL;
  g_autoptr (AppExchange) exchange = NULL;
  g_autoptr (GError) wrong = NULL;
  AppHttpFileTry result;
  SoupMessage *message;
  guint status;
  int fd;

  if (!can_go_on (self))
    app_http_file_discard (self);
  self->ended = FALSE;
  if (!check_disk (self, error))
    return over ();
  if (self->offset)
    range = g_strdup_printf ("bytes=%" G_GUINT64_FORMAT "-", self->offset);
  exchange = app_http_get (http, self->url, range, range ? self->etag : NULL, cancellable, &wrong);
  if (!exchange) {
    gboolean worth_it = g_error_matches (wrong, APP_ERROR, APP_ERROR_NETWORK);
    g_propagate_error (error, g_steal_pointer (&wrong));
    return (AppHttpFileTry) { worth_it ? APP_HTTP_FILE_AGAIN : APP_HTTP_FILE_OVER, 0 };
  }
  message = app_exchange_get_message (exchange);
  status = soup_message_get_status (message);
  if (status == 416 && range) {
    /* Nothing is behind what is there: either it is all, or it was of another file. */
    guint64 length = length_of_416 (message);
    if (!self->total && length == self->offset) {
      self->total = length;
      return (AppHttpFileTry) { APP_HTTP_FILE_READ, 0 };
    }
    app_http_file_discard (self);
    return again (error, _("the file on the server is another one now"));
  }
  if (status == 206 && range && !is_the_rest (self, message)) {
    const char *etag = strong_etag (message);
    /* A server that honours If-Range would have sent all of the new file; one that counts wrongly is asked for all from now on. */
    self->without_range = !(etag && self->etag && !g_str_equal (etag, self->etag));
    app_http_file_discard (self);
    return again (error, _("the file on the server is another one now"));
  }
  if (status != 200 && !(status == 206 && range))
    return refused (self, message, error);
  if (status == 200 && !begin_anew (self, message, error))
    return over ();
  fd = g_open (self->part, O_WRONLY | O_CREAT | O_APPEND | O_CLOEXEC, 0600);
  if (fd < 0) {
    app_http_file_set_errno_error (self->part, error);
    return over ();
  }
  result = read_body (self, http, exchange, fd, cancellable, error);
  if (fsync (fd) != 0 && result.end == APP_HTTP_FILE_READ) {
    app_http_file_set_errno_error (self->part, error);
    result = over ();
  }
  close (fd);
  return result;
}
