/* SPDX-License-Identifier: GPL-3.0-or-later */
/* One file computed by a script: the model writes the body of a function, which gets the tables as rows and the files as texts, and returns what the file is to hold. It runs where it can only compute
 * (AppScriptRunner): what it returns is all that comes of it. */
#include <glib/gi18n.h>
#include <stdlib.h>
#include <string.h>

#include "app-error.h"
#include "app-script-runner.h"
#include "job-check.h"
#include "job-csv.h"
#include "job-script.h"
#include "script-check.h"
#include "script-given.h"

extern const JobWorker script_worker;

#define MAX_TOKENS 1100
/* Before the answer of the script in what the runner gives. */
#define MARK "\001job:"

/* ---- running ---- */

/* What stands behind a return of the whole is never met, but what it declares again is a mistake: small models write a program several times. (transfer full) */
static char *
cut_code (const char *code)
{
  const char *end = g_str_has_prefix (code, "return ") ? code : strstr (code, "\nreturn ");
  gsize n = end != NULL ? 1 + strcspn (end + 1, "\n") : 0;

  return end != NULL && end[n - 1] == ';' && strstr (end + n, "function") == NULL ? g_strndup (code, (gsize) (end - code) + n) : g_strdup (code);
}

/* The body of the function, without the fence and without a function around it. (transfer full) */
static char *
take_code (const char *text)
{
  const char *fence = strstr (text, "```"), *end;
  const char *line = fence != NULL ? strchr (fence, '\n') : NULL;

  if (line == NULL)
    return cut_code (text);
  end = strstr (line, "```");
  g_autofree char *inside = end != NULL ? g_strndup (line + 1, (gsize) (end - line) - 1) : g_strdup (line + 1);
  return cut_code (inside);
}

static guint
count_lines (const char *text)
{
  guint n = 0;

  for (; *text != '\0'; text++)
    n += *text == '\n';
  return n;
}

/* Several programs for one file, written at once, each in its own way: what most of them compute is taken. One that is wrong is wrong in its own way, and a small model is wrong often. Where no two of the first
 * agree, more are written. */
#define CANDIDATES 5
#define FIRST 3

typedef struct {
  ScriptResult what;
  char *rules, *asked, *fresh; /* of all of them; `fresh`: without what was wrong before, which some write like it again */
  GStrv shown;
  char *questions; /* that are answered; NULL: the request */
  guint n_asked;   /* figures or names that these ask for */
  guint n;      /* that are or were written */
  guint n_left; /* that are written now */
  guint at;     /* that runs */
  char *codes[CANDIDATES];
  JobMade *made[CANDIDATES];
  char *keys[CANDIDATES]; /* what is compared; NULL: it came to nothing */
  gboolean good[CANDIDATES];
  GError *error; /* of the first that came to nothing */
} Candidates;

static void
candidates_free (gpointer data)
{
  Candidates *all = data;

  for (guint i = 0; i < CANDIDATES; i++) {
    g_free (all->codes[i]);
    job_made_free (all->made[i]);
    g_free (all->keys[i]);
  }
  g_clear_error (&all->error);
  g_free (all->rules);
  g_free (all->asked);
  g_free (all->fresh);
  g_strfreev (all->shown);
  g_free (all->questions);
  g_free (all);
}

/* One of them, as a callback's data. */
typedef struct {
  GTask *task;
  guint index;
} Part;

static Part *
part_new (GTask *task, guint index)
{
  Part *part = g_new0 (Part, 1);

  *part = (Part) { g_object_ref (task), index };
  return part;
}

static Candidates *
get_candidates (GTask *task)
{
  return g_object_get_data (G_OBJECT (task), "candidates");
}

static int
compare_lines (gconstpointer a, gconstpointer b)
{
  return strcmp (*(const char *const *) a, *(const char *const *) b);
}

/* Cells in whatever order, where columns have no names that were asked for. (transfer full) */
static char *
dup_cells (const char *csv)
{
  g_autoptr (GPtrArray) rows = job_csv_parse (csv, NULL), lines = g_ptr_array_new_with_free_func (g_free);

  for (guint i = 1; rows != NULL && i < rows->len; i++) {
    GStrv cells = rows->pdata[i];
    qsort (cells, g_strv_length (cells), sizeof *cells, compare_lines);
    g_ptr_array_add (lines, g_strjoinv ("\037", cells));
  }
  g_ptr_array_sort (lines, compare_lines);
  g_ptr_array_add (lines, NULL);
  return g_strjoinv ("\n", (char **) lines->pdata);
}

