/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Puts right what a small model plans: what was asked for and nobody makes, what nobody asked for, and who does it. */
#include <glib/gi18n.h>
#include <string.h>

#include "job-plan-private.h"

/* So many are surely meant together. */
#define MANY_TABLES 6

/* Whether one of these words, with "|" between them, is in the request. */
static gboolean
says (const JobPlanCase *of, const char *words)
{
  g_auto (GStrv) list = g_strsplit (words, "|", -1);
  g_autofree char *lower = g_utf8_strdown (of->request, -1);

  for (guint i = 0; list[i] != NULL; i++)
    if (strstr (lower, list[i]) != NULL)
      return TRUE;
  return FALSE;
}

/* Whether a table is of what documents say in sentences, beside which tables are at most looked up. */
static gboolean
reads_words (const JobPlanCase *of, const JobWorker *planned)
{
  return of->prose && (!of->tables || of->many || (planned != NULL && g_str_equal (planned->id, "extract")));
}

/* Who makes a file that the request names, whatever the plan says: what has to be computed is computed by a program, and what is said in a text is read by a model. `planned`: (nullable) */
static const JobWorker *
choose_worker (const JobPlanCase *of, const char *file, const JobWorker *planned)
{
  const char *id = "text";

  if (g_str_has_suffix (file, ".csv") || g_str_has_suffix (file, ".tsv") || g_str_has_suffix (file, ".json"))
    id = reads_words (of, planned) ? "extract" : of->scripts && (of->tables || of->many || !of->prose) ? "script" : of->tables ? "table" : "extract";
  else if (g_str_has_suffix (file, ".html"))
    id = "page";
  else if (of->tables)
    id = planned != NULL && g_str_equal (planned->id, "text") && !says (of, "report|bericht|figure|total|sum") ? "text" : "report";
  else if (of->scripts && of->many && says (of, "merge|together|into one|in the order|sort|combine|zusammen|nacheinander"))
    id = "script";
  const JobWorker *worker = job_worker_find (id);
  return worker != NULL && job_worker_is_able (worker, of) ? worker : planned != NULL ? planned : job_worker_find ("text");
}

static gboolean
is_made (JobPlan *plan, const char *file)
{
  for (guint i = 0; i < plan->steps->len; i++)
    if (g_str_equal (((JobStep *) plan->steps->pdata[i])->file, file))
      return TRUE;
  return FALSE;
}

static gboolean
has_worker (JobPlan *plan, const char *id)
{
  for (guint i = 0; i < plan->steps->len; i++)
    if (g_str_equal (((JobStep *) plan->steps->pdata[i])->worker->id, id))
      return TRUE;
  return FALSE;
}

/* All that is attached, and the tables that steps before it make. */
static void
use_all (JobPlan *plan, JobStep *step, const JobPlanCase *of, gboolean results)
{
  g_strfreev (step->uses);
  step->uses = g_strdupv ((char **) of->inputs);
  for (guint i = 0; results && i < plan->steps->len; i++) {
    const JobStep *other = plan->steps->pdata[i];
    gboolean known = other->number >= step->number || !g_str_has_suffix (other->file, ".csv");
    for (guint k = 0; k < step->needs->len && !known; k++)
      known = g_array_index (step->needs, guint, k) == other->number;
    if (!known)
      g_array_append_val (step->needs, other->number);
  }
}

static JobStep *
add_step (JobPlan *plan, const JobPlanCase *of, const JobWorker *worker, const char *file)
{
  JobStep *step;

  if (plan->steps->len >= JOB_MAX_STEPS || worker == NULL || !job_worker_is_able (worker, of))
    return NULL;
  step = job_step_new (worker, plan->steps->len + 1);
  step->title = *file != '\0' && strstr (of->request, file) != NULL ? g_strdup (file) : g_strdup (_(worker->name));
  step->task = *file != '\0' ? g_strdup_printf ("Make the file %s, as it was asked for.", file) : g_strdup (of->request);
  g_free (step->file);
  step->file = g_strdup (file);
  g_ptr_array_add (plan->steps, step);
  return step;
}

