/* SPDX-License-Identifier: GPL-3.0-or-later */
/* A report: a document whose figures are computed. Where somebody runs scripts, a program writes it, in whose text no digit can stand but by computing. Without one, or where nothing came of it, the model says
 * which questions the report rests on; each is a statement (AppAsk) whose answer is put in as it is. Then it writes a few sentences about these answers, of which those with a number that stands in none of them
 * are left out. */
#include <glib/gi18n.h>
#include <math.h>
#include <string.h>

#include "app-ask.h"
#include "app-error.h"
#include "job-script.h"
#include "job-worker.h"
#include "tables/answer-text.h"

extern const JobWorker report_worker;

#define MAX_QUESTIONS 5
#define MAX_SUMMARY 220

typedef struct {
  const JobTask *of;
  char *title;
  GPtrArray *headings, *questions, *answers; /* char; answers: Markdown, "" where a question has none */
  AppAsk *ask;
  GString *sql; /* the statements, for who wants to know */
} Report;

static void
report_free (gpointer data)
{
  Report *report = data;

  g_free (report->title);
  g_ptr_array_unref (report->headings);
  g_ptr_array_unref (report->questions);
  g_ptr_array_unref (report->answers);
  g_clear_object (&report->ask);
  g_string_free (report->sql, TRUE);
  g_free (report);
}

static Report *
get_report (GTask *task)
{
  return g_object_get_data (G_OBJECT (task), "report");
}

/* ---- the sentences ---- */

/* Numbers of a text, without the signs of groups: "1,204.50" is 1204.5. GArray of double. */
static GArray *
find_numbers (const char *text)
{
  GArray *numbers = g_array_new (FALSE, FALSE, sizeof (double));

  for (const char *at = text; *at != '\0';) {
    if (!g_ascii_isdigit (*at)) {
      at++;
      continue;
    }
    g_autoptr (GString) digits = g_string_new (NULL);
    for (; g_ascii_isdigit (*at) || ((*at == ',' || *at == '.') && g_ascii_isdigit (at[1])); at++) {
      gboolean group = *at == ',' && g_ascii_isdigit (at[1]) && g_ascii_isdigit (at[2]) && g_ascii_isdigit (at[3]) && !g_ascii_isdigit (at[4]);
      if (group)
        continue;
      g_string_append_c (digits, *at == ',' ? '.' : *at);
    }
    double number = g_ascii_strtod (digits->str, NULL);
    g_array_append_val (numbers, number);
  }
  return numbers;
}

/* Whether each number of a sentence stands in the answers, perhaps rounded there or here. */
static gboolean
is_covered (const char *sentence, const GArray *known)
{
  g_autoptr (GArray) numbers = find_numbers (sentence);

  for (guint i = 0; i < numbers->len; i++) {
    double number = g_array_index (numbers, double, i);
    gboolean found = FALSE;
    for (guint k = 0; k < known->len && !found; k++) {
      double other = g_array_index (known, double, k);
      found = fabs (number - other) <= 0.005 + 1e-9 * fabs (other) || (number == round (number) && fabs (other) >= 100 && number == round (other));
    }
    if (!found)
      return FALSE;
  }
  return TRUE;
}

/* Without what no answer says. (transfer full) */
static char *
dup_covered (const Report *report, const char *text)
{
  g_autofree char *answers = NULL;
  g_autoptr (GString) all = g_string_new (report->of->request), kept = g_string_new (NULL);
  g_autoptr (GArray) known = NULL;
  const char *begin = text;

  for (guint i = 0; i < report->answers->len; i++)
    g_string_append_printf (all, "\n%s", (const char *) report->answers->pdata[i]);
  known = find_numbers (all->str);
  for (const char *at = text;; at++) {
    gboolean ends = *at == '\0' || (strchr (".!?\n", *at) != NULL && (at[1] == '\0' || g_ascii_isspace (at[1])));
    if (!ends)
      continue;
    g_autofree char *sentence = g_strndup (begin, (gsize) (at - begin) + (*at != '\0'));
    /* What repeats the request says nothing. */
    if (*g_strstrip (sentence) != '\0' && is_covered (sentence, known) && strstr (sentence, report->of->request) == NULL && strstr (report->of->request, sentence) == NULL)
      g_string_append_printf (kept, "%s%s", kept->len > 0 ? " " : "", sentence);
    if (*at == '\0')
      break;
    begin = at + 1;
  }
  return g_strdup (kept->str);
}

