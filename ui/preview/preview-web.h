/* SPDX-License-Identifier: GPL-3.0-or-later */
/* PreviewWeb: one page in WebKit, as UiPreview sees it. WebKit is a hundred libraries, so what knows it (web/) is a module that is opened with the first
 * page: the window's start pays nothing for it. The module calls back through PreviewWebEvents and needs no symbol of the program; the program calls it through PreviewWebApi.
 *
 * What the module sees to, whatever a page does: nothing is loaded but what `find` gives, no connection is made, no other page is gone to, nothing is asked of the person but
 * dialogs that `dialog` allows. All of it in the main thread. */
#pragma once

#include <gtk/gtk.h>

G_BEGIN_DECLS

#define PREVIEW_WEB_VERSION 1
#define PREVIEW_WEB_SYMBOL "preview_web_get_api"
#define PREVIEW_WEB_SCHEME "melete-page"

/* What a page wanted and did not get. */
typedef enum {
  PREVIEW_BLOCKED_NAVIGATION, /* detail: the address */
  PREVIEW_BLOCKED_WINDOW,     /* the address */
  PREVIEW_BLOCKED_DOWNLOAD,   /* the address */
  PREVIEW_BLOCKED_PERMISSION, /* NULL */
  PREVIEW_BLOCKED_FILE,       /* NULL: a file of the person's */
  PREVIEW_BLOCKED_PRINT,      /* NULL */
  PREVIEW_BLOCKED_FULL_SCREEN,/* NULL */
  PREVIEW_BLOCKED_PASSWORD,   /* the address */
  PREVIEW_BLOCKED_RESOURCE,   /* the path of a file that the page has not */
  PREVIEW_BLOCKED_DIALOG,     /* the dialog's words */
} PreviewBlocked;

typedef enum {
  PREVIEW_END_CRASH,
  PREVIEW_END_MEMORY,
  PREVIEW_END_TERMINATED, /* by `terminate` */
  PREVIEW_END_NO_SANDBOX, /* its process is not shut in; it got nothing of the page */
} PreviewEnd;

typedef enum {
  PREVIEW_ERROR_SANDBOX_OFF,  /* the variable that disables WebKit's sandbox is set */
  PREVIEW_ERROR_NO_SANDBOX,   /* the sandbox does not work on this machine */
  PREVIEW_ERROR_FILTER,       /* the filter that blocks all loads could not be made */
  PREVIEW_ERROR_SCRIPT,       /* a script of ours failed, or its page is gone */
  PREVIEW_ERROR_PRINT,
} PreviewError;
#define PREVIEW_ERROR (g_quark_from_static_string ("melete-preview"))

typedef struct {
  /* A file of the page by its path, or NULL. (transfer none); `mime_type`: (out), lives as long as the bytes */
  GBytes *(*find) (const char *path, const char **mime_type, gpointer data);
  /* What our script in the page posts: one JSON text, not yet looked at. */
  void (*message) (const char *text, gpointer data);
  void (*blocked) (PreviewBlocked what, const char *detail, gpointer data);
  /* Whether the person shall see a dialog of the page's; FALSE dismisses it. */
  gboolean (*dialog) (const char *text, gpointer data);
  /* The page's document and what belongs to it are there, or could not be loaded. */
  void (*loaded) (gboolean whole, gpointer data);
  void (*ended) (PreviewEnd end, gpointer data);
} PreviewWebEvents;

typedef struct _PreviewWeb PreviewWeb;

typedef struct {
  guint version; /* PREVIEW_WEB_VERSION */
  /* Once before the first page: that the sandbox works, and the filter. Later calls end at once. `folder`: where the filter is kept. */
  void (*prepare_async) (const char *folder, GCancellable *cancellable, GAsyncReadyCallback callback, gpointer data);
  gboolean (*prepare_finish) (GAsyncResult *result, GError **error);

  /* A page of its own origin, `host`. `events` must outlive it. */
  PreviewWeb *(*create) (const char *host, const PreviewWebEvents *events, gpointer data);
  /* (transfer none) */
  GtkWidget *(*get_widget) (PreviewWeb *web);
  /* Ends its process. */
  void (*destroy) (PreviewWeb *web);

  /* Loads the page's index. `page_script` runs in the page's own world and `own_script` in one that the page cannot reach, both before any of its own. */
  void (*load) (PreviewWeb *web, const char *page_script, const char *own_script);
  void (*terminate) (PreviewWeb *web);
  /* The body of a function in our own world; `arguments`: a{sv} of strings and doubles (WebKit takes no booleans), or NULL. The result is what it returns as JSON. (transfer full) */
  void (*run_async) (PreviewWeb *web, const char *body, GVariant *arguments, GCancellable *cancellable, GAsyncReadyCallback callback, gpointer data);
  char *(*run_finish) (PreviewWeb *web, GAsyncResult *result, GError **error);
  void (*set_zoom) (PreviewWeb *web, double zoom);
  void (*set_background) (PreviewWeb *web, const GdkRGBA *colour);
  /* (transfer full) */
  void (*snapshot_async) (PreviewWeb *web, gboolean whole, GCancellable *cancellable, GAsyncReadyCallback callback, gpointer data);
  GdkTexture *(*snapshot_finish) (PreviewWeb *web, GAsyncResult *result, GError **error);
  void (*print_async) (PreviewWeb *web, GFile *file, GCancellable *cancellable, GAsyncReadyCallback callback, gpointer data);
  gboolean (*print_finish) (PreviewWeb *web, GAsyncResult *result, GError **error);
} PreviewWebApi;

typedef const PreviewWebApi *(*PreviewWebGetApi) (void);

G_END_DECLS
