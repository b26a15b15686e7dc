/* SPDX-License-Identifier: GPL-3.0-or-later */
/* AppHubPlan: what of the hub becomes which files of the models folder. Internal to app/. Immutable once made; counted, any thread.
 *
 * While it is downloaded it lies as plan.json in the download's folder, so that the next run can go on; afterwards it stays beside the model, as
 * <id>.origin.json: where it came from, under which licence, and of what version. */
#pragma once

#include "app-hub.h"

G_BEGIN_DECLS

typedef struct {
  char *path;   /* in the repository */
  char *name;   /* in the models folder */
  char *sha256; /* "" when not known */
  guint64 bytes;
} AppHubPlanFile;

typedef struct {
  char *hub;                  /* the address */
  char *repository, *revision;
  char *id, *name, *licence, *architecture, *quantisation;
  guint64 parameters, memory_bytes;
  guint context;
  GPtrArray *files; /* of AppHubPlanFile; the model itself, or its first part, is the first */
} AppHubPlan;

/* The files of a variant, and of what belongs to it if that is asked for: <id>.gguf and its parts, <id>.mmproj.gguf, <id>.draft.gguf. */
AppHubPlan *app_hub_plan_new (AppHub *hub, AppHubRepository *repository, const AppHubVariant *variant, gboolean projector, gboolean draft);
AppHubPlan *app_hub_plan_ref (AppHubPlan *plan);
void app_hub_plan_unref (AppHubPlan *plan);
G_DEFINE_AUTOPTR_CLEANUP_FUNC (AppHubPlan, app_hub_plan_unref)

guint64 app_hub_plan_get_bytes (const AppHubPlan *plan); /* of all files */

char *app_hub_plan_to_json (const AppHubPlan *plan);
/* NULL when it is no sound plan. */
AppHubPlan *app_hub_plan_parse (const char *json, gssize n);
/* Blocks; any thread. NULL when there is none, or it is not sound. */
AppHubPlan *app_hub_plan_read (const char *path);

/* The name of the plan beside the model, and those of other files that belong to a model `id`. */
#define APP_HUB_ORIGIN ".origin.json"
#define APP_HUB_PROJECTOR ".mmproj.gguf"
#define APP_HUB_DRAFT ".draft.gguf"

G_END_DECLS