/* Takes a step out, and out of what others need. */
static void
drop_step (JobPlan *plan, guint index)
{
  guint gone = ((JobStep *) plan->steps->pdata[index])->number;

  g_ptr_array_remove_index (plan->steps, index);
  for (guint k = 0; k < plan->steps->len; k++) {
    JobStep *step = plan->steps->pdata[k];
    if (step->number > gone)
      step->number--;
    for (guint n = step->needs->len; n-- > 0;) {
      guint *need = &g_array_index (step->needs, guint, n);
      if (*need == gone)
        g_array_remove_index (step->needs, n);
      else if (*need > gone)
        (*need)--;
    }
  }
}

/* What the words of a request must say for such a step to be wanted. */
static const struct {
  const char *worker, *words;
} wants[] = {
  { "dashboard", "dashboard|chart|graph|overview|planner|diagram|übersicht|visual|see all|page" },
  { "page", "page|quiz|planner|calculator|tool|game|site|invitation|checklist|app|tracker|form|html|seite|spiel|rechner" },
  { "report", "report|summary|summar|bericht|analys|document|describe|write" },
  { "extract", "" },
};

/* Nobody asked for it: a small model likes to add what it has seen in an example. */
static gboolean
is_unasked (const JobStep *step, const JobPlanCase *of, gboolean named)
{
  if (named && *step->file != '\0' && strstr (of->request, step->file) != NULL)
    return FALSE;
  for (guint i = 0; i < G_N_ELEMENTS (wants); i++)
    if (g_str_equal (step->worker->id, wants[i].worker))
      return *wants[i].words != '\0' && !says (of, wants[i].words);
  return FALSE;
}

static gboolean
is_needed (JobPlan *plan, const JobStep *step)
{
  for (guint i = 0; i < plan->steps->len; i++) {
    const JobStep *other = plan->steps->pdata[i];
    for (guint k = 0; k < other->needs->len; k++)
      if (g_array_index (other->needs, guint, k) == step->number)
        return TRUE;
  }
  return FALSE;
}

/* The same twice, or a part of what a report that was asked for by its name says whole. */
static gboolean
is_repeated (JobPlan *plan, guint index, const char *const *named)
{
  const JobStep *step = plan->steps->pdata[index];
  gboolean report = g_str_equal (step->worker->id, "report") && !g_strv_contains (named, step->file);

  for (guint i = 0; i < plan->steps->len; i++) {
    const JobStep *other = plan->steps->pdata[i];
    if (i == index || other->worker != step->worker)
      continue;
    if ((i < index && (*step->worker->suffix == '\0' || g_str_equal (other->task, step->task))) || (report && g_strv_contains (named, other->file)))
      return TRUE;
  }
  return FALSE;
}

/* What is shown and told is of this step's table alone. */
static void
show_made (JobPlan *plan, guint number)
{
  for (guint i = number; i < plan->steps->len; i++) {
    JobStep *other = plan->steps->pdata[i];
    if (!g_str_equal (other->worker->id, "dashboard") && !g_str_equal (other->worker->id, "report"))
      continue;
    g_array_set_size (other->needs, 0);
    g_array_append_val (other->needs, number);
    g_strfreev (other->uses);
    other->uses = g_new0 (char *, 1);
  }
}

/* Where no table is named, one is enough: that which is made of most. A small model writes the same in four ways, and of a request about several tables it keeps a part: who makes that one has the request itself, and all of them.
 * Returns the step that is so. (transfer none) (nullable) */
static JobStep *
keep_one_table (JobPlan *plan, const JobPlanCase *of)
{
  JobStep *best = NULL;

  for (guint i = 0; i < plan->steps->len; i++) {
    JobStep *step = plan->steps->pdata[i];
    if (g_str_has_suffix (step->file, ".csv") && (best == NULL || g_strv_length (step->uses) + step->needs->len >= g_strv_length (best->uses) + best->needs->len))
      best = step;
  }
  for (guint i = plan->steps->len; best != NULL && i-- > 0;) {
    JobStep *step = plan->steps->pdata[i];
    if (g_str_has_suffix (step->file, ".csv") && step != best)
      drop_step (plan, i);
  }
  if (best != NULL && g_str_equal (best->worker->id, "script") && of->n_tables > 1 && of->n_tables <= MANY_TABLES) {
    g_free (best->task);
    best->task = g_strdup (of->request);
    use_all (plan, best, of, FALSE);
    return best;
  }
  return NULL;
}

