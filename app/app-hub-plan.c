/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "app-hub-plan.h"

#include <json-glib/json-glib.h>
#include <string.h>

#include "app-catalogue.h"
#include "app-client.h"
#include "app-hub-reply.h"

#define FORMAT 1
#define MAX_BYTES (1024 * 1024)
#define MAX_FILES 1000

static void
file_free (gpointer data)
{
  AppHubPlanFile *file = data;

  g_free (file->path);
  g_free (file->name);
  g_free (file->sha256);
  g_free (file);
}

static AppHubPlan *
plan_new (void)
{
  AppHubPlan *plan = g_atomic_rc_box_new0 (AppHubPlan);

  plan->files = g_ptr_array_new_with_free_func (file_free);
  return plan;
}

AppHubPlan *
app_hub_plan_ref (AppHubPlan *plan)
{
  return g_atomic_rc_box_acquire (plan);
}

static void
clear (gpointer data)
{
  AppHubPlan *plan = data;

  g_free (plan->hub);
  g_free (plan->repository);
  g_free (plan->revision);
  g_free (plan->id);
  g_free (plan->name);
  g_free (plan->licence);
  g_free (plan->architecture);
  g_free (plan->quantisation);
  g_ptr_array_unref (plan->files);
}

void
app_hub_plan_unref (AppHubPlan *plan)
{
  g_atomic_rc_box_release_full (plan, clear);
}

static void
add_file (AppHubPlan *plan, const AppHubFile *file, char *name)
{
  AppHubPlanFile *planned = g_new0 (AppHubPlanFile, 1);

  planned->path = g_strdup (file->path);
  planned->name = name;
  planned->sha256 = g_strdup (file->sha256);
  planned->bytes = file->bytes;
  g_ptr_array_add (plan->files, planned);
}

AppHubPlan *
app_hub_plan_new (AppHub *hub, AppHubRepository *repository, const AppHubVariant *variant, gboolean projector, gboolean draft)
{
  g_autoptr (AppModel) model = app_hub_repository_judge (repository, variant);
  AppHubPlan *plan = plan_new ();
  const char *id = variant->id;

  plan->hub = g_strdup (app_hub_get_address (hub));
  plan->repository = g_strdup (repository->id);
  plan->revision = g_strdup (repository->revision);
  plan->id = g_strdup (id);
  /* Two sizes of a model are two models here: their names differ, also in what they answered. */
  plan->name = g_strdup_printf ("%s %s", app_model_get_name (model), variant->label);
  plan->licence = g_strdup (repository->licence);
  plan->architecture = g_strdup (repository->architecture);
  plan->quantisation = g_strdup (variant->label);
  plan->parameters = repository->parameters;
  plan->context = repository->context;
  plan->memory_bytes = app_model_get_memory (model);
  for (guint i = 0; i < variant->files->len; i++) {
    /* A part is found by its name: "-00001-of-00003" is the end of the id. */
    char *name = i == 0 ? g_strconcat (id, ".gguf", NULL) : g_strdup_printf ("%.*s-%05u-of-%05u.gguf", (int) (strlen (id) - strlen ("-00001-of-00001")), id, i + 1, variant->files->len);
    add_file (plan, variant->files->pdata[i], name);
  }
  if (projector && repository->projector)
    add_file (plan, repository->projector, g_strconcat (id, APP_HUB_PROJECTOR, NULL));
  if (draft && repository->draft)
    add_file (plan, repository->draft, g_strconcat (id, APP_HUB_DRAFT, NULL));
  return plan;
}

guint64
app_hub_plan_get_bytes (const AppHubPlan *plan)
{
  guint64 bytes = 0;

  for (guint i = 0; i < plan->files->len; i++)
    bytes += ((AppHubPlanFile *) plan->files->pdata[i])->bytes;
  return bytes;
}

/* ---- JSON ---- */

static void
put (JsonBuilder *builder, const char *name, const char *value)
{
  json_builder_set_member_name (builder, name);
  json_builder_add_string_value (builder, value);
}

static void
put_number (JsonBuilder *builder, const char *name, guint64 value)
{
  json_builder_set_member_name (builder, name);
  json_builder_add_int_value (builder, (gint64) MIN (value, G_MAXINT64));
}

char *
app_hub_plan_to_json (const AppHubPlan *plan)
{
  g_autoptr (JsonBuilder) builder = json_builder_new ();
  g_autoptr (JsonNode) root = NULL;

  json_builder_begin_object (builder);
  put_number (builder, "format", FORMAT);
  put (builder, "hub", plan->hub);
  put (builder, "repository", plan->repository);
  put (builder, "revision", plan->revision);
  put (builder, "id", plan->id);
  put (builder, "name", plan->name);
  put (builder, "licence", plan->licence);
  put (builder, "architecture", plan->architecture);
  put (builder, "quantisation", plan->quantisation);
  put_number (builder, "parameters", plan->parameters);
  put_number (builder, "context", plan->context);
  put_number (builder, "memory_bytes", plan->memory_bytes);
  json_builder_set_member_name (builder, "files");
  json_builder_begin_array (builder);
  for (guint i = 0; i < plan->files->len; i++) {
    const AppHubPlanFile *file = plan->files->pdata[i];
    json_builder_begin_object (builder);
    put (builder, "path", file->path);
    put (builder, "name", file->name);
    put (builder, "sha256", file->sha256);
    put_number (builder, "bytes", file->bytes);
    json_builder_end_object (builder);
  }
  json_builder_end_array (builder);
  json_builder_end_object (builder);
  root = json_builder_get_root (builder);
  return json_to_string (root, TRUE);
}

