/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Not a test: problems for several agents that contemplate, and for one alone. For ./dev bench contemplate.
 *
 *   contemplate-tool MODEL --agents N [--threads N]
 *       for each line, an object {"id", "question"}: prints {"id", "answer", "text", "seconds", "tokens", "notice", "lanes": [{"answer", "state"}]}. One agent thinks no longer than needed (Compact), as a conversation does. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "agents/final-answer.h"
#include "app-contemplation.h"
#include "tables/table-tool.h"

/* Tokens; a small model that runs away is cut. */
#define LONGEST 600
#define CONTEXT 4096

typedef struct {
  GString *text;
  gboolean finished;
} Answer;

static void
on_text (AppCompletion *completion, const char *piece, Answer *answer)
{
  g_string_append (answer->text, piece);
}

static void
on_finished (AppCompletion *completion, Answer *answer)
{
  answer->finished = TRUE;
}

static AppCompletion *
make_alone (AppEngine *engine, AppPrompt *prompt, GError **error)
{
  app_prompt_set_thinking (prompt, &(AppThinking) { .depth = APP_DEPTH_COMPACT });
  app_prompt_put_behind (prompt, "End with a line that begins with “Answer:” and has only the answer.");
  return app_engine_complete (engine, prompt, error);
}

static void
add_lanes (JsonBuilder *builder, AppCompletion *completion)
{
  GListModel *lanes = app_contemplation_get_lanes (APP_CONTEMPLATION (completion));

  json_builder_set_member_name (builder, "lanes");
  json_builder_begin_array (builder);
  for (guint i = 0; i < g_list_model_get_n_items (lanes); i++) {
    g_autoptr (AppLane) lane = g_list_model_get_item (lanes, i);

    json_builder_begin_object (builder);
    table_tool_add_string (builder, "answer", app_lane_get_answer (lane));
    json_builder_set_member_name (builder, "state");
    json_builder_add_int_value (builder, app_lane_get_state (lane));
    json_builder_end_object (builder);
  }
  json_builder_end_array (builder);
}

static void
solve (AppEngine *engine, JsonObject *problem, guint n_agents)
{
  AppSampling sampling = app_sampling_usual ();
  g_autoptr (JsonBuilder) builder = json_builder_new ();
  g_autoptr (AppPrompt) prompt = NULL;
  g_autoptr (AppCompletion) completion = NULL;
  g_autoptr (GError) error = NULL;
  g_autofree char *found = NULL;
  Answer answer = { g_string_new (NULL), FALSE };
  gint64 began = g_get_monotonic_time ();

  sampling.temperature = 0;
  sampling.max_tokens = LONGEST;
  sampling.seed = 1;
  prompt = app_prompt_new (&sampling);
  app_prompt_add (prompt, APP_ROLE_USER, NULL, json_object_get_string_member_with_default (problem, "question", ""));
  completion = n_agents > 1 ? app_contemplation_new (engine, prompt, n_agents) : make_alone (engine, prompt, &error);
  if (completion != NULL) {
    g_signal_connect (completion, "text", G_CALLBACK (on_text), &answer);
    g_signal_connect (completion, "finished", G_CALLBACK (on_finished), &answer);
    app_completion_start (completion);
    while (!answer.finished)
      g_main_context_iteration (NULL, TRUE);
    if (app_completion_get_error (completion) != NULL)
      error = g_error_copy (app_completion_get_error (completion));
  }
  found = final_answer_find (answer.text->str);
  json_builder_begin_object (builder);
  table_tool_add_string (builder, "id", json_object_get_string_member_with_default (problem, "id", ""));
  table_tool_add_string (builder, "answer", found);
  table_tool_add_string (builder, "text", answer.text->str);
  table_tool_add_string (builder, "error", error != NULL ? error->message : NULL);
  json_builder_set_member_name (builder, "seconds");
  json_builder_add_double_value (builder, (double) (g_get_monotonic_time () - began) / G_USEC_PER_SEC);
  json_builder_set_member_name (builder, "tokens");
  json_builder_add_int_value (builder, completion != NULL ? app_completion_get_stats (completion)->tokens : 0);
  if (completion != NULL && n_agents > 1) {
    table_tool_add_string (builder, "notice", app_contemplation_get_notice (APP_CONTEMPLATION (completion)));
    add_lanes (builder, completion);
  }
  json_builder_end_object (builder);
  table_tool_print (builder);
  g_string_free (answer.text, TRUE);
}

int
main (int argc, char *argv[])
{
  static char line[1000 * 1000];
  int n_agents = 4, n_threads = 2;
  g_autoptr (GError) error = NULL;
  g_autoptr (AppEngine) engine = NULL;

  table_tool_speak ();
  for (int i = 2; i + 1 < argc; i += 2) {
    if (strcmp (argv[i], "--agents") == 0)
      n_agents = atoi (argv[i + 1]);
    else if (strcmp (argv[i], "--threads") == 0)
      n_threads = atoi (argv[i + 1]);
  }
  if (argc < 2 || n_agents < 1)
    return 2;
  engine = table_tool_load_model (argv[1], n_threads, CONTEXT, &error);
  if (engine == NULL) {
    g_printerr ("%s: %s\n", argv[1], error->message);
    return 1;
  }
  while (fgets (line, sizeof line, stdin) != NULL) {
    g_autoptr (JsonNode) problem = json_from_string (line, NULL);

    if (problem != NULL && JSON_NODE_HOLDS_OBJECT (problem))
      solve (engine, json_node_get_object (problem), (guint) n_agents);
  }
  app_engine_unload (engine);
  return 0;
}
