/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Plans of jobs that are read, mended and refused, what workers are given, and tables as text. */
#include <string.h>

#include "job-fixture.h"
#include "jobs/job-csv.h"
#include "jobs/job-plan.h"
#include "jobs/job-worker.h"

/* ---- plans ---- */

static const char *const inputs[] = { "a.csv", "minutes.txt", NULL };

static void
test_plan (void)
{
  const JobPlanCase of = { .request = "Make out.csv and sum it up", .inputs = inputs, .tables = TRUE, .documents = TRUE };
  static const struct {
    const char *json, *error;
    guint n_steps;
  } cases[] = {
    { "{", "list of one to", 0 },
    { "{\"steps\": []}", "list of one to", 0 },
    { "{\"steps\": [7]}", "Step 1", 0 },
    { "{\"steps\": [{\"kind\": \"oracle\", \"task\": \"x\"}]}", "oracle", 0 },
    { "{\"steps\": [{\"kind\": \"script\", \"task\": \"nobody runs scripts here\"}]}", "script", 0 },
    { "{\"steps\": [{\"kind\": \"text\", \"title\": \"T\", \"task\": \"\"}]}", "does not say", 0 },
    { "{\"steps\": [{\"kind\": \"table\", \"title\": \"T\", \"task\": \"sum it\", \"uses\": [\"a.csv\", \"b.csv\", \"step 1\", \"step 2\"], \"file\": \"out.csv\"}]}", NULL, 1 },
    /* Who makes what was asked for sees everything: nothing is put in order for it before. */
    { "{\"steps\": [{\"kind\": \"table\", \"title\": \"Clean\", \"task\": \"Remove what is there twice\", \"uses\": [], \"file\": \"clean.csv\"}, {\"kind\": \"table\", \"title\": \"T\", \"task\": \"sum it\", \"uses\": [\"step 1\"], \"file\": \"out.csv\"}]}", NULL, 1 },
    /* What was asked for and nobody makes is added. */
    { "{\"steps\": [{\"kind\": \"dashboard\", \"title\": \"T\", \"task\": \"show it\", \"uses\": []}]}", NULL, 2 },
  };

  for (guint i = 0; i < G_N_ELEMENTS (cases); i++) {
    g_autoptr (GError) error = NULL;
    g_autoptr (JobPlan) plan = job_plan_read (&of, cases[i].json, &error);

    if (cases[i].error != NULL) {
      g_assert_error (error, APP_ERROR, APP_ERROR_INVALID);
      g_assert_nonnull (strstr (error->message, cases[i].error));
      continue;
    }
    g_assert_no_error (error);
    g_assert_cmpuint (plan->steps->len, ==, cases[i].n_steps);
    for (guint k = 0; k < plan->steps->len; k++) {
      JobStep *step = plan->steps->pdata[k];
      g_autofree char *printed = job_step_print (step), *again = NULL;
      g_autoptr (JobPlan) hold = job_plan_new ();

      g_assert_cmpuint (step->needs->len, ==, 0); /* itself, and what comes later, is nothing that it could wait for */
      g_ptr_array_add (hold->steps, job_step_parse (printed, step->number));
      again = job_step_print (hold->steps->pdata[0]);
      g_assert_cmpstr (again, ==, printed);
    }
  }
}

