/* SPDX-License-Identifier: MIT */
/* Requests with tools, with a small random model: whatever it would say, what it calls is valid, and comes as events of its own. */
#include "tiny-model.h"

#include "chat/calls-grammar.h"
#include "chat/calls-prompt.h"

#include "grammar/constraint.h"

#include <string.h>

static const EngineTool tools[] = {
  { "set_colour", "Sets a colour", "{\"type\":\"object\",\"properties\":{\"colour\":{\"enum\":[\"red\",\"green\"]},\"level\":{\"type\":\"integer\",\"minimum\":0,\"maximum\":9}},\"required\":[\"colour\",\"level\"]}" },
  { "stop", NULL, NULL },
};

typedef struct {
  EngineModel  *model;
  EngineRunner *runner;
} Fixture;

static void
fixture_init (Fixture *fixture)
{
  const TinyModel tiny = { .architecture = "llama", .type = ENGINE_TYPE_F32, .seed = 3 };
  EngineError error = { 0 };

  fixture->model = tiny_model_load (&tiny, NULL);
  fixture->runner = engine_runner_new (fixture->model, NULL, &error);
  g_assert_cmpstr (error.message, ==, "");
}

static void
fixture_clear (Fixture *fixture)
{
  engine_runner_unref (fixture->runner);
  engine_model_unref (fixture->model);
}

static EngineRequestParams
params_of (EngineToolChoice choice, guint64 seed)
{
  static const EngineMessage message = { "user", "Paint it" };
  EngineRequestParams params = { .messages = &message, .n_messages = 1, .tools = tools, .n_tools = G_N_ELEMENTS (tools), .tool_choice = choice, .max_tokens = 150 };

  engine_sampling_init (&params.sampling);
  params.sampling.temperature = 1;
  params.sampling.seed = seed;
  return params;
}

typedef struct {
  GString *text, *broken;
  GString *arguments[64];
  char    *names[64], *ids[64];
  int      n, n_done;
  gsize    n_ids;
  EngineEvent last;
} Told;

static Told
ask (Fixture *fixture, const EngineRequestParams *params, int cancel_after)
{
  EngineError error = { 0 };
  EngineRequest *request = engine_runner_submit (fixture->runner, params, &error);
  Told told = { .text = g_string_new (""), .broken = g_string_new ("") };
  bool ended = false;

  g_assert_cmpstr (error.message, ==, "");
  while (!ended) {
    EngineEvent event;

    engine_request_wait (request);
    while (!ended && engine_request_next (request, &event)) {
      told.n_ids += event.n_ids;
      g_assert_true (!event.text || event.text[event.n_bytes] == '\0');
      if (event.kind == ENGINE_EVENT_TEXT) {
        g_string_append (told.text, event.text);
      } else if (event.kind == ENGINE_EVENT_CALL_BROKEN) {
        g_string_append (told.broken, event.text);
        g_assert_cmpint (event.error.code, ==, ENGINE_BAD_INPUT);
      } else if (event.kind == ENGINE_EVENT_CALL) {
        g_assert_cmpint (event.call, <, G_N_ELEMENTS (told.names));
        g_assert_cmpint (event.call, <=, told.n);
        if (event.call == told.n) {
          told.arguments[told.n] = g_string_new ("");
          told.names[told.n++] = g_strdup (event.call_name);
          if (cancel_after-- == 0)
            engine_request_cancel (request);
        }
        g_assert_cmpstr (told.names[event.call], ==, event.call_name);
        g_string_append (told.arguments[event.call], event.text);
        if (event.call_done) {
          told.ids[event.call] = g_strdup (event.call_id);
          told.n_done++;
        }
      } else if (event.kind == ENGINE_EVENT_DONE || event.kind == ENGINE_EVENT_ERROR) {
        told.last = event;
        ended = true;
      }
    }
  }
  engine_request_unref (request);
  return told;
}

static void
told_clear (Told *told)
{
  g_string_free (told->text, TRUE);
  g_string_free (told->broken, TRUE);
  for (int i = 0; i < told->n; i++) {
    g_string_free (told->arguments[i], TRUE);
    g_free (told->names[i]);
    g_free (told->ids[i]);
  }
}

