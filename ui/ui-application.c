/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "ui-application.h"

#include <glib-unix.h>
#include <glib/gi18n.h>
#include <gtksourceview/gtksource.h>

#include "app-backup.h"
#include "app-made.h"
#include "app-rest.h"
#include "ui-about.h"
#include "ui-awake.h"
#include "ui-made-window.h"
#include "ui-preferences.h"
#include "ui-shortcuts.h"
#include "ui-text-scale.h"
#include "ui-window.h"

static const int ends[] = { SIGTERM, SIGINT, SIGHUP };

struct _UiApplication {
  AdwApplication parent_instance;

  AppSettings *settings;
  AppGpu *gpu;
  AppEngine *local;       /* that of this machine */
  AppEngine *engine;      /* in front of it and of the servers */
  AppModels *models;
  AppHistory *history;
  AppRest *rest;          /* lets the model go when nobody needs it */
  UiAwake *awake;
  UiWindow *window;       /* not owned: GTK's; NULL before the history is open and after the end */
  GListStore *files;      /* GFile, to be opened once there is a window */
  GPtrArray *artifacts;   /* handles, each to be shown in a window of its own once the history is open */
  gboolean alone;         /* nobody has asked for the window yet, but only for one of an artifact */
  gboolean started_alone; /* …with which the program was started: it is activated without being asked for its window */
  gboolean models_read;
  char *trouble;          /* why the history could not be opened, and what that means, or NULL */
  char *restore_trouble;  /* why a backup could not be restored, to be told in the next window; or NULL */
  gboolean opening;
  guint ends[G_N_ELEMENTS (ends)];
};

G_DEFINE_FINAL_TYPE (UiApplication, ui_application, ADW_TYPE_APPLICATION)

/* Models. How a loading goes, the window shows: nobody waits for the call. */

void
ui_application_load_model (UiApplication *self, AppModel *model)
{
  if (self->settings != NULL)
    app_settings_set_model (self->settings, app_model_get_id (model));
  app_engine_load_async (self->engine, model, NULL, NULL, NULL);
}

static void
action_model (GSimpleAction *action, GVariant *parameter, gpointer data)
{
  UiApplication *self = data;
  AppModel *model = app_models_find (self->models, g_variant_get_string (parameter, NULL));

  if (model != NULL && app_model_get_state (model) == APP_MODEL_INSTALLED)
    ui_application_load_model (self, model);
}

static void
action_retry_model (GSimpleAction *action, GVariant *parameter, gpointer data)
{
  UiApplication *self = data;
  AppModel *model = app_engine_get_model (self->engine);

  if (model != NULL)
    app_engine_load_async (self->engine, model, NULL, NULL, NULL);
}

/* A model for vectors serves the others as soon as it is installed, and until it is removed. */
static void
on_embedder (UiApplication *self)
{
  AppModel *embedder = app_models_get_embedder (self->models);

  app_local_engine_set_embedder (APP_LOCAL_ENGINE (self->local), embedder != NULL ? app_model_get_path (embedder) : NULL);
}

static void
on_engine_model (UiApplication *self)
{
  AppModel *model = app_engine_get_model (self->engine);
  GAction *action = g_action_map_lookup_action (G_ACTION_MAP (self), "model");

  g_simple_action_set_state (G_SIMPLE_ACTION (action), g_variant_new_string (model != NULL ? app_model_get_id (model) : ""));
}

static void
on_models_ready (GObject *source, GAsyncResult *result, gpointer data)
{
  g_autoptr (UiApplication) self = data;
  g_autoptr (GError) error = NULL;
  g_autofree char *preferred = self->settings != NULL ? app_settings_dup_model (self->settings) : NULL;
  AppModel *model;

  if (!app_models_refresh_finish (APP_MODELS (source), result, &error) && self->window != NULL)
    ui_window_toast (self->window, error->message);
  model = app_models_choose (self->models, preferred);
  if (model != NULL && app_engine_get_state (self->engine) == APP_ENGINE_NONE &&
      (self->settings == NULL || app_settings_get_load_at_start (self->settings)))
    app_engine_load_async (self->engine, model, NULL, NULL, NULL);
  if (model == NULL && self->window != NULL)
    ui_window_show_models (self->window, TRUE);
}