/* "sales.csv": sales. (transfer full) */
static char *
dup_stem (const char *name)
{
  const char *dot = strrchr (name, '.');

  return g_strndup (name, dot != NULL ? (gsize) (dot - name) : strlen (name));
}

/* A planner out of several tables, of which nothing more is said: they are joined, as far as they say themselves how, and what is shown and told is of that. */
static void
join_all (JobPlan *plan, const JobPlanCase *of)
{
  g_autoptr (GString) task = g_string_new ("Join"), file = g_string_new (NULL);
  JobStep *step = NULL;

  for (guint i = 0; i < plan->steps->len && step == NULL; i++)
    if (g_str_has_suffix (((JobStep *) plan->steps->pdata[i])->file, ".csv"))
      step = plan->steps->pdata[i];
  if (step == NULL || step->number != 1)
    return;
  for (const char *const *input = of->inputs; *input != NULL; input++) {
    g_autofree char *stem = dup_stem (*input);
    g_string_append_printf (task, "%s %s", input == of->inputs ? "" : input[1] == NULL ? " and" : ",", stem);
    g_string_append_printf (file, "%s%s", input == of->inputs ? "" : "_", stem);
  }
  g_string_append (file, ".csv");
  step->worker = job_worker_find ("table");
  g_free (step->task);
  step->task = g_strdup (task->str);
  g_free (step->title);
  step->title = g_strdup (task->str);
  g_free (step->file);
  step->file = g_strdup (file->len <= 60 ? file->str : "joined.csv");
  use_all (plan, step, of, FALSE);
  show_made (plan, 1);
}

static gboolean
has_csv (GStrv files)
{
  for (; *files != NULL; files++)
    if (g_str_has_suffix (*files, ".csv"))
      return TRUE;
  return FALSE;
}

