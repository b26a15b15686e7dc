/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "job-plan.h"

#include <glib/gi18n.h>
#include <string.h>

#include "app-error.h"
#include "job-worker.h"

/* Characters of what a person reads, and of what a worker is told. */
#define MAX_TITLE 48
#define MAX_TASK 320

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

static JobStep *
step_new (const JobWorker *worker, guint number)
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

/* ---- what the request names ---- */

/* Whether a file of this name could be made. */
static gboolean
is_makeable (const char *name)
{
  static const char *const ends[] = { ".csv", ".tsv", ".md", ".txt", ".json", ".html", ".svg", ".ics", ".xml", ".sql" };

  for (guint i = 0; i < G_N_ELEMENTS (ends); i++)
    if (g_str_has_suffix (name, ends[i]) && strlen (name) > strlen (ends[i]))
      return TRUE;
  return FALSE;
}

GStrv
job_plan_find_files (const JobPlanCase *of)
{
  g_autoptr (GStrvBuilder) builder = g_strv_builder_new ();
  g_autoptr (GHashTable) known = g_hash_table_new_full (g_str_hash, g_str_equal, g_free, NULL);

  for (const char *at = of->request; *at != '\0';) {
    gsize n = 0;
    while (g_ascii_isalnum (at[n]) || (at[n] != '\0' && strchr ("._-", at[n]) != NULL) || (guchar) at[n] >= 0x80)
      n++;
    if (n == 0) {
      at++;
      continue;
    }
    gsize length = n;
    while (length > 0 && at[length - 1] == '.')
      length--;
    g_autofree char *name = g_strndup (at, length);
    if (is_makeable (name) && !g_strv_contains (of->inputs, name) && g_hash_table_add (known, g_strdup (name)))
      g_strv_builder_add (builder, name);
    at += n;
  }
  return g_strv_builder_end (builder);
}

/* The words that begin a list of columns, behind or before which the list stands. */
static const char *
find_columns_word (const char *text)
{
  static const char *const marks[] = { "columns:", "columns ", "column ", "header:", "header ", "headers ", "spalten:", "spalten ", "spalte " };
  const char *best = NULL;

  for (guint i = 0; i < G_N_ELEMENTS (marks); i++) {
    const char *found = strstr (text, marks[i]);
    if (found != NULL && (best == NULL || found < best))
      best = found;
  }
  return best != NULL ? best + strcspn (best, ": ") + 1 : NULL;
}

/* Whether a word can only stand behind a list of columns. */
static gboolean
ends_list (const char *text)
{
  static const char *const words[] = { "sorted", "for", "from", "in", "of", "one", "each", "with", "where", "that", "which", "per", "by", "then", "so", "ordered", "to", "as", "on", "at", "(", "only", "rounded", "using", "without", "nach", "für", "aus", "mit" };

  for (guint i = 0; i < G_N_ELEMENTS (words); i++) {
    gsize n = strlen (words[i]);
    if (g_ascii_strncasecmp (text, words[i], n) == 0 && !g_ascii_isalpha (text[n]))
      return TRUE;
  }
  return FALSE;
}

