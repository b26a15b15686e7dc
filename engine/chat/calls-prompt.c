/* SPDX-License-Identifier: MIT */
#include "chat/calls-prompt.h"

#include "chat/template.h"

#include <string.h>

static void
append (EngineText *out, const char *text)
{
  engine_text_append (out, text, strlen (text));
}

static void
append_json (EngineText *out, const char *text)
{
  engine_text_json (out, text, strlen (text));
}

/* ---- messages for templates ------------------------------------------------------- */

void
engine_call_write_message (EngineText *json, const EngineMessage *message, bool object_arguments)
{
  append (json, "\"role\":");
  append_json (json, message->role);
  append (json, ",\"content\":");
  append_json (json, message->content ? message->content : "");
  for (size_t i = 0; i < message->n_calls; i++) {
    const EngineToolCall *call = &message->calls[i];
    const char *arguments = call->arguments && call->arguments[0] ? call->arguments : "{}";

    append (json, i ? "," : ",\"tool_calls\":[");
    append (json, "{\"id\":");
    append_json (json, call->id ? call->id : "");
    append (json, ",\"type\":\"function\",\"function\":{\"name\":");
    append_json (json, call->name ? call->name : "");
    append (json, ",\"arguments\":");
    if (object_arguments)
      append (json, arguments);
    else
      append_json (json, arguments);
    append (json, "}}");
  }
  if (message->n_calls)
    append (json, "]");
  if (message->call_id) {
    append (json, ",\"tool_call_id\":");
    append_json (json, message->call_id);
  }
  if (message->call_name) {
    append (json, ",\"name\":");
    append_json (json, message->call_name);
  }
}

static char *
render (const EngineModel *model, const EngineMessage *messages, size_t n_messages, const char *tools, bool object_arguments, bool add_generation_prompt, EngineError *error)
{
  EngineText json = { 0 };
  char *rendered = NULL;

  append (&json, "{\"messages\":[");
  for (size_t i = 0; i < n_messages; i++) {
    append (&json, i ? ",{" : "{");
    engine_call_write_message (&json, &messages[i], object_arguments);
    append (&json, "}");
  }
  append (&json, "]");
  if (tools) {
    append (&json, ",\"tools\":");
    append (&json, tools);
  }
  engine_text_printf (&json, ",\"add_generation_prompt\":%s", add_generation_prompt ? "true" : "false");
  engine_model_write_tokens (model, &json);
  append (&json, "}");
  if (json.failed)
    engine_fail (error, ENGINE_NO_MEMORY, "There is no memory to write out %zu messages.", n_messages);
  else
    rendered = engine_template_render (model->chat_template, json.bytes, json.length, NULL, error);
  free (json.bytes);
  return rendered;
}

/* ---- what a template can do ------------------------------------------------------------ */

static const char probe_tools[] = "[{\"type\":\"function\",\"function\":{\"name\":\"probe_tool\",\"description\":\"probe\",\"parameters\":"
                                  "{\"type\":\"object\",\"properties\":{\"probe_key\":{\"type\":\"string\",\"description\":\"probe\"}},\"required\":[\"probe_key\"]}}}]";

/* Whether what is rendered has all of it. */
static bool
shows (const EngineModel *model, const EngineMessage *messages, size_t n, const char *tools, bool object_arguments, const char *const *texts, const char *not)
{
  char *rendered = render (model, messages, n, tools, object_arguments, true, NULL);
  bool all = rendered && !(not && strstr (rendered, not));

  for (; all && *texts; texts++)
    all = strstr (rendered, *texts) != NULL;
  free (rendered);
  return all;
}

static void
probe (EngineCallPrompt *prompt, const EngineModel *model)
{
  static const char *const of_tools[] = { "probe_tool", "probe_key", NULL }, *const of_calls[] = { "probe_tool", "probe_key", "probe_value", "probe_result", NULL };
  static const char *const as_text[] = { "probe_tool", "\"probe_key\"", "probe_value", "probe_result", NULL }, *const of_system[] = { "probe_system", NULL };
  EngineToolCall call = { "abcdef123", "probe_tool", "{\"probe_key\": \"probe_value\"}" };
  EngineMessage messages[] = {
    { .role = "user", .content = "probe_user" },
    { .role = "assistant", .calls = &call, .n_calls = 1 },
    { .role = "tool", .content = "probe_result", .call_id = call.id, .call_name = call.name },
  };
  EngineMessage with_system[] = { { .role = "system", .content = "probe_system" }, messages[0] };

  prompt->system = shows (model, with_system, 2, NULL, true, of_system, NULL);
  prompt->native = shows (model, messages, 1, probe_tools, true, of_tools, NULL);
  prompt->object_arguments = prompt->native && shows (model, messages, 3, NULL, true, of_calls, "'probe_key'");
  prompt->native = prompt->object_arguments || (prompt->native && shows (model, messages, 3, NULL, false, as_text, "\\\"probe_key"));
}

