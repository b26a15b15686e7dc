/* SPDX-License-Identifier: MIT */
/* Reads the calls of tools in an answer.
 *
 * With --cases there is a JSON object in each line of the input: "template" (a chat template) or "format" (a name), "tools" (an array), the "text" of an answer, how many
 * characters come at once ("pieces", 0: all), and how many "samples" of calls are to be made with the "seed" (with --model, whose vocabulary is used). In each line of the output
 * are the "format", the "text" that is no call, "calls", what is "broken", and "samples"; or "error". */
#include "calls-tool.h"

#include "chat/calls.h"

#include <string.h>

static const char *tools_file, *format_name;
static bool cases;

static const ToolOption options[] = {
  { "--tools", TOOL_STRING, &tools_file, .argument = "FILE", .help = "the tools that could be called, a JSON array" },
  { "--format", TOOL_STRING, &format_name, .argument = "NAME", .help = "how calls are written, in the place of the model's own way" },
  { "--cases", TOOL_FLAG, &cases, .help = "many answers: a JSON object in each line of stdin, and no arguments" },
};

/* ---- tools --------------------------------------------------------------------- */

static const char *
text_of (const EngineJson *json, const char *key)
{
  const EngineJson *value = engine_json_member (json, key);

  return value && value->kind == ENGINE_JSON_STRING ? value->text : NULL;
}

EngineTool *
tool_take_tools (EngineBuild *build, const EngineJson *json, size_t *n)
{
  EngineTool *tools;

  if (json->kind != ENGINE_JSON_ARRAY) {
    engine_fail (build->error, ENGINE_BAD_INPUT, "Tools are a JSON array of objects with \"name\", \"description\" and \"parameters\".");
    engine_build_leave (build);
  }
  *n = json->n;
  tools = engine_build_alloc (build, json->n + 1, sizeof *tools);
  for (size_t i = 0; i < json->n; i++) {
    const EngineJson *function = engine_json_member (json->items[i], "function"), *of = function ? function : json->items[i], *parameters = engine_json_member (of, "parameters");
    EngineText text = { 0 };

    tools[i].name = text_of (of, "name");
    tools[i].description = text_of (of, "description");
    if (!parameters)
      continue;
    engine_json_write (&text, parameters);
    tools[i].parameters = text.bytes ? memcpy (engine_build_alloc (build, text.length + 1, 1), text.bytes, text.length) : "{}";
    free (text.bytes);
  }
  return tools;
}

EngineTool *
tool_read_tools (EngineBuild *build, const char *path, size_t *n)
{
  EngineTool *tools;
  size_t n_bytes;
  char *text = tool_read_file (path, &n_bytes, build->error);

  if (!text)
    engine_build_leave (build);
  /* The text is not needed once it is read. */
  tools = tool_take_tools (build, engine_json_read (build, text, n_bytes), n);
  free (text);
  return tools;
}

/* ---- answers ------------------------------------------------------------------------ */

typedef struct { char *id, *name; EngineText arguments; bool done; } Call;

typedef struct {
  EngineText text, broken; /* broken: JSON, elements of an array */
  Call      *calls;
  int32_t    n;
} Answer;

static bool
take_spans (Answer *answer, EngineSpans *spans, EngineError *error)
{
  const char *bytes = spans->text.bytes;

  for (size_t i = 0; i < spans->n; bytes += spans->spans[i++].n_bytes + 1) {
    const EngineSpan *span = &spans->spans[i];

    if (span->kind == ENGINE_SPAN_TEXT) {
      engine_text_append (&answer->text, bytes, span->n_bytes);
    } else if (span->kind == ENGINE_SPAN_BROKEN) {
      engine_text_printf (&answer->broken, "%s{\"call\": %d, \"problem\": \"%s\", \"text\": ", answer->broken.length ? ", " : "", span->call, span->problem);
      engine_text_json (&answer->broken, bytes, span->n_bytes);
      engine_text_printf (&answer->broken, "}");
    } else {
      Call *call;

      if (span->call >= answer->n) {
        Call *larger = realloc (answer->calls, (size_t) (span->call + 1) * sizeof *larger);

        if (!larger)
          return engine_fail (error, ENGINE_NO_MEMORY, "There is no memory for the calls of an answer.");
        memset (larger + answer->n, 0, (size_t) (span->call + 1 - answer->n) * sizeof *larger);
        answer->calls = larger;
        answer->n = span->call + 1;
      }
      call = &answer->calls[span->call];
      call->name = (char *) span->name;
      call->id = (char *) span->id;
      call->done = span->done;
      engine_text_append (&call->arguments, bytes, span->n_bytes);
    }
  }
  spans->n = spans->text.length = 0;
  return true;
}