/* History and window */

/* What was made, in a window of its own: the one that there is, or another one. */
static void
show_artifact (UiApplication *self, const char *handle)
{
  for (GList *at = gtk_application_get_windows (GTK_APPLICATION (self)); at != NULL; at = at->next)
    if (UI_IS_MADE_WINDOW (at->data) && g_str_equal (ui_made_window_get_handle (at->data), handle)) {
      gtk_window_present (at->data);
      return;
    }
  gtk_window_present (GTK_WINDOW (ui_made_window_new (GTK_APPLICATION (self), self->history, handle)));
}

static void
show_artifacts (UiApplication *self)
{
  for (guint i = 0; i < self->artifacts->len; i++)
    show_artifact (self, self->artifacts->pdata[i]);
  g_ptr_array_set_size (self->artifacts, 0);
}

static void
show_window (UiApplication *self)
{
  if (self->window == NULL) {
    self->window = ui_window_new (GTK_APPLICATION (self), self->history, self->models);
    g_object_add_weak_pointer (G_OBJECT (self->window), (gpointer *) &self->window);
    ui_window_set_trouble (self->window, self->trouble);
    ui_window_watch_gpu (self->window, self->gpu);
  }
  if (g_list_model_get_n_items (G_LIST_MODEL (self->files)) > 0) {
    g_autoptr (GListStore) files = g_steal_pointer (&self->files);

    self->files = g_list_store_new (G_TYPE_FILE);
    ui_window_open_files (self->window, G_LIST_MODEL (files));
  }
  gtk_window_present (GTK_WINDOW (self->window));
  if (!self->models_read)
    app_models_refresh_async (self->models, NULL, on_models_ready, g_object_ref (self));
  self->models_read = TRUE;
}

static void
on_history_open (GObject *source, GAsyncResult *result, gpointer data)
{
  g_autoptr (UiApplication) self = data;
  g_autoptr (GError) error = NULL;

  self->history = app_history_open_finish (result, &error);
  if (self->history == NULL && self->trouble == NULL) {
    /* The person can still talk; what is said is gone at the end, and the sentence says so. %s: what happened, where, and what to do. */
    self->trouble = g_strdup_printf (_("%s What you write until Melete is started again is not kept."), error->message);
    app_history_open_async (":memory:", self->engine, self->settings, NULL, on_history_open, g_object_ref (self));
    return;
  }
  self->opening = FALSE;
  if (self->history == NULL) {
    g_printerr ("%s\n", error->message);
    g_application_release (G_APPLICATION (self));
    return;
  }
  app_models_set_connections (self->models, app_history_get_connections (self->history));
  app_models_set_servers (self->models, app_history_get_servers (self->history));
  /* What is in memory knows nothing of what there are entries for. */
  if (self->trouble == NULL) {
    g_autoptr (AppLaunchers) launchers = app_launchers_new (NULL, NULL, NULL);
    app_history_set_launchers (self->history, launchers);
  }
  show_artifacts (self);
  if (!self->alone || self->trouble != NULL)
    show_window (self);
  g_application_release (G_APPLICATION (self));
  if (self->restore_trouble != NULL && self->window != NULL)
    ui_window_toast (self->window, self->restore_trouble);
  g_clear_pointer (&self->restore_trouble, g_free);
}

/* Then what was asked for is shown. */
static void
open_history (UiApplication *self)
{
  if (self->opening)
    return;
  self->opening = TRUE;
  g_application_hold (G_APPLICATION (self));
  app_history_open_async (NULL, self->engine, self->settings, NULL, on_history_open, g_object_ref (self));
}

static void
ui_application_activate (GApplication *application)
{
  UiApplication *self = UI_APPLICATION (application);

  /* What --artifact asked for is on its way. */
  if (self->started_alone) {
    self->started_alone = FALSE;
    return;
  }
  self->alone = FALSE;
  if (self->history != NULL)
    show_window (self);
  else
    open_history (self);
}

static void
ui_application_open (GApplication *application, GFile **files, int n_files, const char *hint)
{
  UiApplication *self = UI_APPLICATION (application);

  for (int i = 0; i < n_files; i++)
    g_list_store_append (self->files, files[i]);
  g_application_activate (application);
}

