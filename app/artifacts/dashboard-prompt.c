/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "dashboard-prompt.h"

#include <string.h>

#include "app-query.h"
#include "dashboard-rules.h"
#include "dashboard-wish.h"

/* Bytes of what is said of the tables. */
#define SCHEMA_BUDGET 5000

static const char rules[] =
    "You design dashboards of tables. For each wish write one JSON specification: everything that is asked for, and nothing else.\n"
    "- value: count is the number of rows; sum(c), average(c), median(c), min(c), max(c) are of a column of numbers; distinct(c) is how many different values.\n"
    "- x: what the value is shown for: a column of words, or day(c), week(c), month(c), quarter(c), year(c), weekday(c), hour(c) of a date.\n"
    "- kinds of charts: line for a course in time; area for a course of amounts; bar to compare; stacked for bars split by a series; pie for shares of a whole; treemap for shares of many; "
    "heatmap for a value by x and y; histogram for how one number is distributed; scatter for how two numbers go together.\n"
    "- kpis are single numbers; tables are for lists; filters are columns by which people choose.\n";

/* ---- examples ---- */

static char *
dup_words (const AppColumn *column)
{
  return g_strdelimit (g_strdup (column->sql_name), "_", ' ');
}

/* What is asked for in the first example, and how it is written. */
static void
append_first (GString *wish, GString *json, const DashboardColumns *c, const DashboardSource *source)
{
  g_autofree char *m = c->n_measures > 0 ? dup_words (c->measures[0]) : g_strdup ("rows"), *g = c->n_categories > 0 ? dup_words (c->categories[0]) : NULL;
  g_autofree char *value = c->n_measures > 0 ? g_strdup_printf ("sum(%s)", c->measures[0]->sql_name) : g_strdup ("count");

  g_string_append_printf (wish, "Show the total %s", m);
  g_string_append_printf (json, "{\"table\": \"%s\", \"title\": \"Overview of %s\", \"kpis\": [{\"label\": \"Total %s\", \"value\": \"%s\"}], \"charts\": [", source->name, m, m, value);
  if (g != NULL) {
    g_string_append_printf (wish, " and compare it for each %s", g);
    g_string_append_printf (json, "{\"title\": \"Total %s by %s\", \"kind\": \"bar\", \"value\": \"%s\", \"x\": \"%s\"}", m, g, value, c->categories[0]->sql_name);
  }
  if (c->date != NULL) {
    g_string_append_printf (wish, ", and how it developed from month to month");
    g_string_append_printf (json, "%s{\"title\": \"Total %s by month\", \"kind\": \"line\", \"value\": \"%s\", \"x\": \"month(%s)\"}", g != NULL ? ", " : "", m, value, c->date->sql_name);
  } else if (g == NULL && c->n_measures > 0) {
    g_string_append_printf (json, "{\"title\": \"Distribution of %s\", \"kind\": \"histogram\", \"x\": \"%s\"}", m, c->measures[0]->sql_name);
  }
  g_string_append (json, "], \"tables\": []");
  if (c->n_categories > 1 || c->date != NULL) {
    const AppColumn *filter = c->n_categories > 1 ? c->categories[1] : c->date;
    g_autofree char *f = dup_words (filter);
    g_string_append_printf (wish, ". I want to filter by %s.", f);
    g_string_append_printf (json, ", \"filters\": [\"%s\"]}", filter->sql_name);
  } else {
    g_string_append (wish, ".");
    g_string_append (json, c->n_categories > 0 ? ", \"filters\": []}" : "}");
  }
}

/* FALSE when there is no other one to make. */
static gboolean
append_second (GString *wish, GString *json, const DashboardColumns *c, const DashboardSource *source)
{
  const AppColumn *few = c->few != NULL ? c->few : c->n_categories > 1 ? c->categories[1] : NULL, *group = c->n_categories > 0 ? c->categories[c->n_categories - 1] : NULL;
  const AppColumn *measure = c->n_measures > 0 ? c->measures[c->n_measures - 1] : NULL;

  if (few == NULL || group == NULL)
    return FALSE;
  g_autofree char *f = dup_words (few), *g = dup_words (group), *m = measure != NULL ? dup_words (measure) : NULL;
  g_autofree char *value = measure != NULL ? g_strdup_printf ("average(%s)", measure->sql_name) : g_strdup_printf ("distinct(%s)", few->sql_name);
  g_autofree char *label = measure != NULL ? g_strdup_printf ("Average %s", m) : g_strdup_printf ("Different %s", f);
  g_string_append_printf (wish, "How many rows are there, and what is the %s? What share has each %s? I also need a table with the number of rows and the %s of every %s.", label, f, label, g);
  g_string_append_printf (json, "{\"table\": \"%s\", \"title\": \"Shares of %s\", \"kpis\": [{\"label\": \"Number of rows\", \"value\": \"count\"}, {\"label\": \"%s\", \"value\": \"%s\"}], \"charts\": ["
                                "{\"title\": \"Share of each %s\", \"kind\": \"pie\", \"value\": \"count\", \"x\": \"%s\"}], \"tables\": ["
                                "{\"title\": \"Every %s\", \"rows\": \"%s\", \"values\": [\"count\", \"%s\"]}], \"filters\": []}",
                          source->name, f, label, value, f, few->sql_name, g, group->sql_name, value);
  return TRUE;
}

