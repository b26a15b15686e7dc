/* SPDX-License-Identifier: MIT */
/* Which format a template has, and what a request's tools are. */
#include "chat/calls.h"

#include <string.h>

#define TOOLS_MOST 1024
#define NAME_MOST 128

/* ---- formats -------------------------------------------------------------------- */

#define CALL_FORMAT(name) extern const EngineCallFormat engine_call_format_##name;
#include "chat/calls.def"
#undef CALL_FORMAT

static const EngineCallFormat *const formats[] = {
#define CALL_FORMAT(name) &engine_call_format_##name,
#include "chat/calls.def"
#undef CALL_FORMAT
};

const EngineCallFormat *
engine_call_format_of (const char *template_, size_t n_bytes)
{
  for (size_t i = 0; template_ && i < ENGINE_LENGTH (formats); i++) {
    const EngineCallFormat *format = formats[i];
    bool fits = format->needs[0] && !(format->lacks && memmem (template_, n_bytes, format->lacks, strlen (format->lacks)));

    for (size_t k = 0; fits && k < ENGINE_LENGTH (format->needs) && format->needs[k]; k++)
      fits = memmem (template_, n_bytes, format->needs[k], strlen (format->needs[k])) != NULL;
    if (fits)
      return format;
  }
  return &engine_call_format_generic;
}

const EngineCallFormat *
engine_call_format_named (const char *name)
{
  for (size_t i = 0; i < ENGINE_LENGTH (formats); i++)
    if (strcmp (formats[i]->name, name) == 0)
      return formats[i];
  return NULL;
}

/* ---- tools ------------------------------------------------------------------------ */

static bool
is_name (const char *name)
{
  size_t n = strspn (name, "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789_-./:");

  return n > 0 && n <= NAME_MOST && name[n] == '\0';
}

static char *
copy (EngineBuild *build, const char *text)
{
  size_t n = strlen (text);

  return memcpy (engine_build_alloc (build, n + 1, 1), text, n + 1);
}

/* Leaves the build when something is wrong. */
static void
read_tool (EngineBuild *build, EngineCallTools *tools, size_t i, const EngineTool *tool)
{
  EngineCallTool *own = &tools->tools[i];
  const char *schema = tool->parameters && tool->parameters[strspn (tool->parameters, " \n\t\r")] ? tool->parameters : "{}";

  if (!tool->name || !is_name (tool->name)) {
    engine_fail (build->error, ENGINE_BAD_INPUT, "Tool %zu has no name that can be used: up to %d letters, digits and the signs _ - . / : without spaces.", i + 1, NAME_MOST);
    engine_build_leave (build);
  }
  for (size_t k = 0; k < i; k++)
    if (strcmp (tools->tools[k].name, tool->name) == 0) {
      engine_fail (build->error, ENGINE_BAD_INPUT, "There are two tools with the name \"%s\"; give each another one.", tool->name);
      engine_build_leave (build);
    }
  own->name = copy (build, tool->name);
  own->description = copy (build, tool->description ? tool->description : "");
  own->schema = engine_json_read (build, schema, strlen (schema));
  if (own->schema->kind != ENGINE_JSON_OBJECT) {
    engine_fail (build->error, ENGINE_BAD_INPUT, "The parameters of the tool \"%s\" are no JSON Schema of an object.", tool->name);
    engine_build_leave (build);
  }
}

EngineCallTools *
engine_call_tools_new (const EngineTool *tools, size_t n, EngineError *error)
{
  EngineCallTools *own = engine_calloc (1, sizeof *own, error);
  EngineError here = { 0 };

  if (!own)
    return NULL;
  if (n > TOOLS_MOST) {
    engine_fail (error, ENGINE_BAD_INPUT, "There are %zu tools; at most %d can be told to a model.", n, TOOLS_MOST);
    free (own);
    return NULL;
  }
  own->build.error = &here;
  if (ENGINE_BUILD_ENTER (&own->build)) {
    if (here.code == ENGINE_BAD_INPUT && own->n < n && tools[own->n].name && own->tools[own->n].name && !own->tools[own->n].schema)
      engine_fail (error, ENGINE_BAD_INPUT, "The parameters of the tool \"%.100s\" cannot be read: %.300s", tools[own->n].name, here.message);
    else if (error && error->code == ENGINE_OK)
      *error = here;
    engine_call_tools_free (own);
    return NULL;
  }
  own->tools = engine_build_alloc (&own->build, n + 1, sizeof *own->tools);
  for (; own->n < n; own->n++)
    read_tool (&own->build, own, own->n, &tools[own->n]);
  own->build.error = NULL;
  return own;
}