GStrv
job_plan_find_columns (const char *request, const char *file)
{
  g_autofree char *lower = g_utf8_strdown (request, -1), *name = g_utf8_strdown (file, -1);
  /* Only where no letter changed its length: names are taken from the request as they stand. */
  const char *from = strlen (lower) == strlen (request) ? strstr (lower, name) : NULL, *list;
  g_autoptr (GStrvBuilder) builder = g_strv_builder_new ();
  guint n = 0;

  if (from == NULL || *name == '\0')
    return NULL;
  list = find_columns_word (from + strlen (name));
  if (list == NULL)
    return NULL;
  /* It belongs to the file that was named last before it. */
  for (const char *dot = from + strlen (name); (dot = strchr (dot, '.')) != NULL && dot < list; dot++)
    if (g_ascii_isalpha (dot[1]) && g_ascii_isalpha (dot[2]))
      return NULL;
  const char *at = request + (list - lower);
  while (*at != '\0' && n < 24) {
    gsize length;
    char quote;
    at += strspn (at, " \t\n");
    gboolean last = g_ascii_strncasecmp (at, "and ", 4) == 0 || g_ascii_strncasecmp (at, "und ", 4) == 0;
    at += last ? 4 : 0;
    at += strspn (at, " ");
    quote = *at == '"' || *at == '\'' || *at == '`' ? *at : '\0';
    if (quote != '\0') {
      const char *close = strchr (++at, quote);
      length = close != NULL ? (gsize) (close - at) : 0;
    } else {
      length = strcspn (at, " ,.;:()\n\"'`");
    }
    if (length == 0 || length > 40)
      break;
    if (quote == '\0' && n > 0 && ends_list (at))
      break;
    /* The next file, and no column. */
    if (quote == '\0' && at[length] == '.' && g_ascii_isalpha (at[length + 1]))
      break;
    g_autofree char *word = g_strndup (at, length);
    g_strv_builder_add (builder, word);
    n++;
    at += length + (quote != '\0');
    if (*at == '\'' || *at == '"')
      at++;
    if (last && *at == ',') {
      break; /* what stands behind "and" was the last */
    } else if (*at == '(' || g_str_has_prefix (at, " (")) {
      /* What the column is, in brackets. */
      const char *close = strchr (at, ')');
      if (close == NULL || last)
        break;
      at = close + 1;
      if (*at != ',' && g_ascii_strncasecmp (at, " and ", 5) != 0 && g_ascii_strncasecmp (at, " und ", 5) != 0)
        break;
      at++;
    } else if (*at == ',') {
      at++;
    } else if (g_ascii_strncasecmp (at, " and ", 5) == 0 || g_ascii_strncasecmp (at, " und ", 5) == 0) {
      at++;
    } else if (quote == '\0' && *at == ' ' && !ends_list (at + 1)) {
      return NULL; /* a name of several words, perhaps: better none than half of one */
    } else {
      break;
    }
  }
  return n >= 1 ? g_strv_builder_end (builder) : NULL;
}

/* ---- the schema ---- */

static void
append_string (GString *to, const char *text)
{
  g_autoptr (JsonNode) node = json_node_init_string (json_node_alloc (), text);
  g_autofree char *json = json_to_string (node, FALSE);

  g_string_append (to, json);
}

/* The files that the request names and this worker could make. (transfer full) */
static GPtrArray *
find_own_files (const JobWorker *worker, const char *const *named)
{
  g_auto (GStrv) ends = g_strsplit (worker->suffix, "|", -1);
  GPtrArray *files = g_ptr_array_new ();

  for (; *named != NULL; named++)
    for (guint i = 0; ends[i] != NULL; i++)
      if (g_str_has_suffix (*named, ends[i]) && (*named)[strlen (*named) - strlen (ends[i]) - 1] == '.')
        g_ptr_array_add (files, (gpointer) *named);
  return files;
}

