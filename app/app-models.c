/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "app-models-private.h"

#include <glib/gi18n.h>

#include "app-download-private.h"
#include "app-error.h"

enum { PROP_0, PROP_WARNING, PROP_DOWNLOADING, PROP_EMBEDDER, PROP_TRANSCRIBER, N_PROPS };
static GParamSpec *properties[N_PROPS];

static GType
get_item_type (GListModel *model)
{
  return APP_TYPE_MODEL;
}

static guint
get_n_items (GListModel *model)
{
  return APP_MODELS (model)->listed->len;
}

static gpointer
get_item (GListModel *model, guint position)
{
  AppModels *self = APP_MODELS (model);

  return position < self->listed->len ? g_object_ref (self->listed->pdata[position]) : NULL;
}

static void
list_model_init (GListModelInterface *interface)
{
  interface->get_item_type = get_item_type;
  interface->get_n_items = get_n_items;
  interface->get_item = get_item;
}

G_DEFINE_FINAL_TYPE_WITH_CODE (AppModels, app_models, G_TYPE_OBJECT, G_IMPLEMENT_INTERFACE (G_TYPE_LIST_MODEL, list_model_init))

/* ---- the list ---- */

static guint
catalogue_position (AppModels *self, AppModel *model)
{
  for (guint i = 0; self->order && i < self->order->len; i++)
    if (g_str_equal (self->order->pdata[i], app_model_get_id (model)))
      return i;
  return G_MAXUINT;
}

/* 0: on this machine, 1: on a server, 2: not there. */
static int
distance (AppModel *model)
{
  return app_model_get_path (model) ? 0 : app_model_get_server (model) ? 1 : 2;
}

/* Installed ones first, then those of servers, then what comes from elsewhere, then the catalogue's order, then by name. */
static int
compare (gconstpointer a, gconstpointer b, gpointer user_data)
{
  AppModels *self = user_data;
  AppModel *first = *(AppModel **) a, *second = *(AppModel **) b;
  guint first_position = catalogue_position (self, first), second_position = catalogue_position (self, second);

  if (distance (first) != distance (second))
    return distance (first) - distance (second);
  if (distance (first) == 1 && app_model_get_server (first) != app_model_get_server (second))
    return app_server_get_id (app_model_get_server (first)) < app_server_get_id (app_model_get_server (second)) ? -1 : 1;
  if (distance (first) == 2 && (first_position == G_MAXUINT) != (second_position == G_MAXUINT))
    return first_position == G_MAXUINT ? -1 : 1; /* the person asked for it, and looks for it */
  if (first_position != second_position)
    return first_position < second_position ? -1 : 1;
  return g_utf8_collate (app_model_get_name (first), app_model_get_name (second));
}

/* The first installed one that is of use for this. */
static AppModel *
find_helper (AppModels *self, gboolean (*serves) (AppModel *model))
{
  for (guint i = 0; i < self->listed->len; i++)
    if (app_model_get_path (self->listed->pdata[i]) && serves (self->listed->pdata[i]))
      return self->listed->pdata[i];
  return NULL;
}

/* What is installed may change without a change of the list: a model of the catalogue is in it before, and perhaps at the same place. */
static void
update_helpers (AppModels *self)
{
  AppModel *embedder = find_helper (self, app_model_get_embeds), *writer = find_helper (self, app_model_get_transcribes);

  if (self->embedder != embedder) {
    self->embedder = embedder;
    g_object_notify_by_pspec (G_OBJECT (self), properties[PROP_EMBEDDER]);
  }
  if (self->writer != writer) {
    self->writer = writer;
    g_clear_pointer (&self->transcriber, app_transcriber_unref);
    self->transcriber = writer ? app_transcriber_new (app_model_get_path (writer)) : NULL;
    g_object_notify_by_pspec (G_OBJECT (self), properties[PROP_TRANSCRIBER]);
  }
}