/* ---- the document ---- */

static void
finish (GTask *task, const char *summary)
{
  Report *report = get_report (task);
  const JobStep *step = report->of->step;
  g_autoptr (GString) text = g_string_new (NULL);
  JobMade *made = job_made_new ();

  g_string_append_printf (text, "# %s\n\n", report->title);
  if (*summary != '\0')
    g_string_append_printf (text, "%s\n\n", summary);
  for (guint i = 0; i < report->answers->len; i++)
    if (*(const char *) report->answers->pdata[i] != '\0')
      g_string_append_printf (text, "## %s\n\n%s\n\n", (const char *) report->headings->pdata[i], (const char *) report->answers->pdata[i]);
  g_free (made->said);
  made->said = g_strdup (summary);
  made->kind = g_strdup ("document");
  made->title = g_strdup (report->title);
  made->source = g_strdup (text->str);
  if (*step->file != '\0')
    job_made_add_file (made, step->file, text->str);
  g_task_return_pointer (task, made, (GDestroyNotify) job_made_free);
}

static void
on_summary (GObject *source, GAsyncResult *result, gpointer data)
{
  g_autoptr (GTask) task = data;
  GError *error = NULL;
  g_autofree char *text = job_task_write_finish (result, &error), *kept = NULL;

  /* The figures are the report; without the sentences it is one, too. */
  if (text == NULL && !g_error_matches (error, APP_ERROR, APP_ERROR_INVALID)) {
    g_task_return_error (task, error);
    return;
  }
  g_clear_error (&error);
  kept = dup_covered (get_report (task), text != NULL ? text : "");
  /* Sentences without a figure say nothing of the figures. */
  if (strpbrk (kept, "0123456789") == NULL)
    *kept = '\0';
  finish (task, kept);
}

static void
summarise (GTask *task)
{
  static const char rules[] = "You write two to four plain sentences that say what some figures mean for a person, in the person's language. Use only numbers that stand in the figures, exactly as they stand there. "
                              "No heading, no list.";
  Report *report = get_report (task);
  g_autoptr (GString) words = g_string_new (NULL);
  guint n = 0;

  for (guint i = 0; i < report->answers->len; i++) {
    const char *answer = report->answers->pdata[i];
    if (*answer == '\0')
      continue;
    n++;
    g_string_append_printf (words, "%s\n%s\n\n", (const char *) report->questions->pdata[i], answer);
  }
  if (n == 0) {
    g_task_return_new_error (task, APP_ERROR, APP_ERROR_INVALID, _("None of the questions of this report could be answered from the tables."));
    return;
  }
  g_string_append (words, "Say what is most important in these figures.");
  job_task_write_async (report->of, rules, words->str, NULL, MAX_SUMMARY, g_task_get_cancellable (task), on_summary, g_object_ref (task));
}

/* ---- the questions ---- */

static void ask_next (GTask *task);

static void
on_asked (GObject *source, GAsyncResult *result, gpointer data)
{
  g_autoptr (GTask) task = data;
  Report *report = get_report (task);
  AppAskReport how;
  g_autoptr (GError) error = NULL;
  g_autoptr (AppResult) answer = app_ask_run_finish (APP_ASK (source), result, &how, &error);

  if (answer == NULL && !g_error_matches (error, APP_ERROR, APP_ERROR_INVALID) && !g_error_matches (error, G_IO_ERROR, G_IO_ERROR_TIMED_OUT)) {
    app_ask_report_clear (&how);
    g_task_return_error (task, g_steal_pointer (&error));
    return;
  }
  /* Nothing was found for a question that the model made up: it is left out. */
  g_ptr_array_add (report->answers, answer != NULL && app_result_get_n_rows (answer) > 0 ? answer_text_new (answer) : g_strdup (""));
  if (answer != NULL)
    g_string_append_printf (report->sql, "%s;\n\n", app_result_get_sql (answer));
  app_ask_report_clear (&how);
  ask_next (task);
}

