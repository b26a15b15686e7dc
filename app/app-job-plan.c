/* SPDX-License-Identifier: GPL-3.0-or-later */
/* How a job is planned: what a model is told of what there is and of who could do what, and what becomes of its plan. */
#include "app-job-private.h"

#include <glib/gi18n.h>
#include <string.h>

#include "app-error.h"
#include "engine.h"

/* Of a plan; and how often one is written that cannot be carried out. */
#define PLAN_TOKENS 900
#define MAX_PLANS 2

static void write_plan (AppJob *self);

static void
on_plan_saved (GObject *source, GAsyncResult *result, gpointer data)
{
  g_autoptr (AppJob) self = data;
  GError *error = NULL;

  if (app_database_run_finish (APP_DATABASE (source), result, &error) == NULL)
    app_job_end (self, APP_JOB_FAILED, error);
  else
    app_job_go_on (self);
}

static void
take_plan (AppJob *self, JobPlan *plan)
{
  g_autoptr (GPtrArray) rows = g_ptr_array_new_with_free_func ((GDestroyNotify) app_job_step_row_free);
  g_autofree char *answer = g_strdup_printf (g_dngettext (NULL, "%u step", "%u steps", plan->steps->len), plan->steps->len);

  self->plan = plan;
  self->tokens_before += job_gate_get_tokens (self->planning);
  self->calls_before += job_gate_get_calls (self->planning);
  g_clear_object (&self->planning);
  app_lane_set_answer (self->planner, answer);
  app_lane_end (self->planner, APP_LANE_DONE);
  for (guint i = 0; i < plan->steps->len; i++) {
    g_autofree char *printed = job_step_print (plan->steps->pdata[i]);
    AppJobStepRow row = { .job = self->row->id, .number = i + 1, .plan = printed };

    g_ptr_array_add (rows, app_job_step_row_copy (&row));
    app_job_add_run (self, plan->steps->pdata[i], rows->pdata[i]);
  }
  self->row->state = APP_JOB_WORKING;
  app_job_save (self, rows, on_plan_saved);
}

static void
on_plan (GObject *source, GAsyncResult *result, gpointer data)
{
  g_autoptr (AppJob) self = data;
  JobPlanCase of;
  GError *error = NULL;
  g_autofree char *text = app_writing_finish (result, NULL, &error);
  JobPlan *plan;

  app_job_describe (self, &of);
  self->n_plans++;
  if (text == NULL) {
    gboolean spent = self->late || job_gate_is_spent (self->planning);
    if (self->cancelled || (self->late && g_error_matches (error, G_IO_ERROR, G_IO_ERROR_CANCELLED)))
      g_clear_error (&error);
    app_job_end (self, spent ? APP_JOB_SPENT : self->cancelled ? APP_JOB_STOPPED : APP_JOB_FAILED, error);
    return;
  }
  plan = job_plan_read (&of, text, &error);
  if (plan != NULL) {
    take_plan (self, plan);
  } else if (self->n_plans < MAX_PLANS) {
    g_free (self->complaint);
    self->complaint = g_strdup (error->message);
    g_error_free (error);
    write_plan (self);
  } else {
    GError *outer = g_error_new (APP_ERROR, APP_ERROR_INVALID, _("The model did not manage to plan this. %s"), error->message);
    g_error_free (error);
    app_job_end (self, APP_JOB_FAILED, outer);
  }
}

/* What there is and who could do what. (transfer full) */
static char *
dup_instructions (AppJob *self, const JobPlanCase *of)
{
  GString *text = g_string_new ("You plan work. Split what a person asks for into one to six steps and say for each who does it (kind), what it is (title, task), what it reads (uses: files, or \"step N\" for what an "
                                "earlier step made), and the file that it makes. Each worker sees only its own task and what it uses, so a task says exactly what is wanted: columns, conditions, what is counted. "
                                "Take as few steps as possible: one for each thing that is to come out, and one before them for tables that must first be joined or cleaned. Steps that do not need each other run at the same time.\nKinds:\n");

  for (guint i = 0; job_worker_get (i) != NULL; i++)
    if (job_worker_is_able (job_worker_get (i), of))
      g_string_append_printf (text, "- %s: %s\n", job_worker_get (i)->id, job_worker_get (i)->wanted);
  g_string_append (text, "Answer with JSON.");
  return g_string_free (text, FALSE);
}

