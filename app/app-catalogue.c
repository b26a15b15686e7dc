/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "app-catalogue.h"

#include <glib/gi18n.h>
#include <glib/gstdio.h>
#include <json-glib/json-glib.h>
#include <string.h>

#include "app-error.h"
#include "engine.h"

/* The catalogue's format that is read. */
#define FORMAT 1

/* What a model needs beside weights and cache: activations, packed copies, the program. */
#define MEMORY_MARGIN (160 * 1000 * 1000)
#define USUAL_CONTEXT 8192

gboolean
app_catalogue_is_id (const char *id)
{
  gsize length = strlen (id);

  return length > 0 && length <= 120 && g_ascii_isalnum (id[0]) &&
         strspn (id, "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789._-") == length;
}

/* ---- reading members: a wrong one is told once, in `*bad` ---- */

static JsonNode *
get_value (JsonObject *object, const char *name, GType type, const char **bad)
{
  JsonNode *node = json_object_get_member (object, name);

  if (node && JSON_NODE_HOLDS_VALUE (node) && json_node_get_value_type (node) == type)
    return node;
  if (!*bad)
    *bad = name;
  return NULL;
}

static void
get_string (JsonObject *object, const char *name, char **field, const char **bad)
{
  JsonNode *node = get_value (object, name, G_TYPE_STRING, bad);

  g_free (*field);
  *field = g_strdup (node ? json_node_get_string (node) : "");
}

static guint64
get_number (JsonObject *object, const char *name, const char **bad)
{
  JsonNode *node = get_value (object, name, G_TYPE_INT64, bad);

  if (node && json_node_get_int (node) >= 0)
    return json_node_get_int (node);
  if (!*bad)
    *bad = name;
  return 0;
}

static gboolean
get_boolean (JsonObject *object, const char *name, const char **bad)
{
  JsonNode *node = get_value (object, name, G_TYPE_BOOLEAN, bad);

  return node && json_node_get_boolean (node);
}

/* ---- the catalogue ---- */

static void
clear_package (gpointer data)
{
  AppPackage *package = data;

  g_free (package->name);
  g_free (package->version);
}

static GArray *
read_packages (JsonObject *source, const char **bad)
{
  GArray *packages = g_array_new (FALSE, TRUE, sizeof (AppPackage));
  JsonNode *node = json_object_get_member (source, "packages");
  JsonArray *array = node && JSON_NODE_HOLDS_ARRAY (node) ? json_node_get_array (node) : NULL;
  guint n = array ? json_array_get_length (array) : 0;

  g_array_set_clear_func (packages, clear_package);
  for (guint i = 0; i < n; i++) {
    JsonNode *element = json_array_get_element (array, i);
    AppPackage package = { 0 };
    if (!JSON_NODE_HOLDS_OBJECT (element)) {
      *bad = "packages";
      break;
    }
    get_string (json_node_get_object (element), "name", &package.name, bad);
    get_string (json_node_get_object (element), "version", &package.version, bad);
    package.download_bytes = get_number (json_node_get_object (element), "download_bytes", bad);
    package.bytes = get_number (json_node_get_object (element), "bytes", bad);
    if (!app_catalogue_is_id (package.name) || !app_catalogue_is_id (package.version) || package.bytes == 0)
      *bad = "packages"; /* a name that pip would read as an option */
    g_array_append_val (packages, package);
  }
  if (n == 0 && !*bad)
    *bad = "packages";
  return packages;
}

static AppConversion *
read_conversion (JsonObject *source, const char **bad)
{
  AppConversion *convert = app_conversion_new ();
  JsonNode *node = json_object_get_member (source, "convert");
  JsonObject *object = JSON_NODE_HOLDS_OBJECT (node) ? json_node_get_object (node) : NULL;
  JsonNode *members = object ? json_object_get_member (object, "members") : NULL;
  g_autoptr (GStrvBuilder) beside = g_strv_builder_new ();

  if (!members || !JSON_NODE_HOLDS_ARRAY (members)) {
    *bad = "convert";
    return convert;
  }
  get_string (object, "script", &convert->script, bad);
  get_string (object, "sha256", &convert->sha256, bad);
  for (guint i = 0; i < json_array_get_length (json_node_get_array (members)); i++) {
    JsonNode *member = json_array_get_element (json_node_get_array (members), i);
    if (JSON_NODE_HOLDS_VALUE (member) && json_node_get_value_type (member) == G_TYPE_STRING)
      g_strv_builder_add (beside, json_node_get_string (member));
    else
      *bad = "members";
  }
  g_strfreev (convert->beside);
  convert->beside = g_strv_builder_end (beside);
  if (!*bad && (!app_catalogue_is_id (convert->script) || strlen (convert->sha256) != 64)) /* of this folder, and no option */
    *bad = "convert";
  return convert;
}