void
app_models_update_list (AppModels *self)
{
  g_autoptr (GPtrArray) old = self->listed;
  GHashTableIter iter;
  gpointer model;
  gboolean same;

  self->listed = g_ptr_array_new_with_free_func (g_object_unref);
  g_hash_table_iter_init (&iter, self->all);
  while (g_hash_table_iter_next (&iter, NULL, &model)) {
    AppModelFacts *facts = app_model_get_facts (model);
    gboolean offered = catalogue_position (self, model) != G_MAXUINT && !facts->tests_only;
    if (app_model_get_path (model) || app_model_get_server (model) || app_model_get_download (model) || offered)
      g_ptr_array_add (self->listed, g_object_ref (model));
  }
  g_ptr_array_sort_with_data (self->listed, compare, self);
  same = old->len == self->listed->len;
  for (guint i = 0; same && i < old->len; i++)
    same = old->pdata[i] == self->listed->pdata[i];
  if (!same)
    g_list_model_items_changed (G_LIST_MODEL (self), 0, old->len, self->listed->len);
  update_helpers (self);
}

AppModel *
app_models_get_or_make (AppModels *self, AppModelFacts *facts)
{
  AppModel *model = g_hash_table_lookup (self->all, facts->id);

  if (!model) {
    model = app_model_new (facts);
    g_hash_table_insert (self->all, g_strdup (facts->id), model);
  }
  return model;
}

AppModel *
app_models_find (AppModels *self, const char *id)
{
  return g_hash_table_lookup (self->all, id);
}

/* ---- downloads ---- */

void
app_models_set_connections (AppModels *self, AppConnections *connections)
{
  g_set_object (&self->connections, connections);
  app_hub_set_connections (self->hub, connections);
}

static void
update_downloading (AppModels *self)
{
  GHashTableIter iter;
  gpointer model;
  gboolean downloading = FALSE;

  g_hash_table_iter_init (&iter, self->all);
  while (g_hash_table_iter_next (&iter, NULL, &model)) {
    AppDownload *download = app_model_get_download (model);
    downloading |= download && (app_download_get_state (download) == APP_DOWNLOAD_RUNNING || app_download_get_state (download) == APP_DOWNLOAD_VERIFYING);
  }
  if (self->downloading == downloading)
    return;
  self->downloading = downloading;
  g_object_notify_by_pspec (G_OBJECT (self), properties[PROP_DOWNLOADING]);
}

gboolean
app_models_get_downloading (AppModels *self)
{
  return self->downloading;
}

static void
on_download_state (AppDownload *download, GParamSpec *pspec, AppModels *self)
{
  GHashTableIter iter;
  gpointer model;
  AppDownloadState state = app_download_get_state (download);

  update_downloading (self);
  if (state != APP_DOWNLOAD_DONE && state != APP_DOWNLOAD_CANCELLED)
    return;
  g_hash_table_iter_init (&iter, self->all);
  while (g_hash_table_iter_next (&iter, NULL, &model)) {
    g_autoptr (AppDownload) keep = NULL;
    g_autofree char *name = NULL;
    g_autofree char *path = NULL;
    if (app_model_get_download (model) != download)
      continue;
    keep = g_object_ref (download);
    name = g_strconcat (app_model_get_id (model), ".gguf", NULL);
    path = g_build_filename (self->directory, name, NULL);
    if (state == APP_DOWNLOAD_DONE)
      app_model_set_outdated (model, FALSE);
    if (state == APP_DOWNLOAD_DONE && !app_model_get_in_catalogue (model)) {
      /* What of the hub it is, its file says: the refresh looks into it. */
      app_models_refresh_async (self, NULL, NULL, NULL);
      break;
    }
    if (state == APP_DOWNLOAD_DONE)
      app_model_set_path (model, path, FALSE);
    app_model_set_download (model, NULL);
    break;
  }
  app_models_update_list (self);
}

AppDownload *
app_models_adopt_download (AppModels *self, AppModel *model, AppDownload *download)
{
  g_autoptr (AppDownload) taken = download;

  app_model_set_download (model, taken);
  g_signal_connect_object (taken, "notify::state", G_CALLBACK (on_download_state), self, 0);
  return taken;
}

