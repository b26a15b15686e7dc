/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "job-plan-private.h"

#include <glib/gi18n.h>
#include <string.h>

#include "app-error.h"

static void
step_free (gpointer data)
{
  JobStep *step = data;

  g_free (step->title);
  g_free (step->task);
  g_strfreev (step->uses);
  g_array_unref (step->needs);
  g_free (step->file);
  g_free (step->check);
  g_free (step);
}

JobPlan *
job_plan_new (void)
{
  JobPlan *plan = g_new0 (JobPlan, 1);

  plan->steps = g_ptr_array_new_with_free_func (step_free);
  return plan;
}

void
job_plan_free (JobPlan *plan)
{
  if (plan == NULL)
    return;
  g_ptr_array_unref (plan->steps);
  g_free (plan);
}

JobStep *
job_step_new (const JobWorker *worker, guint number)
{
  JobStep *step = g_new0 (JobStep, 1);

  step->number = number;
  step->worker = worker;
  step->uses = g_new0 (char *, 1);
  step->needs = g_array_new (FALSE, FALSE, sizeof (guint));
  step->file = g_strdup ("");
  step->check = g_strdup ("");
  return step;
}

const char *
job_plan_get_string (JsonObject *object, const char *name)
{
  JsonNode *node = json_object_get_member (object, name);

  return node != NULL && JSON_NODE_HOLDS_VALUE (node) && json_node_get_value_type (node) == G_TYPE_STRING ? json_node_get_string (node) : "";
}

/* ---- reading ---- */

/* A name that no earlier step has: "totals-2.csv". */
static void
make_single (JobPlan *plan, JobStep *step)
{
  for (guint n = 2; *step->file != '\0'; n++) {
    gboolean taken = FALSE;
    for (guint i = 0; i < plan->steps->len && !taken; i++)
      taken = g_str_equal (((JobStep *) plan->steps->pdata[i])->file, step->file);
    if (!taken)
      return;
    const char *dot = strrchr (step->file, '.');
    g_autofree char *stem = dot != NULL ? g_strndup (step->file, (gsize) (dot - step->file)) : g_strdup (step->file);
    char *other = g_strdup_printf ("%s-%u%s", stem, n, dot != NULL ? dot : "");
    g_free (step->file);
    step->file = other;
  }
}

static void
take_uses (JobStep *step, JsonObject *object, const JobPlanCase *of)
{
  JsonNode *node = json_object_get_member (object, "uses");
  JsonArray *list = node != NULL && JSON_NODE_HOLDS_ARRAY (node) ? json_node_get_array (node) : NULL;
  g_autoptr (GPtrArray) uses = g_ptr_array_new ();

  for (guint i = 0; list != NULL && i < json_array_get_length (list); i++) {
    JsonNode *item = json_array_get_element (list, i);
    const char *name = JSON_NODE_HOLDS_VALUE (item) && json_node_get_value_type (item) == G_TYPE_STRING ? json_node_get_string (item) : "";

    if (g_str_has_prefix (name, "step ")) {
      guint number = (guint) g_ascii_strtoull (name + 5, NULL, 10);
      gboolean known = FALSE;
      for (guint k = 0; k < step->needs->len; k++)
        known |= g_array_index (step->needs, guint, k) == number;
      if (number >= 1 && number < step->number && !known) /* a step that comes later, or itself, would never begin */
        g_array_append_val (step->needs, number);
    } else if (g_strv_contains (of->inputs, name) && !g_ptr_array_find_with_equal_func (uses, name, g_str_equal, NULL)) {
      g_ptr_array_add (uses, (gpointer) name);
    }
  }
  g_ptr_array_add (uses, NULL);
  g_strfreev (step->uses);
  step->uses = g_strdupv ((char **) uses->pdata);
}

static JobStep *
read_step (JsonObject *object, guint number, const JobPlanCase *of, GError **error)
{
  const JobWorker *worker = job_worker_find (job_plan_get_string (object, "kind"));
  JobStep *step;

  if (worker == NULL || !job_worker_is_able (worker, of)) {
    g_set_error (error, APP_ERROR, APP_ERROR_INVALID, _("Step %u of the plan is of a kind that there is not, “%s”."), number, job_plan_get_string (object, "kind"));
    return NULL;
  }
  if (*job_plan_get_string (object, "task") == '\0') {
    g_set_error (error, APP_ERROR, APP_ERROR_INVALID, _("Step %u of the plan does not say what is to be done."), number);
    return NULL;
  }
  step = job_step_new (worker, number);
  step->title = g_utf8_substring (job_plan_get_string (object, "title"), 0, MIN (g_utf8_strlen (job_plan_get_string (object, "title"), -1), MAX_TITLE));
  step->task = g_strdup (job_plan_get_string (object, "task"));
  take_uses (step, object, of);
  if (*worker->suffix != '\0') {
    g_free (step->file);
    step->file = g_strdup (job_plan_get_string (object, "file"));
  }
  g_free (step->check);
  step->check = g_strdup (worker->checks != NULL ? job_plan_get_string (object, "check") : "");
  return step;
}