/* Who makes what was asked for: sentences are read by a model, records by a program; what nobody asked for is not made, and who answers comes last and has what was made. */
static void
test_workers (void)
{
  static const char *const letters[] = { "a.txt", "b.txt", "c.txt", "t.csv", NULL }, *const log[] = { "plant.log", NULL };
  static const struct {
    JobPlanCase of;
    const char *json, *steps;
  } cases[] = {
    { { .request = "Make out.csv of the letters", .inputs = letters, .tables = TRUE, .documents = TRUE, .n_tables = 1, .scripts = TRUE, .many = TRUE, .prose = TRUE },
      "{\"steps\": [{\"kind\": \"script\", \"title\": \"T\", \"task\": \"rows\", \"uses\": [], \"file\": \"out.csv\"}]}", "extract out.csv 0;" },
    { { .request = "Make out.csv of the bills", .inputs = letters, .tables = TRUE, .documents = TRUE, .n_tables = 1, .scripts = TRUE, .many = TRUE },
      "{\"steps\": [{\"kind\": \"extract\", \"title\": \"T\", \"task\": \"rows\", \"uses\": [], \"file\": \"out.csv\"}]}", "script out.csv 0;" },
    { { .request = "Make errors.csv with the columns day and errors. How many are that?", .inputs = log, .documents = TRUE, .scripts = TRUE },
      "{\"steps\": [{\"kind\": \"text\", \"title\": \"T\", \"task\": \"read it\", \"uses\": [], \"file\": \"log.txt\"}, {\"kind\": \"answer\", \"title\": \"A\", \"task\": \"count them\", \"uses\": [\"step 1\"]}]}",
      "script errors.csv 0;answer  1;" },
  };

  for (guint i = 0; i < G_N_ELEMENTS (cases); i++) {
    g_autoptr (GError) error = NULL;
    g_autoptr (JobPlan) plan = job_plan_read (&cases[i].of, cases[i].json, &error);
    g_autoptr (GString) steps = g_string_new (NULL);

    g_assert_no_error (error);
    for (guint k = 0; k < plan->steps->len; k++) {
      const JobStep *step = plan->steps->pdata[k];
      g_string_append_printf (steps, "%s %s %u;", step->worker->id, step->file, step->needs->len > 0 ? g_array_index (step->needs, guint, 0) : 0);
    }
    g_assert_cmpstr (steps->str, ==, cases[i].steps);
  }
}

/* One report of a name is whole: others are not made beside it. */
static void
test_reports (void)
{
  const JobPlanCase of = { .request = "Write a report about a.csv into words.md", .inputs = inputs, .tables = TRUE, .documents = TRUE };
  g_autoptr (GError) error = NULL;
  g_autoptr (JobPlan) plan = job_plan_read (&of,
                                            "{\"steps\": [{\"kind\": \"report\", \"title\": \"R\", \"task\": \"how much\", \"uses\": [], \"file\": \"words.md\"}, "
                                            "{\"kind\": \"report\", \"title\": \"R\", \"task\": \"how many\", \"uses\": [], \"file\": \"words.md\"}]}",
                                            &error);

  g_assert_no_error (error);
  g_assert_cmpuint (plan->steps->len, ==, 1);
  g_assert_cmpstr (((JobStep *) plan->steps->pdata[0])->file, ==, "words.md");
}

/* Of several tables one is made, of all of them and by the words of the request; and what is shown and told is of it. */
static void
test_whole (void)
{
  static const char *const tables[] = { "a.csv", "b.csv", NULL };
  static const char json[] = "{\"steps\": [{\"kind\": \"script\", \"title\": \"Sums\", \"task\": \"sum of a\", \"uses\": [\"a.csv\"], \"file\": \"sums.csv\"},"
                             "{\"kind\": \"dashboard\", \"title\": \"Page\", \"task\": \"show a\", \"uses\": [\"a.csv\"]}]}";
  const JobPlanCase of = { .request = "A table of what comes and goes in each month, and a chart of it", .inputs = tables, .tables = TRUE, .n_tables = 2, .scripts = TRUE };
  g_autoptr (GError) error = NULL;
  g_autoptr (JobPlan) plan = job_plan_read (&of, json, &error);

  g_assert_no_error (error);
  g_assert_cmpuint (plan->steps->len, >=, 2);
  const JobStep *whole = plan->steps->pdata[0], *page = plan->steps->pdata[1];
  g_assert_cmpstr (whole->task, ==, of.request);
  g_assert_cmpuint (g_strv_length (whole->uses), ==, 2);
  g_assert_cmpstr (page->worker->id, ==, "dashboard");
  g_assert_cmpuint (g_strv_length (page->uses), ==, 0);
  g_assert_cmpuint (page->needs->len, ==, 1);
}

static void
test_columns (void)
{
  static const struct {
    const char *request, *file, *columns;
  } cases[] = {
    { "Write out.csv with the columns name, unit price and total.", "out.csv", NULL },
    { "Write out.csv with columns: \"name\", \"unit price\" and total, and then b.csv", "out.csv", "name|unit price|total" },
    { "Write out.csv with the columns name and total sorted by name", "out.csv", "name|total" },
    { "Count: out.csv with the columns question, answer and percent, a row for each", "out.csv", "question|answer|percent" },
    { "out.csv with the columns who (as it stands there), task (in their words) and due (a date), a row for each", "out.csv", "who|task|due" },
    { "out.csv with the columns invoice (its number), customer and total, a row for each", "out.csv", "invoice|customer|total" },
    { "Write out.csv (columns name,total). Then b.csv with the columns x and y.", "b.csv", "x|y" },
    { "Write out.csv and b.csv with the columns x and y.", "out.csv", NULL },
    { "Write out.csv.", "out.csv", NULL },
  };

  for (guint i = 0; i < G_N_ELEMENTS (cases); i++) {
    g_auto (GStrv) columns = job_plan_find_columns (cases[i].request, cases[i].file);
    g_autofree char *joined = columns != NULL ? g_strjoinv ("|", columns) : NULL;

    g_assert_cmpstr (joined, ==, cases[i].columns);
  }
}

