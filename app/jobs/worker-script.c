/* SPDX-License-Identifier: GPL-3.0-or-later */
/* One file computed by a script: the model writes the body of a function, which gets the tables as rows and the files as texts, and returns what the file is to hold. It runs where it can only compute
 * (AppScriptRunner): what it returns is all that comes of it. */
#include <glib/gi18n.h>
#include <stdlib.h>
#include <string.h>

#include "app-error.h"
#include "app-query.h"
#include "app-script-runner.h"
#include "job-check.h"
#include "job-csv.h"
#include "job-script.h"
#include "job-worker.h"
#include "tables/query-connection.h"

extern const JobWorker script_worker;

#define MAX_TOKENS 1100
/* Of one table, and bytes of everything that a script is given. */
#define MAX_ROWS 5000
#define MAX_BYTES (3 * 1024 * 1024)
/* Of one table, that the model sees. */
#define SHOWN_ROWS 3u
/* Before the answer of the script in what the runner gives. */
#define MARK "\001job:"

/* What a script is given, made on a thread. */
typedef struct {
  GPtrArray *datasets;
  char *code;  /* JavaScript that declares all of it */
  char *words; /* the same for the model: names and the first rows */
} Given;

static void
given_free (gpointer data)
{
  Given *given = data;

  g_ptr_array_unref (given->datasets);
  g_free (given->code);
  g_free (given->words);
  g_free (given);
}

static void
append_string (GString *to, const char *text)
{
  g_autoptr (JsonNode) node = json_node_init_string (json_node_alloc (), text);
  g_autofree char *json = json_to_string (node, FALSE);

  g_string_append (to, json);
}

static void
append_row (GString *to, const AppResult *result, guint row)
{
  g_string_append_c (to, '{');
  for (guint i = 0; i < app_result_get_n_columns (result); i++) {
    const AppValue *value = app_result_get_value (result, row, i);
    g_autofree char *text = app_result_dup_text (result, row, i);

    g_string_append (to, i > 0 ? "," : "");
    append_string (to, app_result_get_column (result, i)->name);
    g_string_append_c (to, ':');
    if (value->kind == MEDIA_CELL_NULL)
      g_string_append (to, "null");
    else if (value->kind == MEDIA_CELL_INTEGER || value->kind == MEDIA_CELL_REAL)
      g_string_append (to, text);
    else
      append_string (to, text);
  }
  g_string_append_c (to, '}');
}

static gboolean
append_table (Given *given, const QueryTable *table, GString *code, GString *words, GCancellable *cancellable, GError **error)
{
  g_autofree char *name = table->alias != NULL ? g_strdup_printf ("%s.%s", table->alias, table->table->sql_name) : g_strdup (table->table->sql_name);
  g_autofree char *variable = table->alias != NULL ? g_strdup_printf ("%s_%s", table->alias, table->table->sql_name) : g_strdup (table->table->sql_name);
  g_autofree char *sql = g_strdup_printf ("SELECT * FROM %s", name);
  AppQueryLimits limits;

  app_query_limits_init (&limits);
  limits.max_rows = MAX_ROWS;
  limits.max_bytes = MAX_BYTES;
  g_autoptr (AppResult) result = app_query_run (given->datasets, sql, &limits, cancellable, error);
  if (result == NULL)
    return FALSE;
  if (app_result_is_cut (result)) {
    g_set_error (error, APP_ERROR, APP_ERROR_INVALID, _("The table “%s” is too large for a script. Use a step of tables (SQL) for it."), variable);
    return FALSE;
  }
  g_string_append_printf (code, "tables.%s = [", variable);
  for (guint row = 0; row < app_result_get_n_rows (result); row++) {
    g_string_append (code, row > 0 ? ",\n" : "\n");
    append_row (code, result, row);
  }
  g_string_append (code, "];\n");
  g_string_append_printf (words, "tables.%s = [ // %u rows\n", variable, app_result_get_n_rows (result));
  for (guint row = 0; row < MIN (app_result_get_n_rows (result), SHOWN_ROWS); row++) {
    g_string_append (words, "  ");
    append_row (words, result, row);
    g_string_append (words, ",\n");
  }
  /* Models copy what they are shown: it is a program as it stands. */
  if (app_result_get_n_rows (result) > SHOWN_ROWS)
    g_string_append_printf (words, "  // and %u more\n", app_result_get_n_rows (result) - SHOWN_ROWS);
  g_string_append (words, "];\n");
  /* Values of columns with few of them, which conditions name. */
  for (guint i = 0; i < table->table->columns->len; i++) {
    const AppColumn *column = table->table->columns->pdata[i];
    if (column->type != MEDIA_COLUMN_TEXT || column->n_distinct > 12 || column->n_distinct < 1 || column->samples == NULL)
      continue;
    g_autofree char *values = g_strjoinv ("\", \"", column->samples);
    g_string_append_printf (words, "// %s: \"%s\"%s\n", column->sql_name, values, column->n_distinct > g_strv_length (column->samples) ? " and others" : "");
  }
  return TRUE;
}

