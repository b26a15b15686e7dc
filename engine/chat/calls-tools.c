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
    for (size_t k = 0; !fits && k < ENGINE_LENGTH (format->enough) && format->enough[k]; k++)
      fits = memmem (template_, n_bytes, format->enough[k], strlen (format->enough[k])) != NULL;
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
  size_t n = strspn (name, "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789_-./");

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
    engine_fail (build->error, ENGINE_BAD_INPUT, "Tool %zu has no name that can be used: up to %d letters, digits and the signs _ - . / without spaces.", i + 1, NAME_MOST);
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

/* What a value may be, a bit for each kind of JSON; whole numbers are numbers. */
#define KIND(kind) (1u << (kind))
#define KIND_ANY (KIND (ENGINE_JSON_NULL) | KIND (ENGINE_JSON_TRUE) | KIND (ENGINE_JSON_NUMBER) | KIND (ENGINE_JSON_STRING) | KIND (ENGINE_JSON_ARRAY) | KIND (ENGINE_JSON_OBJECT))
#define DEPTH_MOST 16

static unsigned
kind_of (const EngineJson *value)
{
  return KIND (value->kind == ENGINE_JSON_FALSE ? ENGINE_JSON_TRUE : value->kind);
}

static unsigned
kind_named (const EngineJson *name)
{
  static const struct { const char *name; EngineJsonKind kind; } names[] = {
    { "string", ENGINE_JSON_STRING }, { "integer", ENGINE_JSON_NUMBER }, { "number", ENGINE_JSON_NUMBER }, { "boolean", ENGINE_JSON_TRUE },
    { "null", ENGINE_JSON_NULL }, { "array", ENGINE_JSON_ARRAY }, { "object", ENGINE_JSON_OBJECT },
  };

  for (size_t i = 0; i < ENGINE_LENGTH (names); i++)
    if (engine_json_is (name, names[i].name))
      return KIND (names[i].kind);
  return 0;
}

/* What the reference leads to; NULL where that is nothing. */
static const EngineJson *
follow (const EngineJson *root, const EngineJson *schema)
{
  for (int i = 0; schema && i < DEPTH_MOST; i++) {
    const EngineJson *ref = engine_json_member (schema, "$ref");

    if (!ref || ref->kind != ENGINE_JSON_STRING || ref->text[0] != '#')
      return schema;
    schema = root;
    for (const char *path = ref->text + 1; schema && *path == '/';) {
      size_t n = strcspn (++path, "/");

      schema = engine_json_member_n (schema, path, n);
      path += n;
    }
  }
  return NULL;
}

static const char *const choices[] = { "anyOf", "oneOf", "allOf" };

static unsigned
kinds_of (const EngineJson *root, const EngineJson *schema, int depth)
{
  const EngineJson *type, *values;
  unsigned kinds = 0;

  schema = depth < DEPTH_MOST ? follow (root, schema) : NULL;
  if (!schema)
    return KIND_ANY;
  type = engine_json_member (schema, "type");
  if (type && type->kind == ENGINE_JSON_STRING)
    return kind_named (type);
  for (size_t i = 0; type && type->kind == ENGINE_JSON_ARRAY && i < type->n; i++)
    kinds |= kind_named (type->items[i]);
  if (kinds)
    return kinds;
  values = engine_json_member (schema, "enum");
  for (size_t i = 0; values && values->kind == ENGINE_JSON_ARRAY && i < values->n; i++)
    kinds |= kind_of (values->items[i]);
  values = engine_json_member (schema, "const");
  kinds |= values ? kind_of (values) : 0;
  for (size_t c = 0; c < ENGINE_LENGTH (choices); c++) {
    const EngineJson *some = engine_json_member (schema, choices[c]);

    for (size_t i = 0; some && some->kind == ENGINE_JSON_ARRAY && i < some->n; i++)
      kinds |= kinds_of (root, some->items[i], depth + 1);
  }
  kinds |= engine_json_member (schema, "properties") ? KIND (ENGINE_JSON_OBJECT) : 0;
  kinds |= engine_json_member (schema, "items") ? KIND (ENGINE_JSON_ARRAY) : 0;
  if (engine_json_member (schema, "pattern") || engine_json_member (schema, "minLength") || engine_json_member (schema, "maxLength"))
    kinds |= KIND (ENGINE_JSON_STRING);
  return kinds ? kinds : KIND_ANY;
}

static const EngineJson *
member_of (const EngineJson *root, const EngineJson *schema, const char *key, size_t n, int depth)
{
  const EngineJson *found;

  schema = depth < DEPTH_MOST ? follow (root, schema) : NULL;
  if (!schema)
    return NULL;
  found = key ? engine_json_member_n (engine_json_member (schema, "properties"), key, n) : engine_json_member (schema, "items");
  for (size_t c = 0; !found && c < ENGINE_LENGTH (choices); c++) {
    const EngineJson *some = engine_json_member (schema, choices[c]);

    for (size_t i = 0; !found && some && some->kind == ENGINE_JSON_ARRAY && i < some->n; i++)
      found = member_of (root, some->items[i], key, n, depth + 1);
  }
  return found;
}

const EngineJson *
engine_call_schema_member (const EngineJson *root, const EngineJson *schema, const char *key, size_t n)
{
  return member_of (root, schema, key, n, 0);
}

EngineCallType
engine_call_schema_type (const EngineJson *root, const EngineJson *schema)
{
  unsigned kinds = kinds_of (root, schema, 0);

  return kinds == KIND (ENGINE_JSON_STRING) ? ENGINE_CALL_TEXT : kinds & KIND (ENGINE_JSON_STRING) ? ENGINE_CALL_EITHER : ENGINE_CALL_JSON;
}

bool
engine_call_schema_lists (const EngineJson *root, const EngineJson *schema)
{
  return kinds_of (root, schema, 0) & KIND (ENGINE_JSON_ARRAY);
}

bool
engine_call_schema_takes (const EngineJson *root, const EngineJson *schema, char first)
{
  EngineJsonKind kind = first == '{' ? ENGINE_JSON_OBJECT : first == '[' ? ENGINE_JSON_ARRAY : first == '"' ? ENGINE_JSON_STRING : first == 'n' ? ENGINE_JSON_NULL
                        : first == 't' || first == 'f' ? ENGINE_JSON_TRUE : ENGINE_JSON_NUMBER;

  return kinds_of (root, schema, 0) & KIND (kind);
}

EngineCallType
engine_call_tool_type (const EngineCallTool *tool, const char *key, size_t n)
{
  return engine_call_schema_type (tool->schema, engine_call_schema_member (tool->schema, tool->schema, key, n));
}