AppDownload *
app_models_make_download (AppModels *self, AppModel *model)
{
  return app_models_adopt_download (self, model, app_pip_download_new (app_model_get_facts (model), self->directory, NULL, self->connections));
}

AppDownload *
app_models_download (AppModels *self, AppModel *model, GError **error)
{
  AppDownload *download = app_model_get_download (model);

  if (app_model_get_path (model) || !app_model_get_in_catalogue (model)) {
    g_set_error (error, APP_ERROR, APP_ERROR_INVALID, _("%s is installed already, or cannot be downloaded. Choose another model, or add one by file."), app_model_get_name (model));
    return NULL;
  }
  if (!self->connections) {
    g_set_error_literal (error, APP_ERROR, APP_ERROR_INVALID, _("The history is still being opened, where downloads are recorded. Try again in a moment."));
    return NULL;
  }
  if (!download)
    download = app_models_make_download (self, model);
  app_download_resume (download);
  app_models_update_list (self);
  return download;
}

/* ---- choosing ---- */

AppModel *
app_models_choose (AppModels *self, const char *preferred)
{
  AppModel *model = preferred && *preferred ? app_models_find (self, preferred) : NULL;
  AppModel *best = NULL;

  if (model && app_model_get_state (model) == APP_MODEL_INSTALLED && app_model_get_answers (model))
    return model;
  for (guint i = 0; i < self->listed->len; i++) {
    AppModel *candidate = self->listed->pdata[i];
    AppFit fit = app_model_get_fit (candidate);
    if (!app_model_get_path (candidate) || !app_model_get_answers (candidate) || app_model_get_facts (candidate)->tests_only || fit == APP_FIT_NONE)
      continue;
    /* A recommended one beats others; then what fits beats what is slow; then the larger one. */
    if (!best || app_model_get_recommended (candidate) > app_model_get_recommended (best) ||
        (app_model_get_recommended (candidate) == app_model_get_recommended (best) &&
         (fit < app_model_get_fit (best) || (fit == app_model_get_fit (best) && app_model_get_parameters (candidate) > app_model_get_parameters (best)))))
      best = candidate;
  }
  return best;
}

AppModel *
app_models_get_embedder (AppModels *self)
{
  return self->embedder;
}

AppTranscriber *
app_models_get_transcriber (AppModels *self)
{
  return self->transcriber;
}

AppModel *
app_models_get_offer (AppModels *self)
{
  AppModel *starter = NULL;

  for (guint i = 0; i < self->listed->len; i++) {
    AppModel *candidate = self->listed->pdata[i];
    if (app_model_get_path (candidate) || !app_model_get_in_catalogue (candidate))
      continue;
    if (app_model_get_recommended (candidate) && (app_model_get_fit (candidate) == APP_FIT_FITS || app_model_get_fit (candidate) == APP_FIT_UNKNOWN))
      return candidate;
    if (app_model_get_starter (candidate))
      starter = candidate;
  }
  return starter;
}

/* ---- object ---- */

void
app_models_set_warning (AppModels *self, GPtrArray *sentences)
{
  g_autofree char *warning = NULL;

  if (sentences->len) {
    g_autofree gpointer *strings = g_memdup2 (sentences->pdata, sizeof (gpointer) * sentences->len);
    strings = g_realloc (strings, sizeof (gpointer) * (sentences->len + 1));
    strings[sentences->len] = NULL;
    warning = g_strjoinv (" ", (char **) strings);
  }
  if (g_strcmp0 (warning, self->warning) == 0)
    return;
  g_free (self->warning);
  self->warning = g_steal_pointer (&warning);
  g_object_notify_by_pspec (G_OBJECT (self), properties[PROP_WARNING]);
}

gboolean
app_models_finish_task (AppModels *self, GAsyncResult *result, GError **error)
{
  g_return_val_if_fail (g_task_is_valid (result, self), FALSE);
  return g_task_propagate_boolean (G_TASK (result), error);
}

const char *
app_models_get_directory (AppModels *self)
{
  return self->directory;
}

const char *
app_models_get_warning (AppModels *self)
{
  return self->warning;
}

