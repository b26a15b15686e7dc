/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "start-spec.h"

#include <glib/gi18n.h>
#include <math.h>
#include <string.h>

#include "app-error.h"
#include "app-json-items.h"
#include "starts-resources.h"

#define RESOURCES "/org/melete/Melete/starts/"
/* In the table; a new one needs no change here. */
#define MAX_STARTS 64

const char *const start_themes[] = { "ocean", "forest", "sunset", "berry", "night", "sand", "candy", "slate", NULL };

static Start starts[MAX_STARTS + 1];
static guint n_starts;

/* ---- the files ---- */

static JsonNode *
load (const char *id)
{
  g_autofree char *path = g_strconcat (RESOURCES "starts/", id, ".json", NULL);
  g_autoptr (GBytes) bytes = g_resource_lookup_data (starts_get_resource (), path, G_RESOURCE_LOOKUP_FLAGS_NONE, NULL);
  g_autoptr (JsonParser) parser = json_parser_new_immutable ();
  g_autoptr (GError) error = NULL;

  if (bytes == NULL || !json_parser_load_from_data (parser, g_bytes_get_data (bytes, NULL), (gssize) g_bytes_get_size (bytes), &error))
    g_error ("%s: %s", path, error != NULL ? error->message : "missing");
  return json_node_ref (json_parser_get_root (parser));
}

/* "title" and "theme" stand in front of what the file has. */
static JsonObject *
make_schema (const StartLine *line, JsonObject *of)
{
  g_autoptr (GString) themes = g_string_new ("{\"enum\":[");
  JsonObject *schema = json_object_new (), *properties = json_object_new (), *own = json_object_get_object_member (of, "properties");
  g_autoptr (GList) names = json_object_get_members (own);

  for (guint i = 0; start_themes[i] != NULL; i++)
    g_string_append_printf (themes, "%s\"%s\"", i > 0 ? "," : "", start_themes[i]);
  g_string_append (themes, "],\"default\":\"\"}");
  json_object_set_member (properties, "title", json_from_string ("{\"type\":\"string\",\"minLength\":3,\"maxLength\":50,\"default\":\"\"}", NULL));
  json_object_set_member (properties, "theme", json_from_string (themes->str, NULL));
  for (GList *at = names; at != NULL; at = at->next)
    json_object_set_member (properties, at->data, json_node_ref (json_object_get_member (own, at->data)));
  json_object_set_string_member (schema, "type", "object");
  json_object_set_object_member (schema, "properties", properties);
  return schema;
}

static void
load_all (void)
{
  for (; n_starts < MAX_STARTS && start_table_get (n_starts) != NULL; n_starts++) {
    Start *start = &starts[n_starts];
    JsonObject *file;
    start->line = start_table_get (n_starts);
    file = json_node_dup_object (load (start->line->id));
    start->wanted = json_object_get_string_member (file, "wanted");
    start->words = g_strsplit (json_object_get_string_member (file, "words"), ",", -1);
    for (char **word = start->words; *word != NULL; word++)
      g_strstrip (*word);
    start->schema = make_schema (start->line, json_object_get_object_member (file, "schema"));
    start->examples = json_object_get_array_member (file, "examples");
  }
}

const Start *
start_get (guint index)
{
  static gsize loaded;

  if (g_once_init_enter (&loaded)) {
    load_all ();
    g_once_init_leave (&loaded, 1);
  }
  return index < n_starts ? &starts[index] : NULL;
}

const Start *
start_find (const char *id)
{
  const Start *start;

  for (guint i = 0; (start = start_get (i)) != NULL; i++)
    if (g_strcmp0 (start->line->id, id) == 0)
      return start;
  return NULL;
}

/* ---- reading ---- */

static G_GNUC_PRINTF (3, 4) JsonNode *
fail (GError **error, const char *where, const char *format, ...)
{
  g_autofree char *what = NULL;
  va_list list;

  va_start (list, format);
  what = g_strdup_vprintf (format, list);
  va_end (list);
  /* Translators: a place in a file, and what is wrong there. */
  g_set_error (error, APP_ERROR, APP_ERROR_INVALID, _("%s: %s"), where[0] != '\0' ? where : "/", what);
  return NULL;
}

