/* SPDX-License-Identifier: MIT */
#include "tool.h"

#include <stdio.h>

static const char *token_list;

static const ToolOption options[] = {
  { "--tokens", TOOL_STRING, &token_list, .argument = "IDS", .help = "1,2,3, or @FILE to read them from, in the place of the text" },
};

static bool
make_vector (EngineModel *model, float *vector, EngineError *error)
{
  int32_t *ids = NULL;
  size_t n = 0;
  char *text = NULL;
  bool ok;

  if (token_list)
    ok = tool_read_ids (model, token_list, &ids, &n, error) && engine_embed_tokens (model, ids, n, vector, error);
  else
    ok = (text = tool_read_file ("-", &n, error)) && engine_embed (model, text, n, vector, error);
  free (ids);
  free (text);
  return ok;
}

static bool
run_embed (char **arguments, int n_arguments, EngineError *error)
{
  EngineModel *model = tool_load (arguments[0], false, error);
  int32_t width = model ? engine_model_info (model)->n_embd : 0;
  float *vector = model ? engine_calloc ((size_t) width, sizeof *vector, error) : NULL;
  bool ok = vector && make_vector (model, vector, error);
  EngineText json = { 0 };

  if (ok) {
    engine_text_printf (&json, "[");
    for (int32_t i = 0; i < width; i++)
      engine_text_printf (&json, "%s%.8f", i ? ", " : "", (double) vector[i]);
    engine_text_printf (&json, "]");
    ok = tool_print (&json, error);
  }
  free (vector);
  engine_model_unref (model);
  return ok;
}

const ToolCommand tool_embed = {
  .name = "embed", .arguments = "MODEL < text", .summary = "Turns the text on stdin into a vector of length 1",
  .n_arguments_min = 1, .n_arguments_max = 1, .options = options, .n_options = ENGINE_LENGTH (options), .run = run_embed,
};