static bool
read_answer (EngineCallReader *reader, const char *text, size_t n, int64_t pieces, Answer *answer, EngineError *error)
{
  EngineSpans spans = { 0 };
  bool ok = true;

  for (size_t at = 0, some; ok && at < n; at += some) {
    some = pieces > 0 ? 0 : n - at;
    for (int64_t i = 0; i < pieces && at + some < n; i++)
      some += ENGINE_MAX (engine_utf8_length (text + at + some, n - at - some), 1);
    ok = engine_call_reader_push (reader, text + at, some, &spans, error) && take_spans (answer, &spans, error);
  }
  ok = ok && engine_call_reader_end (reader, &spans, error) && take_spans (answer, &spans, error);
  engine_spans_clear (&spans);
  return ok;
}

static void
write_answer (EngineText *out, const EngineCallFormat *format, const Answer *answer, bool with_ids)
{
  engine_text_printf (out, "\"format\": \"%s\", \"text\": ", format->name);
  engine_text_json (out, answer->text.bytes ? answer->text.bytes : "", answer->text.length);
  engine_text_printf (out, ", \"calls\": [");
  for (int32_t i = 0; i < answer->n; i++) {
    const Call *call = &answer->calls[i];

    engine_text_printf (out, "%s{\"name\": ", i ? ", " : "");
    engine_text_json (out, call->name ? call->name : "", call->name ? strlen (call->name) : 0);
    if (with_ids) {
      engine_text_printf (out, ", \"id\": ");
      engine_text_json (out, call->id ? call->id : "", call->id ? strlen (call->id) : 0);
    }
    engine_text_printf (out, ", \"done\": %s, \"arguments\": ", call->done ? "true" : "false");
    engine_text_json (out, call->arguments.bytes ? call->arguments.bytes : "", call->arguments.length);
    engine_text_printf (out, "}");
  }
  engine_text_printf (out, "], \"broken\": [%s]", answer->broken.bytes ? answer->broken.bytes : "");
}

/* ---- cases ----------------------------------------------------------------------------- */

static const EngineCallFormat *
format_by_name (const char *name, EngineError *error)
{
  const EngineCallFormat *format = engine_call_format_named (name);

  if (!format)
    engine_fail (error, ENGINE_BAD_INPUT, "No format of calls has the name \"%.60s\".", name);
  return format;
}

static int64_t
number (const EngineJson *json, const char *key)
{
  const EngineJson *value = engine_json_member (json, key);
  int64_t out = 0;

  if (value)
    engine_decimal_int (&value->number, 0, INT32_MAX, &out);
  return out;
}

/* What the text says, by the format, as members of an object. */
static bool
answer_text (const EngineCallFormat *format, const EngineTool *tools, size_t n_tools, const char *text, size_t n, int64_t pieces, EngineText *out, EngineError *error)
{
  EngineCallTools *own = engine_call_tools_new (tools, n_tools, error);
  EngineCallReader *reader = own ? engine_call_reader_new (format, n_tools ? own : NULL, 0, error) : NULL;
  Answer answer = { 0 };
  bool ok = reader && read_answer (reader, text, n, pieces, &answer, error);

  if (ok)
    write_answer (out, format, &answer, true);
  for (int32_t i = 0; i < answer.n; i++)
    free (answer.calls[i].arguments.bytes);
  free (answer.calls);
  free (answer.text.bytes);
  free (answer.broken.bytes);
  engine_call_reader_free (reader);
  engine_call_tools_free (own);
  return ok;
}