/* A string of the object, "" when it has none. (transfer full) */
static char *
take (JsonObject *object, const char *name)
{
  JsonNode *node = json_object_get_member (object, name);

  return g_strdup (node && JSON_NODE_HOLDS_VALUE (node) && json_node_get_value_type (node) == G_TYPE_STRING ? json_node_get_string (node) : "");
}

static guint64
take_number (JsonObject *object, const char *name)
{
  JsonNode *node = json_object_get_member (object, name);

  return node && JSON_NODE_HOLDS_VALUE (node) && json_node_get_value_type (node) == G_TYPE_INT64 ? (guint64) MAX (json_node_get_int (node), 0) : 0;
}

/* A file of the models folder that belongs to the model: nothing else may be written. */
static gboolean
is_name_of (const char *name, const char *id)
{
  if (!g_str_has_suffix (name, ".gguf") || strlen (name) > 200 || strchr (name, '/'))
    return FALSE;
  if (g_str_has_prefix (name, id))
    return TRUE;
  /* Another part of the same. */
  return g_regex_match_simple ("-00001-of-[0-9]{5}\\z", id, 0, 0) && g_regex_match_simple ("-[0-9]{5}-of-[0-9]{5}\\.gguf\\z", name, 0, 0) &&
         strncmp (name, id, strlen (id) - strlen ("-00001-of-00001")) == 0;
}

static gboolean
is_sound (const AppHubPlan *plan)
{
  g_autoptr (GUri) hub = app_client_parse (plan->hub);
  guint64 sum = 0;

  if (!hub || !app_client_is_safe (hub) || !app_hub_is_repository (plan->repository) || !app_catalogue_is_id (plan->id) || !*plan->name ||
      strlen (plan->revision) != 40 || strspn (plan->revision, "0123456789abcdefABCDEF") != 40 || plan->files->len == 0)
    return FALSE;
  for (guint i = 0; i < plan->files->len; i++) {
    const AppHubPlanFile *file = plan->files->pdata[i];
    if (!app_hub_is_path (file->path) || !is_name_of (file->name, plan->id) || file->bytes == 0 || !g_uint64_checked_add (&sum, sum, file->bytes) ||
        (*file->sha256 && (strlen (file->sha256) != 64 || strspn (file->sha256, "0123456789abcdefABCDEF") != 64)))
      return FALSE;
  }
  return TRUE;
}

AppHubPlan *
app_hub_plan_parse (const char *json, gssize n)
{
  g_autoptr (JsonParser) parser = json_parser_new_immutable ();
  g_autoptr (AppHubPlan) plan = NULL;
  JsonNode *root, *files;
  JsonObject *object;

  if (!g_utf8_validate (json, n, NULL) || !app_hub_is_shallow (json, n < 0 ? strlen (json) : (gsize) n) || !json_parser_load_from_data (parser, json, n, NULL))
    return NULL;
  root = json_parser_get_root (parser);
  if (!root || !JSON_NODE_HOLDS_OBJECT (root))
    return NULL;
  object = json_node_get_object (root);
  files = json_object_get_member (object, "files");
  if (take_number (object, "format") != FORMAT || !files || !JSON_NODE_HOLDS_ARRAY (files) || json_array_get_length (json_node_get_array (files)) > MAX_FILES)
    return NULL;
  plan = plan_new ();
  plan->hub = take (object, "hub");
  plan->repository = take (object, "repository");
  plan->revision = take (object, "revision");
  plan->id = take (object, "id");
  plan->name = take (object, "name");
  plan->licence = take (object, "licence");
  plan->architecture = take (object, "architecture");
  plan->quantisation = take (object, "quantisation");
  plan->parameters = take_number (object, "parameters");
  plan->context = (guint) MIN (take_number (object, "context"), G_MAXINT32);
  plan->memory_bytes = take_number (object, "memory_bytes");
  for (guint i = 0; i < json_array_get_length (json_node_get_array (files)); i++) {
    JsonNode *node = json_array_get_element (json_node_get_array (files), i);
    AppHubPlanFile *file;
    if (!JSON_NODE_HOLDS_OBJECT (node))
      return NULL;
    file = g_new0 (AppHubPlanFile, 1);
    file->path = take (json_node_get_object (node), "path");
    file->name = take (json_node_get_object (node), "name");
    file->sha256 = take (json_node_get_object (node), "sha256");
    file->bytes = take_number (json_node_get_object (node), "bytes");
    g_ptr_array_add (plan->files, file);
  }
  return is_sound (plan) ? g_steal_pointer (&plan) : NULL;
}

AppHubPlan *
app_hub_plan_read (const char *path)
{
  g_autofree char *json = NULL;
  gsize n;

  return g_file_get_contents (path, &json, &n, NULL) && n <= MAX_BYTES ? app_hub_plan_parse (json, (gssize) n) : NULL;
}