static AppModelFacts *
read_model (JsonObject *object, const char **bad)
{
  AppModelFacts *facts = app_model_facts_new ();
  JsonNode *source = json_object_get_member (object, "source");
  guint64 sum = 0;

  get_string (object, "id", &facts->id, bad);
  get_string (object, "name", &facts->name, bad);
  get_string (object, "description", &facts->description, bad);
  get_string (object, "licence", &facts->licence, bad);
  get_string (object, "architecture", &facts->architecture, bad);
  get_string (object, "sha256", &facts->sha256, bad);
  facts->parameters = get_number (object, "parameters", bad);
  facts->bytes = get_number (object, "bytes", bad);
  facts->memory_bytes = get_number (object, "memory_bytes", bad);
  facts->context = get_number (object, "context", bad);
  facts->sees = get_boolean (object, "sees", bad);
  facts->hears = get_boolean (object, "hears", bad);
  facts->thinks = get_boolean (object, "thinks", bad);
  facts->codes = get_boolean (object, "codes", bad);
  facts->recommended = get_boolean (object, "recommended", bad);
  facts->starter = get_boolean (object, "starter", bad);
  facts->tests_only = get_boolean (object, "tests_only", bad);
  facts->transcribes = json_object_has_member (object, "transcribes") && get_boolean (object, "transcribes", bad);
  if (!*bad && !app_catalogue_is_id (facts->id))
    *bad = "id";
  if (!*bad && strlen (facts->sha256) != 64)
    *bad = "sha256";
  if (!source || !JSON_NODE_HOLDS_OBJECT (source)) {
    *bad = "source";
    return facts;
  }
  get_string (json_node_get_object (source), "member", &facts->member, bad);
  facts->packages = read_packages (json_node_get_object (source), bad);
  for (guint i = 0; i < facts->packages->len; i++)
    sum += g_array_index (facts->packages, AppPackage, i).bytes;
  if (json_object_has_member (json_node_get_object (source), "convert"))
    facts->convert = read_conversion (json_node_get_object (source), bad);
  else if (!*bad && sum != facts->bytes)
    *bad = "bytes";
  return facts;
}

GPtrArray *
app_catalogue_parse (const char *json, gssize length, const char *name, GError **error)
{
  g_autoptr (JsonParser) parser = json_parser_new_immutable ();
  g_autoptr (GPtrArray) models = g_ptr_array_new_with_free_func ((GDestroyNotify) app_model_facts_unref);
  g_autoptr (GError) wrong = NULL;
  const char *bad = NULL;
  JsonNode *root, *list = NULL;

  if (!json_parser_load_from_data (parser, json, length, &wrong)) {
    g_set_error (error, APP_ERROR, APP_ERROR_DAMAGED, _("The catalogue of models “%s” is damaged: %s. Install Melete again."), name, wrong->message);
    return NULL;
  }
  root = json_parser_get_root (parser);
  if (root && JSON_NODE_HOLDS_OBJECT (root)) {
    if (get_number (json_node_get_object (root), "format", &bad) != FORMAT)
      bad = "format";
    list = json_object_get_member (json_node_get_object (root), "models");
  }
  if (!bad && (!list || !JSON_NODE_HOLDS_ARRAY (list)))
    bad = "models";
  for (guint i = 0; !bad && i < json_array_get_length (json_node_get_array (list)); i++) {
    JsonNode *node = json_array_get_element (json_node_get_array (list), i);
    if (!JSON_NODE_HOLDS_OBJECT (node))
      bad = "models";
    else
      g_ptr_array_add (models, read_model (json_node_get_object (node), &bad));
  }
  if (bad) {
    g_set_error (error, APP_ERROR, APP_ERROR_DAMAGED, _("The catalogue of models “%s” is damaged: its member “%s” is missing or wrong (model %u). Install Melete again."),
                 name, bad, models->len);
    return NULL;
  }
  return g_steal_pointer (&models);
}