static JsonNode *take (JsonNode *node, JsonObject *schema, const char *where, GError **error);

static gint64
get_bound (JsonObject *schema, const char *name, gint64 otherwise)
{
  return json_object_get_int_member_with_default (schema, name, otherwise);
}

static JsonNode *
make_text (char *text)
{
  JsonNode *node = json_node_init_string (json_node_alloc (), text);

  g_free (text);
  return node;
}

static const char *
get_text (JsonNode *node)
{
  return JSON_NODE_HOLDS_VALUE (node) && json_node_get_value_type (node) == G_TYPE_STRING ? json_node_get_string (node) : NULL;
}

static JsonNode *
take_choice (JsonNode *node, JsonArray *choices, const char *where, GError **error)
{
  g_autoptr (GString) list = g_string_new (NULL);

  for (guint i = 0; i < json_array_get_length (choices); i++) {
    JsonNode *choice = json_array_get_element (choices, i);
    if (json_node_equal (choice, node))
      return json_node_copy (node);
    g_string_append_printf (list, "%s%s", i > 0 ? ", " : "", get_text (choice) != NULL ? get_text (choice) : "…");
  }
  return fail (error, where, _("only one of these may stand here: %s."), list->str);
}

static JsonNode *
take_text (JsonNode *node, JsonObject *schema, const char *where, GError **error)
{
  const char *text = get_text (node);
  gint64 least = get_bound (schema, "minLength", 0), most = get_bound (schema, "maxLength", 400);

  if (text == NULL || !g_utf8_validate (text, -1, NULL))
    return fail (error, where, _("a text in quotes is expected here."));
  g_autoptr (GString) tidy = g_string_new (NULL);
  for (const char *at = text; *at != '\0'; at = g_utf8_next_char (at)) {
    gunichar c = g_utf8_get_char (at);
    gboolean gap = g_unichar_isspace (c) || g_unichar_iscntrl (c);
    if (!gap)
      g_string_append_unichar (tidy, c);
    else if (tidy->len > 0 && tidy->str[tidy->len - 1] != ' ')
      g_string_append_c (tidy, ' ');
  }
  while (tidy->len > 0 && tidy->str[tidy->len - 1] == ' ')
    g_string_truncate (tidy, tidy->len - 1);
  glong length = g_utf8_strlen (tidy->str, -1);
  if (length < MIN (least, 1))
    return fail (error, where, _("the text is empty."));
  if (length > most)
    return fail (error, where, _("the text is longer than %d characters."), (int) most);
  return make_text (g_strdup (tidy->str));
}

static JsonNode *
take_number (JsonNode *node, JsonObject *schema, gboolean whole, const char *where, GError **error)
{
  gboolean is_number = JSON_NODE_HOLDS_VALUE (node) && (json_node_get_value_type (node) == G_TYPE_INT64 || json_node_get_value_type (node) == G_TYPE_DOUBLE);
  double number = is_number ? json_node_get_double (node) : 0;
  double least = json_object_get_double_member_with_default (schema, "minimum", -1e15), most = json_object_get_double_member_with_default (schema, "maximum", 1e15);

  if (!is_number || !isfinite (number) || (whole && number != floor (number)))
    return fail (error, where, whole ? _("a whole number is expected here.") : _("a number is expected here."));
  if (number < least || number > most)
    return fail (error, where, _("a number from %g to %g is expected here."), least, most);
  /* One way to write each, so that what is stored is read as the same again. */
  if (number == floor (number) && fabs (number) < 1e15)
    return json_node_init_int (json_node_alloc (), (gint64) number);
  return json_node_init_double (json_node_alloc (), number);
}

static gboolean
has_text (JsonArray *array, const char *text)
{
  g_autofree char *folded = g_utf8_casefold (text, -1);

  for (guint i = 0; i < json_array_get_length (array); i++) {
    g_autofree char *other = g_utf8_casefold (json_array_get_string_element (array, i), -1);
    if (strcmp (folded, other) == 0)
      return TRUE;
  }
  return FALSE;
}

