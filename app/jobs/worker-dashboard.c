/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Dashboards, and pages that do something: written as the kinds of artifacts have them written. */
#include <glib/gi18n.h>
#include <string.h>

#include "app-bundle.h"
#include "app-error.h"
#include "artifacts/artifact-kind.h"
#include "job-worker.h"

extern const JobWorker dashboard_worker, page_worker;

static const AppArtifactKind *
get_kind (GTask *task)
{
  return g_object_get_data (G_OBJECT (task), "kind");
}

static void
finish (GTask *task, const char *page)
{
  const JobTask *of = g_task_get_task_data (task);
  AppArtifactWritten *written = g_object_get_data (G_OBJECT (task), "written");
  g_autoptr (GPtrArray) ids = g_ptr_array_new ();
  JobMade *made = job_made_new ();

  g_free (made->said);
  made->said = g_strdup (written->said);
  made->kind = g_strdup (get_kind (task)->id);
  made->title = g_strdup (written->title != NULL && *written->title != '\0' ? written->title : of->step->title);
  made->source = g_strdup (written->source);
  for (guint i = 0; i < of->datasets->len; i++)
    g_ptr_array_add (ids, (gpointer) app_dataset_get_id (of->datasets->pdata[i]));
  g_ptr_array_add (ids, NULL);
  g_strfreev (made->data);
  made->data = g_strdupv ((char **) ids->pdata);
  if (page != NULL && *of->step->file != '\0')
    job_made_add_file (made, of->step->file, page);
  g_task_return_pointer (task, made, (GDestroyNotify) job_made_free);
}

static void
on_bundle (GObject *source, GAsyncResult *result, gpointer data)
{
  g_autoptr (GTask) task = data;
  GError *error = NULL;
  g_autoptr (AppBundle) bundle = g_task_propagate_pointer (G_TASK (result), &error);
  g_autofree char *page = bundle != NULL ? app_bundle_dup_single_page (bundle, &error) : NULL;

  /* What does not become a page is no dashboard; the sentence says what is wrong with its source. */
  if (page == NULL)
    g_task_return_error (task, error);
  else
    finish (task, page);
}

static void
on_written (GObject *source, GAsyncResult *result, gpointer data)
{
  g_autoptr (GTask) task = data;
  const JobTask *of = g_task_get_task_data (task);
  AppArtifactWritten *written = job_task_take_written (task, result);

  if (written == NULL)
    return;
  if (get_kind (task)->is_page)
    get_kind (task)->make_bundle (written->source, written->title != NULL ? written->title : "", of->datasets, g_task_new (NULL, g_task_get_cancellable (task), on_bundle, g_object_ref (task)));
  else
    finish (task, NULL);
}

/* What stands in the inputs, rows of tables too. (transfer full) */
static char *
dup_texts (const JobTask *of, gsize budget)
{
  GString *text = g_string_new (NULL);

  for (guint i = 0; i < of->inputs->len && text->len < budget; i++) {
    const JobInput *input = of->inputs->pdata[i];
    g_autofree char *some = input->text != NULL ? g_utf8_substring (input->text, 0, MIN (g_utf8_strlen (input->text, -1), (glong) budget)) : g_strdup ("");
    g_string_append_printf (text, "%s\n%s\n\n", input->name, some);
  }
  return g_string_free (text, FALSE);
}

static void
write_kind (const JobTask *of, const AppArtifactKind *kind, GTask *task)
{
  /* A dashboard asks the tables, and cards and questions of a game are taken out of them word for word; what is written into a page is read by who writes it. */
  g_autoptr (GPtrArray) none = g_ptr_array_new ();
  gboolean asks = kind->needs_tables || !g_str_equal (kind->id, "page");
  g_autofree char *inputs = kind->needs_tables ? g_strdup ("") : dup_texts (of, 6000);
  gboolean mends = kind->mends && of->before != NULL && of->before->source != NULL && g_strcmp0 (of->before->kind, kind->id) == 0;
  AppArtifactOrder order = { .engine = of->engine, .kind = kind, .wish = of->alone || (kind->needs_tables && strstr (of->request, "ashboard") != NULL) ? of->request : of->step->task, .documents = inputs, .datasets = asks ? of->datasets : none };

  g_task_set_task_data (task, (gpointer) of, NULL);
  g_object_set_data (G_OBJECT (task), "kind", (gpointer) kind);
  if (mends) {
    order.base = of->before->source;
    order.findings = of->findings;
  }
  kind->write (&order, (AppArtifactProgress) { of->progress, of->progress_data }, g_task_new (NULL, g_task_get_cancellable (task), on_written, g_object_ref (task)));
  g_object_unref (task);
}

static void
run_dashboard (const JobTask *of, GTask *task)
{
  if (of->datasets->len > 0) {
    write_kind (of, app_artifact_kind_find ("dashboard"), task);
    return;
  }
  g_task_return_new_error (task, APP_ERROR, APP_ERROR_MISSING, _("There is no table among what this step is to work on."));
  g_object_unref (task);
}

/* Which kind of page it is, by the words. */
static const char *
find_kind (const JobTask *of)
{
  static const struct {
    const char *words, *kind;
  } hints[] = { { "quiz|game|memory|puzzle|spiel", "game" }, { "calculator|planner|tracker|converter|timer|tool|checklist|rechner|stopwatch", "tool" } };
  g_autofree char *both = g_strconcat (of->step->title, " ", of->step->task, NULL), *lower = g_utf8_strdown (both, -1);

  for (guint i = 0; i < G_N_ELEMENTS (hints); i++) {
    g_auto (GStrv) words = g_strsplit (hints[i].words, "|", -1);
    for (guint k = 0; words[k] != NULL; k++)
      if (strstr (lower, words[k]) != NULL)
        return hints[i].kind;
  }
  return "page";
}

static void
run_page (const JobTask *of, GTask *task)
{
  write_kind (of, app_artifact_kind_find (find_kind (of)), task);
}

const JobWorker dashboard_worker = {
  .id = "dashboard",
  .name = N_ ("Dashboard"),
  .wanted = "charts, figures and filters over tables, on one page",
  .suffix = "",
  .share = 1,
  .needs_tables = TRUE,
  .run = run_dashboard,
};

const JobWorker page_worker = {
  .id = "page",
  .name = N_ ("Pages and tools"),
  .wanted = "a page to use: a planner, a quiz, a calculator, a checklist, an invitation",
  .suffix = "html",
  .share = 3,
  .run = run_page,
};
