/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Reports of jobs: by a program where one runs, by questions to the tables where none does or comes to anything. */
#include <string.h>

#include "job-fixture.h"
#include "jobs/job-check.h"
#include "jobs/job-worker.h"
#include "tables-fixture.h"

typedef struct {
  Fixture app;
  TablesFixture tables;
} Both;

static void
set_up (Both *both, gconstpointer data)
{
  fixture_set_up (&both->app, NULL);
  tables_set_up (&both->tables, NULL);
}

static void
tear_down (Both *both, gconstpointer data)
{
  tables_tear_down (&both->tables, NULL);
  fixture_tear_down (&both->app, NULL);
}

static JobMade *
report (Both *both, const char *programs, gboolean runs, GPtrArray *findings)
{
  JobPlay play = { .words = { "Return the text of the report", "Say what is most important", "How many rows", "Write a report" },
                   .texts = { programs, "There are 3 rows. They are worth 99.", "SELECT COUNT(*) FROM sales;", "{\"title\": \"Sales\", \"parts\": [{\"heading\": \"Rows\", \"question\": \"How many rows are there?\"}]}" } };
  JobStep step = { .number = 1, .worker = job_worker_find ("report"), .title = (char *) "Sales", .task = (char *) "Write a report", .file = (char *) "sales.md", .check = (char *) "" };
  g_autoptr (GPtrArray) inputs = g_ptr_array_new_with_free_func ((GDestroyNotify) job_input_free), datasets = g_ptr_array_new_with_free_func (g_object_unref);
  g_autoptr (AppScriptRunner) runner = job_runner_new ();
  g_autoptr (GAsyncResult) result = NULL;
  g_autoptr (GError) error = NULL;
  AppDataset *dataset = tables_add (&both->tables, "sales.csv", "date,pieces\n2025-01-03,2\n2025-01-04,5\n2025-02-01,4\n");
  char *written = NULL;
  JobTask of = { .step = &step, .request = "Write a report into sales.md", .engine = APP_ENGINE (both->app.engine), .inputs = inputs, .datasets = datasets, .alone = TRUE, .written = &written, .runner = runs ? runner : NULL };
  JobMade *made;

  scripted_engine_set_play (both->app.engine, job_play, &play);
  g_ptr_array_add (datasets, dataset);
  g_ptr_array_add (inputs, job_input_new ("sales.csv", NULL, dataset));
  step.worker->run (&of, g_task_new (NULL, NULL, keep_result, &result));
  made = g_task_propagate_pointer (G_TASK (wait_result (&result)), &error);
  g_assert_no_error (error);
  job_check (&of, made, findings);
  job_play_clear (&play);
  g_free (written);
  return made;
}

static void
test_report (Both *both, gconstpointer data)
{
  static const struct {
    const char *programs, *has, *has_not;
    gboolean runs;
    guint n_findings;
  } cases[] = {
    /* Two agree in their numbers. */
    { "@@11 pieces were sold.\n\n- a: 2@@||@@In all 11 pieces, a: 2@@||@@12 pieces, a: 2@@", "# Sales\n\n11 pieces were sold.", "## Rows", TRUE, 0 },
    { "@@NaN pieces@@", "NaN", "## Rows", TRUE, 2 },
    { "no program", "## Rows", "99", TRUE, 0 },
    { "", "## Rows", "99", FALSE, 0 },
  };

  for (gsize i = 0; i < G_N_ELEMENTS (cases); i++) {
    g_autoptr (GPtrArray) findings = g_ptr_array_new_with_free_func (g_free);
    g_autoptr (JobMade) made = report (both, cases[i].programs, cases[i].runs, findings);
    const JobFile *file = made->files->pdata[0];

    g_assert_cmpstr (file->path, ==, "sales.md");
    g_assert_cmpstr (made->kind, ==, "document");
    if (strstr (file->content, cases[i].has) == NULL || strstr (file->content, cases[i].has_not) != NULL)
      g_error ("%s gave %s", cases[i].programs, file->content);
    g_assert_cmpuint (findings->len, ==, cases[i].n_findings);
  }
}

int
main (int argc, char *argv[])
{
  g_test_init (&argc, &argv, NULL);
  g_test_add ("/jobs/report", Both, NULL, set_up, test_report, tear_down);
  return g_test_run ();
}