static JsonNode *
take_list (JsonNode *node, JsonObject *schema, const char *where, GError **error)
{
  JsonArray *items = JSON_NODE_HOLDS_ARRAY (node) ? json_node_get_array (node) : NULL;
  g_autoptr (JsonArray) list = json_array_new ();
  gint64 most = get_bound (schema, "x-most", get_bound (schema, "maxItems", 100)), least = get_bound (schema, "x-least", MIN (get_bound (schema, "minItems", 0), 1));
  gboolean unique = json_object_get_boolean_member_with_default (schema, "x-unique", FALSE);

  if (items == NULL)
    return fail (error, where, _("a list in brackets is expected here."));
  if (json_array_get_length (items) > most)
    return fail (error, where, _("there are more than %d of them."), (int) most);
  for (guint i = 0; i < json_array_get_length (items); i++) {
    g_autofree char *at = g_strdup_printf ("%s/%u", where, i);
    JsonNode *item = take (json_array_get_element (items, i), json_object_get_object_member (schema, "items"), at, error);
    if (item == NULL)
      return NULL;
    if (unique && has_text (list, json_node_get_string (item)))
      json_node_unref (item);
    else
      json_array_add_element (list, item);
  }
  if (json_array_get_length (list) < least)
    return fail (error, where, _("at least %d different ones are needed."), (int) least);
  JsonNode *taken = json_node_new (JSON_NODE_ARRAY);
  json_node_set_array (taken, list);
  return taken;
}

/* Of what may stand there, that of the same "type". */
static JsonObject *
choose_schema (JsonNode *node, JsonArray *choices)
{
  JsonObject *object = JSON_NODE_HOLDS_OBJECT (node) ? json_node_get_object (node) : NULL;
  JsonNode *type = object != NULL ? json_object_get_member (object, "type") : NULL;

  for (guint i = 0; type != NULL && i < json_array_get_length (choices); i++) {
    JsonObject *choice = json_array_get_object_element (choices, i), *properties = json_object_get_object_member (choice, "properties");
    JsonArray *types = json_object_get_array_member (json_object_get_object_member (properties, "type"), "enum");
    if (json_node_equal (json_array_get_element (types, 0), type))
      return choice;
  }
  return NULL;
}

static JsonNode *
take_object (JsonNode *node, JsonObject *schema, const char *where, GError **error)
{
  JsonObject *object = JSON_NODE_HOLDS_OBJECT (node) ? json_node_get_object (node) : NULL, *properties = json_object_get_object_member (schema, "properties");
  g_autoptr (JsonObject) taken = json_object_new ();
  g_autoptr (GList) known = json_object_get_members (properties), given = object != NULL ? json_object_get_members (object) : NULL;

  if (object == NULL)
    return fail (error, where, _("an object in braces is expected here."));
  for (GList *at = given; at != NULL; at = at->next)
    if (!json_object_has_member (properties, at->data) && !(where[0] == '\0' && strcmp (at->data, "start") == 0))
      return fail (error, where, _("“%s” is not known here."), (const char *) at->data);
  for (GList *at = known; at != NULL; at = at->next) {
    JsonObject *of = json_object_get_object_member (properties, at->data);
    JsonNode *member = json_object_get_member (object, at->data);
    g_autofree char *place = g_strdup_printf ("%s/%s", where, (const char *) at->data);
    if (member == NULL || JSON_NODE_HOLDS_NULL (member)) {
      if (json_object_has_member (of, "default"))
        json_object_set_member (taken, at->data, json_node_copy (json_object_get_member (of, "default")));
      else if (!json_object_get_boolean_member_with_default (of, "x-optional", FALSE))
        return fail (error, where, _("“%s” is missing."), (const char *) at->data);
      continue;
    }
    /* What is filled in later, as an empty text, may stand there. */
    JsonNode *otherwise = json_object_get_member (of, "default");
    JsonNode *value = otherwise != NULL && json_node_equal (otherwise, member) ? json_node_copy (member) : take (member, of, place, error);
    if (value == NULL)
      return NULL;
    json_object_set_member (taken, at->data, value);
  }
  return json_node_init_object (json_node_alloc (), taken);
}

