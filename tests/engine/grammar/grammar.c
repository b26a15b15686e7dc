/* SPDX-License-Identifier: MIT */
/* What grammars and schemas allow, what is said of bad ones, and that masks are what going on token by token would find. */
#include "helper.h"

#include "grammar/grammar.h"

#include <string.h>

static EngineGrammar *
from_text (const char *text)
{
  EngineError error = { 0 };
  EngineGrammar *grammar = engine_grammar_from_text (text, strlen (text), &error);

  g_assert_cmpstr (error.message, ==, "");
  return grammar;
}

static EngineGrammar *
from_schema (const char *json, EngineSchemaOptions options)
{
  EngineError error = { 0 };
  EngineGrammar *grammar = engine_grammar_from_schema (json, strlen (json), &options, &error);

  g_assert_cmpstr (error.message, ==, "");
  return grammar;
}

static gboolean
fits (EngineGrammar *grammar, const char *text)
{
  EngineError error = { 0 };
  bool result;

  g_assert_true (engine_grammar_match (grammar, text, strlen (text), &result, NULL, &error));
  return result;
}

/* ---- texts ------------------------------------------------------------------------------ */

/* What must fit is behind a '+', what must not behind a '-'. */
typedef struct {
  const char *source;
  const char *texts[14];
} Case;

static void
check_texts (EngineGrammar *grammar, const Case *one)
{
  for (gsize i = 0; i < G_N_ELEMENTS (one->texts) && one->texts[i]; i++)
    if (fits (grammar, one->texts[i] + 1) != (one->texts[i][0] == '+'))
      g_error ("%s: %s", one->source, one->texts[i]);
  engine_grammar_unref (grammar);
}

static void
test_gbnf (void)
{
  static const Case cases[] = {
    { "root ::= \"a\"? [b-d]{2,3} # end", { "+bc", "+abcd", "-a", "-abcdb", "-", "-ab" } },
    { "root ::= x | y\nx ::= \"(\" root \")\"\ny ::= .", { "+a", "+((é))", "+🙂", "-ab", "-((a)", "-" } },
    { "root ::= (a b)* \"\\x41\\u00e9\\U0001F642\"\na ::= \"1\" |\n  \"2\"\nb ::= (\"x\"\n  | \"y\")?", { "+Aé🙂", "+1x2Aé🙂", "+12y1xAé🙂", "-1xAé", "-xAé🙂" } },
    /* What calls itself last needs no memory of it. */
    { "root ::= \"x\" root | \"y\"", { "+y", "+xxxxy", "-xxxx", "-xy y" } },
    { "root ::= [^\\]\\-a-c]+", { "+de", "+Z", "-a", "-]", "--", "+^" } },
    { "root ::= [-a]+ \"]\"", { "+-a-]", "-b]" } },
    { "root ::= (\"a\"*)* \"b\" (\"\" | \"c\")* ", { "+b", "+aab", "+bccc", "-a", "-c" } },
  };

  for (gsize i = 0; i < G_N_ELEMENTS (cases); i++)
    check_texts (from_text (cases[i].source), &cases[i]);
}

