/* SPDX-License-Identifier: MIT */
/* Whether texts fit a grammar; and for those who test or time it, texts that do and how long masks take.
 *
 * With --cases there is a JSON object in each line of the input: "grammar" or "schema" (as a string), the options "closed", "tight" and "lax", "texts" that are to be
 * matched, and how many "samples" are to be made with the "seed". In each line of the output are "fits", one for each text, and "samples"; or "error". */
#include "calls-tool.h"

#include "grammar/grammar.h"
#include "grammar/json.h"

#include <stdio.h>
#include <string.h>

static const char *grammar_file, *schema_file, *model_file;
static EngineSchemaOptions schema_options;
static bool cases, time_masks;

static const ToolOption options[] = {
  { "--grammar", TOOL_STRING, &grammar_file, .argument = "FILE", .help = "a grammar in GBNF" },
  { "--schema", TOOL_STRING, &schema_file, .argument = "FILE", .help = "or a JSON Schema" },
  { "--closed", TOOL_FLAG, &schema_options.closed, .help = "objects of the schema have the members that it lists, and no others" },
  { "--tight", TOOL_FLAG, &schema_options.tight, .help = "one space behind commas and colons, and nowhere else" },
  { "--lax", TOOL_FLAG, &schema_options.lax, .help = "pass over what cannot be promised, instead of refusing the schema" },
  { "--cases", TOOL_FLAG, &cases, .help = "many grammars and texts: a JSON object in each line of stdin" },
  { "--model", TOOL_STRING, &model_file, .argument = "MODEL", .help = "the vocabulary for --time, and for samples of --cases" },
  { "--time", TOOL_FLAG, &time_masks, .help = "how long the masks of the text's tokens take" },
};

EngineGrammar *
tool_read_grammar (const char *grammar_path, const char *schema_path, const EngineSchemaOptions *of_schema, EngineError *error)
{
  EngineGrammar *grammar;
  size_t n;
  char *text;

  if (!grammar_path == !schema_path) {
    engine_fail (error, ENGINE_BAD_INPUT, "Give one of the options --grammar and --schema.");
    return NULL;
  }
  text = tool_read_file (grammar_path ? grammar_path : schema_path, &n, error);
  if (!text)
    return NULL;
  grammar = grammar_path ? engine_grammar_from_text (text, n, error) : engine_grammar_from_schema (text, n, of_schema, error);
  free (text);
  return grammar;
}

/* ---- samples -------------------------------------------------------------------------- */

#define FREE_TOKENS 60 /* after as many a sample takes the shortest way to its end */

static uint32_t
next_random (uint64_t *state)
{
  *state = *state * 6364136223846793005u + 1442695040888963407u;
  return (uint32_t) (*state >> 33);
}

static bool
is_allowed (const uint64_t *mask, int32_t id)
{
  return mask[id / 64] >> id % 64 & 1;
}

/* The first byte by chance, then one of the tokens that begin with it; so that rare signs are not lost among the letters. -1: none. */
static int32_t
choose_token (const EngineTrie *trie, const uint64_t *mask, uint64_t *state)
{
  int32_t bytes[256], n_bytes = 0, count = 0, chosen = -1;
  bool seen[256] = { 0 };

  for (int32_t id = 0; id < trie->n_vocab; id++) {
    size_t n;
    const char *text = engine_trie_bytes (trie, id, &n);

    if (!is_allowed (mask, id) || n == 0 || seen[(uint8_t) *text])
      continue;
    seen[(uint8_t) *text] = true;
    bytes[n_bytes++] = (uint8_t) *text;
  }
  if (n_bytes == 0)
    return -1;
  n_bytes = bytes[next_random (state) % (uint32_t) n_bytes];
  for (int32_t id = 0; id < trie->n_vocab; id++) {
    size_t n;
    const char *text = engine_trie_bytes (trie, id, &n);

    if (is_allowed (mask, id) && n && (uint8_t) *text == n_bytes && next_random (state) % (uint32_t) ++count == 0)
      chosen = id;
  }
  return chosen;
}