/* What two programs agree in: rows in whatever order; of sentences their numbers. (transfer full) */
static char *
dup_key (const JobTask *of, ScriptResult what, const char *content)
{
  g_auto (GStrv) lines = NULL;
  GString *numbers;

  if (what == SCRIPT_ROWS && of->columns == NULL && g_str_has_suffix (of->step->file, ".csv"))
    return dup_cells (content);
  if (what == SCRIPT_ROWS || what == SCRIPT_WORDS) {
    lines = g_strsplit (content, "\n", -1);
    qsort (lines, g_strv_length (lines), sizeof *lines, compare_lines);
    return g_strjoinv ("\n", lines);
  }
  numbers = g_string_new (NULL);
  for (const char *c = content; *c != '\0'; c++)
    if (g_ascii_isdigit (*c) || (*c == '.' && g_ascii_isdigit (c[1])))
      g_string_append_c (numbers, *c);
    else if (numbers->len > 0 && numbers->str[numbers->len - 1] != ' ')
      g_string_append_c (numbers, ' ');
  if (numbers->len == 0)
    g_string_append (numbers, content);
  return g_string_free (numbers, FALSE);
}

static void write_more (GTask *task, guint n);

/* The one with which most agree, of those with which nothing is wrong if there is one; CANDIDATES where none came to anything. `votes`: of good ones, that agree with it. */
static guint
find_best (const Candidates *all, guint *votes)
{
  guint best = CANDIDATES, most = 0;

  *votes = 0;
  for (guint i = 0; i < CANDIDATES; i++) {
    guint n = 0;
    if (all->keys[i] == NULL)
      continue;
    for (guint k = 0; k < CANDIDATES; k++)
      n += g_strcmp0 (all->keys[k], all->keys[i]) == 0;
    if (n + (all->good[i] ? CANDIDATES : 0) > most) {
      most = n + (all->good[i] ? CANDIDATES : 0);
      best = i;
      *votes = all->good[i] ? n : 0;
    }
  }
  return best;
}

/* All have run. */
static void
choose (GTask *task)
{
  const JobTask *of = g_task_get_task_data (task);
  Candidates *all = get_candidates (task);
  guint votes, best = find_best (all, &votes);

  if (votes < 2 && all->n < CANDIDATES && !g_cancellable_is_cancelled (g_task_get_cancellable (task))) {
    write_more (task, CANDIDATES - all->n);
    return;
  }
  if (of->written != NULL) {
    g_free (*of->written);
    *of->written = g_strdup (all->codes[best < CANDIDATES ? best : 0]);
  }
  if (best < CANDIDATES)
    g_task_return_pointer (task, g_steal_pointer (&all->made[best]), (GDestroyNotify) job_made_free);
  else
    g_task_return_error (task, g_steal_pointer (&all->error));
}

static void run_next (GTask *task);

static JobMade *
take_result (const JobTask *of, const char *text, GError **error)
{
  const char *content = strstr (text, MARK);
  JobMade *made;

  if (content == NULL) {
    g_set_error_literal (error, APP_ERROR, APP_ERROR_INVALID, _("The script returned nothing."));
    return NULL;
  }
  made = job_made_new ();
  content += strlen (MARK);
  if (*of->step->file == '\0') {
    g_free (made->said);
    made->said = g_strstrip (g_strdup (content));
    return made;
  }
  job_made_add_file (made, of->step->file, content);
  if (g_str_has_suffix (of->step->file, ".csv"))
    made->n_rows = MAX (count_lines (content), 1) - 1;
  return made;
}

static void
on_run (GObject *source, GAsyncResult *result, gpointer data)
{
  g_autoptr (GTask) task = data;
  const JobTask *of = g_task_get_task_data (task);
  Candidates *all = get_candidates (task);
  GError *error = NULL;
  g_autofree char *text = app_script_runner_run_finish (APP_SCRIPT_RUNNER (source), result, &error);
  JobMade *made = text != NULL ? take_result (of, text, &error) : NULL;

  if (made != NULL) {
    g_autoptr (GPtrArray) findings = g_ptr_array_new_with_free_func (g_free);
    job_check (of, made, findings);
    all->good[all->at] = findings->len == 0;
    all->keys[all->at] = dup_key (of, all->what, made->files->len > 0 ? ((JobFile *) made->files->pdata[0])->content : made->said);
    all->made[all->at] = made;
  } else if (all->error == NULL) {
    all->error = error;
  } else {
    g_error_free (error);
  }
  all->at++;
  run_next (task);
}