static void
app_models_get_property (GObject *object, guint id, GValue *value, GParamSpec *pspec)
{
  switch (id) {
  case PROP_WARNING:
    g_value_set_string (value, APP_MODELS (object)->warning);
    break;
  case PROP_DOWNLOADING:
    g_value_set_boolean (value, APP_MODELS (object)->downloading);
    break;
  case PROP_EMBEDDER:
    g_value_set_object (value, APP_MODELS (object)->embedder);
    break;
  case PROP_TRANSCRIBER:
    g_value_set_pointer (value, APP_MODELS (object)->transcriber);
    break;
  default:
    G_OBJECT_WARN_INVALID_PROPERTY_ID (object, id, pspec);
  }
}

static void
app_models_finalize (GObject *object)
{
  AppModels *self = APP_MODELS (object);

  g_free (self->catalogue);
  g_free (self->directory);
  g_free (self->warning);
  g_clear_object (&self->connections);
  g_clear_object (&self->servers);
  g_clear_object (&self->hub);
  g_hash_table_unref (self->all);
  g_ptr_array_unref (self->listed);
  g_ptr_array_unref (self->waiting);
  g_clear_pointer (&self->order, g_ptr_array_unref);
  g_clear_pointer (&self->transcriber, app_transcriber_unref);
  G_OBJECT_CLASS (app_models_parent_class)->finalize (object);
}

static void
app_models_class_init (AppModelsClass *klass)
{
  GObjectClass *object_class = G_OBJECT_CLASS (klass);

  object_class->finalize = app_models_finalize;
  object_class->get_property = app_models_get_property;
  properties[PROP_WARNING] = g_param_spec_string ("warning", NULL, NULL, NULL, G_PARAM_READABLE | G_PARAM_STATIC_STRINGS | G_PARAM_EXPLICIT_NOTIFY);
  properties[PROP_DOWNLOADING] = g_param_spec_boolean ("downloading", NULL, NULL, FALSE, G_PARAM_READABLE | G_PARAM_STATIC_STRINGS | G_PARAM_EXPLICIT_NOTIFY);
  properties[PROP_EMBEDDER] = g_param_spec_object ("embedder", NULL, NULL, APP_TYPE_MODEL, G_PARAM_READABLE | G_PARAM_STATIC_STRINGS | G_PARAM_EXPLICIT_NOTIFY);
  properties[PROP_TRANSCRIBER] = g_param_spec_pointer ("transcriber", NULL, NULL, G_PARAM_READABLE | G_PARAM_STATIC_STRINGS | G_PARAM_EXPLICIT_NOTIFY);
  g_object_class_install_properties (object_class, N_PROPS, properties);
}

static void
app_models_init (AppModels *self)
{
  self->all = g_hash_table_new_full (g_str_hash, g_str_equal, g_free, g_object_unref);
  self->listed = g_ptr_array_new_with_free_func (g_object_unref);
  self->waiting = g_ptr_array_new ();
  self->hub = app_hub_new (NULL);
}

/* The catalogue lies beside the other data of the application. */
static char *
usual_catalogue (void)
{
  const char *const *folders = g_get_system_data_dirs ();

  for (guint i = 0; folders[i]; i++) {
    g_autofree char *path = g_build_filename (folders[i], "melete", "models.json", NULL);
    if (g_file_test (path, G_FILE_TEST_EXISTS))
      return g_steal_pointer (&path);
  }
  return g_build_filename (APP_DATADIR, "melete", "models.json", NULL);
}

AppModels *
app_models_new (const char *catalogue, const char *directory)
{
  AppModels *self = g_object_new (APP_TYPE_MODELS, NULL);
  const char *named_catalogue = catalogue ? catalogue : g_getenv ("MELETE_CATALOGUE");
  const char *named_directory = directory ? directory : g_getenv ("MELETE_MODELS");

  self->catalogue = named_catalogue ? g_strdup (named_catalogue) : usual_catalogue ();
  self->directory = named_directory ? g_strdup (named_directory) : g_build_filename (g_get_user_data_dir (), "melete", "models", NULL);
  return self;
}