static void
give_thread (GTask *task, gpointer source, gpointer data, GCancellable *cancellable)
{
  Given *given = data;
  g_autoptr (GPtrArray) aliases = query_make_aliases (given->datasets);
  g_autoptr (GArray) tables = query_list_tables (given->datasets, aliases);
  g_autoptr (GString) code = g_string_new (given->code), words = g_string_new (given->words);
  GError *error = NULL;

  for (guint i = 0; i < tables->len; i++)
    if (!append_table (given, &g_array_index (tables, QueryTable, i), code, words, cancellable, &error)) {
      g_task_return_error (task, error);
      return;
    }
  /* Where it is declared once more, with the few rows that the model has seen, it stays what it is. */
  g_string_append (code, "Object.freeze(tables);\n");
  if (code->len > MAX_BYTES) {
    g_task_return_new_error (task, APP_ERROR, APP_ERROR_INVALID, _("What is attached is too large for a script."));
    return;
  }
  g_free (given->code);
  given->code = g_strdup (code->str);
  g_free (given->words);
  given->words = g_strdup (words->str);
  g_task_return_boolean (task, TRUE);
}

/* Files that are shown to the model, and characters of each. */
#define SHOWN 3
#define SHOWN_CHARACTERS 900

/* Files without tables are texts. */
static Given *
given_new (const JobTask *of, GPtrArray *datasets, gboolean texts)
{
  Given *given = g_new0 (Given, 1);
  g_autoptr (GString) code = g_string_new ("const tables = {};\nconst files = {"), words = g_string_new (NULL), others = g_string_new (NULL);
  guint n = 0;

  given->datasets = g_ptr_array_ref (datasets);
  for (guint i = 0; i < of->inputs->len; i++) {
    const JobInput *input = of->inputs->pdata[i];
    if (input->dataset != NULL || input->text == NULL || !texts)
      continue;
    g_string_append (code, n > 0 ? ",\n" : "\n");
    append_string (code, input->name);
    g_string_append (code, ": ");
    append_string (code, input->text);
    if (n < SHOWN) {
      g_autofree char *begin = g_utf8_substring (input->text, 0, MIN (g_utf8_strlen (input->text, -1), SHOWN_CHARACTERS));
      g_string_append_printf (words, "files[\"%s\"] === `%s`;%s\n\n", input->name, begin, strlen (begin) < strlen (input->text) ? " // its beginning" : "");
    } else {
      g_string_append_printf (others, "%s\"%s\"", others->len > 0 ? ", " : "", input->name);
    }
    n++;
  }
  g_string_append (code, "\n};\nObject.freeze(files);\n");
  for (guint i = 0; i < of->inputs->len; i++) {
    const JobInput *input = of->inputs->pdata[i];
    if (input->made)
      g_string_append_printf (words, "// %s was made for this already, and is right: take from it what it has.\n", input->name);
  }
  if (n > 1)
    g_string_prepend (words, "// files has all of them by their names: for (const [name, text] of Object.entries(files)) { }\n");
  if (others->len > 0)
    g_string_append_printf (words, "// and others like these: %s\n\n", others->str);
  given->code = g_strdup (code->str);
  given->words = g_strdup (words->str);
  return given;
}

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

