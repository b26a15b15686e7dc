/* SPDX-License-Identifier: MIT */
/* Calls of tools that come in pieces, that are broken, and that nobody made. tests/engine/chat/calls_*_test.py have the formats. */
#include "chat/calls-grammar.h"

#include <glib.h>
#include <string.h>

static const EngineTool tools[] = {
  { "get_time", "The time in a city", "{\"type\":\"object\",\"properties\":{\"city\":{\"type\":\"string\"},\"hours\":{\"type\":\"integer\"}},\"required\":[\"city\"]}" },
  { "now", NULL, NULL },
};

/* What the spans say: text as it is, "[n:name:" before the arguments of a call, "]" where it is done, "{problem|raw}" of what is broken. */
static void
append_spans (GString *out, EngineSpans *spans)
{
  const char *bytes = spans->text.bytes;
  int32_t call = -1;

  for (size_t i = 0; i < spans->n; bytes += spans->spans[i++].n_bytes + 1) {
    const EngineSpan *span = &spans->spans[i];

    g_assert_cmpint (bytes[span->n_bytes], ==, 0);
    if (span->kind == ENGINE_SPAN_BROKEN)
      g_string_append_printf (out, "{%s|%s}", span->problem, bytes);
    else if (span->kind == ENGINE_SPAN_TEXT)
      g_string_append (out, bytes);
    else {
      if (span->call != call)
        g_string_append_printf (out, "[%d:%s:", span->call, span->name);
      g_string_append_printf (out, "%s%s", bytes, span->done ? "]" : "");
      call = span->done ? -1 : span->call;
    }
  }
  spans->n = spans->text.length = 0;
}

static char *
read_text (const char *format, const char *text)
{
  EngineCallTools *own = engine_call_tools_new (tools, G_N_ELEMENTS (tools), NULL);
  EngineCallReader *reader = engine_call_reader_new (engine_call_format_named (format), own, 0, NULL);
  GString *out = g_string_new ("");
  EngineSpans spans = { 0 };

  g_assert_true (engine_call_reader_push (reader, text, strlen (text), &spans, NULL));
  g_assert_true (engine_call_reader_end (reader, &spans, NULL));
  append_spans (out, &spans);
  engine_spans_clear (&spans);
  engine_call_reader_free (reader);
  engine_call_tools_free (own);
  return g_string_free (out, FALSE);
}

static void
check (const char *format, const char *text, const char *expected)
{
  g_autofree char *read = read_text (format, text);

  g_assert_cmpstr (read, ==, expected);
}

static void
test_texts (void)
{
  check ("hermes", "Hello <tool_calls> and {\"name\": \"x\"}", "Hello <tool_calls> and {\"name\": \"x\"}");
  check ("hermes", "Look:\n<tool_call>{\"name\": \"now\"}</tool_call>\n", "Look:\n[0:now:{}]");
  check ("hermes", "<tool_call>{\"arguments\": {\"city\": \"a\"}, \"name\": \"get_time\"}</tool_call> so\n<tool_call>{\"name\": \"now\", \"arguments\": {}}</tool_call>",
         "[0:get_time:{\"city\": \"a\"}] so\n[1:now:{}]");
  /* Small models write a fence in the place of the mark. */
  check ("hermes", "So:\n```json\n{\"name\": \"now\", \"arguments\": {}}\n```\nDone.", "So:\n[0:now:{}]\nDone.");
  check ("hermes", "```json\n{\"name\": \"nothing\", \"arguments\": {}}\n```", "```json\n{\"name\": \"nothing\", \"arguments\": {}}\n```");
  /* Special tokens stand between their bytes; those that mean nothing have no text. */
  check ("mistral_args", "A\xFF</s>\xFE\xFF[TOOL_CALLS]\xFEnow\xFF[ARGS]\xFE{}", "A[0:now:{}]");
}

