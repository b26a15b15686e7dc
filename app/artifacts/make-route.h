/* SPDX-License-Identifier: GPL-3.0-or-later */
/* What a note asks for: words, a figure out of tables, something to be made, a change of what was made. */
#pragma once

#include "app-artifact.h"
#include "app-writing.h"

G_BEGIN_DECLS

/* The routes beside the ids of kinds. */
#define MAKE_ROUTE_CHAT "chat"
#define MAKE_ROUTE_ASK "ask"
#define MAKE_ROUTE_CHANGE "change"

typedef struct {
  const char *note;    /* the person's words */
  gboolean tables;     /* some are attached, here or before */
  AppArtifact *latest; /* what was made before; NULL: nothing */
} MakeRouteCase;

/* Whether anything but an answer in words comes into question; if not, the model is not asked. */
gboolean make_route_is_open (const MakeRouteCase *of);

/* The route that the words alone say; NULL: the model is asked. */
const char *make_route_find (const MakeRouteCase *of);

/* Asks the model. finish returns one of the routes, or a kind's id (static); NULL with `error`. `stats`: (out) */
void make_route_async (AppEngine *engine, const MakeRouteCase *of, GCancellable *cancellable, GAsyncReadyCallback callback, gpointer user_data);
const char *make_route_finish (GAsyncResult *result, AppStats *stats, GError **error);

G_END_DECLS
