/* SPDX-License-Identifier: GPL-3.0-or-later */
/* What models write for jobs, and what the journal has of them: plans, steps, what was made, tables, and requests that name files and columns. Any bytes give either something sound or one sentence.
 * And documents: days, numbers, names and records that code finds in them. */
#include <stdint.h>
#include <string.h>

#include "jobs/job-csv.h"
#include "jobs/job-extract.h"
#include "jobs/job-ground.h"
#include "jobs/job-plan.h"
#include "jobs/job-worker.h"
#include "jobs/script-records.h"

int LLVMFuzzerTestOneInput (const uint8_t *data, size_t size);

static void
look_at_plan (const JobPlan *plan)
{
  if (plan->steps->len == 0 || plan->steps->len > JOB_MAX_STEPS)
    g_error ("a plan of %u steps", plan->steps->len);
  for (guint i = 0; i < plan->steps->len; i++) {
    const JobStep *step = plan->steps->pdata[i];

    if (step->number != i + 1 || step->worker == NULL)
      g_error ("step %u is none", i + 1);
    /* A step that waits for itself or a later one would never begin. */
    for (guint k = 0; k < step->needs->len; k++)
      if (g_array_index (step->needs, guint, k) < 1 || g_array_index (step->needs, guint, k) >= step->number)
        g_error ("step %u needs step %u", step->number, g_array_index (step->needs, guint, k));
    for (guint k = 0; k < i; k++)
      if (*step->file != '\0' && strcmp (((JobStep *) plan->steps->pdata[k])->file, step->file) == 0)
        g_error ("two steps make one file");
  }
}

/* What stands in a text stands in it; a cell becomes nothing but itself, a day, or "". */
static void
look_at_document (const char *text)
{
  g_autoptr (GArray) days = job_ground_find_days (text);
  g_autoptr (GPtrArray) lists = script_facts_find_lists (text);
  g_autoptr (GString) code = g_string_new (NULL), words = g_string_new (NULL);
  char *row[] = { (char *) "Ann", NULL };
  g_autofree char *cell = job_extract_dup_cell ("as 2026-12-31", text, row, text), *own = g_strstrip (g_strdup (text));
  double number;
  GDate day;

  for (guint i = 0; i < days->len; i++)
    if (!g_date_valid_julian (g_array_index (days, guint, i)))
      g_error ("a day that is none");
  for (guint i = 0; i < lists->len; i++)
    if (g_strv_length (lists->pdata[i]) < 2)
      g_error ("a list of one");
  if (!job_ground_read_number (text, &number) && !job_ground_has (text, text))
    g_error ("it does not stand in itself");
  if (*cell != '\0' && strcmp (cell, own) != 0 && !job_ground_read_day (cell, &day, NULL))
    g_error ("“%s” became “%s”", own, cell);
  job_ground_is_prose (text);
  if (script_records_append ("a-1.log", text, code, words) != (code->len > 0))
    g_error ("records without code");
}

int
LLVMFuzzerTestOneInput (const uint8_t *data, size_t size)
{
  static const char *const inputs[] = { "a.csv", "minutes.txt", NULL };
  g_autofree char *text = g_utf8_make_valid ((const char *) data, (gssize) size);
  JobPlanCase of = { .request = "Make totals.csv, report.md and a dashboard. How many are there?", .inputs = inputs, .tables = TRUE, .documents = TRUE, .scripts = size % 2 == 0 };
  JobPlanCase asked = { .request = text, .inputs = inputs };
  g_autoptr (GError) error = NULL, wrong = NULL;
  g_autoptr (JobPlan) plan = job_plan_read (&of, text, &error), hold = job_plan_new ();
  g_autoptr (JobMade) made = job_made_parse (text);
  g_autoptr (GPtrArray) rows = job_csv_parse (text, &wrong);
  g_auto (GStrv) files = job_plan_find_files (&asked), columns = job_plan_find_columns (text, "totals.csv");
  g_autofree char *schema = job_plan_dup_schema (&asked), *printed = made != NULL ? job_made_print (made) : NULL;
  JobStep *step = job_step_parse (text, 3);

  if ((plan == NULL) == (error == NULL) || (rows == NULL) == (wrong == NULL))
    g_error ("neither a result nor an error, or both");
  if (plan != NULL)
    look_at_plan (plan);
  look_at_document (text);
  if (step != NULL)
    g_ptr_array_add (hold->steps, step);
  return 0;
}
