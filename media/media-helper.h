/* SPDX-License-Identifier: MIT */
/* Inside the client: one helper process at work, of which media-client.c reads records and media-tables.c a stream. */
#pragma once

#include <sys/types.h>

#include "media-private.h"

G_BEGIN_DECLS

/* Descriptors are -1 when there is none. */
typedef struct {
  const MediaRequest *request;
  MediaWireRequest wire;
  int control, input, output;
  int pipe;    /* its end of this side, for jobs whose output is one */
  pid_t pid;   /* 0: none */
  gint64 deadline; /* g_get_monotonic_time () */
  guint sandbox;
  guint64 used;
  gboolean done;
  gboolean emptied; /* nothing more comes through the pipe */
  guint8 *buffer;
  /* Takes what comes through the pipe. FALSE with `error` ends the job. */
  gboolean (*take) (const guint8 *bytes, gsize size, gpointer data, GError **error);
  gpointer take_data;
} MediaHelper;

/* `request` must outlive it. */
void media_helper_init (MediaHelper *helper, const MediaRequest *request);
gboolean media_helper_start (MediaHelper *helper, GBytes *input, GError **error);
/* Listens until the helper is done. FALSE with `error` otherwise. */
gboolean media_helper_listen (MediaHelper *helper, GCancellable *cancellable, MediaProgress progress, gpointer progress_data, GError **error);
/* Kills it: after this nobody writes to the output. Returns the status of waitpid (). */
int media_helper_stop (MediaHelper *helper);
void media_helper_clear (MediaHelper *helper);

/* FALSE with the sentence for it. */
gboolean media_helper_lie (GError **error);
gboolean media_helper_fail_errno (GError **error, const char *what);

G_END_DECLS