/* A byte that leads to an end by as few others as any. */
static bool
take_shortest (EngineMatcher *matcher, EngineText *out, EngineError *error)
{
  EngineByteSet bytes = engine_matcher_bytes (matcher);
  uint32_t least = ENGINE_NET_FAR;
  char best = 0;

  for (int byte = 0; byte < 256; byte++) {
    EngineMatcher copy;

    if (!engine_byte_set_has (&bytes, (uint8_t) byte))
      continue;
    engine_matcher_copy (&copy, matcher);
    if (engine_matcher_take (&copy, &(char) { (char) byte }, 1, NULL, error) && engine_matcher_least (&copy) < least) {
      least = engine_matcher_least (&copy);
      best = (char) byte;
    }
    engine_matcher_clear (&copy);
  }
  engine_text_append (out, &best, 1);
  return engine_matcher_take (matcher, &best, 1, NULL, error);
}

bool
tool_make_sample (EngineGrammar *grammar, EngineTrie *trie, uint64_t *state, EngineText *out, EngineError *error)
{
  uint64_t *mask = engine_calloc ((size_t) (trie->n_vocab + 63) / 64, sizeof *mask, error);
  EngineMatcher matcher;
  bool ok;

  if (!mask || !engine_matcher_init (&matcher, grammar, trie, error)) {
    free (mask);
    return false;
  }
  engine_text_append (out, "", 0);
  ok = true;
  for (int n = 0; ok && !engine_matcher_must_end (&matcher); n++) {
    bool may_end = engine_matcher_may_end (&matcher);
    size_t length;
    int32_t id;

    if (may_end && (n > FREE_TOKENS || next_random (state) % 4 == 0))
      break;
    if (n > FREE_TOKENS) {
      ok = take_shortest (&matcher, out, error);
      continue;
    }
    ok = engine_matcher_mask (&matcher, mask, error);
    id = ok ? choose_token (trie, mask, state) : -1;
    if (id < 0) {
      ok = ok && engine_fail (error, ENGINE_INTERNAL, "After \"%.200s\" no token is allowed.", out->bytes);
    } else {
      const char *bytes = engine_trie_bytes (trie, id, &length);

      engine_text_append (out, bytes, length);
      ok = engine_matcher_take (&matcher, bytes, length, NULL, error) || engine_fail (error, ENGINE_INTERNAL, "The token %d was allowed but does not fit.", id);
    }
  }
  engine_matcher_clear (&matcher);
  free (mask);
  return ok;
}

/* ---- cases ----------------------------------------------------------------------------- */

static bool
flag (const EngineJson *json, const char *key)
{
  const EngineJson *value = engine_json_member (json, key);

  return value && value->kind == ENGINE_JSON_TRUE;
}

static int64_t
number (const EngineJson *json, const char *key)
{
  const EngineJson *value = engine_json_member (json, key);
  int64_t out = 0;

  if (value)
    engine_decimal_int (&value->number, INT64_MIN / 2, INT64_MAX / 2, &out);
  return out;
}

static bool
answer_case (const EngineJson *json, EngineTrie *trie, EngineText *out, EngineError *error)
{
  const EngineJson *schema = engine_json_member (json, "schema"), *text = engine_json_member (json, "grammar"), *texts = engine_json_member (json, "texts");
  EngineSchemaOptions own = { flag (json, "closed"), flag (json, "tight"), flag (json, "lax") };
  uint64_t state = (uint64_t) number (json, "seed");
  EngineGrammar *grammar = NULL;
  bool ok;

  if (schema && schema->kind == ENGINE_JSON_STRING)
    grammar = engine_grammar_from_schema (schema->text, schema->n, &own, error);
  else if (text && text->kind == ENGINE_JSON_STRING)
    grammar = engine_grammar_from_text (text->text, text->n, error);
  else
    engine_fail (error, ENGINE_BAD_INPUT, "A case needs a \"schema\" or a \"grammar\", as a string.");
  ok = grammar != NULL;
  engine_text_printf (out, "{\"fits\": [");
  for (size_t i = 0; ok && texts && i < texts->n; i++) {
    bool fits = false;

    /* Too deep is also: not allowed. */
    engine_grammar_match (grammar, texts->items[i]->text ? texts->items[i]->text : "", texts->items[i]->n, &fits, NULL, NULL);
    engine_text_printf (out, "%s%s", i ? ", " : "", fits ? "true" : "false");
  }
  engine_text_printf (out, "], \"samples\": [");
  if (ok && number (json, "samples") > 0 && !trie)
    ok = engine_fail (error, ENGINE_BAD_INPUT, "Samples need a vocabulary: give the option --model.");
  for (int64_t i = 0; ok && i < number (json, "samples"); i++) {
    EngineText sample = { 0 };

    ok = tool_make_sample (grammar, trie, &state, &sample, error);
    engine_text_printf (out, i ? ", " : "");
    engine_text_json (out, sample.bytes, sample.length);
    free (sample.bytes);
  }
  engine_text_printf (out, "]");
  engine_grammar_unref (grammar);
  return ok;
}