static void
ask_next (GTask *task)
{
  Report *report = get_report (task);

  if (report->answers->len < report->questions->len)
    app_ask_run_async (report->ask, report->of->engine, report->questions->pdata[report->answers->len], NULL, g_task_get_cancellable (task), on_asked, g_object_ref (task));
  else
    summarise (task);
}

static void
on_questions (GObject *source, GAsyncResult *result, gpointer data)
{
  g_autoptr (GTask) task = data;
  Report *report = get_report (task);
  GError *error = NULL;
  g_autofree char *text = job_task_write_finish (result, &error);
  g_autoptr (JsonNode) node = text != NULL ? json_from_string (text, NULL) : NULL;
  JsonObject *object = node != NULL && JSON_NODE_HOLDS_OBJECT (node) ? json_node_get_object (node) : NULL;
  JsonNode *list = object != NULL ? json_object_get_member (object, "parts") : NULL;

  if (list == NULL || !JSON_NODE_HOLDS_ARRAY (list)) {
    g_task_return_error (task, error != NULL ? error : g_error_new_literal (APP_ERROR, APP_ERROR_INVALID, _("What was written is no list of questions.")));
    return;
  }
  report->title = g_strdup (json_object_get_string_member_with_default (object, "title", report->of->step->title));
  for (guint i = 0; i < json_array_get_length (json_node_get_array (list)) && i < MAX_QUESTIONS; i++) {
    JsonNode *item = json_array_get_element (json_node_get_array (list), i);
    JsonObject *part = JSON_NODE_HOLDS_OBJECT (item) ? json_node_get_object (item) : NULL;
    const char *question = part != NULL ? json_object_get_string_member_with_default (part, "question", "") : "";
    if (*question == '\0' || g_ptr_array_find_with_equal_func (report->questions, question, g_str_equal, NULL))
      continue;
    g_ptr_array_add (report->headings, g_strdup (json_object_get_string_member_with_default (part, "heading", question)));
    g_ptr_array_add (report->questions, g_strdup (question));
  }
  report->ask = app_ask_new (report->of->datasets);
  ask_next (task);
}

static void
ask (const JobTask *of, GTask *task)
{
  static const char rules[] = "You prepare a short report. Say its title and the questions that it rests on: each is answered by one SQL statement over the tables, a total, a count, an average, a group by something, "
                              "the largest. Ask for everything that the person wants to have in it, each thing once, in words that name tables and columns. Answer with JSON.";
  static const char schema[] = "{\"type\":\"object\",\"properties\":{\"title\":{\"type\":\"string\",\"minLength\":3,\"maxLength\":60},\"parts\":{\"type\":\"array\",\"minItems\":1,\"maxItems\":5,\"items\":{\"type\":\"object\","
                               "\"properties\":{\"heading\":{\"type\":\"string\",\"minLength\":3,\"maxLength\":50},\"question\":{\"type\":\"string\",\"minLength\":8,\"maxLength\":160}},"
                               "\"required\":[\"heading\",\"question\"],\"additionalProperties\":false}}},\"required\":[\"title\",\"parts\"],\"additionalProperties\":false}";
  Report *report = g_new0 (Report, 1);
  g_autofree char *inputs = job_task_dup_inputs (of, 5000), *words = job_task_dup_words (of), *findings = job_task_dup_findings (of);
  g_autofree char *all = g_strdup_printf ("%s\n\n%s\n\n%s", inputs, words, findings);

  report->of = of;
  report->headings = g_ptr_array_new_with_free_func (g_free);
  report->questions = g_ptr_array_new_with_free_func (g_free);
  report->answers = g_ptr_array_new_with_free_func (g_free);
  report->sql = g_string_new (NULL);
  g_object_set_data_full (G_OBJECT (task), "report", report, report_free);
  job_task_write_async (of, rules, all, schema, 420, g_task_get_cancellable (task), on_questions, task);
}

