/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The questions of a request, in words with figures that are computed: of the tables that the job has made, where they have what is asked for, so that the words say what the files say. One question is one
 * statement (AppAsk); several, or one that no statement answers, are a script's. */
#include <glib/gi18n.h>
#include <string.h>

#include "app-ask.h"
#include "app-error.h"
#include "job-script.h"
#include "job-worker.h"
#include "tables/answer-text.h"

extern const JobWorker answer_worker;

/* Whether one of these words is in a text of small letters. */
static gboolean
has_one (const char *lower, const char *const *words)
{
  for (; *words != NULL; words++)
    if (strstr (lower, *words) != NULL)
      return TRUE;
  return FALSE;
}

static gboolean
is_question (const char *text)
{
  static const char *const words[] = { "?", "tell me", "say how", "say which", "say what", "sag mir", NULL };
  g_autofree char *lower = g_utf8_strdown (text, -1);

  return has_one (lower, words);
}

/* Who asks what or who, and then wants a file that says it, has the answer in the file. A figure is said in words, too. */
static gboolean
asks (const JobPlanCase *of)
{
  static const char *const figures[] = { "how much", "how many", "wie viel", NULL };
  g_auto (GStrv) files = job_plan_find_files (of);
  const char *rest = of->request;

  for (guint i = 0; files[i] != NULL; i++) {
    const char *named = g_strrstr (rest, files[i]);
    rest = named != NULL ? named + strlen (files[i]) : rest;
  }
  g_autofree char *lower = g_utf8_strdown (of->request, -1);
  return is_question (rest) || (is_question (of->request) && has_one (lower, figures));
}

/* The sentences of the request that ask; all of it where none does. `n`: how many there are. (transfer full) */
static char *
dup_questions (const char *request, guint *n)
{
  g_autoptr (GString) all = g_string_new (NULL);

  *n = 0;
  for (const char *at = request; *at != '\0';) {
    gsize length = 0;
    while (at[length] != '\0' && at[length] != '\n' && !(strchr (".?!", at[length]) != NULL && (at[length + 1] == ' ' || at[length + 1] == '\0')))
      length++;
    length += at[length] != '\0';
    g_autofree char *sentence = g_strstrip (g_strndup (at, length));
    if (is_question (sentence)) {
      g_string_append_printf (all, "%s%s", all->len > 0 ? " " : "", sentence);
      (*n)++;
    }
    at += length;
  }
  return g_strdup (all->len > 0 ? all->str : request);
}

/* How many things are asked for: "how much it cost, and how much that is for each". */
static guint
count_asked (const char *questions)
{
  static const char *const words[] = { "how", "which", "what", "who", "when", "wie", "was", "wer" };
  g_autofree char *lower = g_utf8_strdown (questions, -1);
  g_auto (GStrv) parts = g_strsplit_set (lower, " ,.;:?!\n", -1);
  guint n = 0;

  for (guint i = 0; parts[i] != NULL; i++)
    for (guint k = 0; k < G_N_ELEMENTS (words); k++)
      n += g_str_equal (parts[i], words[k]);
  return n;
}

/* "Forms": form. (transfer full) */
static char *
dup_plain (const char *word)
{
  char *plain = g_utf8_strdown (word, -1);
  gsize n = strlen (plain);

  if (n > 3 && plain[n - 1] == 's')
    plain[n - 1] = '\0';
  return plain;
}

/* How many of its words are names of the table's columns. */
static guint
count_named (const char *questions, AppDataset *dataset)
{
  g_auto (GStrv) parts = g_strsplit_set (questions, " ,.;:?!()\"\n", -1);
  g_autoptr (GHashTable) found = g_hash_table_new_full (g_str_hash, g_str_equal, g_free, NULL);
  GPtrArray *tables = app_dataset_get_tables (dataset);

  for (guint t = 0; t < tables->len; t++) {
    GPtrArray *columns = ((const AppTable *) tables->pdata[t])->columns;
    for (guint c = 0; c < columns->len; c++) {
      g_autofree char *name = dup_plain (((const AppColumn *) columns->pdata[c])->sql_name);
      for (guint i = 0; parts[i] != NULL; i++) {
        char *word = dup_plain (parts[i]);
        if (*word != '\0' && g_str_equal (word, name))
          g_hash_table_add (found, word);
        else
          g_free (word);
      }
    }
  }
  return g_hash_table_size (found);
}

/* What is asked, and of which tables. */
typedef struct {
  char *words;
  GPtrArray *datasets;
  gboolean sources; /* and of the files that are attached */
} Question;

static void
question_free (gpointer data)
{
  Question *question = data;

  g_free (question->words);
  g_ptr_array_unref (question->datasets);
  g_free (question);
}

