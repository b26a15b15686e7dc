/* SPDX-License-Identifier: MIT */
#include "tool.h"

static bool bos, special;

static const ToolOption options[] = {
  { "--bos", TOOL_FLAG, &bos, .help = "add the tokens that the model expects around a text" },
  { "--special", TOOL_FLAG, &special, .help = "read \"<|im_start|>\" and the like as that token" },
};

static bool
run_tokenize (char **arguments, int n_arguments, EngineError *error)
{
  EngineTokenizeFlags flags = (bos ? ENGINE_TOKENIZE_BOS : 0) | (special ? ENGINE_TOKENIZE_SPECIAL : 0);
  EngineModel *model = tool_load (arguments[0], true, error);
  EngineText json = { 0 };
  int32_t *ids = NULL;
  size_t n_bytes, n_ids;
  char *text = model ? tool_read_file ("-", &n_bytes, error) : NULL;
  bool ok = text && engine_tokenize (model, text, n_bytes, flags, &ids, &n_ids, error);

  if (ok) {
    engine_text_printf (&json, "[");
    for (size_t i = 0; i < n_ids; i++)
      engine_text_printf (&json, "%s%d", i ? ", " : "", ids[i]);
    engine_text_printf (&json, "]");
    ok = tool_print (&json, error);
  }
  free (ids);
  free (text);
  engine_model_unref (model);
  return ok;
}

const ToolCommand tool_tokenize = {
  .name = "tokenize", .arguments = "MODEL < text", .summary = "Turns the text on stdin into token ids",
  .n_arguments_min = 1, .n_arguments_max = 1, .options = options, .n_options = ENGINE_LENGTH (options), .run = run_tokenize,
};
