/* SPDX-License-Identifier: GPL-3.0-or-later */
/* What the hub answers, read from JSON: foreign bytes, of which nothing is believed. Internal to app/. Any thread.
 *
 * Every string that comes out is valid UTF-8 of one line and of a length that fits a row; ids and paths have only characters that mean nothing to a file
 * system or an address; what is missing or of another kind counts as unknown, and an entry without a usable name is left out. Errors: APP_ERROR_DAMAGED. */
#pragma once

#include "app-hub.h"

G_BEGIN_DECLS

/* Of /api/models?search=…: of AppHubModel. (transfer full) (nullable) */
GPtrArray *app_hub_reply_search (GBytes *json, GError **error);
/* Of /api/models/ID: the repository, without its files. (transfer full) (nullable) */
AppHubRepository *app_hub_reply_repository (GBytes *json, GError **error);
/* Of a page of /api/models/ID/tree/REVISION: adds its files, of AppHubFile, to `files` (app_hub_files_new ()). */
gboolean app_hub_reply_tree (GBytes *json, GPtrArray *files, GError **error);
GPtrArray *app_hub_files_new (void);
/* The address of the next page, of a Link header: "<https://hub.example/…>; rel="next"". (transfer full) (nullable) */
char *app_hub_reply_next (const char *link);

/* Whether a name is that of a repository: "owner/name". */
gboolean app_hub_is_repository (const char *id);
/* Whether JSON is nested no deeper than such an answer: the parser calls itself for each level. */
gboolean app_hub_is_shallow (const char *json, gsize n);
/* Whether a path is that of a file in a repository. */
gboolean app_hub_is_path (const char *path);

/* ---- app-hub-variants.c ---- */

/* Gathers `files` (of AppHubFile) into the variants, projectors and drafts of the repository. */
void app_hub_gather (AppHubRepository *repository, GPtrArray *files);

AppHubRepository *app_hub_repository_new (void);

G_END_DECLS