static void
test_required (void)
{
  Fixture fixture;

  fixture_init (&fixture);
  for (guint64 seed = 0; seed < 8; seed++) {
    EngineRequestParams params = params_of (ENGINE_TOOLS_REQUIRED, seed);
    Told told = ask (&fixture, &params, -1);

    g_assert_cmpint (told.last.kind, ==, ENGINE_EVENT_DONE);
    g_assert_cmpuint (told.n_ids, ==, told.last.stats.decode_tokens);
    g_assert_cmpint (told.n, >, 0);
    g_assert_true (g_str_has_prefix ("<tool_call>", told.text->str)); /* the limit may cut a mark */
    /* All but one that the limit cuts. */
    g_assert_cmpint (told.n - told.n_done, <=, told.last.finish == ENGINE_FINISH_LENGTH);
    for (int i = 0; i < told.n_done; i++) {
      EngineGrammar *grammar;
      bool fits = false;
      const EngineTool *tool = &tools[g_str_equal (told.names[i], "stop")];
      const char *schema = tool->parameters ? tool->parameters : "{\"type\":\"object\",\"maxProperties\":0}";
      const EngineSchemaOptions options = { .closed = true, .any_order = true };

      grammar = engine_grammar_from_schema (schema, strlen (schema), &options, NULL);
      g_assert_true (engine_grammar_match (grammar, told.arguments[i]->str, told.arguments[i]->len, &fits, NULL, NULL));
      if (!fits)
        g_error ("%s: %s", told.names[i], told.arguments[i]->str);
      engine_grammar_unref (grammar);
      g_assert_cmpuint (strlen (told.ids[i]), ==, 9);
      for (int k = 0; k < i; k++)
        g_assert_cmpstr (told.ids[k], !=, told.ids[i]);
    }
    told_clear (&told);
  }
  fixture_clear (&fixture);
}

static void
test_others (void)
{
  Fixture fixture;
  EngineRequestParams params = params_of (ENGINE_TOOLS_NONE, 1);
  EngineError error = { 0 };
  Told told;

  fixture_init (&fixture);
  told = ask (&fixture, &params, -1);
  g_assert_cmpint (told.last.kind, ==, ENGINE_EVENT_DONE);
  g_assert_cmpint (told.n, ==, 0);
  told_clear (&told);

  /* What is cut within a call is told as it was written. */
  params = params_of (ENGINE_TOOLS_REQUIRED, 1);
  params.max_tokens = 0;
  told = ask (&fixture, &params, 0);
  g_assert_cmpint (told.last.kind, ==, ENGINE_EVENT_DONE);
  if (told.n_done < told.n) /* else the cancel came too late */
    g_assert_true (g_str_has_prefix (told.broken->str, "<tool_call>"));
  told_clear (&told);

  params.grammar = engine_grammar_from_text ("root ::= \"a\"", 12, NULL);
  g_assert_null (engine_runner_submit (fixture.runner, &params, &error));
  g_assert_cmpint (error.code, ==, ENGINE_BAD_INPUT);
  engine_grammar_unref (params.grammar);
  fixture_clear (&fixture);
}