static void
test_schemas (void)
{
  static const Case cases[] = {
    { "{\"type\":\"number\",\"minimum\":-1.5,\"exclusiveMaximum\":20}", { "+-1.5", "+0", "+19.999", "+1.250", "-20", "--1.51", "-20.0", "-1e1", "--0", "-01", "+-0.5", "+-1" } },
    { "{\"type\":\"number\",\"exclusiveMinimum\":0.25,\"maximum\":0.5}", { "+0.26", "+0.5", "+0.500", "+0.2500001", "-0.25", "-0.250", "-0.51", "-1", "-0" } },
    { "{\"type\":\"integer\",\"minimum\":95,\"maximum\":1203,\"multipleOf\":7}", { "+98", "+1197", "-95", "-1204", "-99", "-91", "-98.0" } },
    { "{\"type\":\"number\",\"multipleOf\":0.25}", { "+1.25", "+-3.5", "+2", "-1.3", "-1.250", "+0.75" } },
    { "{\"type\":\"integer\",\"minimum\":123456789012345678901,\"maximum\":123456789012345678905}", { "+123456789012345678903", "-123456789012345678906", "-1234567890123456789010" } },
    { "{\"type\":\"string\",\"minLength\":2,\"maxLength\":3}", { "+\"ab\"", "+\"é🙂漢\"", "-\"a\"", "-\"abcd\"", "+\"\\n\\u00e9\"", "+\"\\ud83d\\ude42b\"", "-\"\\ud83db\"", "-\"\\ude42b\"" } },
    { "{\"pattern\":\"o{2}\",\"maxLength\":5}", { "+\"foo\"", "+\"oo\"", "+\"\\\"oo\\\\\"", "-\"o\"", "-\"xxxxoo\"", "-\"\\u006fo\"" } },
    { "{\"pattern\":\"^a|b$\"}", { "+\"a\"", "+\"axx\"", "+\"xxb\"", "-\"xax\"", "-\"bx\"" } },
    { "{\"type\":\"string\",\"format\":\"date\"}", { "+\"2024-02-29\"", "+\"2000-02-29\"", "-\"2023-02-29\"", "-\"1900-02-29\"", "-\"2023-04-31\"", "+\"2023-12-31\"", "-\"0000-01-01\"" } },
    { "{\"type\":\"string\",\"format\":\"ipv6\"}", { "+\"::\"", "+\"::1\"", "+\"1:2:3:4:5:6:7:8\"", "+\"fe80::1:2\"", "-\"1:2\"", "-\"1::2::3\"", "-\"12345::\"" } },
    { "{\"prefixItems\":[{\"type\":\"integer\"},{\"type\":\"string\"}],\"items\":{\"type\":\"null\"},\"minItems\":1,\"maxItems\":3}",
      { "+[1]", "+[1,\"a\"]", "+[1, \"a\", null]", "-[]", "-[1,2]", "-[1,\"a\",3]", "-[1,\"a\",null,null]", "+[\n  1\n]" } },
    { "{\"properties\":{\"a\":{\"type\":\"integer\"},\"b\":true},\"required\":[\"b\"]}", { "+{\"a\":1,\"b\":2}", "+{\"b\":[{}], \"c\":null}", "-{\"a\":1}", "-{\"b\":1,\"a\":\"x\"}", "-{\"b\":1,\"\\u0061\":\"x\"}", "-{\"a\":\"1\",\"b\":1}", "+{\"b\":1,\"ab\":1,\"\":1}" } },
    { "{\"type\":\"object\",\"patternProperties\":{\"^n\":{\"type\":\"integer\"},\"x$\":{\"minimum\":5}},\"additionalProperties\":false}", { "+{}", "+{\"n\":1}", "+{\"nx\":7}", "+{\"x\":5.5}", "-{\"nx\":7.5}", "-{\"nx\":1}", "-{\"a\":1}", "-{\"n\":1.5}" } },
    { "{\"properties\":{\"a\":true,\"b\":true,\"c\":true},\"additionalProperties\":false,\"minProperties\":1,\"maxProperties\":2}", { "-{}", "+{\"a\":1}", "+{\"b\":1}", "+{\"a\":1,\"c\":1}", "-{\"a\":1,\"b\":1,\"c\":1}" } },
    { "{\"properties\":{\"a\":true,\"b\":true},\"additionalProperties\":false,\"dependentRequired\":{\"a\":[\"b\"]}}", { "+{}", "+{\"b\":1}", "+{\"a\":1,\"b\":1}", "-{\"a\":1}" } },
    { "{\"propertyNames\":{\"pattern\":\"^[a-z]+$\"},\"additionalProperties\":{\"type\":\"null\"}}", { "+{\"ab\":null}", "-{\"A\":null}", "-{\"a\":1}" } },
    { "{\"allOf\":[{\"minimum\":3},{\"maximum\":9}],\"type\":\"integer\"}", { "+3", "+9", "-2", "-10" } },
    { "{\"enum\":[1,\"a\",[1,{\"b\":null}],2.50],\"type\":[\"number\",\"array\"]}", { "+1", "-\"a\"", "+[1,{\"b\":null}]", "+[1, {\"b\": null}]", "+2.5", "-2.50" } },
    { "{\"$defs\":{\"t\":{\"type\":\"array\",\"items\":{\"$ref\":\"#/$defs/t\"},\"maxItems\":2}},\"$ref\":\"#/$defs/t\"}", { "+[]", "+[[],[[]]]", "-[[],[],[]]", "-[1]" } },
    { "{\"$id\":\"https://x/y\",\"properties\":{\"a\":{\"$ref\":\"https://x/y#n\"},\"b\":{\"$ref\":\"#/$defs/p~1q%25\"}},\"$defs\":{\"s\":{\"$anchor\":\"n\",\"type\":\"null\"},\"p/q%\":{\"type\":\"boolean\"}}}", { "+{\"a\":null,\"b\":true}", "-{\"a\":true}", "-{\"b\":null}" } },
    { "{\"oneOf\":[{\"type\":\"string\",\"pattern\":\"^a\"},{\"type\":\"string\",\"pattern\":\"^b\"},{\"type\":\"integer\"}]}", { "+\"ab\"", "+\"ba\"", "+7", "-\"c\"" } },
    { "true", { "+[1,{\"a\":\"b\"},null,-0.5e10]", "-[1,]", "-", "-nul" } },
    { "{\"const\":\"a\\\"\\\\\\n\\u0007é/\"}", { "+\"a\\\"\\\\\\n\\u0007é/\"", "-\"a\"" } },
    { "{\"type\":[\"string\",\"null\"],\"x-order\":3,\"title\":\"t\",\"format\":\"password\"}", { "+null", "+\"x\"", "-1" } },
  };

  for (gsize i = 0; i < G_N_ELEMENTS (cases); i++)
    if (cases[i].texts[0])
      check_texts (from_schema (cases[i].source, (EngineSchemaOptions) { 0 }), &cases[i]);
}