void
dashboard_prompt_add_rules (AppPrompt *prompt, GPtrArray *datasets)
{
  g_autoptr (GPtrArray) sources = dashboard_sources_new (datasets);
  g_autofree char *schema = app_query_dup_schema (datasets, SCHEMA_BUDGET), *system = g_strdup_printf ("%s\nThe tables:\n%s", rules, schema);
  g_autoptr (GString) wish = g_string_new (NULL), json = g_string_new (NULL);
  DashboardColumns columns;

  app_prompt_add (prompt, APP_ROLE_SYSTEM, NULL, system);
  if (sources->len == 0)
    return;
  const DashboardSource *source = g_ptr_array_index (sources, 0);
  dashboard_find_columns (source->table, &columns);
  append_first (wish, json, &columns, source);
  g_autofree char *first = dashboard_prompt_dup_wish (datasets, wish->str);
  app_prompt_add (prompt, APP_ROLE_USER, NULL, first);
  app_prompt_add (prompt, APP_ROLE_ASSISTANT, NULL, json->str);
  g_string_truncate (wish, 0);
  g_string_truncate (json, 0);
  if (!append_second (wish, json, &columns, source))
    return;
  g_autofree char *second = dashboard_prompt_dup_wish (datasets, wish->str);
  app_prompt_add (prompt, APP_ROLE_USER, NULL, second);
  app_prompt_add (prompt, APP_ROLE_ASSISTANT, NULL, json->str);
}

/* The parts of a dashboard, as dashboard_wish_dup_text () has those of a wish. (transfer full) */
static char *
dup_outline (const AppDashboard *dashboard)
{
  g_autoptr (GString) text = g_string_new (NULL);

  for (guint i = 0; i < dashboard->kpis->len; i++) {
    g_autofree char *value = dashboard_value_dup_text (&((const DashboardKpi *) g_ptr_array_index (dashboard->kpis, i))->value);
    g_string_append_printf (text, "%skpi %s", text->len > 0 ? "; " : "", value);
  }
  for (guint i = 0; i < dashboard->charts->len && i < 5; i++) {
    const DashboardChart *chart = g_ptr_array_index (dashboard->charts, i);
    const DashboardGroup *second = chart->y.column != NULL ? &chart->y : &chart->series;
    g_autofree char *value = dashboard_value_dup_text (&chart->value), *x = dashboard_group_dup_text (&chart->x), *y = dashboard_group_dup_text (second);
    g_string_append_printf (text, "; %s %s%s%s%s%s", chart->kind->name, chart->kind->shape <= DASHBOARD_GRID ? value : "", chart->kind->shape <= DASHBOARD_GRID ? " by " : "of ", x,
                            second->column != NULL ? " and " : "", y);
  }
  for (guint i = 0; i < dashboard->filters->len; i++)
    g_string_append_printf (text, "; filter %s", g_array_index (dashboard->filters, DashboardGroup, i).column->sql_name);
  return g_strdup (text->str);
}

char *
dashboard_prompt_dup_wish (GPtrArray *datasets, const char *wish)
{
  g_autoptr (GPtrArray) sources = dashboard_sources_new (datasets);
  g_autoptr (GString) text = g_string_new (wish);

  /* What most is found of is what is meant; the largest table first. */
  char *best = NULL;
  guint most = 0;
  for (guint i = 0; i < sources->len; i++) {
    g_autoptr (GArray) wishes = dashboard_wish_read (g_ptr_array_index (sources, i), wish);
    if (wishes->len > most) {
      g_free (best);
      best = dashboard_wish_dup_text (wishes);
      most = wishes->len;
    }
  }
  /* A wish that names nothing gets what a person would look at first. */
  if (best == NULL && sources->len > 0) {
    g_autoptr (AppDashboard) suggested = app_dashboard_suggest (datasets);
    best = dup_outline (suggested);
  }
  if (best != NULL)
    g_string_append_printf (text, "\n(That is: %s)", best);
  g_free (best);
  return g_strdup (text->str);
}

/* ---- changes ---- */

static char *
dup_part_line (const AppDashboard *dashboard, const char *pointer)
{
  g_autoptr (JsonNode) node = dashboard_dup_part (dashboard, pointer);

  return node != NULL ? json_to_string (node, FALSE) : NULL;
}

char *
dashboard_prompt_dup_choice (const AppDashboard *dashboard, const char *const *choices, const char *wish)
{
  GString *text = g_string_new ("The parts of the dashboard:\n");

  for (guint i = 0; choices[i] != NULL; i++) {
    const char *pointer = strchr (choices[i], '/');
    g_autofree char *line = dup_part_line (dashboard, pointer);
    g_string_append_printf (text, "%s %s\n", pointer, line != NULL ? line : "(a new one)");
  }
  g_string_append_printf (text, "\nWhich part does this wish mean: “%s”? Answer with one of these:", wish);
  for (guint i = 0; choices[i] != NULL; i++)
    g_string_append_printf (text, "%s \"%s\"", i > 0 ? "," : "", choices[i]);
  return g_string_free (text, FALSE);
}

char *
dashboard_prompt_dup_choices (const char *const *choices)
{
  g_autoptr (GString) schema = g_string_new ("{\"enum\": [");

  for (guint i = 0; choices[i] != NULL; i++)
    g_string_append_printf (schema, "%s\"%s\"", i > 0 ? ", " : "", choices[i]);
  g_string_append (schema, "]}");
  return g_strdup (schema->str);
}

char *
dashboard_prompt_dup_change (const AppDashboard *dashboard, const char *pointer, const char *wish)
{
  g_autofree char *line = dup_part_line (dashboard, pointer), *wanted = dashboard_prompt_dup_wish (dashboard->source.datasets, wish);

  if (line == NULL)
    return g_strdup_printf ("Write the one new part %s of a dashboard for this wish: %s", pointer, wanted);
  return g_strdup_printf ("This is one part of a dashboard:\n%s\n\nChange what this wish says, keep the rest, and write the part again: %s", line, wanted);
}