/* ---- what tools and calls say ------------------------------------------------------------ */

typedef struct {
  EngineVerbatim    *verbatim;
  const EngineVocab *vocab;
  EngineText        *out;
  EngineError       *error;
} Hider;

static bool
hide_text (const Hider *hider, const char *text)
{
  char *hidden = hider->verbatim ? engine_verbatim_hide (hider->verbatim, hider->vocab, text, hider->error) : NULL;

  if (hider->verbatim && !hidden)
    return false;
  append_json (hider->out, hidden ? hidden : text);
  free (hidden);
  return true;
}

static bool
hide_value (const Hider *hider, const EngineJson *json)
{
  bool object = json->kind == ENGINE_JSON_OBJECT, ok = true;

  if (json->kind == ENGINE_JSON_STRING)
    return hide_text (hider, json->text);
  if (!object && json->kind != ENGINE_JSON_ARRAY) {
    engine_json_write (hider->out, json);
    return true;
  }
  append (hider->out, object ? "{" : "[");
  for (size_t i = 0; ok && i < json->n; i++) {
    append (hider->out, i ? ", " : "");
    if (object) {
      ok = hide_text (hider, json->keys[i]->text);
      append (hider->out, ": ");
    }
    ok = ok && hide_value (hider, json->items[i]);
  }
  append (hider->out, object ? "}" : "]");
  return ok;
}

char *
engine_call_hide_json (EngineVerbatim *verbatim, const EngineVocab *vocab, const char *json, EngineError *error)
{
  EngineError own = { 0 };
  EngineBuild build = { .error = &own };
  EngineText out = { 0 };
  Hider hider = { verbatim, vocab, &out, &own };
  volatile bool ok = false;

  if (!ENGINE_BUILD_ENTER (&build)) {
    EngineJson *tree = engine_json_read (&build, json, strlen (json));

    ok = tree->kind == ENGINE_JSON_OBJECT ? hide_value (&hider, tree) : engine_fail (&own, ENGINE_BAD_INPUT, "it is no object");
  }
  engine_build_clear (&build);
  if (ok && !out.failed)
    return out.bytes;
  if (out.failed)
    engine_fail (error, ENGINE_NO_MEMORY, "There is no memory for the prompt.");
  else if (own.code == ENGINE_BAD_INPUT)
    engine_fail (error, ENGINE_BAD_INPUT, "The arguments of a call are no JSON object: %s.", own.message);
  else if (error && error->code == ENGINE_OK)
    *error = own;
  free (out.bytes);
  return NULL;
}

static bool
write_tools (EngineCallPrompt *prompt, const EngineModel *model, const EngineTool *tools, size_t n_tools, EngineVerbatim *verbatim, EngineError *error)
{
  EngineCallTools *read = engine_call_tools_new (tools, n_tools, error);
  EngineText out = { 0 };
  Hider hider = { verbatim, model->vocab, &out, error };
  bool ok = read != NULL;

  append (&out, "[");
  for (size_t i = 0; ok && i < read->n; i++) {
    append (&out, i ? ", {\"type\": \"function\", \"function\": {\"name\": " : "{\"type\": \"function\", \"function\": {\"name\": ");
    append_json (&out, read->tools[i].name);
    append (&out, ", \"description\": ");
    ok = hide_text (&hider, read->tools[i].description);
    append (&out, ", \"parameters\": ");
    /* Some templates go through the properties of any tool. */
    if (read->tools[i].schema->n == 0)
      append (&out, "{\"type\": \"object\", \"properties\": {}}");
    else
      ok = ok && hide_value (&hider, read->tools[i].schema);
    append (&out, "}}");
  }
  append (&out, "]");
  engine_call_tools_free (read);
  if (ok && out.failed)
    ok = engine_fail (error, ENGINE_NO_MEMORY, "There is no memory for the prompt.");
  if (ok)
    prompt->tools = out.bytes;
  else
    free (out.bytes);
  return ok;
}

