/* SPDX-License-Identifier: MIT */
#include "tool.h"

#include <stdio.h>

static bool special;

static const ToolOption options[] = {
  { "--special", TOOL_FLAG, &special, .help = "write special tokens out instead of leaving them away" },
};

/* The plain form has no line end of its own, so that the bytes come back as they were. */
static bool
run_detokenize (char **arguments, int n_arguments, EngineError *error)
{
  EngineModel *model = tool_load (arguments[0], true, error);
  EngineText json = { 0 };
  int32_t *ids = NULL;
  size_t n_ids, n_bytes;
  char *text = NULL;
  bool ok = model && tool_read_ids (model, "@-", &ids, &n_ids, error);

  if (ok)
    text = engine_detokenize (model, ids, n_ids, special, &n_bytes, error);
  ok = text != NULL;
  if (ok && tool_common.json) {
    engine_text_printf (&json, "{\"text\": ");
    engine_text_json (&json, text, n_bytes);
    engine_text_printf (&json, "}");
    ok = tool_print (&json, error);
  } else if (ok)
    fwrite (text, 1, n_bytes, stdout);
  free (text);
  free (ids);
  engine_model_unref (model);
  return ok;
}

const ToolCommand tool_detokenize = {
  .name = "detokenize", .arguments = "MODEL < ids", .summary = "Turns the token ids on stdin into text",
  .n_arguments_min = 1, .n_arguments_max = 1, .options = options, .n_options = ENGINE_LENGTH (options), .run = run_detokenize,
};
