/* SPDX-License-Identifier: GPL-3.0-or-later */
/* AppLaunchers: entries among the system's applications, each of which opens one thing that was made (melete --artifact HANDLE).
 *
 * Outside a sandbox an entry is a desktop file and an icon in the person's data folder. Inside one the portal makes both, and asks the person; a copy of the desktop file in
 * our own data says that it did. So which entries there are is always the files of one folder, and belongs to this machine: no history and no backup has it.
 *
 * What a handle opens the history knows (app-made.h). Signal: "changed" (): one came or went. Main thread only. */
#pragma once

#include <gio/gio.h>

G_BEGIN_DECLS

#define APP_TYPE_LAUNCHERS (app_launchers_get_type ())
G_DECLARE_FINAL_TYPE (AppLaunchers, app_launchers, APP, LAUNCHERS, GObject)

/* What one says. */
typedef struct {
  const char *handle;   /* letters, digits and "_" */
  const char *title;    /* as it was made: anything may stand there */
  const char *category; /* of the menus of desktops: "Game" */
  GBytes *icon;         /* a square PNG of 256 pixels */
} AppLauncher;

/* `portal`: the session's bus, where the portal is to be asked; NULL: files are written. `data`: the person's data folder. `program`: what is started, a path or a name.
 * All NULL: as this process needs it. */
AppLaunchers *app_launchers_new (GDBusConnection *portal, const char *data, const char *program);
/* The portal asks the person, who may choose another title there. */
gboolean app_launchers_asks (AppLaunchers *self);

gboolean app_launchers_has (AppLaunchers *self, const char *handle);
/* Of all of them. (transfer full) */
char **app_launchers_dup_handles (AppLaunchers *self);

/* Adds one, or replaces it. `parent`: the window, as portals name it; "" for none. Errors: APP_ERROR_FULL, READ_ONLY, FAILED, MISSING (no portal); G_IO_ERROR_CANCELLED
 * also when the person did not want it. */
void app_launchers_add_async (AppLaunchers *self, const AppLauncher *launcher, const char *parent, GCancellable *cancellable, GAsyncReadyCallback callback, gpointer user_data);
gboolean app_launchers_add_finish (AppLaunchers *self, GAsyncResult *result, GError **error);
/* One that is not there any more is removed, too. Errors likewise. */
void app_launchers_remove_async (AppLaunchers *self, const char *handle, GAsyncReadyCallback callback, gpointer user_data);
gboolean app_launchers_remove_finish (AppLaunchers *self, GAsyncResult *result, GError **error);

/* The desktop file. (transfer full) */
char *app_launchers_dup_entry (AppLaunchers *self, const AppLauncher *launcher);

G_END_DECLS
