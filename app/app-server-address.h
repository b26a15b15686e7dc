/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The address of a server as a person writes it, and as it is kept: "http://kitchen.local:8080/v1". Any thread. */
#pragma once

#include <gio/gio.h>

G_BEGIN_DECLS

/* Takes "kitchen.local:8080", "http://kitchen.local:8080/", "https://api.example/v1/chat/completions" …: without a scheme it is http for what is in the
 * same house and https for all else; without a path it is /v1. Returns: (transfer full) (nullable): NULL with APP_ERROR_INVALID and a sentence. */
char *app_server_address_parse (const char *text, GError **error);

/* Of an address that was parsed. */
char *app_server_address_dup_host (const char *address);   /* "kitchen.local", as a person reads it */
char *app_server_address_dup_origin (const char *address); /* "http://kitchen.local:8080": scheme, host and port, always with the port */
/* Whether what is sent there can be read on its way by strangers: plain http to a host that is neither this machine nor on a private network. */
gboolean app_server_address_is_exposed (const char *address);

G_END_DECLS