JobPlan *
job_plan_read (const JobPlanCase *of, const char *json, GError **error)
{
  g_autoptr (JsonNode) node = json_from_string (json, NULL);
  JsonObject *object = node != NULL && JSON_NODE_HOLDS_OBJECT (node) ? json_node_get_object (node) : NULL;
  JsonNode *list = object != NULL ? json_object_get_member (object, "steps") : NULL;
  JsonArray *array = list != NULL && JSON_NODE_HOLDS_ARRAY (list) ? json_node_get_array (list) : NULL;
  g_autoptr (JobPlan) plan = job_plan_new ();

  if (array == NULL || json_array_get_length (array) == 0 || json_array_get_length (array) > JOB_MAX_STEPS) {
    g_set_error (error, APP_ERROR, APP_ERROR_INVALID, _("The plan is no list of one to %d steps."), JOB_MAX_STEPS);
    return NULL;
  }
  for (guint i = 0; i < json_array_get_length (array); i++) {
    JsonNode *item = json_array_get_element (array, i);
    JobStep *step = JSON_NODE_HOLDS_OBJECT (item) ? read_step (json_node_get_object (item), i + 1, of, error) : NULL;

    if (step == NULL) {
      if (error != NULL && *error == NULL)
        g_set_error (error, APP_ERROR, APP_ERROR_INVALID, _("Step %u of the plan is none."), i + 1);
      return NULL;
    }
    make_single (plan, step);
    g_ptr_array_add (plan->steps, step);
  }
  job_plan_mend (plan, of);
  return g_steal_pointer (&plan);
}

/* ---- the journal ---- */

char *
job_step_print (const JobStep *step)
{
  g_autoptr (JsonBuilder) builder = json_builder_new ();
  g_autoptr (JsonNode) root = NULL;
  const struct {
    const char *name, *value;
  } members[] = { { "kind", step->worker->id }, { "title", step->title }, { "task", step->task }, { "file", step->file }, { "check", step->check } };

  json_builder_begin_object (builder);
  for (guint i = 0; i < G_N_ELEMENTS (members); i++) {
    json_builder_set_member_name (builder, members[i].name);
    json_builder_add_string_value (builder, members[i].value);
  }
  json_builder_set_member_name (builder, "uses");
  json_builder_begin_array (builder);
  for (guint i = 0; step->uses[i] != NULL; i++)
    json_builder_add_string_value (builder, step->uses[i]);
  json_builder_end_array (builder);
  json_builder_set_member_name (builder, "needs");
  json_builder_begin_array (builder);
  for (guint i = 0; i < step->needs->len; i++)
    json_builder_add_int_value (builder, g_array_index (step->needs, guint, i));
  json_builder_end_array (builder);
  json_builder_end_object (builder);
  root = json_builder_get_root (builder);
  return json_to_string (root, FALSE);
}

JobStep *
job_step_parse (const char *json, guint number)
{
  g_autoptr (JsonNode) node = json_from_string (json, NULL);
  JsonObject *object = node != NULL && JSON_NODE_HOLDS_OBJECT (node) ? json_node_get_object (node) : NULL;
  const JobWorker *worker = object != NULL ? job_worker_find (job_plan_get_string (object, "kind")) : NULL;
  JsonNode *uses, *needs;
  g_autoptr (GStrvBuilder) names = g_strv_builder_new ();
  JobStep *step;

  if (worker == NULL)
    return NULL;
  step = job_step_new (worker, number);
  step->title = g_strdup (job_plan_get_string (object, "title"));
  step->task = g_strdup (job_plan_get_string (object, "task"));
  g_free (step->file);
  step->file = g_strdup (job_plan_get_string (object, "file"));
  g_free (step->check);
  step->check = g_strdup (job_plan_get_string (object, "check"));
  uses = json_object_get_member (object, "uses");
  needs = json_object_get_member (object, "needs");
  for (guint i = 0; uses != NULL && JSON_NODE_HOLDS_ARRAY (uses) && i < json_array_get_length (json_node_get_array (uses)); i++)
    if (json_node_get_value_type (json_array_get_element (json_node_get_array (uses), i)) == G_TYPE_STRING)
      g_strv_builder_add (names, json_array_get_string_element (json_node_get_array (uses), i));
  g_strfreev (step->uses);
  step->uses = g_strv_builder_end (names);
  for (guint i = 0; needs != NULL && JSON_NODE_HOLDS_ARRAY (needs) && i < json_array_get_length (json_node_get_array (needs)); i++) {
    JsonNode *item = json_array_get_element (json_node_get_array (needs), i);
    gint64 value = json_node_get_value_type (item) == G_TYPE_INT64 ? json_node_get_int (item) : 0;
    guint need = (guint) CLAMP (value, 0, JOB_MAX_STEPS);
    if (need >= 1 && need < number)
      g_array_append_val (step->needs, need);
  }
  return step;
}
