/* SPDX-License-Identifier: GPL-3.0-or-later */
/* What the files of AppModels share: app-models.c (the object, the list, downloads), app-models-refresh.c (looking anew), app-models-change.c
 * (adding and removing) and app-models-remote.c (of servers). Internal to app/. Main thread only, unless said otherwise. */
#pragma once

#include "app-hub-plan.h"
#include "app-model-private.h"
#include "app-models.h"
#include "app-models-files.h"

G_BEGIN_DECLS

struct _AppModels {
  GObject parent;
  char *catalogue, *directory, *warning;
  AppConnections *connections; /* NULL until they are known */
  AppServers *servers;         /* likewise */
  AppHub *hub;
  GHashTable *all;   /* id → AppModel: each that was ever known, so that objects stay the same */
  GPtrArray *listed; /* AppModel, as the list shows them */
  AppModel *embedder; /* of `all`; NULL: none is installed */
  AppModel *writer;   /* likewise: writes down what is spoken */
  AppTranscriber *transcriber; /* of its file; NULL without one */
  GPtrArray *order;  /* ids of the catalogue */
  GTask *refreshing;
  GPtrArray *waiting; /* GTask: refreshes asked for meanwhile */
  gboolean downloading;
  gboolean purged;    /* what earlier runs set aside */
};

/* The model of that id; made when it was never known. (transfer none) */
AppModel *app_models_get_or_make (AppModels *self, AppModelFacts *facts);
/* The model of a file that was looked into. The hub does not tell what answers nothing from what does, and a name may have been another file's before: as
 * the facts of a model never change, one that turns out to be something else gives its place to another. (transfer none) */
AppModel *app_models_learn (AppModels *self, AppModelFacts *facts);
/* Brings the list into line with the states of the models, in one change. */
void app_models_update_list (AppModels *self);
/* Its download, a paused one, is the model's from now on. Takes it. (transfer none) */
AppDownload *app_models_adopt_download (AppModels *self, AppModel *model, AppDownload *download);
/* The model of a plan of the hub; made when it was never known. (transfer none) */
AppModel *app_models_get_planned (AppModels *self, AppHubPlan *plan);
/* A paused download of the model of the catalogue; the connections must be known. (transfer none) */
AppDownload *app_models_make_download (AppModels *self, AppModel *model);
/* A string of facts. */
void app_models_set_fact (char **fact, const char *value);
/* The sentences as one; none takes the warning away. */
void app_models_set_warning (AppModels *self, GPtrArray *sentences);
/* Bytes of memory of this machine. Reads files of the kernel: not on the main thread. */
void app_models_measure_memory (guint64 *total, guint64 *available);
gboolean app_models_finish_task (AppModels *self, GAsyncResult *result, GError **error);

G_END_DECLS
