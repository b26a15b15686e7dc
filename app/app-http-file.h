/* SPDX-License-Identifier: GPL-3.0-or-later */
/* AppHttpFile: brings one file of a server onto the disk, whatever happens on the way. Internal to app/.
 *
 * It grows as <target>.part; beside it <target>.part.state says of what it is the beginning: address, ETag, size, SHA-256. A transfer that breaks goes on
 * behind what is there, in this process or the next, as long as the server still has the same file: it is asked for the rest with Range and If-Range. What
 * cannot be the beginning of the wanted file is thrown away, so that nothing is in it twice. At the end the checksum is compared (once more from the start
 * when it is wrong), the file is synced, and gets its name in one step. Main thread; the work is done on a thread. */
#pragma once

#include "app-errand.h"

G_BEGIN_DECLS

/* How patient a transfer is. */
typedef struct {
  guint first_wait_ms, longest_wait_ms; /* between tries: doubled each time */
  guint second_ms;                      /* how long a second of Retry-After is */
  guint longest_retry_after;            /* seconds; who asks for more is told to the person */
  guint stall_ms;                       /* a server that sends nothing for so long is asked again */
  guint n_tries;                        /* in a row that brought the file no further */
  guint64 margin;                       /* bytes that stay free on the disk */
} AppHttpFilePace;

extern const AppHttpFilePace app_http_file_usual_pace;

#define APP_TYPE_HTTP_FILE (app_http_file_get_type ())
G_DECLARE_FINAL_TYPE (AppHttpFile, app_http_file, APP, HTTP_FILE, GObject)

/* `bytes`: 0 when it is not known; `sha256`: (nullable) 64 digits; `token`: (nullable). The folder of `target` must be there. */
AppHttpFile *app_http_file_new (AppErrand *errand, const char *url, const char *target, guint64 bytes, const char *sha256, const char *token);
void app_http_file_set_pace (AppHttpFile *self, const AppHttpFilePace *pace);

/* Cancelling stops it within a moment; what is there is kept. At once when `target` is there in full. Errors: APP_ERROR_DOWNLOAD, FULL, READ_ONLY …, each a
 * sentence. */
void app_http_file_run_async (AppHttpFile *self, GCancellable *cancellable, GAsyncReadyCallback callback, gpointer user_data);
gboolean app_http_file_run_finish (AppHttpFile *self, GAsyncResult *result, GError **error);

/* As they are now: bytes that are here, or that were compared while verifying. Any thread. */
guint64 app_http_file_get_done (AppHttpFile *self);
gboolean app_http_file_get_verifying (AppHttpFile *self);

/* Bytes of the file that an earlier transfer to `target` left. Blocks. */
guint64 app_http_file_measure (const char *target);
/* The error of a call on `path`, by errno, in the words of a download. Any thread. */
void app_http_file_set_errno_error (const char *path, GError **error);

G_END_DECLS