static void
run_next (GTask *task)
{
  const JobTask *of = g_task_get_task_data (task);
  Candidates *all = get_candidates (task);
  const ScriptGiven *given = g_object_get_data (G_OBJECT (task), "given");
  g_autoptr (GString) whole = NULL;
  g_autofree char *code = NULL;

  while (all->at < all->n && all->codes[all->at] == NULL)
    all->at++;
  if (all->at >= all->n || g_cancellable_is_cancelled (g_task_get_cancellable (task))) {
    if (all->error == NULL)
      g_cancellable_set_error_if_cancelled (g_task_get_cancellable (task), &all->error);
    choose (task);
    return;
  }
  g_autofree char *taken = take_code (all->codes[all->at]);
  code = script_call_helpers (taken);
  whole = g_string_new (given->code);
  g_string_append (whole, "const __body = async () => {\n");
  g_string_append (whole, code);
  g_string_append (whole, "\n};\nlet __value = await __body();\nif (typeof __value === 'function') __value = await __value();\nreturn '\\u0001job:' + __out(__value, ");
  script_append_string (whole, of->step->file);
  g_string_append (whole, ", [");
  for (guint i = 0; of->columns != NULL && of->columns[i] != NULL; i++) {
    g_string_append (whole, i > 0 ? "," : "");
    script_append_string (whole, of->columns[i]);
  }
  g_string_append (whole, "]);\n");
  app_script_runner_run_async (of->runner, whole->str, g_task_get_cancellable (task), on_run, g_object_ref (task));
}

static void
on_code (GObject *source, GAsyncResult *result, gpointer data)
{
  Part *part = data;
  g_autoptr (GTask) task = part->task;
  Candidates *all = get_candidates (task);
  GError *error = NULL;

  all->codes[part->index] = job_task_write_finish (result, &error);
  if (error != NULL && all->error == NULL)
    all->error = error;
  else
    g_clear_error (&error);
  g_free (part);
  if (--all->n_left == 0)
    run_next (task);
}

/* A few lines, and a sentence in which every number is computed: none can be written by hand. There are as many as are asked for, or more. (transfer full) */
static char *
dup_answer_gbnf (guint n_asked)
{
  return g_strdup_printf ("root ::= line{0,8} \"return `\" words value (words value){%u,5} words \"`;\"\n"
                          "line ::= (\"const \" | \"let \" | \"for \" | \"  \" | \"if \" | \"}\") [^\\n`]{0,200} \"\\n\"\n"
                          "words ::= [^`$0-9{}\\n]{0,160}\n"
                          "value ::= \"${\" [^}`\\n]{1,160} \"}\"\n",
                          CLAMP (n_asked, 1, 4) - 1);
}

/* The same, of several lines. */
static const char report_gbnf[] = "root ::= line{0,12} \"return `\" words value (words value){1,20} words \"`;\"\n"
                                  "line ::= (\"const \" | \"let \" | \"for \" | \"  \" | \"if \" | \"}\") [^\\n`]{0,200} \"\\n\"\n"
                                  "words ::= [^`$0-9{}]{0,200}\n"
                                  "value ::= \"${\" [^}`\\n]{1,160} \"}\"\n";

/* One line of comment at most, and then the program: a small model goes on with comments for ever. */
static const char rows_gbnf[] = "root ::= \"// \" [^\\n]{1,160} \"\\n\" [a-zA-Z] [^\\n]* (\"\\n\" line)*\n"
                                "line ::= ([^/\\n] [^\\n]*)?\n";

static const char *const grammars[] = { [SCRIPT_ROWS] = rows_gbnf, [SCRIPT_WORDS] = NULL, [SCRIPT_ANSWER] = NULL, [SCRIPT_REPORT] = report_gbnf };

/* What is to be returned. */
static void
append_wish (GString *words, const JobTask *of, ScriptResult what, const char *questions)
{
  const char *file = of->step->file;
  gboolean csv = g_str_has_suffix (file, ".csv");
  g_autofree char *columns = of->columns != NULL ? g_strjoinv ("\", \"", of->columns) : NULL;

  if (what == SCRIPT_ANSWER)
    g_string_append_printf (words, "\nAnswer only this, and return one string: %s", questions != NULL ? questions : of->request);
  else if (what == SCRIPT_REPORT)
    g_string_append (words, "\nReturn the text of the report, a string.");
  else if (csv && columns != NULL)
    g_string_append_printf (words, "\nReturn the rows of %s: an array of objects with exactly the members \"%s\".", file, columns);
  else if (csv)
    g_string_append_printf (words, "\nReturn the rows of %s: an array of objects, one for each row.", file);
  else
    g_string_append_printf (words, "\nReturn the text of %s, a string.", file);
  /* Whoever has worked out one row takes the right formula for all. */
  if (csv)
    g_string_append (words, " Begin with one comment line that works out the first row of them.");
}

