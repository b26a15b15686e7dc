/* SPDX-License-Identifier: GPL-3.0-or-later */
/* What the files of the module share: the session, which all pages have in common, and a page. */
#pragma once

#include <webkit/webkit.h>

#include "../preview-web.h"

G_BEGIN_DECLS

/* The world of our own scripts: a page cannot reach what is in it, nor the channel that only it has. */
#define WEB_WORLD "melete"
#define WEB_CHANNEL "melete"

struct _PreviewWeb {
  WebKitWebView *view;
  WebKitUserContentManager *content;
  char *host;
  const PreviewWebEvents *events;
  gpointer data;
  gboolean whole;    /* no load failed since then */
  gboolean finished; /* `loaded` was told */
};

typedef struct {
  WebKitWebContext *context;
  WebKitNetworkSession *network;
  WebKitUserContentFilter *filter;
} WebSession;

/* NULL before web_session_prepare_async () has ended well. */
WebSession *web_session_get (void);
void web_session_prepare_async (const char *folder, GCancellable *cancellable, GAsyncReadyCallback callback, gpointer data);
gboolean web_session_prepare_finish (GAsyncResult *result, GError **error);

/* "melete-page://host/", with which all addresses of a page begin. (transfer full) */
char *web_dup_prefix (PreviewWeb *web);
/* The page of a view; NULL when it has none any more. */
PreviewWeb *web_of_view (WebKitWebView *view);

/* FALSE: a process of a page runs without its sandbox, or none is found. */
gboolean web_sandbox_holds (void);

void web_scheme_register (WebKitWebContext *context);
/* Connects everything that a page may ask for to its refusal. */
void web_policy_connect (PreviewWeb *web);
WebKitSettings *web_policy_create_settings (void);

void web_snapshot_async (PreviewWeb *web, gboolean whole, GCancellable *cancellable, GAsyncReadyCallback callback, gpointer data);
GdkTexture *web_snapshot_finish (PreviewWeb *web, GAsyncResult *result, GError **error);
void web_print_async (PreviewWeb *web, GFile *file, GCancellable *cancellable, GAsyncReadyCallback callback, gpointer data);
gboolean web_print_finish (PreviewWeb *web, GAsyncResult *result, GError **error);

G_END_DECLS
