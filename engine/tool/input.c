/* SPDX-License-Identifier: MIT */
/* What the commands read and write: models, files, ids, text. */
#include "tool.h"

#include "memory.h"

#include <errno.h>
#include <math.h>
#include <stdio.h>
#include <string.h>
#include <time.h>

#define MAX_INPUT ((size_t) 1 << 30)

ToolCommon tool_common = { .backend = "cpu", .cache = "f16" };

EngineCacheType
tool_cache_type (void)
{
  EngineCacheType type = ENGINE_CACHE_F16;

  engine_cache_type_from_name (tool_common.cache, &type); /* main.c has looked */
  return type;
}

bool
tool_thinking (const char *name, EngineThinking *thinking, EngineError *error)
{
  if (!name || strcmp (name, "raw") == 0)
    *thinking = (EngineThinking) { 0 };
  else if (strcmp (name, "off") == 0)
    *thinking = (EngineThinking) { .think = ENGINE_THINK_OFF };
  else if (strcmp (name, "on") == 0)
    *thinking = (EngineThinking) { .think = ENGINE_THINK_ON };
  else if (strcmp (name, "compact") == 0)
    *thinking = engine_thinking_compact ();
  else
    return engine_fail (error, ENGINE_BAD_INPUT, "There is no way of thinking \"%.60s\"; use off, on, compact or raw.", name);
  return true;
}

const char *
tool_thought_end (EngineThoughtEnd end)
{
  static const char *const names[] = {
    [ENGINE_THOUGHT_NONE] = "none", [ENGINE_THOUGHT_CLOSED] = "closed", [ENGINE_THOUGHT_SETTLED] = "settled", [ENGINE_THOUGHT_CAP] = "cap", [ENGINE_THOUGHT_LOOP] = "loop", [ENGINE_THOUGHT_ASKED] = "asked",
  };

  return names[end];
}

bool
tool_speculation (const char *name, EngineSpeculation *how, EngineError *error)
{
  *how = strcmp (name, "off") == 0 ? ENGINE_SPECULATE_OFF : ENGINE_SPECULATE_LOOKUP;
  return *how == ENGINE_SPECULATE_OFF || strcmp (name, "lookup") == 0 ||
         engine_fail (error, ENGINE_BAD_INPUT, "Tokens cannot be guessed by \"%.60s\"; use --speculate lookup or off.", name);
}

static double
share (uint64_t n, const EngineExpertStats *experts)
{
  uint64_t all = experts->hits + experts->ahead + experts->misses;

  return all ? (double) n / (double) all : 0;
}

void
tool_write_experts (EngineText *text, const EngineExpertStats *experts, int64_t n_tokens)
{
  engine_text_printf (text, "%.1f %% in memory (%s of", 100 * share (experts->hits, experts), engine_size_text (experts->memory_bytes).text);
  engine_text_printf (text, " %s), %.1f %% read ahead, %.1f %% read; ", engine_size_text (experts->total_bytes).text, 100 * share (experts->ahead, experts), 100 * share (experts->misses, experts));
  if (n_tokens)
    engine_text_printf (text, "%s a token, ", engine_size_text (experts->read_bytes / (uint64_t) n_tokens).text);
  engine_text_printf (text, "waited %llu times, %.0f ms", (unsigned long long) experts->waits, experts->wait_ms);
}

void
tool_write_experts_json (EngineText *json, const char *name, const EngineExpertStats *experts)
{
  if (experts->total_bytes)
    engine_text_printf (json, ", \"%s\": {\"memory_bytes\": %llu, \"total_bytes\": %llu, \"hits\": %llu, \"ahead\": %llu, \"misses\": %llu, \"hit_rate\": %.4f, \"read_bytes\": %llu, \"waits\": %llu, \"wait_ms\": %.2f}", name,
                        (unsigned long long) experts->memory_bytes, (unsigned long long) experts->total_bytes, (unsigned long long) experts->hits, (unsigned long long) experts->ahead,
                        (unsigned long long) experts->misses, share (experts->hits, experts), (unsigned long long) experts->read_bytes, (unsigned long long) experts->waits, experts->wait_ms);
}

EngineModel *
tool_load (const char *path, bool vocab_only, EngineError *error)
{
  EngineLoadOptions options = {
    .n_threads = (int) tool_common.threads, .reference = tool_common.reference, .vocab_only = vocab_only, .gpu_layers = (int32_t) tool_common.gpu_layers,
    .memory_limit = (size_t) tool_common.memory << 20, .expert_memory = (size_t) tool_common.expert_memory << 20,
  };

  engine_backend_from_name (tool_common.backend, &options.backend);
  return engine_model_load (path, &options, error);
}

/* What follows the last colon is the strength when it is a number to its end; file names have colons too. */
bool
tool_load_adaptation (EngineModel *model, EngineAdaptation *adaptation, EngineError *error)
{
  const char *colon = tool_common.lora ? strrchr (tool_common.lora, ':') : NULL;
  char *path, *end = NULL;

  *adaptation = (EngineAdaptation) { .strength = 1 };
  if (!tool_common.lora)
    return true;
  path = engine_calloc (strlen (tool_common.lora) + 1, 1, error);
  if (!path)
    return false;
  strcpy (path, tool_common.lora);
  if (colon && colon[1]) {
    adaptation->strength = strtof (colon + 1, &end);
    if (*end)
      adaptation->strength = 1;
    else
      path[colon - tool_common.lora] = '\0';
  }
  if (!isfinite (adaptation->strength))
    engine_fail (error, ENGINE_BAD_INPUT, "The option --lora takes FILE or FILE:STRENGTH, and the strength is a number; 1 is as it was trained.");
  else
    adaptation->adapter = engine_adapter_load (model, path, error);
  free (path);
  return adaptation->adapter != NULL;
}