/* The value as it is kept, or NULL with `error`. Depth is that of the schema. (transfer full) */
static JsonNode *
take (JsonNode *node, JsonObject *schema, const char *where, GError **error)
{
  const char *type = json_object_get_string_member_with_default (schema, "type", "");

  if (json_object_has_member (schema, "enum"))
    return take_choice (node, json_object_get_array_member (schema, "enum"), where, error);
  if (json_object_has_member (schema, "anyOf")) {
    JsonObject *choice = choose_schema (node, json_object_get_array_member (schema, "anyOf"));
    return choice != NULL ? take_object (node, choice, where, error) : fail (error, where, _("an object with a “type” that is known is expected here."));
  }
  if (strcmp (type, "string") == 0)
    return take_text (node, schema, where, error);
  if (strcmp (type, "integer") == 0 || strcmp (type, "number") == 0)
    return take_number (node, schema, type[0] == 'i', where, error);
  if (strcmp (type, "array") == 0)
    return take_list (node, schema, where, error);
  if (strcmp (type, "boolean") == 0)
    return JSON_NODE_HOLDS_VALUE (node) && json_node_get_value_type (node) == G_TYPE_BOOLEAN ? json_node_copy (node) : fail (error, where, _("true or false is expected here."));
  return take_object (node, schema, where, error);
}

/* ---- what stands in it together ---- */

/* A calculator's formulas speak of its inputs. */
static gboolean
check_formulas (JsonObject *spec, GError **error)
{
  JsonArray *inputs = json_object_get_array_member (spec, "inputs"), *results = json_object_get_array_member (spec, "results");
  g_autoptr (GPtrArray) names = g_ptr_array_new ();

  for (guint i = 0; i < json_array_get_length (inputs); i++) {
    const char *name = json_object_get_string_member (json_array_get_object_element (inputs, i), "name");
    for (guint k = 0; k < names->len; k++)
      if (strcmp (names->pdata[k], name) == 0)
        return fail (error, "/inputs", _("two inputs are called “%s”."), name) != NULL;
    g_ptr_array_add (names, (gpointer) name);
  }
  g_ptr_array_add (names, NULL);
  for (guint i = 0; i < json_array_get_length (results); i++) {
    g_autofree char *where = g_strdup_printf ("/results/%u/formula", i);
    g_autoptr (GError) wrong = NULL;
    if (!start_formula_check (json_object_get_string_member (json_array_get_object_element (results, i), "formula"), (const char *const *) names->pdata, &wrong))
      return fail (error, where, "%s", wrong->message) != NULL;
  }
  return TRUE;
}

/* What no schema can say; and title and theme where none was given. */
static gboolean
fill (const Start *start, JsonObject *spec, GError **error)
{
  if (json_object_get_string_member (spec, "title")[0] == '\0')
    json_object_set_string_member (spec, "title", _(start->line->name));
  if (json_object_get_string_member (spec, "theme")[0] == '\0')
    json_object_set_string_member (spec, "theme", start_themes[g_str_hash (json_object_get_string_member (spec, "title")) % (G_N_ELEMENTS (start_themes) - 1)]);
  return strcmp (start->line->id, "calculator") != 0 || check_formulas (spec, error);
}

/* ---- API ---- */

gboolean
start_spec_is (const char *source)
{
  return source[strspn (source, " \t\r\n\xef\xbb\xbf")] == '{';
}