static bool
answer_line (const char *line, size_t n, EngineTrie *trie, EngineError *error)
{
  EngineBuild build = { .error = error };
  EngineError failed = { 0 };
  EngineText out = { 0 };
  EngineJson *json;

  if (ENGINE_BUILD_ENTER (&build)) {
    engine_build_clear (&build);
    return false;
  }
  json = engine_json_read (&build, line, n);
  if (!answer_case (json, trie, &out, &failed)) {
    out.length = 0;
    engine_text_printf (&out, "{\"error\": ");
    engine_text_json (&out, failed.message, strlen (failed.message));
  }
  engine_text_printf (&out, "}");
  engine_build_clear (&build);
  return tool_print (&out, error);
}

static bool
answer_cases (char *text, EngineTrie *trie, EngineError *error)
{
  for (char *line = strtok (text, "\n"); line; line = strtok (NULL, "\n"))
    if (!answer_line (line, strlen (line), trie, error))
      return false;
  return true;
}

/* ---- times --------------------------------------------------------------------------------- */

#define TIMES 10

typedef struct {
  double  sum, most;
  int64_t n, n_forced;
} Times;

/* A mask before each token of the text, and one behind the last. */
static bool
walk (EngineGrammar *grammar, EngineTrie *trie, const int32_t *ids, size_t n_ids, uint64_t *mask, Times *times, EngineError *error)
{
  EngineMatcher matcher;
  bool ok = engine_matcher_init (&matcher, grammar, trie, error);

  if (!ok)
    return false;
  for (size_t i = 0; ok && i <= n_ids; i++) {
    double began = tool_now_ms (), ms;
    char forced[64];
    size_t n;

    ok = engine_matcher_mask (&matcher, mask, error);
    ms = tool_now_ms () - began;
    times->sum += ms;
    times->most = ENGINE_MAX (times->most, ms);
    times->n++;
    times->n_forced += engine_matcher_forced (&matcher, forced, sizeof forced, error) > 0;
    if (ok && i < n_ids) {
      const char *bytes = engine_trie_bytes (trie, ids[i], &n);

      ok = is_allowed (mask, ids[i]) && engine_matcher_take (&matcher, bytes, n, NULL, error);
      if (!ok)
        engine_fail (error, ENGINE_BAD_INPUT, "The text does not fit, from its token %zu on.", i + 1);
    }
  }
  engine_matcher_clear (&matcher);
  return ok;
}