static void
append_alternative (GString *schema, const JobWorker *worker, const JobPlanCase *of, const char *const *named)
{
  g_string_append_printf (schema, "{\"type\":\"object\",\"properties\":{\"kind\":{\"const\":\"%s\"},\"title\":{\"type\":\"string\",\"minLength\":3,\"maxLength\":%d},\"task\":{\"type\":\"string\",\"minLength\":8,\"maxLength\":%d}", worker->id,
                          MAX_TITLE, MAX_TASK);
  g_string_append (schema, ",\"uses\":{\"type\":\"array\",\"maxItems\":6,\"items\":{\"enum\":[");
  for (const char *const *input = of->inputs; *input != NULL; input++) {
    append_string (schema, *input);
    g_string_append_c (schema, ',');
  }
  g_string_append (schema, "\"step 1\",\"step 2\",\"step 3\",\"step 4\",\"step 5\"]}}");
  if (*worker->suffix != '\0') {
    g_autoptr (GPtrArray) files = find_own_files (worker, named);

    g_string_append (schema, ",\"file\":");
    if (files->len > 0) {
      g_string_append (schema, "{\"enum\":[");
      for (guint i = 0; i < files->len; i++) {
        g_string_append (schema, i > 0 ? "," : "");
        append_string (schema, files->pdata[i]);
      }
      g_string_append (schema, "]}");
    } else {
      g_string_append_printf (schema, "{\"type\":\"string\",\"pattern\":\"^[a-z][a-z0-9_]{1,24}\\\\.(%s)$\"}", worker->suffix);
    }
  }
  if (worker->checks != NULL) {
    g_string_append (schema, ",\"check\":{\"enum\":[");
    for (guint i = 0; worker->checks[i] != NULL; i++)
      g_string_append_printf (schema, "%s\"%s\"", i > 0 ? "," : "", worker->checks[i]);
    g_string_append (schema, "]}");
  }
  g_string_append_printf (schema, "},\"required\":[\"kind\",\"title\",\"task\",\"uses\"%s%s],\"additionalProperties\":false}", *worker->suffix != '\0' ? ",\"file\"" : "", worker->checks != NULL ? ",\"check\"" : "");
}

char *
job_plan_dup_schema (const JobPlanCase *of)
{
  g_auto (GStrv) named = job_plan_find_files (of);
  GString *schema = g_string_new (NULL);
  gboolean first = TRUE;

  g_string_append_printf (schema, "{\"type\":\"object\",\"properties\":{\"steps\":{\"type\":\"array\",\"minItems\":1,\"maxItems\":%d,\"items\":{\"anyOf\":[", JOB_MAX_STEPS);
  for (guint i = 0; job_worker_get (i) != NULL; i++) {
    if (!job_worker_is_able (job_worker_get (i), of))
      continue;
    g_string_append (schema, first ? "" : ",");
    first = FALSE;
    append_alternative (schema, job_worker_get (i), of, (const char *const *) named);
  }
  g_string_append (schema, "]}}},\"required\":[\"steps\"],\"additionalProperties\":false}");
  return g_string_free (schema, FALSE);
}

/* ---- reading ---- */

static const char *
get_string (JsonObject *object, const char *name)
{
  JsonNode *node = json_object_get_member (object, name);

  return node != NULL && JSON_NODE_HOLDS_VALUE (node) && json_node_get_value_type (node) == G_TYPE_STRING ? json_node_get_string (node) : "";
}

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
  const JobWorker *worker = job_worker_find (get_string (object, "kind"));
  JobStep *step;

  if (worker == NULL || !job_worker_is_able (worker, of)) {
    g_set_error (error, APP_ERROR, APP_ERROR_INVALID, _("Step %u of the plan is of a kind that there is not, “%s”."), number, get_string (object, "kind"));
    return NULL;
  }
  if (*get_string (object, "task") == '\0') {
    g_set_error (error, APP_ERROR, APP_ERROR_INVALID, _("Step %u of the plan does not say what is to be done."), number);
    return NULL;
  }
  step = step_new (worker, number);
  step->title = g_utf8_substring (get_string (object, "title"), 0, MIN (g_utf8_strlen (get_string (object, "title"), -1), MAX_TITLE));
  step->task = g_strdup (get_string (object, "task"));
  take_uses (step, object, of);
  if (*worker->suffix != '\0') {
    g_free (step->file);
    step->file = g_strdup (get_string (object, "file"));
  }
  g_free (step->check);
  step->check = g_strdup (worker->checks != NULL ? get_string (object, "check") : "");
  return step;
}

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