static bool
read_stream (FILE *stream, const char *path, EngineText *text, EngineError *error)
{
  char part[65536];
  size_t n;

  engine_text_append (text, "", 0);
  while ((n = fread (part, 1, sizeof part, stream)) > 0) {
    engine_text_append (text, part, n);
    if (text->failed || text->length > MAX_INPUT)
      return engine_fail (error, ENGINE_BAD_INPUT, "The input \"%.200s\" is larger than 1 GiB.", path);
  }
  if (ferror (stream))
    return engine_fail (error, ENGINE_IO, "The input \"%.200s\" cannot be read: %s.", path, strerror (errno));
  return true;
}

char *
tool_read_file (const char *path, size_t *n_bytes, EngineError *error)
{
  bool from_stdin = strcmp (path, "-") == 0;
  FILE *stream = from_stdin ? stdin : fopen (path, "rbe");
  EngineText text = { 0 };
  bool ok;

  if (!stream) {
    engine_fail (error, ENGINE_IO, "The file \"%.200s\" cannot be opened: %s.", path, strerror (errno));
    return NULL;
  }
  ok = read_stream (stream, path, &text, error);
  if (!from_stdin)
    fclose (stream);
  if (!ok) {
    free (text.bytes);
    return NULL;
  }
  *n_bytes = text.length;
  return text.bytes;
}

bool
tool_read_chunks (const EngineModel *model, const char *path, int64_t n_context, int32_t **tokens, size_t *n_tokens, EngineError *error)
{
  size_t n_bytes;
  char *text = tool_read_file (path, &n_bytes, error);
  bool ok = text && engine_tokenize (model, text, n_bytes, ENGINE_TOKENIZE_BOS, tokens, n_tokens, error);

  free (text);
  if (ok && *n_tokens < (size_t) n_context)
    ok = engine_fail (error, ENGINE_BAD_INPUT, "The text has %zu tokens, fewer than one chunk of %lld; give a longer text or a smaller --context.", *n_tokens, (long long) n_context);
  return ok;
}

/* At most one id begins at each second byte, which bounds the result before it is filled. */
static bool
parse_ids (const EngineModel *model, const char *text, size_t n_bytes, int32_t **ids, size_t *n_ids, EngineError *error)
{
  int32_t n_vocab = engine_vocab_size (model->vocab);
  int32_t *out = engine_calloc (n_bytes / 2 + 1, sizeof *out, error);
  const char *c = text, *end = text + n_bytes;
  size_t n = 0;

  if (!out)
    return false;
  while ((c += strspn (c, " \t\r\n,[]")) < end) {
    char *after;
    long id;

    errno = 0;
    id = strtol (c, &after, 10);
    if (after == c || errno || !strchr (" \t\r\n,]", *after)) {
      free (out);
      return engine_fail (error, ENGINE_BAD_INPUT, "Token ids are whole numbers with commas between them, not \"%.20s\".", c);
    }
    if (id < 0 || id >= n_vocab) {
      free (out);
      return engine_fail (error, ENGINE_BAD_INPUT, "The token id %ld is outside of the vocabulary, which has %d tokens.", id, n_vocab);
    }
    out[n++] = (int32_t) id;
    c = after;
  }
  *ids = out;
  *n_ids = n;
  return true;
}

bool
tool_read_ids (const EngineModel *model, const char *text, int32_t **ids, size_t *n_ids, EngineError *error)
{
  char *file;
  size_t n_bytes;
  bool ok;

  if (text[0] != '@')
    return parse_ids (model, text, strlen (text), ids, n_ids, error);
  file = tool_read_file (text + 1, &n_bytes, error);
  ok = file && parse_ids (model, file, strlen (file), ids, n_ids, error);
  free (file);
  return ok;
}

bool
tool_print (EngineText *text, EngineError *error)
{
  bool ok = !text->failed;

  if (ok && (fwrite (text->bytes ? text->bytes : "", 1, text->length, stdout) != text->length || putchar ('\n') == EOF))
    ok = engine_fail (error, ENGINE_IO, "The result cannot be written: %s.", strerror (errno));
  else if (!ok)
    engine_fail (error, ENGINE_NO_MEMORY, "There is no memory for the result.");
  free (text->bytes);
  *text = (EngineText) { 0 };
  return ok;
}

double
tool_now_ms (void)
{
  struct timespec now;

  clock_gettime (CLOCK_MONOTONIC, &now);
  return (double) now.tv_sec * 1e3 + (double) now.tv_nsec * 1e-6;
}

static int
compare_doubles (const void *a, const void *b)
{
  double x = *(const double *) a, y = *(const double *) b;

  return (x > y) - (x < y);
}

double
tool_median (double *values, int64_t n)
{
  qsort (values, (size_t) n, sizeof *values, compare_doubles);
  return n % 2 ? values[n / 2] : (values[n / 2 - 1] + values[n / 2]) / 2;
}