static JsonObject *
take_whole (JsonNode *root, GError **error)
{
  JsonNode *name = JSON_NODE_HOLDS_OBJECT (root) ? json_object_get_member (json_node_get_object (root), "start") : NULL;
  const Start *start = name != NULL && get_text (name) != NULL ? start_find (get_text (name)) : NULL;
  g_autoptr (JsonNode) taken = NULL;
  g_autoptr (JsonObject) spec = NULL;

  if (start == NULL) {
    fail (error, "/start", _("“%s” is none of the starting points that this version of Melete has."), name != NULL && get_text (name) != NULL ? get_text (name) : "");
    return NULL;
  }
  taken = take_object (root, start->schema, "", error);
  if (taken == NULL || !fill (start, json_node_get_object (taken), error))
    return NULL;
  /* "start" stands first. */
  spec = json_object_new ();
  json_object_set_string_member (spec, "start", start->line->id);
  g_autoptr (GList) members = json_object_get_members (json_node_get_object (taken));
  for (GList *at = members; at != NULL; at = at->next)
    json_object_set_member (spec, at->data, json_node_copy (json_object_get_member (json_node_get_object (taken), at->data)));
  return g_steal_pointer (&spec);
}

JsonObject *
start_spec_parse (const char *source, gsize n_bytes, GError **error)
{
  /* AppJsonItems bounds the depth. */
  g_autoptr (GInputStream) stream = g_memory_input_stream_new_from_data (source, (gssize) MIN (n_bytes, START_MAX_BYTES), NULL);
  g_autoptr (AppJsonItems) items = app_json_items_new (stream);
  g_autoptr (JsonNode) root = NULL;
  g_autoptr (GError) wrong = NULL;

  if (n_bytes > START_MAX_BYTES || !app_json_items_next (items, &root, NULL, &wrong) || root == NULL) {
    g_set_error (error, APP_ERROR, APP_ERROR_INVALID, _("This is no JSON of a starting point: %s"), wrong != NULL ? wrong->message : _("it is empty, or too large."));
    return NULL;
  }
  return take_whole (root, error);
}

char *
start_spec_dup_source (JsonObject *spec)
{
  g_autoptr (JsonNode) node = json_node_init_object (json_node_alloc (), spec);

  return json_to_string (node, TRUE);
}

const Start *
start_spec_get_start (JsonObject *spec)
{
  return start_find (json_object_get_string_member (spec, "start"));
}

/* ---- parts ---- */

JsonNode *
start_spec_find (JsonObject *spec, const char *pointer, JsonObject **schema)
{
  g_auto (GStrv) steps = g_strsplit (pointer, "/", 8);
  JsonObject *of = start_spec_get_start (spec)->schema;
  JsonNode *node = NULL;
  JsonObject *object = spec;

  if (pointer[0] != '/')
    return NULL;
  for (guint i = 1; steps[i] != NULL; i++) {
    if (object != NULL) {
      JsonObject *properties;
      if (json_object_has_member (of, "anyOf"))
        of = choose_schema (node, json_object_get_array_member (of, "anyOf"));
      properties = of != NULL ? json_object_get_object_member (of, "properties") : NULL;
      if (properties == NULL || !json_object_has_member (properties, steps[i]) || !json_object_has_member (object, steps[i]))
        return NULL;
      node = json_object_get_member (object, steps[i]);
      of = json_object_get_object_member (properties, steps[i]);
    } else if (node != NULL && JSON_NODE_HOLDS_ARRAY (node)) {
      guint64 index;
      if (!g_ascii_string_to_unsigned (steps[i], 10, 0, json_array_get_length (json_node_get_array (node)), &index, NULL) || index >= json_array_get_length (json_node_get_array (node)))
        return NULL;
      node = json_array_get_element (json_node_get_array (node), (guint) index);
      of = json_object_get_object_member (of, "items");
    } else {
      return NULL;
    }
    object = JSON_NODE_HOLDS_OBJECT (node) ? json_node_get_object (node) : NULL;
  }
  if (schema != NULL)
    *schema = of;
  return node;
}

