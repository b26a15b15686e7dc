/* SPDX-License-Identifier: GPL-3.0-or-later */
/* What the hub answers, and a plan on the disk: any bytes give either something sound or nothing. The first byte says what they are taken for. */
#include <stdint.h>
#include <string.h>

#include "app-catalogue.h"
#include "app-hub-plan.h"
#include "app-hub-reply.h"

int LLVMFuzzerTestOneInput (const uint8_t *data, size_t size);

static void
try_search (GBytes *json)
{
  g_autoptr (GError) error = NULL;
  g_autoptr (GPtrArray) models = app_hub_reply_search (json, &error);

  if ((models == NULL) == (error == NULL))
    g_error ("neither models nor an error, or both");
  for (guint i = 0; models && i < models->len; i++) {
    const AppHubModel *model = models->pdata[i];
    if (!app_hub_is_repository (model->id) || !g_utf8_validate (model->licence, -1, NULL) || strchr (model->licence, '\n'))
      g_error ("a model that cannot be shown was taken");
  }
}

static void
try_repository (GBytes *info, GBytes *tree)
{
  g_autoptr (GError) error = NULL;
  g_autoptr (AppHubRepository) repository = app_hub_reply_repository (info, &error);
  g_autoptr (GPtrArray) files = app_hub_files_new ();

  if ((repository == NULL) == (error == NULL))
    g_error ("neither a repository nor an error, or both");
  if (!repository) {
    repository = app_hub_repository_new ();
    repository->id = g_strdup ("owner/x-GGUF");
    repository->revision = g_strdup ("0123456789012345678901234567890123456789");
    repository->licence = g_strdup ("");
    repository->licence_link = g_strdup ("");
    repository->architecture = g_strdup ("");
  }
  if (!app_hub_reply_tree (tree, files, NULL))
    return;
  app_hub_gather (repository, files);
  for (guint i = 0; i < repository->variants->len; i++) {
    const AppHubVariant *variant = repository->variants->pdata[i];
    g_autoptr (AppModel) model = app_hub_repository_judge (repository, variant);
    if (!app_catalogue_is_id (variant->id) || variant->files->len == 0 || variant->bytes == 0)
      g_error ("a variant that cannot be fetched was taken");
    for (guint k = 0; k < variant->files->len; k++)
      if (!app_hub_is_path (((AppHubFile *) variant->files->pdata[k])->path))
        g_error ("a file outside of the repository was taken");
  }
  app_hub_repository_suggest (repository);
}

static void
try_plan (const char *json, size_t size)
{
  g_autoptr (AppHubPlan) plan = app_hub_plan_parse (json, size);
  g_autofree char *text = plan ? app_hub_plan_to_json (plan) : NULL;
  g_autoptr (AppHubPlan) again = text ? app_hub_plan_parse (text, -1) : NULL;

  if (plan && !again)
    g_error ("a plan that was taken is not taken again");
  for (guint i = 0; plan && i < plan->files->len; i++)
    if (strchr (((AppHubPlanFile *) plan->files->pdata[i])->name, '/'))
      g_error ("a file outside of the folder was taken");
}

int
LLVMFuzzerTestOneInput (const uint8_t *data, size_t size)
{
  g_autoptr (GBytes) json = NULL;

  if (size == 0)
    return 0;
  json = g_bytes_new (data + 1, size - 1);
  if (data[0] % 3 == 0)
    try_search (json);
  else if (data[0] % 3 == 1)
    try_repository (json, json);
  else
    try_plan ((const char *) data + 1, size - 1);
  return 0;
}