GPtrArray *
app_catalogue_read (const char *path, GError **error)
{
  g_autofree char *json = NULL;
  g_autofree char *name = g_filename_display_name (path);
  g_autofree char *folder = g_path_get_dirname (path);
  g_autoptr (GError) wrong = NULL;
  GPtrArray *models;
  gsize length;

  if (!g_file_get_contents (path, &json, &length, &wrong)) {
    g_set_error (error, APP_ERROR, APP_ERROR_MISSING, _("The catalogue of models could not be read: %s. Install Melete again."), wrong->message);
    return NULL;
  }
  models = app_catalogue_parse (json, length, name, error);
  for (guint i = 0; models && i < models->len; i++) {
    AppConversion *convert = ((AppModelFacts *) models->pdata[i])->convert;
    g_autofree char *script = convert ? g_steal_pointer (&convert->script) : NULL;
    if (convert)
      convert->script = g_build_filename (folder, script, NULL);
  }
  return models;
}

/* ---- model files ---- */

guint64
app_catalogue_memory (guint64 weight_bytes, guint64 cache_bytes)
{
  guint64 sum;

  return g_uint64_checked_add (&sum, weight_bytes, cache_bytes) && g_uint64_checked_add (&sum, sum, MEMORY_MARGIN) ? sum : G_MAXUINT64;
}

static void
set_string (char **field, const char *value)
{
  g_free (*field);
  *field = g_utf8_make_valid (value, -1);
}

static guint64
size_of (const char *path, guint64 otherwise)
{
  GStatBuf file;

  return g_stat (path, &file) == 0 ? (guint64) file.st_size : otherwise;
}

/* What a file says of itself; the memory that it needs is for the caller to say. */
static AppModelFacts *
facts_of (const EngineModelInfo *info, const char *path, const char *id)
{
  AppModelFacts *facts = app_model_facts_new ();

  set_string (&facts->id, id);
  set_string (&facts->name, info->name && *info->name ? info->name : id);
  set_string (&facts->architecture, info->architecture);
  set_string (&facts->quantisation, info->quantisation ? info->quantisation : "");
  facts->parameters = info->n_parameters;
  facts->bytes = size_of (path, info->weight_bytes);
  facts->context = MAX (info->n_context_train, 0);
  return facts;
}

/* `trouble`: why the file is no model that answers, and no adapter. */
static AppModelFacts *
inspect_transcriber (const char *path, const char *id, const EngineError *trouble, GError **error)
{
  EngineLoadOptions options = { .vocab_only = true };
  EngineError wrong = { 0 };
  EngineTranscriber *transcriber = engine_transcriber_load (path, &options, &wrong);
  AppModelFacts *facts;

  if (!transcriber) { /* BAD_INPUT: it is no such model either */
    g_set_error_literal (error, APP_ERROR, APP_ERROR_DAMAGED, wrong.code == ENGINE_BAD_INPUT ? trouble->message : wrong.message);
    return NULL;
  }
  facts = facts_of (engine_transcriber_info (transcriber), path, id);
  facts->memory_bytes = app_catalogue_memory (facts->bytes, 0);
  facts->transcribes = TRUE;
  engine_transcriber_unref (transcriber);
  return facts;
}

/* `trouble`: why the file is no model. */
static AppModelFacts *
inspect_adapter (const char *path, const char *id, const EngineError *trouble, GError **error)
{
  EngineError wrong = { 0 };
  EngineAdapter *adapter = engine_adapter_inspect (path, &wrong);
  const EngineAdapterInfo *info;
  AppModelFacts *facts;

  if (!adapter) /* BAD_INPUT: it is no adapter either */
    return inspect_transcriber (path, id, wrong.code == ENGINE_BAD_INPUT ? trouble : &wrong, error);
  info = engine_adapter_info (adapter);
  facts = app_model_facts_new ();
  set_string (&facts->id, id);
  set_string (&facts->name, *info->name ? info->name : id);
  set_string (&facts->architecture, info->architecture);
  set_string (&facts->base, info->base);
  facts->bytes = size_of (path, 0);
  facts->adapts = TRUE;
  engine_adapter_unref (adapter);
  return facts;
}

AppModelFacts *
app_catalogue_inspect (const char *path, const char *id, GError **error)
{
  EngineLoadOptions options = { .vocab_only = true };
  EngineError wrong = { 0 };
  EngineModel *model = engine_model_load (path, &options, &wrong);
  const EngineModelInfo *info;
  AppModelFacts *facts;

  if (!model)
    return inspect_adapter (path, id, &wrong, error);
  info = engine_model_info (model);
  facts = facts_of (info, path, id);
  facts->memory_bytes = app_catalogue_memory (facts->bytes, info->cache_bytes_fixed + info->cache_bytes_per_token * MIN (facts->context ? facts->context : USUAL_CONTEXT, USUAL_CONTEXT));
  facts->sees = info->sees;
  facts->hears = info->hears;
  facts->embeds = info->embeds;
  engine_model_unref (model);
  return facts;
}