static void
test_options (void)
{
  static const char schema[] = "{\"properties\":{\"a\":{\"prefixItems\":[true,true]},\"b\":{\"type\":\"array\",\"uniqueItems\":true}},\"strange\":1}";
  static const Case open = { "open", { "+{\"a\":[], \"c\":1}", "+{\"b\":[1,1]}", "+{\n  \"a\": [1, 2, 3]\n}", NULL } };
  static const Case closed = { "closed", { "-{\"a\":[1,2],\"c\":1}", "-{\"a\":[]}", "+{\"a\": [1,2]}", "-{\"a\":[1,2,3]}", NULL } };
  static const Case tight = { "tight", { "+{\"a\": [], \"c\": 1}", "-{\"a\":[]}", "-{ \"a\": []}", "-{\"a\": [] }", "-{\"a\": [],\"c\": 1}", NULL } };

  check_texts (from_schema (schema, (EngineSchemaOptions) { .lax = true }), &open);
  check_texts (from_schema (schema, (EngineSchemaOptions) { .lax = true, .closed = true }), &closed);
  check_texts (from_schema (schema, (EngineSchemaOptions) { .lax = true, .tight = true }), &tight);
}

/* ---- errors --------------------------------------------------------------------------------- */

static void
test_errors (void)
{
  static const struct { const char *text, *message; } grammars[] = {
    { "", "no rule \"root\"" }, { "root = \"a\"", "Line 1, column 6" }, { "root ::= \"a", "does not end" }, { "root ::= [a", "does not end" }, { "root ::= b", "no rule \"b\"" },
    { "root ::= (\"a\"\n  \"b\"", "closing parenthesis" }, { "root ::= \"a\"\nroot ::= \"b\"", "Line 2, column 1" }, { "root ::= root \"a\" | \"b\"", "begins with itself" },
    { "root ::= x\nx ::= \"\" y\ny ::= x?", "begins with itself" }, { "root ::= \"a\" root", "never end" }, { "root ::= <think>", "token" }, { "root ::= \"\\q\"", "backslash" },
    { "root ::= \"a\"{3,2}", "not before" }, { "root ::= \"a\"{99999999}", "repetitions" }, { "root ::= [z-a]", "not before" }, { "root ::= \"\xff\"", "UTF-8" }, { "root ::= \"\\ud800\"", "number of a character" },
    { "root ::= ((((((\"ab\"{0,9999} \"c\"){0,9999} \"d\"){0,9999} x{0,60000}){0,9999} x{0,60000}){0,9999}\nx ::= \"a\"", "closing parenthesis" },
  };
  static const struct { const char *text, *message; } schemas[] = {
    { "", "a value" }, { "{\"type\":\"strin\"}", "#: the value of \"type\"" }, { "{\"properties\":{\"a\":{\"not\":{}}}}", "#/properties/a: what the keyword \"not\"" }, { "{\"requierd\":[]}", "\"requierd\" is not known" },
    { "{\"minLength\":-1}", "whole number from 0" }, { "{\"items\":3}", "\"items\"" }, { "{\"$ref\":\"#/a/b\"}", "\"#/a/b\", which is not in this schema" }, { "{\"$ref\":\"other.json\"}", "not in this schema" },
    { "{\"$ref\":\"#\"}", "in a circle" }, { "{\"type\":\"array\",\"uniqueItems\":true}", "uniqueItems" }, { "{\"oneOf\":[{\"minimum\":3},{\"maximum\":3}]}", "alternatives 1 and 2 of \"oneOf\"" },
    { "{\"type\":\"string\",\"format\":\"iban\"}", "\"iban\" is not known" }, { "{\"pattern\":\"(?=a)\"}", "#/pattern: \"(?=\"" }, { "{\"pattern\":\"(a\"}", "no regular expression" }, { "{\"pattern\":\"\\\\bx\"}", "\\b" },
    { "{\"type\":\"integer\",\"minimum\":3,\"maximum\":2}", "No value fits" }, { "{\"enum\":[1],\"type\":\"string\"}", "No value fits" }, { "false", "No value fits" }, { "{\"type\":\"object\",\"minProperties\":2}", "minProperties" },
    { "{\"type\":\"object\",\"properties\":{\"a\":{\"$ref\":\"#\"}},\"required\":[\"a\"]}", "No value fits" }, { "{\"a\":1,\"a\":2}", "a member with this one" }, { "[", "a value" }, { "{\"type\":\"number\",\"multipleOf\":0.00037123}", "multipleOf" },
    { "{\"allOf\":[{\"multipleOf\":2},{\"multipleOf\":3}]}", "least common multiple" }, { "3", "a schema must be" }, { "{\"maxLength\":70000}", "65536" },
  };
  EngineError error;

  for (gsize i = 0; i < G_N_ELEMENTS (grammars); i++) {
    error = (EngineError) { 0 };
    g_assert_null (engine_grammar_from_text (grammars[i].text, strlen (grammars[i].text), &error));
    if (!strstr (error.message, grammars[i].message))
      g_error ("%s: %s", grammars[i].text, error.message);
  }
  for (gsize i = 0; i < G_N_ELEMENTS (schemas); i++) {
    error = (EngineError) { 0 };
    g_assert_null (engine_grammar_from_schema (schemas[i].text, strlen (schemas[i].text), NULL, &error));
    if (!strstr (error.message, schemas[i].message))
      g_error ("%s: %s", schemas[i].text, error.message);
    g_assert_null (engine_grammar_from_schema (schemas[i].text, strlen (schemas[i].text), NULL, NULL));
  }
}