static bool
answer_case (EngineBuild *build, const EngineJson *json, EngineText *out, EngineError *error)
{
  const EngineJson *tools = engine_json_member (json, "tools"), *template_ = engine_json_member (json, "template"), *text = engine_json_member (json, "text");
  const EngineCallFormat *volatile format = text_of (json, "format") ? format_by_name (text_of (json, "format"), error)
                                                            : engine_call_format_of (template_ ? template_->text : NULL, template_ ? template_->n : 0);
  size_t n_tools = 0;
  EngineTool *own = tools ? tool_take_tools (build, tools, &n_tools) : NULL;

  return format && answer_text (format, own, n_tools, text && text->text ? text->text : "", text ? text->n : 0, number (json, "pieces"), out, error);
}

static bool
answer_line (const char *line, EngineError *error)
{
  EngineBuild build = { .error = error };
  EngineError failed = { 0 };
  EngineText out = { 0 };

  if (ENGINE_BUILD_ENTER (&build)) {
    engine_build_clear (&build);
    return false;
  }
  engine_text_printf (&out, "{");
  if (!answer_case (&build, engine_json_read (&build, line, strlen (line)), &out, &failed)) {
    out.length = 0;
    engine_text_printf (&out, "{\"error\": ");
    engine_text_json (&out, failed.message, strlen (failed.message));
  }
  engine_text_printf (&out, "}");
  engine_build_clear (&build);
  return tool_print (&out, error);
}

static bool
answer_cases (EngineError *error)
{
  size_t n;
  char *text = tool_read_file ("-", &n, error);
  bool ok = text != NULL;

  for (char *line = text ? strtok (text, "\n") : NULL; ok && line; line = strtok (NULL, "\n"))
    ok = answer_line (line, error);
  free (text);
  return ok;
}

/* ---- one answer --------------------------------------------------------------------------- */

static const EngineCallFormat *
format_of_model (const char *path, EngineError *error)
{
  EngineModel *model = tool_load (path, true, error);
  const EngineCallFormat *format = NULL;
  size_t n = 0;
  const char *source;

  if (model) {
    source = engine_gguf_string (model->gguf, "tokenizer.chat_template", &n);
    format = engine_call_format_of (source, n);
  }
  engine_model_unref (model);
  return format;
}

static bool
answer_file (const char *model_path, const char *path, EngineError *error)
{
  const EngineCallFormat *volatile format = format_name ? format_by_name (format_name, error) : format_of_model (model_path, error);
  EngineBuild build = { .error = error };
  EngineText out = { 0 };
  char *volatile text = NULL;
  size_t n = 0, n_tools = 0;
  EngineTool *tools = NULL;
  bool ok;

  if (!format)
    return false;
  if (ENGINE_BUILD_ENTER (&build)) {
    engine_build_clear (&build);
    return false;
  }
  if (tools_file)
    tools = tool_read_tools (&build, tools_file, &n_tools);
  text = tool_read_file (path, &n, error);
  engine_text_printf (&out, "{");
  ok = text && answer_text (format, tools, n_tools, text, n, 0, &out, error);
  engine_text_printf (&out, "}");
  free (text);
  engine_build_clear (&build);
  if (ok)
    return tool_print (&out, error);
  free (out.bytes);
  return false;
}

static bool
run_calls (char **arguments, int n_arguments, EngineError *error)
{
  if (cases)
    return answer_cases (error);
  if (n_arguments != 2)
    return engine_fail (error, ENGINE_BAD_INPUT, "Give the model and the file with its answer, or the option --cases.");
  return answer_file (arguments[0], arguments[1], error);
}

const ToolCommand tool_calls = {
  .name = "calls", .arguments = "MODEL FILE", .summary = "Reads the calls of tools in an answer",
  .n_arguments_min = 0, .n_arguments_max = 2, .options = options, .n_options = ENGINE_LENGTH (options), .run = run_calls,
};
