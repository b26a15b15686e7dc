/* SPDX-License-Identifier: GPL-3.0-or-later */
/* What app-transfer.c (try after try, the file's end) and app-transfer-try.c (one request and what it says) share. Worker thread, but for what the mutex
 * guards. Internal to app/. */
#pragma once

#include "app-http.h"
#include "app-transfer.h"

G_BEGIN_DECLS

struct _AppTransfer {
  GObject parent;
  AppErrand *errand;
  char *url, *target, *part, *state;
  guint64 bytes; /* as asked for; 0: not known */
  char *sha256;  /* NULL: not known */
  char *token;
  AppTransferPace pace;

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
  APP_TRANSFER_READ,  /* as far as the server had it */
  APP_TRANSFER_AGAIN, /* broken off: worth another try */
  APP_TRANSFER_OVER,  /* not worth another */
} AppTransferEnd;

typedef struct {
  AppTransferEnd end;
  guint retry_after; /* seconds that the server asks for; 0: none */
} AppTransferTry;

/* Asks for the rest and appends what comes. `error` is set unless READ. */
AppTransferTry app_transfer_try (AppTransfer *self, AppHttp *http, GCancellable *cancellable, GError **error);
gboolean app_transfer_is_whole (AppTransfer *self);

void app_transfer_set_done (AppTransfer *self, guint64 done, gboolean verifying);
/* Throws away what is there. */
void app_transfer_discard (AppTransfer *self);
gboolean app_transfer_write_state (AppTransfer *self, GError **error);
/* The error of a call on `path`, by errno. */
void app_transfer_set_errno_error (const char *path, GError **error);

G_END_DECLS