/* ---- limits ------------------------------------------------------------------------------------ */

static void
test_deep (void)
{
  EngineGrammar *grammar = from_schema ("{}", (EngineSchemaOptions) { 0 });
  GString *text = g_string_new (NULL);

  for (int i = 0; i < 50000; i++)
    g_string_append (text, i % 2 ? "{\"a\": " : "[");
  for (int i = 50000; i-- > 0;)
    g_string_append (text, i % 2 ? "}" : "]");
  /* "{"a": " at the innermost has no value. */
  g_assert_false (fits (grammar, text->str));
  g_string_truncate (text, 0);
  for (int i = 0; i < 50000; i++)
    g_string_append_c (text, '[');
  for (int i = 0; i < 50000; i++)
    g_string_append_c (text, ']');
  g_assert_true (fits (grammar, text->str));
  g_string_free (text, TRUE);
  engine_grammar_unref (grammar);
}

/* More states than an automaton keeps: the text goes on in a fresh one. */
static void
test_long (void)
{
  EngineGrammar *grammar = from_schema ("{\"type\":\"string\",\"maxLength\":60000}", (EngineSchemaOptions) { 0 });
  GString *text = g_string_new ("\"");

  for (int i = 0; i < 60000; i++)
    g_string_append (text, i % 3 ? "x" : "é");
  g_string_append_c (text, '"');
  g_assert_true (fits (grammar, text->str));
  g_string_insert_c (text, 5, 'y');
  g_assert_false (fits (grammar, text->str));
  g_string_free (text, TRUE);
  engine_grammar_unref (grammar);
}

