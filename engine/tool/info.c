/* SPDX-License-Identifier: MIT */
#include "memory.h"
#include "tool.h"

#include <inttypes.h>
#include <stdio.h>
#include <string.h>

static bool backends;

static const ToolOption options[] = {
  { "--backends", TOOL_FLAG, &backends, .help = "what can run models here, instead" },
};

static void
add_string (EngineText *json, const char *key, const char *value)
{
  engine_text_printf (json, "\"%s\": ", key);
  if (value)
    engine_text_json (json, value, strlen (value));
  else
    engine_text_printf (json, "null");
}

/* What each token takes part in: bytes of matrices, as the file has them, and numbers of them that it is multiplied with. A prompt's tokens do without the output matrix, but for the last.
 * Both 0 where there are experts, of which a token takes some. */
typedef struct {
  uint64_t decoded_bytes, prompt_products;
} Touched;

static Touched
find_touched (const EngineGguf *gguf)
{
  Touched touched = { 0 };
  uint64_t embedding_bytes = 0;
  bool has_output = false;

  for (size_t i = 0; i < engine_gguf_n_tensors (gguf); i++) {
    const EngineTensor *tensor = engine_gguf_tensor (gguf, i);

    if (tensor->n_dims > 2)
      return (Touched) { 0 };
    if (tensor->n_dims < 2)
      continue;
    if (strcmp (tensor->name, "token_embd.weight") == 0) {
      embedding_bytes = tensor->bytes;
      continue;
    }
    touched.decoded_bytes += tensor->bytes;
    if (strcmp (tensor->name, "output.weight") == 0)
      has_output = true;
    else
      touched.prompt_products += (uint64_t) tensor->ne[0] * (uint64_t) tensor->ne[1];
  }
  if (!has_output) /* the embedding is the output too */
    touched.decoded_bytes += embedding_bytes;
  return touched;
}

static bool
print_json (const EngineModelInfo *info, const EngineGguf *gguf, EngineError *error)
{
  EngineText json = { 0 };
  Touched touched = find_touched (gguf);

  engine_text_printf (&json, "{");
  add_string (&json, "architecture", info->architecture);
  engine_text_printf (&json, ", ");
  add_string (&json, "name", info->name);
  engine_text_printf (&json, ", ");
  add_string (&json, "quantisation", info->quantisation);
  engine_text_printf (&json, ", \"n_parameters\": %" PRIu64 ", \"weight_bytes\": %" PRIu64, info->n_parameters, info->weight_bytes);
  engine_text_printf (&json, ", \"n_layers\": %d, \"n_embd\": %d, \"n_vocab\": %d, \"n_context_train\": %d", info->n_layers, info->n_embd, info->n_vocab, info->n_context_train);
  engine_text_printf (&json, ", \"cache_bytes_per_token\": %" PRIu64 ", \"cache_bytes_fixed\": %" PRIu64 ", \"sees\": %s, \"hears\": %s, \"embeds\": %s, ", info->cache_bytes_per_token, info->cache_bytes_fixed, info->sees ? "true" : "false", info->hears ? "true" : "false", info->embeds ? "true" : "false");
  engine_text_printf (&json, "\"decoded_bytes\": %" PRIu64 ", \"prompt_products\": %" PRIu64 ", ", touched.decoded_bytes, touched.prompt_products);
  add_string (&json, "chat_template", info->chat_template);
  engine_text_printf (&json, "}");
  return tool_print (&json, error);
}

static bool
print_model (const char *path, EngineError *error)
{
  EngineModel *model = tool_load (path, true, error);
  const EngineModelInfo *info;
  bool ok = true;

  if (!model)
    return false;
  info = engine_model_info (model);
  if (tool_common.json)
    ok = print_json (info, model->gguf, error);
  else {
    printf ("Name           %s\n", info->name);
    printf ("Architecture   %s, %d layers of width %d\n", info->architecture, info->n_layers, info->n_embd);
    printf ("Parameters     %.1f million, mostly %s\n", (double) info->n_parameters / 1e6, info->quantisation);
    printf ("Weights        %s\n", engine_size_text (info->weight_bytes).text);
    printf ("Vocabulary     %d tokens\n", info->n_vocab);
    printf ("Context        %d tokens, %s of cache for each 1,000\n", info->n_context_train, engine_size_text (info->cache_bytes_per_token * 1000).text);
    if (info->cache_bytes_fixed)
      printf ("               and %s however few they are\n", engine_size_text (info->cache_bytes_fixed).text);
    printf ("Chat template  %s\n", info->chat_template ? "yes" : info->embeds ? "no, it makes vectors of texts" : "no, a base model");
  }
  engine_model_unref (model);
  return ok;
}

static bool
add_backend (EngineText *json, const EngineBackendInfo *info, const char *why_not)
{
  engine_text_printf (json, "{");
  add_string (json, "name", info->name);
  engine_text_printf (json, ", ");
  add_string (json, "device", info->device[0] ? info->device : NULL);
  engine_text_printf (json, ", ");
  add_string (json, "driver", info->driver[0] ? info->driver : NULL);
  engine_text_printf (json, ", \"software\": %s, \"memory\": %llu, ", info->software ? "true" : "false", (unsigned long long) info->memory);
  add_string (json, "error", why_not);
  engine_text_printf (json, "}");
  return !json->failed;
}

/* What can run models here, and why what cannot cannot. */
static bool
print_backends (EngineError *error)
{
  EngineText json = { 0 };

  engine_text_printf (&json, "[");
  for (int i = 0; i < ENGINE_N_BACKENDS; i++) {
    EngineError why_not = { 0 };
    EngineBackendInfo info;
    bool ok = engine_backend_info ((EngineBackendKind) i, &info, &why_not);

    if (tool_common.json) {
      engine_text_printf (&json, "%s", i ? ", " : "");
      add_backend (&json, &info, ok ? NULL : why_not.message);
    } else if (ok)
      printf ("%-4s %s%s%s%s%s%s\n", info.name, info.device, info.driver[0] ? ", " : "", info.driver, info.software ? " (the processor draws)" : "",
              info.memory ? ", free: " : "", info.memory ? engine_size_text (info.memory).text : "");
    else
      printf ("%-4s not here: %s\n", info.name, why_not.message);
  }
  engine_text_printf (&json, "]");
  if (tool_common.json)
    return tool_print (&json, error);
  free (json.bytes);
  return true;
}

static bool
run_info (char **arguments, int n_arguments, EngineError *error)
{
  if (backends)
    return print_backends (error);
  if (n_arguments == 0)
    return engine_fail (error, ENGINE_BAD_INPUT, "The command is melete-engine info MODEL, or melete-engine info --backends.");
  return print_model (arguments[0], error);
}

const ToolCommand tool_info = {
  .name = "info", .arguments = "MODEL", .summary = "Tells what a model file holds",
  .n_arguments_min = 0, .n_arguments_max = 1, .options = options, .n_options = ENGINE_LENGTH (options), .run = run_info,
};
