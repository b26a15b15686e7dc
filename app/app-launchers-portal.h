/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The portal that adds entries to the system's applications for a program in a sandbox: org.freedesktop.portal.DynamicLauncher. Internal to app-launchers.c. */
#pragma once

#include <gio/gio.h>

G_BEGIN_DECLS

/* Asks the person, who may change `title`, and installs `entry` as `id`. Errors: as app_launchers_add_async (). */
void launcher_portal_install_async (GDBusConnection *bus, const char *parent, const char *title, GBytes *icon, const char *id, const char *entry, GCancellable *cancellable, GAsyncReadyCallback callback,
                                    gpointer user_data);
gboolean launcher_portal_install_finish (GAsyncResult *result, GError **error);

/* One that is not there counts as removed. */
void launcher_portal_uninstall_async (GDBusConnection *bus, const char *id, GAsyncReadyCallback callback, gpointer user_data);
gboolean launcher_portal_uninstall_finish (GAsyncResult *result, GError **error);

G_END_DECLS