/* What the job has made and found nothing wrong with; the sources too where there is none, or where they have more of what is asked for. */
static void
choose_datasets (const JobTask *of, Question *question)
{
  g_autoptr (GPtrArray) sources = g_ptr_array_new ();
  guint of_made = 0, of_sources = 0;
  gboolean texts = FALSE;

  for (guint i = 0; i < of->inputs->len; i++) {
    const JobInput *input = of->inputs->pdata[i];
    texts |= input->dataset == NULL && input->text != NULL;
    if (input->dataset == NULL)
      continue;
    guint n = count_named (question->words, input->dataset);
    if (input->made) {
      g_ptr_array_add (question->datasets, g_object_ref (input->dataset));
      of_made = MAX (of_made, n);
    } else {
      g_ptr_array_add (sources, input->dataset);
      of_sources = MAX (of_sources, n);
    }
  }
  /* What was made says nothing of it. */
  if (of_made == 0 && of_sources > 0)
    g_ptr_array_set_size (question->datasets, 0);
  /* What else is asked of a text, no name of a column tells. */
  question->sources = question->datasets->len == 0 || of_sources > of_made || (texts && count_asked (question->words) > 1);
  for (guint i = 0; question->sources && i < sources->len; i++)
    g_ptr_array_add (question->datasets, g_object_ref (sources->pdata[i]));
}

/* Whether a statement's answer is none: nothing at all, or rows where one figure of all of them was asked for. */
static gboolean
is_nothing (const AppResult *answer, const char *questions)
{
  static const char *const words[] = { "together", "in all", "altogether", "in total", "how much", "how many", "whole", "insgesamt", "zusammen", "wie viel", NULL };
  g_autofree char *lower = g_utf8_strdown (questions, -1);

  if (app_result_get_n_rows (answer) > 1 && has_one (lower, words) && strstr (lower, "each") == NULL && strstr (lower, "jede") == NULL)
    return TRUE;
  for (guint row = 0; row < app_result_get_n_rows (answer); row++)
    for (guint i = 0; i < app_result_get_n_columns (answer); i++)
      if (app_result_get_value (answer, row, i)->kind != MEDIA_CELL_NULL)
        return FALSE;
  return TRUE;
}

static void
on_asked (GObject *source, GAsyncResult *result, gpointer data)
{
  g_autoptr (GTask) task = data;
  const JobTask *of = g_task_get_task_data (task);
  const Question *question = g_object_get_data (G_OBJECT (task), "question");
  GError *error = NULL;
  g_autoptr (AppResult) answer = app_ask_run_finish (APP_ASK (source), result, NULL, &error);
  JobMade *made;

  if ((answer == NULL || is_nothing (answer, question->words)) && of->runner != NULL && !g_cancellable_is_cancelled (g_task_get_cancellable (task))) {
    g_clear_error (&error);
    job_script_answer (of, question->datasets, question->sources, question->words, count_asked (question->words), g_steal_pointer (&task));
    return;
  }
  if (answer == NULL) {
    g_task_return_error (task, error);
    return;
  }
  g_autofree char *text = answer_text_new (answer);
  made = job_made_new ();
  g_free (made->said);
  made->said = g_strdup_printf ("%s\n\n%s", question->words, text);
  g_task_return_pointer (task, made, (GDestroyNotify) job_made_free);
}

/* The request from behind the last file that was made for it, if that still asks something: what was asked before is what the file says. */
static const char *
find_rest (const JobTask *of)
{
  const char *rest = of->request;

  for (guint i = 0; i < of->inputs->len; i++) {
    const JobInput *input = of->inputs->pdata[i];
    const char *named = input->made ? g_strrstr (rest, input->name) : NULL;
    if (named != NULL && is_question (named))
      rest = named + strlen (input->name);
  }
  return rest;
}

static void
run (const JobTask *of, GTask *task)
{
  guint n;
  Question *question = g_new0 (Question, 1);

  question->words = dup_questions (find_rest (of), &n);
  question->datasets = g_ptr_array_new_with_free_func (g_object_unref);
  choose_datasets (of, question);
  g_task_set_task_data (task, (gpointer) of, NULL);
  g_object_set_data_full (G_OBJECT (task), "question", question, question_free);
  /* Joins, and several figures at once, are more than a small model's statement gets right. */
  gboolean simple = n == 1 && count_asked (question->words) <= 1 && (!question->sources || question->datasets->len == 1) && of->findings == NULL;
  if (question->datasets->len > 0 && (of->runner == NULL || simple)) {
    g_autoptr (AppAsk) ask = app_ask_new (question->datasets);
    app_ask_set_progress (ask, of->progress, of->progress_data);
    app_ask_run_async (ask, of->engine, question->words, NULL, g_task_get_cancellable (task), on_asked, task);
  } else if (of->runner != NULL) {
    job_script_answer (of, question->datasets, question->sources, question->words, count_asked (question->words), task);
  } else {
    g_task_return_new_error (task, APP_ERROR, APP_ERROR_MISSING, _("There is no table among what this step is to work on."));
    g_object_unref (task);
  }
}

static void
check (const JobTask *of, const JobMade *made, GPtrArray *findings)
{
  if (*made->said == '\0')
    g_ptr_array_add (findings, g_strdup (_("The answer is empty.")));
  else if (strstr (made->said, "NaN") != NULL || strstr (made->said, "undefined") != NULL || strstr (made->said, "[object") != NULL)
    g_ptr_array_add (findings, g_strdup (_("The answer has a value that is none (NaN or undefined).")));
}

const JobWorker answer_worker = {
  .id = "answer",
  .name = N_ ("Answering"),
  .wanted = "answers the questions of the person in a sentence, with figures that are computed",
  .suffix = "",
  .share = 1,
  .is_wanted = asks,
  .run = run,
  .check = check,
};