/* A mark that is a special token is demanded as itself, and nothing else is. */
static void
test_special (void)
{
  static const EngineCallFormat format = {
    .name = "special", .opens = { "<|im_start|>call:" }, .steps = { { ENGINE_CALL_NAME }, { ENGINE_CALL_MARK, "<|im_start|>" }, { ENGINE_CALL_ARGUMENTS }, { ENGINE_CALL_MARK, "<|im_end|>" } }, .one = true,
  };
  EngineCallTools *own = engine_call_tools_new (tools + 1, 1, NULL);
  EngineSpans spans = { 0 };
  EngineCallReader *reader;
  EngineConstraint *constraint;
  EngineGrammar *grammar;
  EngineError error = { 0 };
  int32_t *ids = NULL, start;
  size_t n = 0, n_start = 0;
  char *trigger;
  Fixture fixture;

  fixture_init (&fixture);
  start = engine_vocab_find (fixture.model->vocab, "<|im_start|>", strlen ("<|im_start|>"));
  g_assert_true (engine_vocab_is_special (fixture.model->vocab, start));
  grammar = engine_call_grammar_new (&format, own, ENGINE_TOOLS_REQUIRED, fixture.model->vocab, &trigger, &error);
  g_assert_cmpstr (error.message, ==, "");
  constraint = engine_constraint_new (fixture.model->vocab, grammar, NULL, &error);
  g_assert_true (engine_constraint_forced (constraint, &ids, &n, &error));
  g_assert_cmpuint (n, >, 2);
  g_assert_cmpint (ids[0], ==, start);
  reader = engine_call_reader_new (&format, own, 0, NULL);
  for (size_t i = 0; i < n; i++) {
    size_t n_bytes;
    const char *bytes = engine_trie_bytes (engine_vocab_trie (fixture.model->vocab, NULL), ids[i], &n_bytes);

    n_start += ids[i] == start;
    g_assert_true (engine_call_reader_push (reader, bytes, n_bytes, &spans, NULL));
  }
  g_assert_cmpuint (n_start, ==, 2);
  g_assert_cmpuint (spans.n, ==, 1);
  g_assert_cmpstr (spans.spans[0].name, ==, "stop");
  free (ids);
  engine_spans_clear (&spans);
  engine_call_reader_free (reader);
  engine_constraint_free (constraint);
  engine_grammar_unref (grammar);
  /* Behind such a text a grammar begins in an answer that is free before. */
  trigger = engine_call_trigger_new (fixture.model->vocab, "<|im_start|>call:", NULL);
  g_assert_cmpstr (trigger, ==, "\xFF<|im_start|>\xFE" "call:");
  free (trigger);
  engine_call_tools_free (own);
  fixture_clear (&fixture);
}

/* Tools, calls and results through a template that knows nothing of them, and nothing in them is read as a mark of the template. */
static void
test_prompt (void)
{
  const EngineToolCall call = { "id1", "stop", "{\"a<|im_end|>\": [\"<|im_start|>\"]}" };
  const EngineMessage messages[] = {
    { .role = "user", .content = "Stop" },
    { .role = "assistant", .content = "So be it.", .calls = &call, .n_calls = 1 },
    { .role = "tool", .content = "stopped<|im_end|>", .call_id = "id1", .call_name = "stop" },
    { .role = "tool", .content = "again", .call_id = "id1", .call_name = "stop" },
  };
  EngineError error = { 0 };
  EngineVerbatim verbatim = { 0 };
  EngineCallPrompt prompt;
  char *text, *hidden;
  Fixture fixture;

  fixture_init (&fixture);
  g_assert_true (engine_call_prompt_init (&prompt, fixture.model, tools, G_N_ELEMENTS (tools), &verbatim, &error));
  g_assert_false (prompt.native);
  g_assert_true (prompt.system);
  text = engine_call_prompt_render (&prompt, fixture.model, messages, G_N_ELEMENTS (messages), true, "", &error);
  g_assert_cmpstr (error.message, ==, "");
  g_assert_nonnull (strstr (text, "\"set_colour\""));
  g_assert_nonnull (strstr (text, "So be it.\n<tool_call>\n{\"name\": \"stop\", \"arguments\": {"));
  g_assert_nonnull (strstr (text, "<tool_response>\nstopped<|im_end|>\n</tool_response>\n<tool_response>\nagain\n</tool_response>"));
  free (text);
  hidden = engine_call_hide_json (&verbatim, fixture.model->vocab, call.arguments, &error);
  g_assert_nonnull (hidden);
  g_assert_null (strstr (hidden, "im_end"));
  g_assert_null (strstr (hidden, "im_start"));
  free (hidden);
  g_assert_null (engine_call_hide_json (&verbatim, fixture.model->vocab, "[1]", &error));
  g_assert_cmpint (error.code, ==, ENGINE_BAD_INPUT);
  engine_call_prompt_clear (&prompt);
  engine_verbatim_clear (&verbatim);
  fixture_clear (&fixture);
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/request-calls/required", test_required);
  g_test_add_func ("/request-calls/others", test_others);
  g_test_add_func ("/request-calls/special", test_special);
  g_test_add_func ("/request-calls/prompt", test_prompt);
  return g_test_run ();
}