/* Life */

static void
action_quit (GSimpleAction *action, GVariant *parameter, gpointer data)
{
  UiApplication *self = data;
  g_autoptr (GList) windows = g_list_copy (gtk_application_get_windows (GTK_APPLICATION (self)));

  for (GList *at = windows; at != NULL; at = at->next)
    if (UI_IS_MADE_WINDOW (at->data))
      gtk_window_destroy (at->data);
  if (self->window != NULL)
    gtk_window_close (GTK_WINDOW (self->window));
  else
    g_application_quit (G_APPLICATION (self));
}

/* Artifacts by themselves */

static void
action_show_window (GSimpleAction *action, GVariant *parameter, gpointer data)
{
  g_application_activate (data);
}

static void
action_show_artifact (GSimpleAction *action, GVariant *parameter, gpointer data)
{
  UiApplication *self = data;

  g_ptr_array_add (self->artifacts, g_variant_dup_string (parameter, NULL));
  if (self->history != NULL)
    show_artifacts (self);
  else
    open_history (self);
}

static void
on_made (GObject *source, GAsyncResult *result, gpointer data)
{
  g_autoptr (UiApplication) self = data;
  g_autoptr (GError) error = NULL;
  g_autoptr (AppMade) made = app_history_read_made_finish (APP_HISTORY (source), result, &error);

  g_application_activate (G_APPLICATION (self));
  if (made != NULL)
    ui_window_show_made (self->window, made->conversation, made->message);
  else
    ui_window_toast (self->window, error->message);
}

static void
action_show_made (GSimpleAction *action, GVariant *parameter, gpointer data)
{
  UiApplication *self = data;

  if (self->history != NULL)
    app_history_read_made_async (self->history, g_variant_get_string (parameter, NULL), NULL, on_made, g_object_ref (self));
}

static void
action_about (GSimpleAction *action, GVariant *parameter, gpointer data)
{
  ui_about_show (gtk_application_get_active_window (data));
}

/* Restoring: the history is closed and changed for the one of the backup, and the window begins anew. */

typedef struct {
  UiApplication *application;
  AppBackupInfo *info;
} Restore;

static void
on_closed_for_restore (GObject *source, GAsyncResult *result, gpointer data)
{
  Restore *restore = data;
  g_autoptr (UiApplication) self = restore->application;
  g_autofree char *path = g_strdup (app_history_get_path (APP_HISTORY (source)));
  g_autoptr (GError) error = NULL;

  app_history_close_finish (APP_HISTORY (source), result, NULL);
  if (app_backup_install (path, &error) && self->settings != NULL)
    app_backup_apply_settings (restore->info, self->settings);
  g_clear_object (&self->history);
  self->restore_trouble = error != NULL ? g_strdup (error->message) : NULL;
  self->opening = TRUE;
  app_history_open_async (NULL, self->engine, self->settings, NULL, on_history_open, g_object_ref (self));
  app_backup_info_free (restore->info);
  g_free (restore);
}

static void
on_restore (UiPreferences *preferences, const AppBackupInfo *info, UiApplication *self)
{
  Restore *restore = g_new0 (Restore, 1);

  restore->application = g_object_ref (self);
  restore->info = g_new0 (AppBackupInfo, 1);
  *restore->info = *info;
  restore->info->settings = g_strdup (info->settings);
  g_application_hold (G_APPLICATION (self));
  /* The preferences go too, and must not look for their window any more. */
  gtk_window_set_transient_for (GTK_WINDOW (preferences), NULL);
  /* Windows of what was made, too: what they show may not be in the other history. */
  while (gtk_application_get_windows (GTK_APPLICATION (self)) != NULL)
    gtk_window_destroy (gtk_application_get_windows (GTK_APPLICATION (self))->data);
  self->models_read = FALSE;
  app_history_close_async (self->history, on_closed_for_restore, restore);
}

