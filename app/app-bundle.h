/* SPDX-License-Identifier: GPL-3.0-or-later */
/* AppBundle: the files of a page, in memory: what a preview shows and what an export writes. It begins with "index.html".
 *
 * Counted. It is filled by one thread and then only read, by any. */
#pragma once

#include <glib-object.h>

G_BEGIN_DECLS

#define APP_BUNDLE_INDEX "index.html"

#define APP_TYPE_BUNDLE (app_bundle_get_type ())
typedef struct _AppBundle AppBundle;
GType app_bundle_get_type (void);

AppBundle *app_bundle_new (void);
AppBundle *app_bundle_ref (AppBundle *bundle);
void app_bundle_unref (AppBundle *bundle);
G_DEFINE_AUTOPTR_CLEANUP_FUNC (AppBundle, app_bundle_unref)

/* Whether a file may be called so: relative, of letters, digits and "._-/", no part of it empty or beginning with a dot, at most 200 bytes. */
gboolean app_bundle_is_path (const char *path);

/* `path`: as app_bundle_is_path () has it; a file of that path is replaced. `mime_type`: NULL to take it from the path's end. */
void app_bundle_add (AppBundle *bundle, const char *path, const char *mime_type, GBytes *bytes);
void app_bundle_add_text (AppBundle *bundle, const char *path, const char *text);
/* (transfer none) (nullable). `mime_type`: (out) (optional), the bundle's own. */
GBytes *app_bundle_find (AppBundle *bundle, const char *path, const char **mime_type);
/* In the order in which they were added. */
guint app_bundle_get_n_files (AppBundle *bundle);
const char *app_bundle_get_path (AppBundle *bundle, guint file);

/* One HTML file of all of it, which any browser shows without the others: its scripts, style sheets and pictures stand in the page. Errors: APP_ERROR_INVALID (there is no page, it
 * would be too large). (transfer full) */
char *app_bundle_dup_single_page (AppBundle *bundle, GError **error);

G_END_DECLS