void
engine_call_tools_free (EngineCallTools *tools)
{
  if (!tools)
    return;
  engine_build_clear (&tools->build);
  free (tools);
}

const EngineCallTool *
engine_call_tools_find (const EngineCallTools *tools, const char *name, size_t n)
{
  for (size_t i = 0; i < tools->n; i++)
    if (strlen (tools->tools[i].name) == n && memcmp (tools->tools[i].name, name, n) == 0)
      return &tools->tools[i];
  return NULL;
}

/* ---- types --------------------------------------------------------------------------- */

#define TYPE_TEXT 1u
#define TYPE_OTHER 2u
#define TYPE_DEPTH 16

static unsigned
type_of_name (const EngineJson *name)
{
  return engine_json_is (name, "string") ? TYPE_TEXT : TYPE_OTHER;
}

static const EngineJson *
follow (const EngineJson *root, const EngineJson *schema)
{
  const EngineJson *ref = engine_json_member (schema, "$ref");
  const char *path;

  if (!ref || ref->kind != ENGINE_JSON_STRING || ref->text[0] != '#')
    return schema;
  schema = root;
  for (path = ref->text + 1; schema && *path == '/';) {
    size_t n = strcspn (++path, "/");

    schema = engine_json_member_n (schema, path, n);
    path += n;
  }
  return schema;
}

static unsigned
types_of (const EngineJson *root, const EngineJson *schema, int depth)
{
  static const char *const choices[] = { "anyOf", "oneOf", "allOf" };
  const EngineJson *type, *values;
  unsigned types = 0;

  schema = schema && depth < TYPE_DEPTH ? follow (root, schema) : NULL;
  type = schema ? engine_json_member (schema, "type") : NULL;
  if (type && type->kind == ENGINE_JSON_STRING)
    return type_of_name (type);
  for (size_t i = 0; type && type->kind == ENGINE_JSON_ARRAY && i < type->n; i++)
    types |= type_of_name (type->items[i]);
  if (types || !schema)
    return types ? types : TYPE_TEXT | TYPE_OTHER;
  values = engine_json_member (schema, "enum");
  for (size_t i = 0; values && values->kind == ENGINE_JSON_ARRAY && i < values->n; i++)
    types |= values->items[i]->kind == ENGINE_JSON_STRING ? TYPE_TEXT : TYPE_OTHER;
  values = engine_json_member (schema, "const");
  if (values)
    types |= values->kind == ENGINE_JSON_STRING ? TYPE_TEXT : TYPE_OTHER;
  for (size_t c = 0; c < ENGINE_LENGTH (choices); c++) {
    const EngineJson *some = engine_json_member (schema, choices[c]);

    for (size_t i = 0; some && some->kind == ENGINE_JSON_ARRAY && i < some->n; i++)
      types |= types_of (root, some->items[i], depth + 1);
  }
  if (engine_json_member (schema, "properties") || engine_json_member (schema, "items"))
    types |= TYPE_OTHER;
  if (engine_json_member (schema, "pattern") || engine_json_member (schema, "minLength") || engine_json_member (schema, "maxLength"))
    types |= TYPE_TEXT;
  return types ? types : TYPE_TEXT | TYPE_OTHER;
}

EngineCallType
engine_call_tool_type (const EngineCallTool *tool, const char *key, size_t n)
{
  const EngineJson *root = tool->schema, *properties = engine_json_member (follow (root, root), "properties");
  unsigned types = properties ? types_of (root, engine_json_member_n (properties, key, n), 0) : TYPE_TEXT | TYPE_OTHER;

  return types == TYPE_TEXT ? ENGINE_CALL_TEXT : types == TYPE_OTHER ? ENGINE_CALL_JSON : ENGINE_CALL_EITHER;
}