/* Who makes a file that the request names, whatever the plan says: what has to be computed is computed by a program, and what is said in a text is read by a model. `planned`: (nullable) */
static const JobWorker *
choose_worker (const JobPlanCase *of, const char *file, const JobWorker *planned)
{
  const char *id = "text";

  if (g_str_has_suffix (file, ".csv") || g_str_has_suffix (file, ".tsv") || g_str_has_suffix (file, ".json"))
    id = of->scripts && (of->tables || of->many) ? "script" : of->tables ? "table" : "extract";
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
  step = step_new (worker, plan->steps->len + 1);
  step->title = *file != '\0' ? g_strdup (file) : g_strdup (_(worker->name));
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

/* The same twice. */
static gboolean
is_repeated (JobPlan *plan, guint index)
{
  const JobStep *step = plan->steps->pdata[index];

  for (guint i = 0; i < index; i++) {
    const JobStep *other = plan->steps->pdata[i];
    if (other->worker == step->worker && (*step->worker->suffix == '\0' || g_str_equal (other->task, step->task)))
      return TRUE;
  }
  return FALSE;
}

/* Where no table is named, one is enough: that which is made of most. A small model writes the same in four ways. */
static void
keep_one_table (JobPlan *plan)
{
  const JobStep *best = NULL;

  for (guint i = 0; i < plan->steps->len; i++) {
    const JobStep *step = plan->steps->pdata[i];
    if (g_str_has_suffix (step->file, ".csv") && (best == NULL || g_strv_length (step->uses) + step->needs->len >= g_strv_length (best->uses) + best->needs->len))
      best = step;
  }
  for (guint i = plan->steps->len; best != NULL && i-- > 0;) {
    JobStep *step = plan->steps->pdata[i];
    if (g_str_has_suffix (step->file, ".csv") && step != best)
      drop_step (plan, i);
  }
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
  if (named[0] == NULL)
    keep_one_table (plan);
  for (guint i = plan->steps->len; i-- > 0;)
    if (plan->steps->len > 1 && !is_needed (plan, plan->steps->pdata[i]) && (is_unasked (plan->steps->pdata[i], of, named[0] != NULL) || is_repeated (plan, i)))
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
  if (job_worker_is_able (job_worker_find ("answer"), of) && !has_worker (plan, "answer"))
    add_step (plan, of, job_worker_find ("answer"), "");
  for (guint i = 0; i < plan->steps->len; i++) {
    JobStep *step = plan->steps->pdata[i];
    if (g_str_equal (step->worker->id, "answer"))
      use_all (plan, step, of, TRUE);
    else if (g_str_equal (step->worker->id, "dashboard"))
      use_all (plan, step, of, FALSE);
  }
}

/* Steps that make a file which was not asked for, where some were asked for and nobody needs this one. */
static gboolean
is_idle (JobPlan *plan, const JobStep *step, const char *const *named)
{
  return *named != NULL && *step->file != '\0' && !g_strv_contains (named, step->file) && !is_needed (plan, step) && !g_str_equal (step->worker->id, "report");
}

static void
drop_idle (JobPlan *plan, const JobPlanCase *of)
{
  g_auto (GStrv) named = job_plan_find_files (of);

  for (guint i = plan->steps->len; i-- > 0;)
    if (plan->steps->len > 1 && is_idle (plan, plan->steps->pdata[i], (const char *const *) named))
      drop_step (plan, i);
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
  drop_idle (plan, of);
  complete (plan, of);
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
  const JobWorker *worker = object != NULL ? job_worker_find (get_string (object, "kind")) : NULL;
  JsonNode *uses, *needs;
  g_autoptr (GStrvBuilder) names = g_strv_builder_new ();
  JobStep *step;

  if (worker == NULL)
    return NULL;
  step = step_new (worker, number);
  step->title = g_strdup (get_string (object, "title"));
  step->task = g_strdup (get_string (object, "task"));
  g_free (step->file);
  step->file = g_strdup (get_string (object, "file"));
  g_free (step->check);
  step->check = g_strdup (get_string (object, "check"));
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