/* What the request surely wants and the plan has not, and what it has and nobody wants. */
static void
complete (JobPlan *plan, const JobPlanCase *of)
{
  static const struct {
    const char *words, *worker;
  } sure[] = { { "dashboard|planner", "dashboard" }, { "report|bericht|planner", "report" } };
  g_auto (GStrv) named = job_plan_find_files (of);

  for (guint i = 0; i < plan->steps->len; i++) {
    JobStep *step = plan->steps->pdata[i];
    if (*step->file != '\0' && g_strv_contains ((const char *const *) named, step->file))
      step->worker = choose_worker (of, step->file, step->worker);
    /* One table of several: a statement that joins them is more than a small model writes. */
    else if (g_str_equal (step->worker->id, "table") && of->scripts && of->n_tables > 1)
      step->worker = job_worker_find ("script");
    /* A page of tables, on which there is nothing to do but to look. */
    else if (g_str_equal (step->worker->id, "page") && of->tables && !says (of, "quiz|game|calculator|converter|timer|checklist|form|invitation|spiel|rechner")) {
      step->worker = job_worker_find ("dashboard");
      *step->file = '\0';
    }
  }
  /* Where tables are named, no others are made on the way: whoever makes one of these sees all that there is. Nor is one made that only a dashboard would look at. */
  for (guint i = plan->steps->len; i-- > 0;) {
    const JobStep *step = plan->steps->pdata[i];
    gboolean table = g_str_has_suffix (step->file, ".csv") && !g_strv_contains ((const char *const *) named, step->file);
    if (plan->steps->len > 1 && table && (has_csv (named) || !says (of, "table|join|combine|merge|planner|clean|list|tabelle|liste")))
      drop_step (plan, i);
  }
  JobStep *whole = named[0] == NULL ? keep_one_table (plan, of) : NULL;
  for (guint i = plan->steps->len; i-- > 0;)
    if (plan->steps->len > 1 && !is_needed (plan, plan->steps->pdata[i]) && (is_unasked (plan->steps->pdata[i], of, named[0] != NULL) || is_repeated (plan, i, (const char *const *) named)))
      drop_step (plan, i);
  for (guint i = 0; named[i] != NULL; i++)
    if (!is_made (plan, named[i]))
      add_step (plan, of, choose_worker (of, named[i], NULL), named[i]);
  /* Who makes a file that was asked for sees everything: the plan of a small model forgets some of it. */
  for (guint i = 0; i < plan->steps->len; i++) {
    JobStep *step = plan->steps->pdata[i];
    if (*step->file != '\0' && g_strv_contains ((const char *const *) named, step->file) && g_strv_length ((char **) of->inputs) <= 16)
      use_all (plan, step, of, FALSE);
  }
  for (guint i = 0; i < G_N_ELEMENTS (sure); i++)
    if (says (of, sure[i].words) && !has_worker (plan, sure[i].worker)) {
      const JobWorker *worker = job_worker_find (sure[i].worker);
      JobStep *step = add_step (plan, of, worker, *worker->suffix != '\0' ? "report.md" : "");
      if (step != NULL)
        step->needs = g_array_set_size (step->needs, 0);
    }
  /* What is shown and told is what was made of the files, where something was: the plan of a small model forgets that. */
  for (guint i = 1; i < plan->steps->len; i++) {
    JobStep *step = plan->steps->pdata[i];
    const JobStep *first = plan->steps->pdata[0];
    gboolean report = g_str_equal (step->worker->id, "report");
    if ((report || g_str_equal (step->worker->id, "dashboard")) && step->needs->len == 0 && g_str_has_suffix (first->file, ".csv")) {
      guint number = 1;
      g_array_append_val (step->needs, number);
    }
    if (report && step->needs->len > 0) {
      g_strfreev (step->uses);
      step->uses = g_new0 (char *, 1);
    }
  }
  /* Whoever answers comes last, when there is all that the words speak of. */
  for (guint i = plan->steps->len; i-- > 0;) {
    const JobStep *step = plan->steps->pdata[i];
    if (g_str_equal (step->worker->id, "answer") && i + 1 < plan->steps->len && !is_needed (plan, step))
      drop_step (plan, i);
  }
  if (job_worker_is_able (job_worker_find ("answer"), of) && !has_worker (plan, "answer"))
    add_step (plan, of, job_worker_find ("answer"), "");
  for (guint i = 0; i < plan->steps->len; i++) {
    JobStep *step = plan->steps->pdata[i];
    if (g_str_equal (step->worker->id, "answer"))
      use_all (plan, step, of, TRUE);
    else if (g_str_equal (step->worker->id, "dashboard"))
      use_all (plan, step, of, FALSE);
  }
  if (whole != NULL && g_ptr_array_find (plan->steps, whole, NULL))
    show_made (plan, whole->number);
  if (named[0] == NULL && of->n_tables > 1 && of->n_tables <= MANY_TABLES && says (of, "planner") && g_utf8_strlen (of->request, -1) < 120)
    join_all (plan, of);
}

/* Whether another than one that only answers needs it: an answer is of the files that were asked for, and of what is attached. */
static gboolean
is_material (JobPlan *plan, const JobStep *step)
{
  for (guint i = 0; i < plan->steps->len; i++) {
    const JobStep *other = plan->steps->pdata[i];
    for (guint k = 0; k < other->needs->len && !g_str_equal (other->worker->id, "answer"); k++)
      if (g_array_index (other->needs, guint, k) == step->number)
        return TRUE;
  }
  return FALSE;
}

/* Steps that make a file which was not asked for, where some were asked for and nobody needs this one. */
static gboolean
is_idle (JobPlan *plan, const JobStep *step, const char *const *named)
{
  return *named != NULL && *step->file != '\0' && !g_strv_contains (named, step->file) && !is_material (plan, step) && !g_str_equal (step->worker->id, "report");
}

static void
drop_idle (JobPlan *plan, const JobPlanCase *of)
{
  g_auto (GStrv) named = job_plan_find_files (of);

  for (guint i = plan->steps->len; i-- > 0;)
    if (plan->steps->len > 1 && is_idle (plan, plan->steps->pdata[i], (const char *const *) named))
      drop_step (plan, i);
}

void
job_plan_mend (JobPlan *plan, const JobPlanCase *of)
{
  drop_idle (plan, of);
  complete (plan, of);
}