/* "preferences", and "hardware", which goes to that place of them. */
static void
action_preferences (GSimpleAction *action, GVariant *parameter, gpointer data)
{
  UiApplication *self = data;

  if (self->settings != NULL && self->history != NULL) {
    GtkWidget *preferences = ui_preferences_new (gtk_application_get_active_window (data), self->history, self->models, self->gpu);

    g_signal_connect_object (preferences, "restore", G_CALLBACK (on_restore), self, 0);
    gtk_window_present (GTK_WINDOW (preferences));
    if (g_str_equal (g_action_get_name (G_ACTION (action)), "hardware"))
      ui_preferences_show_hardware (UI_PREFERENCES (preferences));
  }
}

static const GActionEntry actions[] = {
  { "about", action_about, NULL, NULL, NULL, { 0 } },
  { "preferences", action_preferences, NULL, NULL, NULL, { 0 } },
  { "hardware", action_preferences, NULL, NULL, NULL, { 0 } },
  { "quit", action_quit, NULL, NULL, NULL, { 0 } },
  { "model", action_model, "s", "''", NULL, { 0 } },
  { "retry-model", action_retry_model, NULL, NULL, NULL, { 0 } },
  { "show-window", action_show_window, NULL, NULL, NULL, { 0 } },
  { "show-artifact", action_show_artifact, "s", NULL, NULL, { 0 } },
  { "show-made", action_show_made, "s", NULL, NULL, { 0 } },
};

static void
forget_signals (UiApplication *self)
{
  for (guint i = 0; i < G_N_ELEMENTS (ends); i++)
    g_clear_handle_id (&self->ends[i], g_source_remove);
}

/* Ended from outside, at the end of a session for instance: in order, so that what is typed is kept and nothing looks like a crash. A second
 * signal ends it at once. */
static gboolean
on_signal (gpointer data)
{
  forget_signals (data);
  g_action_group_activate_action (G_ACTION_GROUP (data), "quit", NULL);
  return G_SOURCE_REMOVE;
}

static void
ui_application_startup (GApplication *application)
{
  UiApplication *self = UI_APPLICATION (application);
  g_autoptr (GError) error = NULL;
  g_autoptr (AppEngine) remote = NULL;
  const UiShortcut *shortcuts;
  guint n_shortcuts;

  G_APPLICATION_CLASS (ui_application_parent_class)->startup (application);
  gtk_source_init ();
  ui_text_scale_follow (gdk_display_get_default ());
  gtk_window_set_default_icon_name ("org.melete.Melete");
  /* Tab walks through selectable text without selecting all of it. */
  g_object_set (gtk_settings_get_default (), "gtk-label-select-on-focus", FALSE, NULL);
  self->settings = app_settings_new (&error);
  if (self->settings == NULL)
    g_message ("%s", error->message);
  self->gpu = app_gpu_new (self->settings, NULL);
  self->local = app_local_engine_new (self->settings, self->gpu);
  remote = app_remote_engine_new ();
  self->engine = app_router_engine_new (self->local, remote);
  self->models = app_models_new (NULL, NULL);
  app_engine_set_models (self->engine, self->models);
  self->files = g_list_store_new (G_TYPE_FILE);
  self->rest = app_rest_new (self->engine, NULL);
  if (self->settings != NULL)
    g_settings_bind (app_settings_get_gsettings (self->settings), "unload-after", self->rest, "minutes", G_SETTINGS_BIND_GET);
  self->awake = ui_awake_new (GTK_APPLICATION (self), self->models, NULL);
  g_action_map_add_action_entries (G_ACTION_MAP (self), actions, G_N_ELEMENTS (actions), self);
  for (guint i = 0; i < G_N_ELEMENTS (ends); i++)
    self->ends[i] = g_unix_signal_add (ends[i], on_signal, self);
  g_signal_connect_object (self->engine, "notify::model", G_CALLBACK (on_engine_model), self, G_CONNECT_SWAPPED);
  g_signal_connect_object (self->models, "notify::embedder", G_CALLBACK (on_embedder), self, G_CONNECT_SWAPPED);
  shortcuts = ui_shortcuts_get (&n_shortcuts);
  for (guint i = 0; i < n_shortcuts; i++)
    if (shortcuts[i].action != NULL)
      gtk_application_set_accels_for_action (GTK_APPLICATION (self), shortcuts[i].action, (const char **) shortcuts[i].accelerators);
}

