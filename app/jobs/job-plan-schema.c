/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The schema under which a model writes a plan: one alternative for each worker that is able. */
#include <string.h>

#include "job-plan-private.h"

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