static void
write_more (GTask *task, guint n)
{
  const JobTask *of = g_task_get_task_data (task);
  Candidates *all = get_candidates (task);
  guint first = all->n;
  g_autofree char *answer = all->what == SCRIPT_ANSWER ? dup_answer_gbnf (all->n_asked) : NULL;

  all->n += n;
  all->n_left = n;
  for (guint i = first; i < first + n; i++) {
    JobManner manner = { .examples = (const char *const *) all->shown, .gbnf = answer != NULL ? answer : g_str_has_suffix (of->step->file, ".json") ? NULL : grammars[all->what], .number = i };
    job_task_write_so_async (of, all->rules, &manner, i % 2 == 0 ? all->asked : all->fresh, MAX_TOKENS, g_task_get_cancellable (task), on_code, part_new (task, i));
  }
}

static void
on_given (GObject *source, GAsyncResult *result, gpointer data)
{
  g_autoptr (GTask) task = data;
  const JobTask *of = g_task_get_task_data (task);
  const ScriptGiven *given = g_object_get_data (G_OBJECT (task), "given");
  Candidates *all = get_candidates (task);
  GError *error = NULL;

  if (!g_task_propagate_boolean (G_TASK (result), &error)) {
    g_task_return_error (task, error);
    return;
  }
  g_autofree char *words = job_task_dup_words (of), *findings = job_task_dup_findings (of);
  g_autoptr (GString) asked = g_string_new ("// Declared already:\n");
  g_string_append_printf (asked, "%s\n%s\n\n", given->words, words);
  g_autoptr (GString) fresh = g_string_new (asked->str);
  if (*findings != '\0' && of->written != NULL && *of->written != NULL)
    g_string_append_printf (asked, "You wrote this before:\n%s\n\n", *of->written);
  g_string_append (asked, findings);
  append_wish (asked, of, all->what, all->questions);
  append_wish (fresh, of, all->what, all->questions);
  all->asked = g_strdup (asked->str);
  all->fresh = g_strdup (fresh->str);
  all->rules = script_examples_dup_rules ();
  all->shown = script_examples_choose (&given->shape, all->what);
  write_more (task, FIRST);
}

static void
give_thread (GTask *task, gpointer source, gpointer data, GCancellable *cancellable)
{
  GError *error = NULL;

  if (script_given_read (data, cancellable, &error))
    g_task_return_boolean (task, TRUE);
  else
    g_task_return_error (task, error);
}

static void
begin (const JobTask *of, GPtrArray *datasets, gboolean texts, ScriptResult what, const char *questions, guint n_asked, GTask *task)
{
  ScriptGiven *given = script_given_new (of, datasets, texts);
  g_autoptr (GTask) worker = g_task_new (NULL, g_task_get_cancellable (task), on_given, task);
  Candidates *all = g_new0 (Candidates, 1);

  all->what = what;
  all->questions = g_strdup (questions);
  all->n_asked = n_asked;
  g_task_set_task_data (task, (gpointer) of, NULL);
  g_object_set_data_full (G_OBJECT (task), "given", given, (GDestroyNotify) script_given_free);
  g_object_set_data_full (G_OBJECT (task), "candidates", all, candidates_free);
  g_task_set_task_data (worker, given, NULL);
  g_task_run_in_thread (worker, give_thread);
}

void
job_script_run (const JobTask *of, GPtrArray *datasets, gboolean texts, ScriptResult what, GTask *task)
{
  begin (of, datasets, texts, what, NULL, 1, task);
}

void
job_script_answer (const JobTask *of, GPtrArray *datasets, gboolean texts, const char *questions, guint n_asked, GTask *task)
{
  begin (of, datasets, texts, SCRIPT_ANSWER, questions, n_asked, task);
}

static void
run (const JobTask *of, GTask *task)
{
  const char *file = of->step->file;

  job_script_run (of, of->datasets, TRUE, g_str_has_suffix (file, ".csv") || g_str_has_suffix (file, ".json") ? SCRIPT_ROWS : SCRIPT_WORDS, task);
}

const JobWorker script_worker = {
  .id = "script",
  .name = N_ ("Computing"),
  .wanted = "computes one file out of tables and files with a small program: differences, schedules, splits, conversions, anything that one SQL statement cannot do",
  .suffix = "csv|json|txt|md",
  .share = 2,
  .needs_scripts = TRUE,
  .instead = "extract",
  .after = 2,
  .run = run,
  .check = script_check,
};
