/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "tool-artifacts.h"

#include <glib/gi18n.h>

#include "app-checker.h"
#include "app-error.h"
#include "artifacts/artifact-kind.h"

gboolean
tool_has_artifacts (const AppToolScope *scope)
{
  return scope->artifacts != NULL;
}

gboolean
tool_has_made (const AppToolScope *scope)
{
  return scope->artifacts != NULL && app_artifacts_get_latest (scope->artifacts) != NULL;
}

AppVersion *
tool_find_version (const AppToolScope *scope, const char *title, GError **error)
{
  GListModel *list = G_LIST_MODEL (scope->artifacts);
  g_autoptr (GString) titles = g_string_new (NULL);
  AppArtifact *latest = app_artifacts_get_latest (scope->artifacts);

  if (*title == '\0' && latest != NULL)
    return app_artifact_get_current (latest);
  for (guint i = g_list_model_get_n_items (list); i-- > 0;) {
    g_autoptr (AppArtifact) artifact = g_list_model_get_item (list, i);
    if (g_str_equal (app_artifact_get_title (artifact), title))
      return app_artifact_get_current (artifact); /* the list holds it */
    g_string_append_printf (titles, "%s“%s”", titles->len > 0 ? ", " : "", app_artifact_get_title (artifact));
  }
  g_set_error (error, APP_ERROR, APP_ERROR_INVALID, _("Nothing of this title was made. There is: %s."), titles->len > 0 ? titles->str : "–");
  return NULL;
}

/* ---- looking ---- */

typedef struct {
  AppArtifacts *artifacts;
  AppVersion *version;
  AppChecker *checker;
  char *words;
} Look;

static void
look_free (Look *look)
{
  g_object_unref (look->artifacts);
  g_object_unref (look->version);
  g_clear_object (&look->checker);
  g_free (look->words);
  g_free (look);
}

/* Takes the task. */
static void
tell (GTask *task, gboolean works, const char *const *details)
{
  Look *look = g_task_get_task_data (task);
  g_autoptr (GString) text = g_string_new (look->words);

  g_string_append (text, works ? " It was tried, and works." : " It was tried, and does not work yet:");
  for (guint i = 0; details != NULL && details[i] != NULL; i++)
    g_string_append_printf (text, "\n- %s", details[i]);
  g_task_return_pointer (task, app_tool_result_new (g_strdup (text->str), g_strdup (works ? "{\"works\":true}" : "{\"works\":false}")), (GDestroyNotify) app_tool_result_free);
  g_object_unref (task);
}

static void
on_seen (GObject *source, GAsyncResult *result, gpointer data)
{
  GTask *task = data;
  Look *look = g_task_get_task_data (task);
  GError *error = NULL;
  g_autoptr (AppSeen) seen = app_checker_look_finish (APP_CHECKER (source), result, &error);

  if (seen == NULL) {
    g_task_return_error (task, error);
    g_object_unref (task);
    return;
  }
  app_artifacts_set_seen (look->artifacts, look->version, seen->works ? APP_VERSION_WORKS : APP_VERSION_FAILS, (const char *const *) seen->findings, seen->thumbnail);
  tell (task, seen->works, (const char *const *) seen->details);
}

static void
on_bundle (GObject *source, GAsyncResult *result, gpointer data)
{
  GTask *task = data;
  Look *look = g_task_get_task_data (task);
  g_autoptr (GError) error = NULL;
  g_autoptr (AppBundle) bundle = app_artifacts_make_bundle_finish (APP_ARTIFACTS (source), result, &error);

  if (bundle == NULL) {
    const char *findings[] = { error->message, NULL };
    app_artifacts_set_seen (look->artifacts, look->version, APP_VERSION_FAILS, findings, NULL);
    tell (task, FALSE, findings);
  } else {
    app_checker_look_async (look->checker, bundle, g_task_get_cancellable (task), on_seen, task);
  }
}

void
tool_look (const AppToolScope *scope, AppVersion *version, char *words, GTask *task)
{
  Look *look = g_new0 (Look, 1);

  look->artifacts = g_object_ref (scope->artifacts);
  look->version = g_object_ref (version);
  look->checker = scope->checker != NULL ? g_object_ref (scope->checker) : NULL;
  look->words = words;
  g_task_set_task_data (task, look, (GDestroyNotify) look_free);
  if (look->checker != NULL && app_artifact_get_kind (app_version_get_artifact (version))->is_page) {
    app_artifacts_make_bundle_async (scope->artifacts, version, NULL, g_task_get_cancellable (task), on_bundle, task);
    return;
  }
  g_task_return_pointer (task, app_tool_result_new (g_strdup (look->words), NULL), (GDestroyNotify) app_tool_result_free);
  g_object_unref (task);
}