static const char helpers[] =
    "const sum = (rows, f = x => x) => rows.reduce((s, r) => s + Number(f(r) || 0), 0);\n"
    "const round = (x, digits = 2) => Math.round((Number(x) + Number.EPSILON) * 10 ** digits) / 10 ** digits;\n"
    "const group = (rows, f) => { const all = {}; for (const r of rows) (all[f(r)] = all[f(r)] || []).push(r); return all; };\n"
    "const unique = (rows, f = x => x) => [...new Map([...rows].reverse().map(r => [String(f(r)), r])).values()].reverse();\n"
    "const sortBy = (rows, f) => [...rows].sort((a, b) => f(a) < f(b) ? -1 : f(a) > f(b) ? 1 : 0);\n"
    "const __plain = s => String(s).toLowerCase().replace(/[^\\p{L}\\p{N}]/gu, '');\n"
    /* A row in the place of one of its cells: it has a member of the column's own name, or the check finds it. */
    "const __member = (v, name) => { const k = v !== null && typeof v === 'object' ? Object.keys(v).find(k => __plain(k) === __plain(name)) : undefined; return k === undefined ? v : v[k]; };\n"
    "const __cell = v => v === null || v === undefined ? '' : typeof v === 'number' ? String(Math.round(v * 1e6) / 1e6) : v instanceof Date ? v.toISOString().slice(0, 10) : typeof v === 'object' ? JSON.stringify(v) : String(v);\n"
    "const __quote = s => /[\",\\r\\n]|^\\s/.test(s) ? '\"' + s.replaceAll('\"', '\"\"') + '\"' : s;\n"
    "const __csv = (rows, wanted) => {\n"
    "  if (rows.length && Array.isArray(rows[0])) return rows.map(r => r.map(c => __quote(__cell(c))).join(',')).join('\\n') + '\\n';\n"
    "  const keys = rows.length ? [...new Set(rows.flatMap(r => Object.keys(r)))] : [];\n"
    "  const names = wanted.length ? wanted : keys;\n"
    "  const key = name => keys.find(k => k === name) ?? keys.find(k => __plain(k) === __plain(name));\n"
    "  if (rows.length) for (const n of names) if (key(n) === undefined) throw new Error('the objects have no member ' + n + ', only ' + keys.join(', '));\n"
    "  return [names.map(__quote).join(','), ...rows.map(r => names.map(n => __quote(__cell(__member(r[key(n)], n)))).join(','))].join('\\n') + '\\n';\n"
    "};\n"
    "const __out = (value, file, wanted) => {\n"
    "  if (value === undefined || value === null) throw new Error('nothing was returned');\n"
    "  if (file.endsWith('.csv')) {\n"
    "    if (typeof value === 'string') return value.endsWith('\\n') ? value : value + '\\n';\n"
    "    if (!Array.isArray(value)) value = typeof Object.values(value)[0] === 'object' ? Object.values(value) : [value];\n"
    "    return __csv(value, wanted);\n"
    "  }\n"
    "  return typeof value === 'string' ? (value.endsWith('\\n') ? value : value + '\\n') : JSON.stringify(value, null, 2) + '\\n';\n"
    "};\n";

static guint
count_lines (const char *text)
{
  guint n = 0;

  for (; *text != '\0'; text++)
    n += *text == '\n';
  return n;
}

/* Several programs for one file, written at once, each in its own way: what most of them compute is taken. One that is wrong is wrong in its own way, and a small model is wrong often. */
#define CANDIDATES 3