static void
test_broken (void)
{
  check ("hermes", "A<tool_call>nothing</tool_call>B", "A{It is no JSON object.|<tool_call>}nothing</tool_call>B");
  check ("hermes", "<tool_call>{\"name\": \"get_time\", \"arguments\": {\"city\": ",
         "[0:get_time:{\"city\": {The answer ended within the call of a tool.|<tool_call>{\"name\": \"get_time\", \"arguments\": {\"city\": }");
  check ("hermes", "<tool_call>{\"name\": \"now\", \"arguments\": {\"a\" 1}}</tool_call>", "[0:now:{\"a\" 1}{The arguments of the call are no JSON object.|<tool_call>{\"name\": \"now\", \"arguments\": {\"a\" 1}}</tool_call>}");
  check ("qwen3_coder", "<tool_call>\n<function=now>\n</tool_call>", "[0:now:{}{A mark of the call is missing.|<tool_call>\n<function=now>\n}</tool_call>");
  /* An answer that ends in the place of the last mark is whole. */
  check ("hermes", "<tool_call>{\"name\": \"now\", \"arguments\": {}}", "[0:now:{}]");
}

/* Arguments are told as they come, and the name before them. */
static void
test_pieces (void)
{
  static const char *const pieces[] = { "Hm <tool", "_call>\n<function=get_", "time>\n<parameter=ci", "ty>\nNew ", "York\n", "</para", "meter>\n</function>\n</tool_call>" };
  static const char *const expected[] = { "Hm ", "", "[0:get_time:{", "[0:get_time:\"city\": \"New ", "[0:get_time:York", "", "[0:get_time:\"}]" };
  EngineCallTools *own = engine_call_tools_new (tools, G_N_ELEMENTS (tools), NULL);
  EngineCallReader *reader = engine_call_reader_new (engine_call_format_named ("qwen3_coder"), own, 0, NULL);
  EngineSpans spans = { 0 };

  for (gsize i = 0; i < G_N_ELEMENTS (pieces); i++) {
    g_autoptr (GString) out = g_string_new ("");

    g_assert_true (engine_call_reader_push (reader, pieces[i], strlen (pieces[i]), &spans, NULL));
    append_spans (out, &spans);
    g_assert_cmpstr (out->str, ==, expected[i]);
  }
  g_assert_false (engine_call_reader_is_inside (reader));
  engine_spans_clear (&spans);
  engine_call_reader_free (reader);
  engine_call_tools_free (own);
}

static void
test_bad_tools (void)
{
  static const struct { EngineTool tools[2]; size_t n; const char *says; } bad[] = {
    { { { "", "", NULL } }, 1, "Tool 1 has no name" },
    { { { "two words", "", NULL } }, 1, "Tool 1 has no name" },
    { { { "a", "", NULL }, { "a", "", NULL } }, 2, "two tools with the name \"a\"" },
    { { { "a", "", "[]" } }, 1, "\"a\" are no JSON Schema" },
    { { { "a", "", "{" } }, 1, "\"a\" cannot be read" },
  };

  for (gsize i = 0; i < G_N_ELEMENTS (bad); i++) {
    EngineError error = { 0 };

    g_assert_null (engine_call_tools_new (bad[i].tools, bad[i].n, &error));
    g_assert_cmpint (error.code, ==, ENGINE_BAD_INPUT);
    g_assert_nonnull (strstr (error.message, bad[i].says));
  }
}

static bool
fits (EngineToolChoice choice, const char *text)
{
  EngineCallTools *own = engine_call_tools_new (tools, G_N_ELEMENTS (tools), NULL);
  char *trigger = NULL;
  EngineError error = { 0 };
  EngineGrammar *grammar = engine_call_grammar_new (engine_call_format_named ("hermes"), own, choice, NULL, &trigger, &error);
  bool yes = false;

  g_assert_cmpstr (error.message, ==, "");
  g_assert_null (trigger);
  g_assert_true (engine_grammar_match (grammar, text, strlen (text), &yes, NULL, NULL));
  engine_grammar_unref (grammar);
  engine_call_tools_free (own);
  return yes;
}