/* ---- masks -------------------------------------------------------------------------------------- */

static void
check_mask (EngineMatcher *matcher, const EngineTrie *trie, const EngineVocab *vocab, const char *what)
{
  g_autofree uint64_t *mask = g_new0 (uint64_t, ((gsize) trie->n_vocab + 63) / 64);
  EngineError error = { 0 };

  g_assert_true (engine_matcher_mask (matcher, mask, &error));
  for (int32_t id = 0; id < trie->n_vocab; id++) {
    gboolean allowed = mask[id / 64] >> id % 64 & 1, expected;
    size_t n;
    const char *bytes = engine_trie_bytes (trie, id, &n);
    EngineMatcher copy;

    engine_matcher_copy (&copy, matcher);
    expected = n ? engine_matcher_take (&copy, bytes, n, NULL, &error) : engine_vocab_is_end (vocab, id) && engine_matcher_may_end (matcher);
    engine_matcher_clear (&copy);
    if (allowed != expected)
      g_error ("%s: the token %d, \"%.*s\", is %sallowed", what, id, (int) n, bytes, allowed ? "" : "not ");
  }
  g_assert_cmpstr (error.message, ==, "");
}

static void
check_masks_of (EngineVocab *vocab, EngineGrammar *grammar, const char *text)
{
  EngineError error = { 0 };
  EngineTrie *trie = engine_vocab_trie (vocab, &error);
  EngineMatcher matcher;

  g_assert_nonnull (trie);
  g_assert_true (engine_matcher_init (&matcher, grammar, trie, &error));
  for (const char *at = text;; at++) {
    g_autofree char *what = g_strndup (text, (gsize) (at - text));

    check_mask (&matcher, trie, vocab, what);
    if (!*at)
      break;
    g_assert_true (engine_matcher_take (&matcher, at, 1, NULL, &error));
  }
  engine_matcher_clear (&matcher);
  engine_grammar_unref (grammar);
}

static void
test_masks (gconstpointer name)
{
  g_autofree char *path = g_str_has_prefix (name, "ggml") ? test_peer_path (name) : test_model_path (name);
  EngineVocab *vocab = test_vocab_open (path);

  check_masks_of (vocab, from_schema ("{\"properties\":{\"name\":{\"type\":\"string\"},\"ids\":{\"items\":{\"type\":\"integer\",\"minimum\":7}}},\"required\":[\"name\"]}", (EngineSchemaOptions) { 0 }),
                  "{\"name\": \"é \\\"x\", \"ids\":[12,9], \"o\":{\"a\": [");
  check_masks_of (vocab, from_schema ("{\"type\":\"array\",\"items\":{\"type\":\"string\",\"minLength\":2,\"maxLength\":9}}", (EngineSchemaOptions) { .tight = true }), "[\"abc\", \"abcd efgh");
  check_masks_of (vocab, from_schema ("{\"pattern\":\"^[a-z]+( [a-z]+)*$\",\"maxLength\":40}", (EngineSchemaOptions) { 0 }), "\"the quick");
  check_masks_of (vocab, from_text ("root ::= (line \"\\n\")+\nline ::= \"- \" [^\\n]{1,30} | \"# \" .* \" #\""), "- one two\n# x");
  engine_vocab_free (vocab);
}

