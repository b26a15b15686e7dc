/* SPDX-License-Identifier: GPL-3.0-or-later */
/* UiPreview: shows the files of a page (AppBundle) in WebKit's sandbox. The page is taken for hostile: it has no network, no files, no other page to go to, no windows and no
 * permissions; a page that loops, eats memory or crashes is ended, and a sentence with a button stands in its place. The window pays for WebKit only with the first page.
 *
 * What a page gets is window.melete (data/preview/bridge.js): `storage` (get, set, remove, keys; promises), `theme` (dark, accent, "change") and `report (name, value)`.
 *
 * Properties: "loading" (boolean, read): from ui_preview_show () until the page and what belongs to it are there.
 * "failed" (string, read): the sentence that stands in place of the page, or NULL. "picking" (boolean, read).
 * Signals: "entry" (UiPreviewEntry): a new line of the console, or an older one that counts up.
 * "loaded" (): the page is there, or has failed.
 * "report" (char *name, char *value): a fact that the page tells of itself; the value is JSON, checked for its depth.
 * "storage-changed" (char *key, char *value): the page keeps something, as JSON, or NULL: keeps it no more.
 * "picked" (const UiPreviewPick *): the person pointed at something; valid while the signal is emitted.
 *
 * Main thread. */
#pragma once

#include <gtk/gtk.h>

#include "app-bundle.h"
#include "ui-preview-entry.h"

G_BEGIN_DECLS

/* All that a page may keep, keys and values, in bytes. */
#define UI_PREVIEW_MAX_STORAGE (1024 * 1024)

/* What the person pointed at. `x` to `height`: in pixels of the page's window. */
typedef struct {
  const char *selector; /* a CSS path that leads to the element alone */
  const char *part;     /* data-part of it or of the nearest element around it; NULL when there is none */
  const char *text;     /* its text and its outer HTML, both cut at 2 KiB */
  const char *html;
  int x, y, width, height;
} UiPreviewPick;

#define UI_TYPE_PREVIEW (ui_preview_get_type ())
G_DECLARE_FINAL_TYPE (UiPreview, ui_preview, UI, PREVIEW, GtkWidget)

UiPreview *ui_preview_new (void);

/* Loads it anew, with an empty console. `bundle` is referenced and no longer changed. */
void ui_preview_show (UiPreview *self, AppBundle *bundle);
void ui_preview_reload (UiPreview *self);
/* Ends the page's process and shows nothing. */
void ui_preview_stop (UiPreview *self);

gboolean ui_preview_get_loading (UiPreview *self);
/* (transfer none) (nullable) */
const char *ui_preview_get_failed (UiPreview *self);
/* Whether it has failed because its process ended by itself, which may be WebKit's own fault, and not the page's. */
gboolean ui_preview_get_crashed (UiPreview *self);
/* Of UiPreviewEntry, the last 500. (transfer none) */
GListModel *ui_preview_get_entries (UiPreview *self);

/* What the page keeps: char * to JSON text, both owned by the table. It is shared: the owner stores it at "storage-changed". Before ui_preview_show (); a page without one
 * has a table of its own. */
void ui_preview_set_storage (UiPreview *self, GHashTable *storage);
GHashTable *ui_preview_get_storage (UiPreview *self);

/* Turns the pointer into one that points at elements; the keys are Tab, arrows, Enter and Escape. */
void ui_preview_pick (UiPreview *self, gboolean picking);

/* The visible part, or with `whole` all of the document. The widget must be mapped. Errors are PREVIEW_ERROR, G_IO_ERROR or WebKit's own. */
void ui_preview_snapshot_async (UiPreview *self, gboolean whole, GCancellable *cancellable, GAsyncReadyCallback callback, gpointer data);
GdkTexture *ui_preview_snapshot_finish (UiPreview *self, GAsyncResult *result, GError **error);
/* Writes the page to `file` as the printer would have it. */
void ui_preview_export_pdf_async (UiPreview *self, GFile *file, GCancellable *cancellable, GAsyncReadyCallback callback, gpointer data);
gboolean ui_preview_export_pdf_finish (UiPreview *self, GAsyncResult *result, GError **error);
/* Runs the body of a function in a world that the page cannot reach, where the page's elements can be looked at. `arguments`: a{sv} or NULL. The result as JSON. (transfer full) */
void ui_preview_run_async (UiPreview *self, const char *body, GVariant *arguments, GCancellable *cancellable, GAsyncReadyCallback callback, gpointer data);
char *ui_preview_run_finish (UiPreview *self, GAsyncResult *result, GError **error);

/* Dialogs of the page's (alert, confirm, prompt) are dismissed without being shown, as where nobody looks. */
void ui_preview_set_quiet (UiPreview *self, gboolean quiet);

G_END_DECLS
