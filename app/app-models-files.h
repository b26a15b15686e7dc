/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The models folder: a model is <id>.gguf. Beside it may lie what belongs to it: its other parts (when the id ends in -00001-of-00003), <id>.mmproj.gguf,
 * <id>.draft.gguf and <id>.origin.json, which come, go and count with it. Internal to app/. Blocks; any thread. */
#pragma once

#include "app-model-private.h"

G_BEGIN_DECLS

/* A file <id>.gguf of the folder. */
typedef struct {
  char *id, *path;
  gboolean referenced; /* a link to a file elsewhere */
  guint64 bytes;     /* of the file itself */
  guint64 all_bytes; /* and of its other parts, of what lets it see, of what makes it quicker */
  gboolean projector, draft;
  AppSenses senses;     /* what the projector gives it, as far as this program knows such ones; found out by app_models_refresh_async () */
  AppModelFacts *facts; /* nullable: not looked into */
} AppModelFile;

void app_model_file_free (AppModelFile *file);

/* GPtrArray of AppModelFile; a folder that is not there is an empty one. Dead links are left out and named in `warnings`. */
GPtrArray *app_models_files_scan (const char *directory, GPtrArray *warnings);

/* Copies or links a model file into the folder under a free name made of its own. (transfer full) (nullable) */
AppModelFile *app_models_files_add (const char *directory, GFile *file, gboolean copy, GCancellable *cancellable, GError **error);

gboolean app_models_files_set_aside (const char *directory, const char *id, GError **error);
gboolean app_models_files_bring_back (const char *directory, const char *id, GError **error);
/* Deletes what was set aside: that of one id, or (NULL) all of it. */
void app_models_files_purge (const char *directory, const char *id);

G_END_DECLS
