/* SPDX-License-Identifier: GPL-3.0-or-later */
/* A hub of this machine, on the main loop: it answers as the real one does, with a few repositories of its own.
 *
 *   owner/Bird-1B-GGUF     open: several sizes, one of them in parts, a projector, a draft model
 *   owner/Secret-GGUF      gated: only with the token "hf_good"
 *   owner/Broken-GGUF      an answer that is no JSON */
#pragma once

#include <gio/gio.h>

G_BEGIN_DECLS

typedef struct _HubServer HubServer;

HubServer *hub_server_new (void);
void hub_server_free (HubServer *self);
const char *hub_server_get_address (HubServer *self); /* (transfer none) */

/* The file of the open repository. (transfer none) */
GBytes *hub_server_get_file (HubServer *self, const char *path);
/* Another file under that name, in another commit. */
void hub_server_replace (HubServer *self, const char *path, GBytes *content);
/* Answers everything with this status; 0: as it should be. */
void hub_server_set_status (HubServer *self, guint status);
/* How many requests so far had this in their path. */
guint hub_server_count (HubServer *self, const char *part);

/* One of the engine's own tiny models. */
GBytes *hub_server_golden (const char *name);

G_END_DECLS