static void
test_forced (void)
{
  EngineGrammar *grammar = from_schema ("{\"properties\":{\"first name\":{\"type\":\"boolean\"}},\"required\":[\"first name\"],\"additionalProperties\":false}", (EngineSchemaOptions) { .tight = true });
  EngineError error = { 0 };
  EngineMatcher matcher, copy;
  char bytes[64];
  size_t n;

  g_assert_true (engine_matcher_init (&matcher, grammar, NULL, &error));
  g_assert_cmpuint (engine_matcher_least (&matcher), ==, strlen ("{\"first name\": true}"));
  n = engine_matcher_forced (&matcher, bytes, sizeof bytes, &error);
  bytes[n] = '\0';
  g_assert_cmpstr (bytes, ==, "{\"first name\": ");
  engine_matcher_copy (&copy, &matcher);
  g_assert_true (engine_matcher_take (&matcher, "{\"first name\": f", 16, NULL, &error));
  n = engine_matcher_forced (&matcher, bytes, sizeof bytes, &error);
  bytes[n] = '\0';
  g_assert_cmpstr (bytes, ==, "alse}");
  g_assert_false (engine_matcher_must_end (&matcher));
  g_assert_false (engine_matcher_take (&matcher, "alse]", 5, &n, &error));
  g_assert_cmpuint (n, ==, 4);
  g_assert_true (engine_matcher_take (&matcher, "alse}", 5, NULL, &error));
  g_assert_true (engine_matcher_must_end (&matcher));
  g_assert_cmpuint (engine_matcher_least (&matcher), ==, 0);
  /* The copy is where it was. */
  g_assert_true (engine_matcher_take (&copy, "{", 1, NULL, &error));
  engine_matcher_clear (&matcher);
  engine_matcher_clear (&copy);
  engine_grammar_unref (grammar);
}

/* ---- threads --------------------------------------------------------------------------------------- */

static gpointer
match_often (gpointer grammar)
{
  for (int i = 0; i < 300; i++) {
    g_autofree char *text = g_strdup_printf ("{\"n%d\": [%d, {\"x\": \"%d\"}]}", i, i, i * i);

    g_assert_true (fits (grammar, text));
  }
  return NULL;
}

static void
test_threads (void)
{
  EngineGrammar *grammar = from_schema ("{}", (EngineSchemaOptions) { 0 });
  GThread *threads[4];

  for (int i = 0; i < 4; i++)
    threads[i] = g_thread_new ("match", match_often, grammar);
  for (int i = 0; i < 4; i++)
    g_thread_join (threads[i]);
  engine_grammar_unref (grammar);
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/grammar/gbnf", test_gbnf);
  g_test_add_func ("/grammar/schemas", test_schemas);
  g_test_add_func ("/grammar/options", test_options);
  g_test_add_func ("/grammar/errors", test_errors);
  g_test_add_func ("/grammar/deep", test_deep);
  g_test_add_func ("/grammar/long", test_long);
  g_test_add_data_func ("/grammar/masks/bytes", "smollm2-135m-instruct.gguf", test_masks);
  g_test_add_data_func ("/grammar/masks/spm", "ggml-vocab-llama-spm.gguf", test_masks);
  g_test_add_data_func ("/grammar/masks/large", "qwen2.5-coder-0.5b-instruct.gguf", test_masks);
  g_test_add_func ("/grammar/forced", test_forced);
  g_test_add_func ("/grammar/threads", test_threads);
  return g_test_run ();
}
