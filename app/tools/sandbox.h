/* SPDX-License-Identifier: GPL-3.0-or-later */
/* What every program that is run for a model begins with: bubblewrap, nothing of the machine but the system's own files to read, no network. Any thread. */
#pragma once

#include <gio/gio.h>

G_BEGIN_DECLS

/* Whether a sandbox can be made here. FALSE with APP_ERROR_MISSING and what to do. */
gboolean app_sandbox_is_there (GError **error);

/* The beginning of a command (of char *, g_free ()): namespaces of its own, /proc, /dev, the system read-only, a /tmp of its own; the environment is left to the caller. `network`: it has that of the machine.
 * (transfer full): binds may be added, then the program. */
GPtrArray *app_sandbox_new_command (gboolean network);
/* Adds arguments up to NULL. */
void app_sandbox_add (GPtrArray *command, ...) G_GNUC_NULL_TERMINATED;

G_END_DECLS
