/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Not a test: pages of starting points. For tests, for ./dev bench visual, and for who looks at pages.
 *
 *   start-tool --page OUT SPEC       a page in one file, of the specification in a file
 *   start-tool --examples FOLDER     pages of the first example of each start; prints a line for each: {"start", "kind", "page"}
 *   start-tool --model MODEL [--threads N]
 *       for each line, an object: {"kind", "wish", "page"} or {"kind", "spec", "wish", "part", "page"}: what a model makes of it; its page goes to the file "page".
 *       With {"free": true, "documents"}: HTML that it writes freely, with that text in the prompt */
#include <locale.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "app-model-private.h"
#include "artifacts/artifact-kind.h"
#include "artifacts/start-spec.h"
#include "fixture.h"
#include "tables/table-tool.h"

static _Noreturn void
fail (const char *what, const GError *error)
{
  g_printerr ("%s: %s\n", what, error != NULL ? error->message : "failed");
  exit (1);
}

static void
write_bundle (AppBundle *bundle, const char *path)
{
  g_autoptr (GError) error = NULL;
  g_autofree char *page = app_bundle_dup_single_page (bundle, &error);

  if (page == NULL || !g_file_set_contents (path, page, -1, &error))
    fail (path, error);
}

static void
write_page (const char *source, const char *path)
{
  g_autoptr (GError) error = NULL;
  g_autoptr (AppBundle) bundle = start_make_bundle (source, &error);

  if (bundle == NULL)
    fail (path, error);
  write_bundle (bundle, path);
}

static void
write_examples (const char *folder)
{
  const Start *start;

  for (guint i = 0; (start = start_get (i)) != NULL; i++) {
    g_autofree char *path = g_strdup_printf ("%s/%s.html", folder, start->line->id);
    JsonObject *spec = json_object_get_object_member (json_array_get_object_element (start->examples, 0), "spec");
    g_autoptr (JsonNode) node = json_node_init_object (json_node_alloc (), spec);
    g_autofree char *rest = json_to_string (node, FALSE), *source = g_strdup_printf ("{\"start\":\"%s\",%s", start->line->id, rest + 1);
    write_page (source, path);
    printf ("{\"start\": \"%s\", \"kind\": \"%s\", \"page\": \"%s\"}\n", start->line->id, start->line->kind, path);
  }
}

/* ---- with a model ---- */

static AppEngine *
load_model (const char *path, int n_threads)
{
  g_autoptr (GError) error = NULL;
  AppEngine *engine = table_tool_load_model (path, n_threads, 6144, &error);

  if (engine == NULL)
    fail (path, error);
  return engine;
}

static const char *
get_text (JsonObject *object, const char *name)
{
  return json_object_has_member (object, name) && !json_object_get_null_member (object, name) ? json_object_get_string_member (object, name) : NULL;
}

static AppBundle *
make_bundle (const AppArtifactKind *kind, const AppArtifactWritten *written, GError **error)
{
  g_autoptr (GAsyncResult) result = NULL;
  g_autoptr (GPtrArray) none = g_ptr_array_new ();
  g_autoptr (GTask) task = g_task_new (NULL, NULL, keep_result, &result);

  kind->make_bundle (written->source, written->title, none, task);
  return g_task_propagate_pointer (G_TASK (table_tool_wait (&result)), error);
}

static void
answer (AppEngine *engine, JsonObject *line)
{
  g_autoptr (JsonBuilder) builder = json_builder_new ();
  g_autoptr (GPtrArray) none = g_ptr_array_new ();
  g_autoptr (GAsyncResult) result = NULL;
  g_autoptr (GError) error = NULL;
  g_autoptr (AppPick) pick = get_text (line, "part") != NULL ? app_pick_new ("", get_text (line, "part"), "", "") : NULL;
  gint64 began = g_get_monotonic_time ();
  gboolean is_free = json_object_has_member (line, "free");
  const char *documents = get_text (line, "documents");
  AppArtifactOrder order = { .engine = engine, .kind = app_artifact_kind_find (get_text (line, "kind")), .wish = get_text (line, "wish"), .documents = documents != NULL ? documents : "", .datasets = none,
                             .base = get_text (line, "spec"), .pick = pick };

  (is_free ? artifact_write_html : order.kind->write) (&order, (AppArtifactProgress) { 0 }, g_task_new (NULL, NULL, keep_result, &result));
  g_autoptr (AppArtifactWritten) written = g_task_propagate_pointer (G_TASK (table_tool_wait (&result)), &error);
  /* Any page with HTML of its own is made as one. */
  g_autoptr (AppBundle) bundle = written != NULL ? make_bundle (is_free ? app_artifact_kind_find ("page") : order.kind, written, &error) : NULL;
  json_builder_begin_object (builder);
  json_builder_set_member_name (builder, "seconds");
  json_builder_add_double_value (builder, (double) (g_get_monotonic_time () - began) / G_USEC_PER_SEC);
  json_builder_set_member_name (builder, "tokens");
  json_builder_add_int_value (builder, written != NULL ? written->n_tokens : 0);
  table_tool_add_string (builder, "source", written != NULL ? written->source : NULL);
  table_tool_add_string (builder, "error", error != NULL ? error->message : NULL);
  json_builder_end_object (builder);
  if (bundle != NULL && get_text (line, "page") != NULL)
    write_bundle (bundle, get_text (line, "page"));
  table_tool_print (builder);
}

static void
answer_lines (const char *model, int n_threads)
{
  static char line[4 * 1000 * 1000];
  AppEngine *engine = load_model (model, n_threads);

  while (fgets (line, sizeof line, stdin) != NULL) {
    g_autoptr (JsonNode) order = json_from_string (line, NULL);
    if (order == NULL || !JSON_NODE_HOLDS_OBJECT (order))
      fail ("input", NULL);
    answer (engine, json_node_get_object (order));
    fflush (stdout);
  }
  app_engine_unload (engine);
  g_object_unref (engine);
}

int
main (int argc, char *argv[])
{
  g_autoptr (GError) error = NULL;

  setlocale (LC_ALL, "C.UTF-8");
  if (argc == 4 && strcmp (argv[1], "--page") == 0) {
    g_autofree char *text = NULL;
    if (!g_file_get_contents (argv[3], &text, NULL, &error))
      fail (argv[3], error);
    write_page (text, argv[2]);
  } else if (argc == 3 && strcmp (argv[1], "--examples") == 0) {
    write_examples (argv[2]);
  } else if (argc >= 3 && strcmp (argv[1], "--model") == 0) {
    answer_lines (argv[2], argc == 5 && strcmp (argv[3], "--threads") == 0 ? atoi (argv[4]) : 1);
  } else {
    return 2;
  }
  return 0;
}
