/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The machine's own pip, which fetches packages for this program. Internal to app/. Main thread only. */
#pragma once

#include "app-model-private.h"

G_BEGIN_DECLS

/* The command: `named` (nullable), else $MELETE_PIP, else "python3 -m pip". (transfer full) */
char **app_pip_command (const char *named);

/* Whom pip will ask, as it is set up on this machine: its indexes, where else it looks, and the proxy. pip itself is asked, so that its files and its
 * part of the environment count as they do in a download. Makes no connection. `callback` gets no source. */
void app_pip_peers_async (char **pip, GCancellable *cancellable, GAsyncReadyCallback callback, gpointer user_data);
/* "https://index.example, https://second.example, /srv/wheels (through http://proxy.example:3128)": servers without path, name and password, and
 * folders. (transfer full) (nullable): NULL with `error` when pip is not there or does not know itself. */
char *app_pip_peers_finish (GAsyncResult *result, GError **error);

/* Begins to fetch one package into the folder `wheels`; while it grows its bytes lie in `tmp`. pip ends when this program does.
 * (transfer full) (nullable) */
GSubprocess *app_pip_download (char **pip, const AppPackage *package, const char *wheels, const char *tmp, GError **error);
/* Calls back when it has ended, with the subprocess as source. */
void app_pip_wait_async (GSubprocess *process, GAsyncReadyCallback callback, gpointer user_data);
gboolean app_pip_wait_finish (GSubprocess *process, GAsyncResult *result, const AppPackage *package, GError **error);

G_END_DECLS
