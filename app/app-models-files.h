/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The models folder. Internal to app/. Blocks; any thread. */
#pragma once

#include "app-model-private.h"

G_BEGIN_DECLS

/* A file <id>.gguf of the folder. */
typedef struct {
  char *id, *path;
  gboolean referenced; /* a link to a file elsewhere */
  guint64 bytes;
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