static void
test_grammar (void)
{
  const char *call = "<tool_call>\n{\"name\": \"get_time\", \"arguments\": {\"hours\": 3, \"city\": \"Rome\"}}\n</tool_call>";
  g_autofree char *two = g_strconcat (call, "\n", call, NULL), *later = g_strconcat ("Wait.\n", call, NULL);

  g_assert_true (fits (ENGINE_TOOLS_AUTO, "Some words, {\"name\": \"other\"}, <tool>"));
  g_assert_true (fits (ENGINE_TOOLS_AUTO, call));
  g_assert_true (fits (ENGINE_TOOLS_AUTO, two));
  g_assert_true (fits (ENGINE_TOOLS_AUTO, later));
  g_assert_true (fits (ENGINE_TOOLS_AUTO, "```json\n{\"name\": \"now\", \"arguments\": {}}\n```"));
  g_assert_false (fits (ENGINE_TOOLS_AUTO, "```json\n{\"name\": \"now\", \"arguments\": {\"a\": 1}}\n```"));
  g_assert_false (fits (ENGINE_TOOLS_AUTO, "<tool_call>\n{\"name\": \"get_time\", \"arguments\": {\"hours\": 3}}\n</tool_call>")); /* the city is required */
  g_assert_false (fits (ENGINE_TOOLS_AUTO, "<tool_call>\n{\"name\": \"other\", \"arguments\": {}}\n</tool_call>"));
  g_assert_true (fits (ENGINE_TOOLS_REQUIRED, two));
  g_assert_false (fits (ENGINE_TOOLS_REQUIRED, later));
  g_assert_false (fits (ENGINE_TOOLS_REQUIRED, "Words"));
  g_assert_true (fits (ENGINE_TOOLS_NONE, "Words"));
  g_assert_false (fits (ENGINE_TOOLS_NONE, call));
}

/* Each format has grammars of its own, and an answer that may not call admits words. */
static void
test_formats (void)
{
  static const char *const names[] = {
#define CALL_FORMAT(name) #name,
#include "chat/calls.def"
#undef CALL_FORMAT
  };

  for (gsize i = 0; i < G_N_ELEMENTS (names); i++) {
    const EngineCallFormat *format = engine_call_format_named (names[i]);
    EngineCallTools *own = engine_call_tools_new (tools, G_N_ELEMENTS (tools), NULL);

    g_assert_cmpstr (format->name, ==, names[i]);
    for (EngineToolChoice choice = ENGINE_TOOLS_AUTO; choice <= ENGINE_TOOLS_REQUIRED; choice++) {
      EngineError error = { 0 };
      char *trigger = NULL;
      EngineGrammar *grammar = engine_call_grammar_new (format, own, choice, NULL, &trigger, &error);
      g_autofree char *words = g_strconcat (format->bare && format->drops[0] ? format->drops[0] : "", "Words.", NULL);
      bool yes = false;

      g_assert_cmpstr (error.message, ==, "");
      g_assert_true (engine_grammar_match (grammar, words, strlen (words), &yes, NULL, NULL));
      /* Behind a trigger there are no words. */
      if (yes != (choice == ENGINE_TOOLS_NONE || (choice == ENGINE_TOOLS_AUTO && !trigger)))
        g_error ("%s, %d", names[i], (int) choice);
      free (trigger);
      engine_grammar_unref (grammar);
    }
    engine_call_tools_free (own);
  }
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/chat/calls/texts", test_texts);
  g_test_add_func ("/chat/calls/broken", test_broken);
  g_test_add_func ("/chat/calls/pieces", test_pieces);
  g_test_add_func ("/chat/calls/bad-tools", test_bad_tools);
  g_test_add_func ("/chat/calls/grammar", test_grammar);
  g_test_add_func ("/chat/calls/formats", test_formats);
  return g_test_run ();
}