JsonObject *
start_spec_change (JsonObject *spec, const char *pointer, JsonNode *part, GError **error)
{
  g_autofree char *text = start_spec_dup_source (spec), *parent = g_strdup (pointer);
  g_autoptr (JsonNode) root = json_from_string (text, NULL);
  char *last = strrchr (parent, '/');
  JsonNode *within;

  if (start_spec_find (json_node_get_object (root), pointer, NULL) == NULL) {
    fail (error, pointer, _("there is no such part."));
    return NULL;
  }
  *last++ = '\0';
  within = parent[0] != '\0' ? start_spec_find (json_node_get_object (root), parent, NULL) : root;
  if (JSON_NODE_HOLDS_OBJECT (within)) {
    json_object_set_member (json_node_get_object (within), last, json_node_copy (part));
  } else {
    /* An array's element cannot be set: the others are put around it. */
    guint64 index = g_ascii_strtoull (last, NULL, 10);
    g_autoptr (JsonArray) list = json_array_new (), old = json_array_ref (json_node_get_array (within));
    for (guint i = 0; i < json_array_get_length (old); i++)
      json_array_add_element (list, json_node_copy (i == index ? part : json_array_get_element (old, i)));
    json_node_set_array (within, list);
  }
  return take_whole (root, error);
}

/* ---- for models ---- */

/* A copy that the engine reads: closed, with all members but those that may be missing, and texts without what small models lose their way in. */
static JsonNode *
expand (JsonNode *node)
{
  if (JSON_NODE_HOLDS_ARRAY (node)) {
    g_autoptr (JsonArray) list = json_array_new ();
    JsonNode *copy = json_node_new (JSON_NODE_ARRAY);
    for (guint i = 0; i < json_array_get_length (json_node_get_array (node)); i++)
      json_array_add_element (list, expand (json_array_get_element (json_node_get_array (node), i)));
    json_node_set_array (copy, list);
    return copy;
  }
  if (!JSON_NODE_HOLDS_OBJECT (node))
    return json_node_copy (node);
  JsonObject *object = json_node_get_object (node), *properties = NULL;
  g_autoptr (JsonObject) copy = json_object_new ();
  g_autoptr (GList) members = json_object_get_members (object);
  for (GList *at = members; at != NULL; at = at->next) {
    const char *name = at->data;
    if (g_str_has_prefix (name, "x-") || strcmp (name, "default") == 0)
      continue;
    if (strcmp (name, "properties") == 0) {
      g_autoptr (JsonObject) expanded = json_object_new ();
      properties = json_object_get_object_member (object, name);
      g_autoptr (GList) own = json_object_get_members (properties);
      for (GList *one = own; one != NULL; one = one->next)
        json_object_set_member (expanded, one->data, expand (json_object_get_member (properties, one->data)));
      json_object_set_object_member (copy, name, json_object_ref (expanded));
    } else {
      json_object_set_member (copy, name, expand (json_object_get_member (object, name)));
    }
  }
  if (properties != NULL) {
    JsonArray *required = json_array_new ();
    g_autoptr (GList) own = json_object_get_members (properties);
    for (GList *one = own; one != NULL; one = one->next)
      if (!json_object_get_boolean_member_with_default (json_object_get_object_member (properties, one->data), "x-optional", FALSE))
        json_array_add_string_element (required, one->data);
    json_object_set_array_member (copy, "required", required);
    json_object_set_boolean_member (copy, "additionalProperties", FALSE);
  }
  if (g_strcmp0 (json_object_has_member (copy, "type") ? get_text (json_object_get_member (copy, "type")) : NULL, "string") == 0 && !json_object_has_member (copy, "pattern"))
    json_object_set_string_member (copy, "pattern", "^[^\"\\\\{}<>\\n ][^\"\\\\{}<>\\n]*$");
  return json_node_init_object (json_node_alloc (), copy);
}

char *
start_schema_dup (JsonObject *schema)
{
  g_autoptr (JsonNode) node = json_node_init_object (json_node_alloc (), schema), copy = expand (node);

  return json_to_string (copy, FALSE);
}

char *
start_json_dup (JsonNode *node)
{
  g_autofree char *tight = json_to_string (node, FALSE);
  GString *text = g_string_new (NULL);
  gboolean quoted = FALSE;

  for (const char *at = tight; *at != '\0'; at++) {
    g_string_append_c (text, *at);
    if (quoted && *at == '\\' && at[1] != '\0')
      g_string_append_c (text, *++at);
    else if (*at == '"')
      quoted = !quoted;
    else if (!quoted && (*at == ':' || *at == ','))
      g_string_append_c (text, ' ');
  }
  return g_string_free (text, FALSE);
}