/* Whether something is to be said in words. */
static void
test_asks (void)
{
  static const struct {
    const char *request;
    gboolean asks;
  } cases[] = {
    { "Sum up a.csv.", FALSE },
    { "Who does what?", TRUE },
    { "Who does what? Make out.csv with the columns who and task.", FALSE }, /* the file says it */
    { "Who does what? Make out.csv. Tell me who has most to do.", TRUE },
    { "How much is it? Make out.csv.", TRUE },
    { "Make out.csv. What is the largest?", TRUE },
    { "What stands in a.csv?", TRUE },
  };

  for (guint i = 0; i < G_N_ELEMENTS (cases); i++) {
    const JobPlanCase of = { .request = cases[i].request, .inputs = inputs, .tables = TRUE };
    if (job_worker_is_able (job_worker_find ("answer"), &of) != cases[i].asks)
      g_error ("%s", cases[i].request);
  }
}

/* A program gets the file, and not what stands around it in a prompt. */
static void
test_own_text (void)
{
  static const struct {
    const char *text, *own;
  } cases[] = {
    { "[File \"a.txt\"]\n```\nDate: 1\n\nWords\n```\n[End of file \"a.txt\"]\n", "Date: 1\n\nWords\n" },
    { "[File \"a.md\"]\n````markdown\n```\n[End of it]\n```\n````\n[The rest of the file is left out.]\n[End of file \"a.md\"]\n", "```\n[End of it]\n```\n" },
    { "[File \"a.txt\"]\n```\n```\n[End of file \"a.txt\"]\n", "" },
    { "[Document \"a.odt\". You get its text as Markdown.]\n\nOne\n\n```\ncode\n```\n\nTwo\n\n[End of \"a.odt\"]\n", "One\n\n```\ncode\n```\n\nTwo\n\n" },
    { "[1] is no frame\n[End of it] goes on\nhere", "[1] is no frame\n[End of it] goes on\nhere" },
    { "Plain", "Plain" },
    { "", "" },
  };

  for (guint i = 0; i < G_N_ELEMENTS (cases); i++) {
    g_autofree char *own = app_document_dup_own_text (cases[i].text);
    g_assert_cmpstr (own, ==, cases[i].own);
  }
}

/* ---- tables ---- */

static void
test_csv (void)
{
  g_autoptr (GPtrArray) rows = job_csv_parse ("\357\273\277a,\"b \"\"c\"\", d\"\r\n1,\"two\nlines\"\n,\n", NULL);
  g_autoptr (GError) error = NULL;

  g_assert_cmpuint (rows->len, ==, 3);
  g_assert_cmpstr (((GStrv) rows->pdata[0])[1], ==, "b \"c\", d");
  g_assert_cmpstr (((GStrv) rows->pdata[1])[1], ==, "two\nlines");
  g_assert_cmpuint (g_strv_length (rows->pdata[2]), ==, 2);
  g_assert_null (job_csv_parse ("a,\"b", &error));
  g_assert_error (error, APP_ERROR, APP_ERROR_INVALID);
  g_assert_true (job_csv_is_same_name ("Unit price", "unit_price"));
  g_assert_false (job_csv_is_same_name ("Unit price", "unit_prices"));
}

int
main (int argc, char *argv[])
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/jobs/plan/plan", test_plan);
  g_test_add_func ("/jobs/plan/workers", test_workers);
  g_test_add_func ("/jobs/plan/reports", test_reports);
  g_test_add_func ("/jobs/plan/whole", test_whole);
  g_test_add_func ("/jobs/plan/columns", test_columns);
  g_test_add_func ("/jobs/plan/asks", test_asks);
  g_test_add_func ("/jobs/plan/csv", test_csv);
  g_test_add_func ("/jobs/plan/own-text", test_own_text);
  return g_test_run ();
}
