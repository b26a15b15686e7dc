/* SPDX-License-Identifier: MIT */
#include "chat/template.h"
#include "tool.h"

#include <stdio.h>
#include <string.h>

static bool no_prompt;

static const ToolOption options[] = {
  { "--no-prompt", TOOL_FLAG, &no_prompt, .help = "do not open the assistant's answer" },
};

/* Where the template comes from: a model file with its tokens, or a text. */
typedef struct {
  EngineModel    *model; /* NULL: a text */
  EngineTemplate *own;   /* of the text */
} Source;

static bool
is_model (const char *path)
{
  char magic[4] = "";
  FILE *file = fopen (path, "rbe");
  bool yes = file && fread (magic, 1, sizeof magic, file) == sizeof magic && memcmp (magic, "GGUF", 4) == 0;

  if (file)
    fclose (file);
  return yes;
}

static bool
open_source (Source *source, const char *path, EngineError *error)
{
  size_t n_bytes;
  char *text;

  if (is_model (path)) {
    source->model = tool_load (path, true, error);
    return source->model != NULL;
  }
  text = tool_read_file (path, &n_bytes, error);
  source->own = text ? engine_template_new (text, n_bytes, error) : NULL;
  free (text);
  return source->own != NULL;
}

/* An array on stdin is the messages; an object is all variables. */
static char *
render (const Source *source, const char *input, size_t n_input, size_t *n_bytes, EngineError *error)
{
  const EngineTemplate *template_ = source->model ? source->model->chat_template : source->own;
  EngineText context = { 0 };
  char *text = NULL;

  if (!template_) /* rendering nothing says whether it is absent or broken */
    return engine_chat_render (source->model, NULL, 0, false, error);
  if (input[strspn (input, " \t\r\n")] == '{')
    engine_text_append (&context, input, n_input);
  else {
    engine_text_printf (&context, "{\"messages\": ");
    engine_text_append (&context, input, n_input);
    engine_text_printf (&context, ", \"add_generation_prompt\": %s", no_prompt ? "false" : "true");
    if (source->model)
      engine_model_write_tokens (source->model, &context);
    engine_text_printf (&context, "}");
  }
  if (context.failed)
    engine_fail (error, ENGINE_NO_MEMORY, "There is no memory for the messages.");
  else
    text = engine_template_render (template_, context.bytes, context.length, n_bytes, error);
  free (context.bytes);
  return text;
}

static bool
run_template (char **arguments, int n_arguments, EngineError *error)
{
  Source source = { 0 };
  EngineText json = { 0 };
  size_t n_input, n_bytes = 0;
  char *input = NULL, *text = NULL;
  bool ok;

  if (open_source (&source, arguments[0], error))
    input = tool_read_file ("-", &n_input, error);
  if (input)
    text = render (&source, input, n_input, &n_bytes, error);
  ok = text != NULL;
  if (ok && tool_common.json) {
    engine_text_printf (&json, "{\"text\": ");
    engine_text_json (&json, text, n_bytes);
    engine_text_printf (&json, "}");
    ok = tool_print (&json, error);
  } else if (ok)
    fwrite (text, 1, n_bytes, stdout);
  free (text);
  free (input);
  engine_template_free (source.own);
  engine_model_unref (source.model);
  return ok;
}

const ToolCommand tool_template = {
  .name = "template", .arguments = "MODEL|FILE.jinja < messages.json", .summary = "Renders messages with a chat template",
  .n_arguments_min = 1, .n_arguments_max = 1, .options = options, .n_options = ENGINE_LENGTH (options), .run = run_template,
};
