/* SPDX-License-Identifier: GPL-3.0-or-later */
/* What app-http-file.c (try after try, the file's end) and app-http-file-try.c (one request and what it says) share. Worker thread, but for what the mutex
 * guards. Internal to app/. */
#pragma once

#include "app-http.h"
#include "app-http-file.h"

G_BEGIN_DECLS

struct _AppHttpFile {
  GObject parent;
  AppErrand *errand;
  char *url, *target, *part, *state;
  guint64 bytes; /* as asked for; 0: not known */
  char *sha256;  /* NULL: not known */
  char *token;
  AppHttpFilePace pace;

  /* The file so far. */
  guint64 offset, total; /* bytes that are there; that it will have, 0: not known */
  gboolean ended;        /* a body whose length nobody knew has come to its end */
  gboolean without_range; /* the server's ranges are not to be trusted */
  char *etag;            /* of the file that the part is the beginning of; NULL: the server gave none */

  GMutex mutex;
  guint64 done;
  gboolean verifying;
};

typedef enum {
  APP_HTTP_FILE_READ,  /* as far as the server had it */
  APP_HTTP_FILE_AGAIN, /* broken off: worth another try */
  APP_HTTP_FILE_OVER,  /* not worth another */
} AppHttpFileEnd;

typedef struct {
  AppHttpFileEnd end;
  guint retry_after; /* seconds that the server asks for; 0: none */
} AppHttpFileTry;

/* Asks for the rest and appends what comes. `error` is set unless READ. */
AppHttpFileTry app_http_file_try (AppHttpFile *self, AppHttp *http, GCancellable *cancellable, GError **error);
gboolean app_http_file_is_whole (AppHttpFile *self);

void app_http_file_set_done (AppHttpFile *self, guint64 done, gboolean verifying);
/* Throws away what is there. */
void app_http_file_discard (AppHttpFile *self);
gboolean app_http_file_write_state (AppHttpFile *self, GError **error);

G_END_DECLS