/* Cold: with a grammar that was just made, so that all is found out anew; warm: with one that has followed the text before. */
static bool
time_text (EngineModel *model, const char *text, size_t n_bytes, EngineError *error)
{
  double began = tool_now_ms (), tree_ms, compile_ms = 0;
  EngineTrie *trie = engine_vocab_trie (model->vocab, error);
  uint64_t *mask = trie ? engine_calloc ((size_t) (trie->n_vocab + 63) / 64, sizeof *mask, error) : NULL;
  Times cold = { 0 }, warm = { 0 };
  EngineText json = { 0 };
  int32_t *ids = NULL;
  size_t n_ids = 0;
  bool ok;

  tree_ms = tool_now_ms () - began;
  ok = mask && engine_tokenize (model, text, n_bytes, ENGINE_TOKENIZE_PLAIN, &ids, &n_ids, error);
  for (int i = 0; ok && i < TIMES; i++) {
    EngineGrammar *grammar;

    began = tool_now_ms ();
    grammar = tool_read_grammar (grammar_file, schema_file, &schema_options, error);
    compile_ms += tool_now_ms () - began;
    ok = grammar && walk (grammar, trie, ids, n_ids, mask, &cold, error) && walk (grammar, trie, ids, n_ids, mask, &warm, error);
    engine_grammar_unref (grammar);
  }
  if (ok) {
    engine_text_printf (&json, "{\"vocabulary\": %d, \"tree_ms\": %.2f, \"compile_ms\": %.2f, \"masks\": %lld, \"forced\": %lld, \"cold_us\": %.2f, \"cold_most_us\": %.2f, \"warm_us\": %.2f, \"warm_most_us\": %.2f}",
                        trie->n_vocab, tree_ms, compile_ms / TIMES, (long long) cold.n / TIMES, (long long) cold.n_forced / TIMES, 1e3 * cold.sum / (double) cold.n, 1e3 * cold.most, 1e3 * warm.sum / (double) warm.n, 1e3 * warm.most);
    ok = tool_print (&json, error);
  }
  free (mask);
  free (ids);
  return ok;
}

/* ---- all ------------------------------------------------------------------------------------- */

static bool
match_text (EngineGrammar *grammar, const char *text, size_t n_bytes, EngineError *error)
{
  EngineText json = { 0 };
  size_t n_fitting;
  bool fits;

  /* Editors end a file with a line end that nobody means. */
  if (!engine_grammar_match (grammar, text, n_bytes, &fits, &n_fitting, error))
    return false;
  if (!fits && n_bytes && text[n_bytes - 1] == '\n' && !engine_grammar_match (grammar, text, n_bytes - 1, &fits, &n_fitting, error))
    return false;
  if (tool_common.json) {
    engine_text_printf (&json, "{\"fits\": %s, \"fitting_bytes\": %zu}", fits ? "true" : "false", n_fitting);
    return tool_print (&json, error);
  }
  if (!fits && n_fitting == n_bytes)
    return engine_fail (error, ENGINE_BAD_INPUT, "The text is not finished: something has to follow its %zu bytes.", n_bytes);
  if (!fits)
    return engine_fail (error, ENGINE_BAD_INPUT, "The text does not fit: only the first %zu of its %zu bytes are the beginning of one that does.", n_fitting, n_bytes);
  printf ("The text fits.\n");
  return true;
}

static bool
run_grammar (char **arguments, int n_arguments, EngineError *error)
{
  EngineGrammar *grammar = NULL;
  EngineModel *model = NULL;
  EngineTrie *trie = NULL;
  size_t n_bytes;
  char *text;
  bool ok = true;

  if (time_masks && !model_file)
    return engine_fail (error, ENGINE_BAD_INPUT, "To measure masks takes a vocabulary: give the option --model.");
  text = tool_read_file ("-", &n_bytes, error);
  if (!text)
    return false;
  if (!cases && !time_masks) {
    grammar = tool_read_grammar (grammar_file, schema_file, &schema_options, error);
    ok = grammar != NULL;
  }
  if (ok && model_file) {
    model = tool_load (model_file, true, error);
    ok = model != NULL;
  }
  if (ok && cases && model) {
    trie = engine_vocab_trie (model->vocab, error);
    ok = trie != NULL;
  }
  if (ok)
    ok = cases ? answer_cases (text, trie, error) : time_masks ? time_text (model, text, n_bytes, error) : match_text (grammar, text, n_bytes, error);
  engine_grammar_unref (grammar);
  engine_model_unref (model);
  free (text);
  return ok;
}

const ToolCommand tool_grammar = {
  .name = "grammar", .arguments = "(--grammar FILE | --schema FILE) < text", .summary = "Says whether a text fits a grammar or a JSON Schema",
  .n_arguments_min = 0, .n_arguments_max = 0, .options = options, .n_options = ENGINE_LENGTH (options), .run = run_grammar,
};