bool
engine_call_prompt_init (EngineCallPrompt *prompt, const EngineModel *model, const EngineTool *tools, size_t n_tools, EngineVerbatim *verbatim, EngineError *error)
{
  const char *source;
  size_t n = 0;

  *prompt = (EngineCallPrompt) { 0 };
  if (!model->chat_template)
    return engine_fail (error, ENGINE_BAD_INPUT, "The model has no chat template, so it cannot be told of tools.");
  probe (prompt, model);
  source = engine_gguf_string (model->gguf, "tokenizer.chat_template", &n);
  prompt->format = prompt->native ? engine_call_format_of (source, n) : &engine_call_format_generic;
  return !n_tools || write_tools (prompt, model, tools, n_tools, verbatim, error);
}

void
engine_call_prompt_clear (EngineCallPrompt *prompt)
{
  free (prompt->tools);
  *prompt = (EngineCallPrompt) { 0 };
}

/* ---- in words --------------------------------------------------------------------------------- */

static void
write_instructions (EngineText *out, const char *tools)
{
  append (out, "You can call tools. Here they are, as JSON, each with a JSON Schema of its parameters:\n<tools>\n");
  append (out, tools);
  append (out, "\n</tools>\nTo call a tool, write its name and its arguments like this, and stop behind the last call:\n"
               "<tool_call>\n{\"name\": \"the name of the tool\", \"arguments\": {\"the name of a parameter\": \"its value\"}}\n</tool_call>\n"
               "What a tool gives back comes between <tool_response> and </tool_response>. Call a tool only when it helps; otherwise answer in words.");
}

static void
write_calls (EngineText *out, const EngineMessage *message)
{
  append (out, message->content ? message->content : "");
  for (size_t i = 0; i < message->n_calls; i++) {
    append (out, out->length ? "\n<tool_call>\n{\"name\": " : "<tool_call>\n{\"name\": ");
    append_json (out, message->calls[i].name ? message->calls[i].name : "");
    append (out, ", \"arguments\": ");
    append (out, message->calls[i].arguments && message->calls[i].arguments[0] ? message->calls[i].arguments : "{}");
    append (out, "}\n</tool_call>");
  }
}

static bool
is_role (const EngineMessage *message, const char *role)
{
  return strcmp (message->role, role) == 0;
}

/* Every message with content alone: [n_messages + 1] of them, of which `*n_out` are used. The texts are malloc'd. */
static bool
write_in_words (const EngineCallPrompt *prompt, const EngineMessage *messages, size_t n_messages, EngineMessage *out, size_t *n_out)
{
  bool told = !prompt->tools, ok = true;

  *n_out = 0;
  for (size_t i = 0; i <= n_messages; i++) {
    EngineText text = { 0 };
    const char *role;

    engine_text_append (&text, "", 0);
    if (!told && (!n_messages || (prompt->system && !(i < n_messages && is_role (&messages[0], "system"))))) {
      write_instructions (&text, prompt->tools);
      role = "system";
      told = true;
      i--;
    } else if (i == n_messages) {
      free (text.bytes);
      break;
    } else if (is_role (&messages[i], "tool")) {
      role = "user";
      for (; i < n_messages && is_role (&messages[i], "tool"); i++) {
        append (&text, text.length ? "\n<tool_response>\n" : "<tool_response>\n");
        append (&text, messages[i].content ? messages[i].content : "");
        append (&text, "\n</tool_response>");
      }
      i--;
    } else {
      role = messages[i].role;
      if (!told && !prompt->system && is_role (&messages[i], "user")) {
        write_instructions (&text, prompt->tools);
        append (&text, "\n\n");
        told = true;
      }
      write_calls (&text, &messages[i]);
      if (!told && is_role (&messages[i], "system")) {
        append (&text, "\n\n");
        write_instructions (&text, prompt->tools);
        told = true;
      }
    }
    ok = ok && !text.failed;
    out[(*n_out)++] = (EngineMessage) { .role = role, .content = text.bytes };
  }
  return ok;
}

char *
engine_call_prompt_render (const EngineCallPrompt *prompt, const EngineModel *model, const EngineMessage *messages, size_t n_messages, bool add_generation_prompt, EngineError *error)
{
  EngineMessage *words;
  char *rendered = NULL;
  size_t n = 0;

  if (prompt->native)
    return render (model, messages, n_messages, prompt->tools, prompt->object_arguments, add_generation_prompt, error);
  words = engine_calloc (n_messages + 1, sizeof *words, error);
  if (!words)
    return NULL;
  if (write_in_words (prompt, messages, n_messages, words, &n))
    rendered = render (model, words, n, NULL, true, add_generation_prompt, error);
  else
    engine_fail (error, ENGINE_NO_MEMORY, "There is no memory for the prompt.");
  for (size_t i = 0; i < n; i++)
    free ((char *) words[i].content);
  free (words);
  return rendered;
}