static void
on_history_closed (GObject *source, GAsyncResult *result, gpointer data)
{
  g_autoptr (GError) error = NULL;

  if (!app_history_close_finish (APP_HISTORY (source), result, &error))
    g_printerr ("%s\n", error->message);
  *(gboolean *) data = TRUE;
}

static void
ui_application_shutdown (GApplication *application)
{
  UiApplication *self = UI_APPLICATION (application);
  gboolean closed = FALSE;

  /* What is under way is stored before the process ends. */
  if (self->history != NULL) {
    app_history_close_async (self->history, on_history_closed, &closed);
    while (!closed)
      g_main_context_iteration (NULL, TRUE);
  }
  forget_signals (self);
  g_clear_object (&self->awake);
  g_clear_object (&self->rest);
  if (self->engine != NULL)
    app_engine_unload (self->engine);
  /* What the driver still does is no crash. */
  if (self->gpu != NULL)
    app_gpu_close (self->gpu);
  G_APPLICATION_CLASS (ui_application_parent_class)->shutdown (application);
}

static int
ui_application_handle_local_options (GApplication *application, GVariantDict *options)
{
  UiApplication *self = UI_APPLICATION (application);
  g_autoptr (GError) error = NULL;
  const char *handle;

  if (g_variant_dict_contains (options, "version")) {
    g_print ("Melete %s\n", MELETE_VERSION);
    return 0;
  }
  if (!g_variant_dict_lookup (options, "artifact", "&s", &handle))
    return -1;
  if (!g_application_register (application, NULL, &error)) {
    g_printerr ("%s\n", error->message);
    return 1;
  }
  /* It runs already, or begins here. */
  self->started_alone = !g_application_get_is_remote (application);
  g_action_group_activate_action (G_ACTION_GROUP (application), "show-artifact", g_variant_new_string (handle));
  return self->started_alone ? -1 : 0;
}

static void
ui_application_dispose (GObject *object)
{
  UiApplication *self = UI_APPLICATION (object);

  g_clear_weak_pointer (&self->window);
  g_clear_object (&self->awake);
  g_clear_object (&self->rest);
  g_clear_object (&self->history);
  g_clear_object (&self->models);
  g_clear_object (&self->engine);
  g_clear_object (&self->local);
  g_clear_object (&self->gpu);
  g_clear_object (&self->settings);
  g_clear_object (&self->files);
  g_clear_pointer (&self->artifacts, g_ptr_array_unref);
  g_clear_pointer (&self->trouble, g_free);
  G_OBJECT_CLASS (ui_application_parent_class)->dispose (object);
}

static void
ui_application_class_init (UiApplicationClass *klass)
{
  GApplicationClass *application_class = G_APPLICATION_CLASS (klass);

  G_OBJECT_CLASS (klass)->dispose = ui_application_dispose;
  application_class->startup = ui_application_startup;
  application_class->activate = ui_application_activate;
  application_class->open = ui_application_open;
  application_class->shutdown = ui_application_shutdown;
  application_class->handle_local_options = ui_application_handle_local_options;
}

static void
ui_application_init (UiApplication *self)
{
  self->alone = TRUE;
  self->artifacts = g_ptr_array_new_with_free_func (g_free);
  g_application_add_main_option (G_APPLICATION (self), "version", 0, 0, G_OPTION_ARG_NONE, _("Print the version and exit"), NULL);
  g_application_add_main_option (G_APPLICATION (self), "artifact", 0, 0, G_OPTION_ARG_STRING, _("Open what was made in a window of its own"), "HANDLE");
}

UiApplication *
ui_application_new (void)
{
  return g_object_new (UI_TYPE_APPLICATION, "application-id", "org.melete.Melete", "flags", G_APPLICATION_HANDLES_OPEN,
                       "resource-base-path", "/org/melete/Melete", NULL);
}

AppEngine *
ui_application_get_engine (UiApplication *self)
{
  return self->engine;
}

AppModels *
ui_application_get_models (UiApplication *self)
{
  return self->models;
}

AppSettings *
ui_application_get_settings (UiApplication *self)
{
  return self->settings;
}