static char *
dup_case (AppJob *self)
{
  GString *text = g_string_new ("What is attached:\n");

  for (guint i = 0; i < self->inputs->len; i++) {
    const JobInput *input = self->inputs->pdata[i];
    g_string_append_printf (text, "\"%s\"", input->name);
    if (input->dataset != NULL) {
      g_autofree char *schema = app_dataset_dup_schema (input->dataset, 700);
      g_string_append_printf (text, ":\n%s\n", schema);
    } else if (input->text != NULL) {
      g_autofree char *begin = g_utf8_substring (input->text, 0, MIN (g_utf8_strlen (input->text, -1), 400));
      g_string_append_printf (text, " begins:\n%s%s\n", begin, strlen (begin) < strlen (input->text) ? "…" : "");
    } else {
      g_string_append (text, "\n");
    }
  }
  if (self->inputs->len == 0)
    g_string_append (text, "nothing\n");
  g_string_append_printf (text, "\nThe person asks:\n%s", self->row->request);
  if (self->complaint != NULL)
    g_string_append_printf (text, "\n\nA first plan could not be carried out: %s", self->complaint);
  return g_string_free (text, FALSE);
}

/* Shown to the model as if it had been asked so before. */
static const struct {
  const char *asked, *planned;
} examples[] = {
  { "What is attached:\n\"members.csv\":\nmembers: id, name, city\n\"fees.csv\":\nfees: member, year, amount\n\nThe person asks:\nMake me a fee planner out of these two spreadsheets.",
    "{\"steps\": [{\"kind\": \"table\", \"title\": \"Fees of members\", \"task\": \"Join fees with members by member and id: name, city, year, amount\", \"uses\": [\"members.csv\", \"fees.csv\"], "
    "\"file\": \"fees_of_members.csv\", \"check\": \"every row\"}, {\"kind\": \"dashboard\", \"title\": \"Fees\", \"task\": \"Total of amount, amount by year, amount by city\", \"uses\": [\"step 1\"]}, "
    "{\"kind\": \"report\", \"title\": \"Short report\", \"task\": \"Total of amount, amount for each year, the city with the largest amount\", \"uses\": [\"step 1\"], \"file\": \"report.md\"}]}" },
  { "What is attached:\n\"minutes.txt\" begins:\nMinutes of the meeting…\n\"orders.csv\":\norders: date, product, amount\n\nThe person asks:\nMake by_product.csv with the columns product and total, and tell me the best product.",
    "{\"steps\": [{\"kind\": \"table\", \"title\": \"Totals of products\", \"task\": \"Sum of amount for each product, columns product and total\", \"uses\": [\"orders.csv\"], \"file\": \"by_product.csv\", "
    "\"check\": \"has rows\"}, {\"kind\": \"answer\", \"title\": \"The best product\", \"task\": \"Which product has the largest total?\", \"uses\": [\"step 1\"]}]}" },
};

static void
write_plan (AppJob *self)
{
  JobPlanCase of;
  AppSampling greedy;
  g_autoptr (AppPrompt) prompt = NULL;
  g_autofree char *schema = NULL, *instructions = NULL, *words = dup_case (self);
  EngineSchemaOptions options = { .closed = true, .tight = true };
  EngineError wrong = { 0 };
  EngineGrammar *grammar;

  app_job_describe (self, &of);
  schema = job_plan_dup_schema (&of);
  instructions = dup_instructions (self, &of);
  grammar = engine_grammar_from_schema (schema, strlen (schema), &options, &wrong);
  if (grammar == NULL) {
    app_job_end (self, APP_JOB_FAILED, g_error_new (APP_ERROR, APP_ERROR_ENGINE, "%s", wrong.message));
    return;
  }
  app_writing_greedy (&greedy, PLAN_TOKENS);
  prompt = app_prompt_new (&greedy);
  app_prompt_set_grammar (prompt, grammar);
  engine_grammar_unref (grammar);
  app_prompt_add (prompt, APP_ROLE_SYSTEM, NULL, instructions);
  for (guint i = 0; i < G_N_ELEMENTS (examples); i++) {
    app_prompt_add (prompt, APP_ROLE_USER, NULL, examples[i].asked);
    app_prompt_add (prompt, APP_ROLE_ASSISTANT, NULL, examples[i].planned);
  }
  app_prompt_add (prompt, APP_ROLE_USER, NULL, words);
  app_writing_async (APP_ENGINE (self->planning), prompt, self->cancellable, NULL, NULL, on_plan, g_object_ref (self));
}

void
app_job_plan (AppJob *self)
{
  app_lane_begin (self->planner, _("plans the steps"));
  app_lane_set_budget (self->planner, MAX_PLANS * PLAN_TOKENS, 0);
  self->planning = job_gate_new (self->engine, self->planner);
  job_gate_set_budget (self->planning, MIN (self->row->budget_tokens - self->tokens_before, MAX_PLANS * PLAN_TOKENS), MIN (self->row->budget_calls - self->calls_before, MAX_PLANS));
  write_plan (self);
}