typedef struct {
  guint n_left; /* that are written */
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

/* Rows in whatever order; of a sentence its numbers. (transfer full) */
static char *
dup_key (const JobTask *of, const char *content)
{
  g_auto (GStrv) lines = NULL;
  GString *numbers;

  if (*of->step->file != '\0') {
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

/* All have run. */
static void
choose (GTask *task)
{
  const JobTask *of = g_task_get_task_data (task);
  Candidates *all = get_candidates (task);
  guint best = CANDIDATES, most = 0;

  for (guint i = 0; i < CANDIDATES; i++) {
    guint n = 0;
    if (all->keys[i] == NULL)
      continue;
    for (guint k = 0; k < CANDIDATES; k++)
      n += g_strcmp0 (all->keys[k], all->keys[i]) == 0;
    n += all->good[i] ? CANDIDATES : 0;
    if (n > most) {
      most = n;
      best = i;
    }
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
    all->keys[all->at] = dup_key (of, made->files->len > 0 ? ((JobFile *) made->files->pdata[0])->content : made->said);
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
  const Given *given = g_object_get_data (G_OBJECT (task), "given");
  g_autoptr (GString) whole = NULL;
  g_autofree char *code = NULL;

  while (all->at < CANDIDATES && all->codes[all->at] == NULL)
    all->at++;
  if (all->at >= CANDIDATES || g_cancellable_is_cancelled (g_task_get_cancellable (task))) {
    if (all->error == NULL)
      g_cancellable_set_error_if_cancelled (g_task_get_cancellable (task), &all->error);
    choose (task);
    return;
  }
  code = take_code (all->codes[all->at]);
  whole = g_string_new (given->code);
  g_string_append (whole, helpers);
  g_string_append (whole, "const __body = async () => {\n");
  g_string_append (whole, code);
  g_string_append (whole, "\n};\nlet __value = await __body();\nif (typeof __value === 'function') __value = await __value();\nreturn '\\u0001job:' + __out(__value, ");
  append_string (whole, of->step->file);
  g_string_append (whole, ", [");
  for (guint i = 0; of->columns != NULL && of->columns[i] != NULL; i++) {
    g_string_append (whole, i > 0 ? "," : "");
    append_string (whole, of->columns[i]);
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

static const char rules[] =
    "You write the body of a JavaScript function. What it reads is declared already; do not declare it again. These helpers are there too: sum(rows, f), round(x, digits), group(rows, f) which gives {key: rows}, "
    "unique(rows, f) which keeps the first of each, sortBy(rows, f). No modules, no require, no fetch, no console. "
    "Cells are numbers, strings or null; dates are strings like \"2026-01-31\", of which slice(0, 7) is the month. Search a text as a whole: text.match(/^Date: (.+)$/m)?.[1] and [...text.matchAll(/^- (.+)$/gm)]. Compute everything from what is declared, and never write a result down by hand. "
    "Answer with code alone, which ends with a return statement.";

static const char *const file_examples[] = {
  "// Declared already:\ntables.members = [ // 41 rows\n  {\"id\":7,\"name\":\" Ann Lee \",\"town\":\"Bern\"},\n  // and 40 more\n];\ntables.fees = [ // 120 rows\n  {\"member\":7,\"date\":\"2025-01-03\",\"amount\":12.5},\n  {\"member\":7,\"date\":\"2025-01-09\",\"amount\":20},\n  // and 118 more\n];\n\n"
  "Make fees_paid.csv with the columns name, paid and times: what each member has paid and how often, 0 for who has not.\n\n"
  "Return the rows of fees_paid.csv: an array of objects with exactly the members \"name\", \"paid\", \"times\".",
  "// Ann Lee (7): 12.5 + 20 = 32.5, 2 times\nreturn unique(tables.members, m => m.id).map(m => {\n  const own = tables.fees.filter(f => f.member === m.id);\n  return { name: m.name.trim(), paid: round(sum(own, f => f.amount)), times: own.length };\n});",
  "// Declared already:\n// files has all of them by their names: for (const [name, text] of Object.entries(files)) { }\nfiles[\"r1.txt\"] === `RECEIPT 17\nShop: Miller\n2 x bread at 3.20\n1 x milk at 1.10\n`;\n// and others like these: \"r2.txt\"\n\n"
  "Make receipts.csv with the columns receipt, shop, pieces and total.\n\nReturn the rows of receipts.csv: an array of objects with exactly the members \"receipt\", \"shop\", \"pieces\", \"total\".",
  "// 17, Miller: 2 + 1 = 3 pieces, 2 x 3.20 + 1 x 1.10 = 7.50\nconst rows = [];\nfor (const [name, text] of Object.entries(files)) {\n  const shop = text.match(/^Shop: (.+)$/m)?.[1];\n  if (!shop) continue;\n"
  "  const lines = [...text.matchAll(/^(\\d+) x (.+) at ([\\d.]+)/gm)];\n  const receipt = Number(text.match(/^RECEIPT (\\d+)/m)[1]);\n  rows.push({ receipt, shop, pieces: sum(lines, m => m[1]), total: round(sum(lines, m => m[1] * m[3])) });\n}\nreturn rows;",
  NULL,
};

/* For a file that is no table. */
static const char *const text_examples[] = {
  "// Declared already:\n// files has all of them by their names: for (const [name, text] of Object.entries(files)) { }\nfiles[\"l1.txt\"] === `From: Ursula\nPlease send me the plan.\n`;\n\n"
  "files[\"l2.txt\"] === `From: Bea\nThe key is lost.\nI want a new one.\n`;\n\n// and others like these: \"l3.txt\"\n\n"
  "Make only the file wishes.txt.\n\nWrite wishes.txt: who has written, in alphabetical order, and below each name the whole letter without the name.\n\nReturn the text of wishes.txt, a string.",
  "const letters = Object.values(files).map(text => ({\n  from: text.match(/^From: (.+)$/m)?.[1].trim(),\n  words: text.replace(/^From: .+\\n/m, '').trim(),\n}));\n"
  "return sortBy(letters, l => l.from).map(l => `${l.from}\\n\\n${l.words}\\n`).join('\\n');",
  NULL,
};

static const char *const answer_examples[] = {
  "// Declared already:\ntables.fees = [ // 120 rows\n  {\"member\":7,\"date\":\"2025-01-03\",\"amount\":12.5},\n  // and 119 more\n];\n\nMake fees_paid.csv. How much has been paid in all, and in which month the most?\n\n"
  "Answer only the questions of the person: return one string.",
  "const months = group(tables.fees, f => f.date.slice(0, 7));\nconst best = sortBy(Object.keys(months), m => -sum(months[m], f => f.amount))[0];\n"
  "return `In all ${round(sum(tables.fees, f => f.amount))} has been paid, the most in ${best}.`;",
  NULL,
};

/* A few lines, and a sentence in which every number is computed: none can be written by hand. */
static const char answer_gbnf[] = "root ::= line{0,8} \"return `\" words value (words value){0,5} words \"`;\"\n"
                                  "line ::= (\"const \" | \"let \" | \"for \" | \"  \" | \"if \" | \"}\") [^\\n`]{0,200} \"\\n\"\n"
                                  "words ::= [^`$0-9{}\\n]{0,160}\n"
                                  "value ::= \"${\" [^}`\\n]{1,160} \"}\"\n";

/* One line of comment at most, and then the program: a small model goes on with comments for ever. */
static const char rows_gbnf[] = "root ::= \"// \" [^\\n]{1,160} \"\\n\" [a-zA-Z] [^\\n]* (\"\\n\" line)*\n"
                                "line ::= ([^/\\n] [^\\n]*)?\n";

static void
on_given (GObject *source, GAsyncResult *result, gpointer data)
{
  g_autoptr (GTask) task = data;
  const JobTask *of = g_task_get_task_data (task);
  const Given *given = g_object_get_data (G_OBJECT (task), "given");
  GError *error = NULL;

  if (!g_task_propagate_boolean (G_TASK (result), &error)) {
    g_task_return_error (task, error);
    return;
  }
  g_autofree char *words = job_task_dup_words (of), *findings = job_task_dup_findings (of), *columns = of->columns != NULL ? g_strjoinv ("\", \"", of->columns) : NULL;
  g_autoptr (GString) all = g_string_new ("// Declared already:\n");
  g_string_append_printf (all, "%s\n%s\n\n", given->words, words);
  if (*findings != '\0' && of->written != NULL && *of->written != NULL)
    g_string_append_printf (all, "You wrote this before:\n%s\n\n", *of->written);
  g_string_append (all, findings);
  if (*of->step->file == '\0')
    g_string_append (all, "\nAnswer only the questions of the person: return one string.");
  else if (g_str_has_suffix (of->step->file, ".csv") && columns != NULL)
    g_string_append_printf (all, "\nReturn the rows of %s: an array of objects with exactly the members \"%s\".", of->step->file, columns);
  else if (g_str_has_suffix (of->step->file, ".csv"))
    g_string_append_printf (all, "\nReturn the rows of %s: an array of objects, one for each row.", of->step->file);
  else
    g_string_append_printf (all, "\nReturn the text of %s, a string.", of->step->file);
  /* Whoever has worked out one row takes the right formula for all. */
  gboolean csv = g_str_has_suffix (of->step->file, ".csv");
  if (csv)
    g_string_append (all, " Begin with one comment line that works out the first row of them.");
  gboolean answers = *of->step->file == '\0', rows = csv || g_str_has_suffix (of->step->file, ".json");
  Candidates *candidates = g_new0 (Candidates, 1);
  candidates->n_left = CANDIDATES;
  g_object_set_data_full (G_OBJECT (task), "candidates", candidates, candidates_free);
  /* The example of what there is: one of files misleads where there are tables alone. */
  const char *const of_tables[] = { file_examples[0], file_examples[1], NULL };
  gboolean texts = strstr (given->words, "files[") != NULL, tables = strstr (given->words, "tables.") != NULL;
  const char *const *shown = texts && tables ? file_examples : texts ? file_examples + 2 : of_tables;
  for (guint i = 0; i < CANDIDATES; i++) {
    JobManner manner = { .examples = answers ? answer_examples : rows ? shown : text_examples, .gbnf = answers ? answer_gbnf : csv ? rows_gbnf : NULL, .number = i };
    job_task_write_so_async (of, rules, &manner, all->str, MAX_TOKENS, g_task_get_cancellable (task), on_code, part_new (task, i));
  }
}

void
job_script_run (const JobTask *of, GPtrArray *datasets, gboolean texts, GTask *task)
{
  Given *given = given_new (of, datasets, texts);
  g_autoptr (GTask) worker = g_task_new (NULL, g_task_get_cancellable (task), on_given, task);

  g_task_set_task_data (task, (gpointer) of, NULL);
  g_object_set_data_full (G_OBJECT (task), "given", given, given_free);
  g_task_set_task_data (worker, given, NULL);
  g_task_run_in_thread (worker, give_thread);
}

static void
run (const JobTask *of, GTask *task)
{
  job_script_run (of, of->datasets, TRUE, task);
}

static void
check (const JobTask *of, const JobMade *made, GPtrArray *findings)
{
  const JobFile *file = made->files->len > 0 ? made->files->pdata[0] : NULL;

  if (file == NULL || strlen (file->content) < 3)
    g_ptr_array_add (findings, g_strdup (_("The file is empty.")));
  else if (g_str_has_suffix (file->path, ".csv") && made->n_rows == 0)
    g_ptr_array_add (findings, g_strdup (_("The table has no rows.")));
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
  .check = check,
};
