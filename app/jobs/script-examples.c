/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "script-examples.h"

#include <string.h>

#include "job-resources.h"

/* Of examples that are shown at once. */
#define MAX_EXAMPLES 2

static gboolean
is_always (const ScriptShape *shape)
{
  return TRUE;
}

static gboolean
has_versions (const ScriptShape *shape)
{
  return shape->versions;
}

static gboolean
has_joins (const ScriptShape *shape)
{
  return shape->joined || shape->repeats;
}

static gboolean
has_months (const ScriptShape *shape)
{
  return shape->n_tables > 1 && !shape->joined && !shape->versions && shape->n_months > 1;
}

static gboolean
is_loose (const ScriptShape *shape)
{
  return shape->n_tables > 1 && !shape->joined && !shape->versions && shape->n_months == 0;
}

static gboolean
has_choices (const ScriptShape *shape)
{
  return shape->n_choices > 1;
}

static gboolean
has_units (const ScriptShape *shape)
{
  return shape->units;
}

static gboolean
has_names (const ScriptShape *shape)
{
  return shape->names;
}

static gboolean
has_records (const ScriptShape *shape)
{
  return shape->n_records > 0;
}

static gboolean
has_no_records (const ScriptShape *shape)
{
  return shape->n_records == 0;
}

/* Each row of the only table stands for itself. */
static gboolean
is_each (const ScriptShape *shape)
{
  return shape->n_tables == 1 && shape->n_records == 0 && shape->n_repeating == 0;
}

static gboolean
is_single (const ScriptShape *shape)
{
  return shape->n_tables == 1 && shape->n_records == 0 && !is_each (shape) && !has_choices (shape);
}

static gboolean
has_texts (const ScriptShape *shape)
{
  return shape->n_texts > 0;
}

/* In the order in which they are asked whether they fit. */
static const struct {
  const char *name;
  ScriptResult result;
  gboolean (*fits) (const ScriptShape *shape);
} examples[] = {
  { "records", SCRIPT_ROWS, has_records },
  { "units", SCRIPT_ROWS, has_units },
  { "named", SCRIPT_ROWS, has_names },
  { "versions", SCRIPT_ROWS, has_versions },
  { "joined", SCRIPT_ROWS, has_joins },
  { "months", SCRIPT_ROWS, has_months },
  { "loose", SCRIPT_ROWS, is_loose },
  { "choices", SCRIPT_ROWS, has_choices },
  { "each", SCRIPT_ROWS, is_each },
  { "one", SCRIPT_ROWS, is_single },
  { "texts", SCRIPT_ROWS, has_texts },
  { "words", SCRIPT_WORDS, is_always },
  { "answer-records", SCRIPT_ANSWER, has_records },
  { "answer", SCRIPT_ANSWER, has_no_records },
  { "report", SCRIPT_REPORT, is_always },
};

static char *
dup_resource (const char *name)
{
  g_autofree char *path = g_strconcat ("/org/melete/Melete/jobs/", name, NULL);
  g_autoptr (GBytes) bytes = g_resource_lookup_data (job_get_resource (), path, G_RESOURCE_LOOKUP_FLAGS_NONE, NULL);

  return g_strchomp (g_strndup (g_bytes_get_data (bytes, NULL), g_bytes_get_size (bytes)));
}

char *
script_examples_dup_rules (void)
{
  return dup_resource ("rules.txt");
}

GStrv
script_examples_choose (const ScriptShape *shape, ScriptResult result)
{
  g_autoptr (GStrvBuilder) turns = g_strv_builder_new ();
  guint n = 0;

  for (guint i = 0; i < G_N_ELEMENTS (examples) && n < MAX_EXAMPLES; i++) {
    if (examples[i].result != result || !examples[i].fits (shape))
      continue;
    g_autofree char *name = g_strdup_printf ("examples/%s.txt", examples[i].name), *text = dup_resource (name);
    char *middle = strstr (text, "\n---\n");
    *middle = '\0';
    g_strv_builder_add (turns, text);
    g_strv_builder_add (turns, middle + strlen ("\n---\n"));
    n++;
  }
  return g_strv_builder_end (turns);
}