/* ---- by a program ---- */

/* The first lines of text, which are no heading and no list. (transfer full) */
static char *
dup_begin (const char *text)
{
  g_auto (GStrv) parts = g_strsplit (text, "\n\n", -1);

  for (guint i = 0; parts[i] != NULL; i++)
    if (*g_strstrip (parts[i]) != '\0' && strchr ("#-*|", *parts[i]) == NULL)
      return g_strdup (parts[i]);
  return g_strdup ("");
}

static void
on_script (GObject *source, GAsyncResult *result, gpointer data)
{
  g_autoptr (GTask) task = data;
  const JobTask *of = g_task_get_task_data (task);
  g_autoptr (GError) error = NULL;
  JobMade *made = g_task_propagate_pointer (G_TASK (result), &error);
  JobFile *file = made != NULL && made->files->len > 0 ? made->files->pdata[0] : NULL;

  if (made == NULL && (g_error_matches (error, APP_ERROR, APP_ERROR_INVALID) || g_error_matches (error, APP_ERROR, APP_ERROR_FAILED)) && !g_cancellable_is_cancelled (g_task_get_cancellable (task))) {
    ask (of, g_steal_pointer (&task));
    return;
  }
  if (made == NULL) {
    g_task_return_error (task, g_steal_pointer (&error));
    return;
  }
  const char *text = file != NULL ? file->content : made->said;
  char *whole = g_str_has_prefix (text, "# ") ? g_strdup (text) : g_strdup_printf ("# %s\n\n%s", of->step->title, text);
  char *said = dup_begin (text);
  if (file != NULL) {
    g_free (file->content);
    file->content = g_strdup (whole);
  }
  g_free (made->said);
  made->said = said;
  made->kind = g_strdup ("document");
  made->title = g_strdup (of->step->title);
  made->source = whole;
  g_task_return_pointer (task, made, (GDestroyNotify) job_made_free);
}

static void
run (const JobTask *of, GTask *task)
{
  g_task_set_task_data (task, (gpointer) of, NULL);
  if (of->datasets->len == 0) {
    g_task_return_new_error (task, APP_ERROR, APP_ERROR_MISSING, _("There is no table among what this step is to work on."));
    g_object_unref (task);
  } else if (of->runner != NULL && of->findings == NULL) {
    job_script_run (of, of->datasets, FALSE, SCRIPT_REPORT, g_task_new (NULL, g_task_get_cancellable (task), on_script, task));
  } else {
    ask (of, task);
  }
}

/* Of a program, before it is anything to look at, or the whole. */
static void
check (const JobTask *of, const JobMade *made, GPtrArray *findings)
{
  const char *text = made->files->len > 0 ? ((JobFile *) made->files->pdata[0])->content : made->source != NULL ? made->source : made->said;

  if (strpbrk (text, "0123456789") == NULL)
    g_ptr_array_add (findings, g_strdup (_("The report has no figures.")));
  if (strstr (text, "NaN") != NULL || strstr (text, "undefined") != NULL || strstr (text, "[object") != NULL || strstr (text, "Infinity") != NULL)
    g_ptr_array_add (findings, g_strdup (_("The report has a value that is none (NaN or undefined).")));
}

const JobWorker report_worker = {
  .id = "report",
  .name = N_ ("Report"),
  .wanted = "a short report in words whose figures are computed from tables",
  .suffix = "md",
  .share = 2,
  .needs_tables = TRUE,
  .run = run,
  .check = check,
};
