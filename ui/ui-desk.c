/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "ui-desk.h"

#include <adwaita.h>
#include <glib/gi18n.h>

#include "artifacts/artifact-kind.h"
#include "ui-console.h"
#include "ui-desk-actions.h"
#include "ui-desk-ask.h"
#include "ui-desk-code.h"
#include "ui-desk-coming.h"
#include "ui-desk-export.h"
#include "ui-desk-status.h"
#include "ui-preview.h"
#include "ui-table-save.h"
#include "ui-toast.h"
#include "ui-versions.h"

/* While something is written, a preview follows at most so often. In milliseconds. */
#define FOLLOW_PAUSE 1500

struct _UiDesk {
  GtkWidget parent_instance;

  GtkWidget *box;
  GtkButton *close;
  GtkLabel *title, *subtitle;
  GtkToggleButton *pick, *full;
  GtkWidget *menu, *switcher;
  UiDeskStatus *status;
  GtkStack *stack;
  GtkOverlay *preview_overlay;
  UiDeskCode *code;
  GtkStackPage *console_page;
  UiConsole *console;
  UiVersions *versions;
  AdwStatusPage *coming; /* stands where the page will be */

  UiPreview *preview;     /* NULL until the first page */
  AppHistory *history;    /* nullable */
  AppConversation *conversation;
  AppVersion *version;    /* that is shown */
  GSignalGroup *of_version, *of_artifact, *of_artifacts;
  GCancellable *loading;  /* of the page's files, and of what it keeps */
  AppVersion *loaded;     /* whose page is in the preview; not owned, only compared */
  gboolean stale;         /* the page in the preview is not what is to be seen */
  guint follow_timer;
  gboolean followed;      /* the tabs go along with what is written: nobody has chosen one */
  GtkWidget *ask;         /* the popover at what was pointed at */
};

enum { CLOSE, FULL, CHANGE, N_SIGNALS };
static guint signals[N_SIGNALS];

G_DEFINE_FINAL_TYPE (UiDesk, ui_desk, GTK_TYPE_WIDGET)

AppArtifacts *
ui_desk_get_artifacts (UiDesk *self)
{
  return self->conversation != NULL ? app_conversation_get_artifacts (self->conversation) : NULL;
}

AppHistory *
ui_desk_get_history (UiDesk *self)
{
  return self->history;
}

gboolean
ui_desk_is_temporary (UiDesk *self)
{
  return self->conversation != NULL && app_conversation_get_temporary (self->conversation);
}

static const AppArtifactKind *
get_kind (UiDesk *self)
{
  return app_artifact_get_kind (app_version_get_artifact (self->version));
}

static const char *
get_language (UiDesk *self)
{
  return app_artifact_kind_get_language (get_kind (self), app_version_get_source (self->version));
}

static gboolean
is_specification (UiDesk *self)
{
  return g_str_equal (get_language (self), "json");
}

/* ---- the page ---- */

static void load_page (UiDesk *self);

static void
on_storage (UiPreview *preview, const char *key, const char *value, UiDesk *self)
{
  if (self->version != NULL && app_version_get_artifact (self->version) != NULL)
    app_artifacts_store_value (ui_desk_get_artifacts (self), app_version_get_artifact (self->version), key, value);
}

static void
on_faults (UiDesk *self)
{
  guint n = ui_console_get_n_faults (self->console);
  g_autofree char *title = n > 0 ? g_strdup_printf (_("Console (%u)"), n) : g_strdup (_("Console"));

  gtk_stack_page_set_title (self->console_page, title);
}

static void
on_asked (const char *words, const AppPick *pick, gpointer data)
{
  g_signal_emit (data, signals[CHANGE], 0, words, pick);
}

static void
on_picked (UiPreview *preview, const UiPreviewPick *picked, UiDesk *self)
{
  gtk_toggle_button_set_active (self->pick, FALSE);
  g_clear_pointer (&self->ask, gtk_widget_unparent);
  self->ask = ui_desk_ask (GTK_WIDGET (self->preview_overlay), picked, on_asked, self);
}

static void
on_picking (UiPreview *preview, GParamSpec *pspec, UiDesk *self)
{
  gboolean picking;

  g_object_get (preview, "picking", &picking, NULL);
  if (!picking)
    gtk_toggle_button_set_active (self->pick, FALSE);
}

static void
on_pick (UiDesk *self)
{
  gboolean active = gtk_toggle_button_get_active (self->pick);

  if (active)
    gtk_stack_set_visible_child_name (self->stack, "preview");
  if (self->preview != NULL)
    ui_preview_pick (self->preview, active);
}

static void
need_preview (UiDesk *self)
{
  if (self->preview != NULL)
    return;
  self->preview = ui_preview_new ();
  gtk_overlay_set_child (self->preview_overlay, GTK_WIDGET (self->preview));
  g_signal_connect_object (self->preview, "storage-changed", G_CALLBACK (on_storage), self, 0);
  g_signal_connect_object (self->preview, "picked", G_CALLBACK (on_picked), self, 0);
  g_signal_connect_object (self->preview, "notify::picking", G_CALLBACK (on_picking), self, 0);
  ui_console_set_entries (self->console, ui_preview_get_entries (self->preview));
}

static void
on_bundle (GObject *source, GAsyncResult *result, gpointer data)
{
  g_autoptr (UiDesk) self = data;
  g_autoptr (GError) error = NULL;
  g_autoptr (AppBundle) bundle = app_artifacts_make_bundle_finish (APP_ARTIFACTS (source), result, &error);

  if (bundle != NULL) {
    need_preview (self);
    ui_preview_show (self->preview, bundle);
    gtk_widget_set_visible (GTK_WIDGET (self->coming), FALSE);
  } else if (!g_error_matches (error, G_IO_ERROR, G_IO_ERROR_CANCELLED) && self->version != NULL) {
    self->loaded = NULL;
    /* What is written may show nothing yet. */
    if (app_version_get_state (self->version) != APP_VERSION_WRITING)
      ui_desk_status_show_error (self->status, error->message);
  }
}

static void
on_kept (GObject *source, GAsyncResult *result, gpointer data)
{
  g_autoptr (UiDesk) self = data;
  g_autoptr (GError) error = NULL;
  g_autoptr (GHashTable) storage = app_artifacts_read_storage_finish (APP_ARTIFACTS (source), result, &error);
  g_autofree char *edited = NULL;

  if (g_error_matches (error, G_IO_ERROR, G_IO_ERROR_CANCELLED) || self->version == NULL)
    return;
  need_preview (self);
  if (storage != NULL)
    ui_preview_set_storage (self->preview, storage);
  edited = ui_desk_code_dup_edited (self->code);
  app_artifacts_make_bundle_async (APP_ARTIFACTS (source), self->version, edited, self->loading, on_bundle, g_object_ref (self));
}

/* Whether the page may be shown as far as it is written: a specification is whole at every moment, HTML is not. */
static gboolean
is_showable (UiDesk *self)
{
  const char *source = app_version_get_source (self->version);

  return get_kind (self)->is_page && *source != '\0' && (app_version_get_state (self->version) != APP_VERSION_WRITING || is_specification (self));
}

static gboolean
on_follow (gpointer data)
{
  UiDesk *self = data;

  self->follow_timer = 0;
  self->stale = TRUE;
  load_page (self);
  return G_SOURCE_REMOVE;
}

/* Loads the page, if it is to be seen, and is not what is there. */
static void
load_page (UiDesk *self)
{
  if (self->version == NULL || !is_showable (self) || !gtk_widget_get_mapped (GTK_WIDGET (self->preview_overlay)) || (self->loaded == self->version && !self->stale))
    return;
  g_cancellable_cancel (self->loading);
  g_object_unref (self->loading);
  self->loading = g_cancellable_new ();
  self->loaded = self->version;
  self->stale = FALSE;
  app_artifacts_read_storage_async (ui_desk_get_artifacts (self), app_version_get_artifact (self->version), self->loading, on_kept, g_object_ref (self));
}

/* ---- the source ---- */

static void
fill_code (UiDesk *self)
{
  ui_desk_code_show (self->code, app_version_get_source (self->version), app_version_get_state (self->version) == APP_VERSION_WRITING);
}

static void
show_again (UiDesk *self)
{
  if (self->version == NULL)
    return;
  self->stale = TRUE;
  load_page (self);
}

static void
on_discard (UiDesk *self)
{
  fill_code (self);
  show_again (self);
}

static void
on_save (UiDesk *self)
{
  g_autofree char *source = ui_desk_code_dup_edited (self->code);

  fill_code (self);
  if (source != NULL && g_strcmp0 (source, app_version_get_source (self->version)) != 0)
    ui_desk_show (self, app_artifacts_edit (ui_desk_get_artifacts (self), self->version, source, APP_ORIGIN_PERSON));
}

static void
on_restore (UiDesk *self)
{
  ui_desk_show (self, app_artifacts_edit (ui_desk_get_artifacts (self), self->version, app_version_get_source (self->version), APP_ORIGIN_RESTORED));
}

static void
on_chosen (UiDesk *self, AppVersion *version)
{
  ui_desk_show (self, version);
}

/* ---- what is said of it ---- */

static void
on_title (UiDesk *self)
{
  if (self->version != NULL)
    gtk_label_set_text (self->title, app_artifact_get_title (app_version_get_artifact (self->version)));
}

static void
update (UiDesk *self)
{
  AppVersionState state = app_version_get_state (self->version);
  g_autofree char *version = ui_versions_dup_name (self->version);
  g_autofree char *subtitle = app_version_get_number (self->version) > 0 ? g_strdup_printf ("%s · %s", _(get_kind (self)->name), version) : g_strdup (_(get_kind (self)->name));

  on_title (self);
  gtk_label_set_text (self->subtitle, subtitle);
  gtk_widget_set_visible (GTK_WIDGET (self->pick), get_kind (self)->is_page);
  gtk_widget_set_sensitive (GTK_WIDGET (self->pick), state != APP_VERSION_WRITING);
  ui_desk_status_show (self->status, self->version);
  gtk_widget_action_set_enabled (GTK_WIDGET (self), "desk.export", state != APP_VERSION_WRITING);
  ui_desk_update_launcher (self);
  gtk_widget_action_set_enabled (GTK_WIDGET (self), "desk.export-table", state != APP_VERSION_WRITING && get_kind (self)->is_table);
}

static void
on_state (UiDesk *self)
{
  update (self);
  fill_code (self);
  if (app_version_get_state (self->version) != APP_VERSION_WRITING) {
    self->stale |= self->loaded == self->version && !self->followed;
    if (self->followed && get_kind (self)->is_page)
      gtk_stack_set_visible_child_name (self->stack, "preview");
    load_page (self);
  }
}

/* Only the source's end is new, or all of it: what has been seen since is not loaded twice. */
static void
on_written (UiDesk *self)
{
  fill_code (self);
  ui_desk_coming_show (self->coming, self->version);
  ui_desk_code_set_language (self->code, get_language (self));
  /* HTML is seen line by line until it is whole. */
  if (self->followed && *app_version_get_source (self->version) != '\0' && !is_specification (self) && app_version_get_state (self->version) == APP_VERSION_WRITING) {
    gtk_stack_set_visible_child_name (self->stack, "code");
    self->followed = TRUE; /* the choice was not the person's */
  }
  if (is_showable (self) && self->follow_timer == 0)
    self->follow_timer = g_timeout_add (FOLLOW_PAUSE, on_follow, self);
}

/* FALSE for one that came to nothing, or lies on another branch now. */
static gboolean
is_shown (UiDesk *self)
{
  GListModel *versions = app_artifact_get_versions (app_version_get_artifact (self->version));

  for (guint i = g_list_model_get_n_items (versions); i-- > 0;) {
    g_autoptr (AppVersion) version = g_list_model_get_item (versions, i);
    if (version == self->version)
      return TRUE;
  }
  return FALSE;
}

/* A newer version of what is shown comes: the desk goes along if it showed the newest. */
static void
on_version (UiDesk *self, AppVersion *version)
{
  AppArtifact *artifact = app_version_get_artifact (version);
  AppVersion *current = artifact != NULL ? app_artifact_get_current (artifact) : NULL;

  if (self->version == NULL || current == NULL || artifact != app_version_get_artifact (self->version))
    return;
  if ((version == current && version != self->version && app_version_get_state (version) == APP_VERSION_WRITING) || !is_shown (self))
    ui_desk_show (self, current);
  else
    update (self);
}

void
ui_desk_show (UiDesk *self, AppVersion *version)
{
  const AppArtifactKind *kind;

  if (self->version == version)
    return;
  g_clear_handle_id (&self->follow_timer, g_source_remove);
  g_clear_pointer (&self->ask, gtk_widget_unparent);
  g_set_object (&self->version, version);
  g_signal_group_set_target (self->of_version, version);
  g_signal_group_set_target (self->of_artifact, version != NULL ? app_version_get_artifact (version) : NULL);
  ui_versions_set_version (self->versions, ui_desk_get_artifacts (self), version);
  if (version == NULL) {
    ui_desk_rest (self);
    return;
  }
  kind = get_kind (self);
  ui_desk_code_set_language (self->code, get_language (self));
  fill_code (self);
  ui_desk_coming_show (self->coming, self->version);
  if (self->preview == NULL || app_version_get_base_id (version) == 0)
    gtk_widget_set_visible (GTK_WIDGET (self->coming), TRUE);
  self->followed = app_version_get_state (version) == APP_VERSION_WRITING;
  gtk_widget_set_visible (gtk_stack_get_child_by_name (self->stack, "preview"), kind->is_page);
  gtk_widget_set_visible (gtk_stack_get_child_by_name (self->stack, "console"), kind->is_page);
  if (self->followed || !kind->is_page)
    gtk_stack_set_visible_child_name (self->stack, kind->is_page && (is_specification (self) || *app_version_get_source (version) == '\0') ? "preview" : "code");
  else if (!g_str_equal (gtk_stack_get_visible_child_name (self->stack), "versions"))
    gtk_stack_set_visible_child_name (self->stack, "preview");
  self->followed = app_version_get_state (version) == APP_VERSION_WRITING; /* the choice above was not the person's */
  update (self);
  load_page (self);
}

AppVersion *
ui_desk_get_version (UiDesk *self)
{
  return self->version;
}

void
ui_desk_rest (UiDesk *self)
{
  g_cancellable_cancel (self->loading);
  self->loaded = NULL;
  if (self->preview != NULL)
    ui_preview_stop (self->preview);
}

void
ui_desk_set_covering (UiDesk *self, gboolean covering)
{
  gboolean full = gtk_toggle_button_get_active (self->full);

  gtk_button_set_icon_name (self->close, covering && !full ? "go-previous-symbolic" : "window-close-symbolic");
  gtk_widget_set_visible (GTK_WIDGET (self->full), !covering || full);
}

void
ui_desk_set_history (UiDesk *self, AppHistory *history)
{
  g_set_object (&self->history, history);
  if (history != NULL && app_history_get_launchers (history) != NULL)
    g_signal_connect_object (app_history_get_launchers (history), "changed", G_CALLBACK (ui_desk_update_launcher), self, G_CONNECT_SWAPPED);
  ui_desk_update_launcher (self);
}

void
ui_desk_set_conversation (UiDesk *self, AppConversation *conversation)
{
  if (self->conversation == conversation)
    return;
  ui_desk_show (self, NULL);
  g_set_object (&self->conversation, conversation);
  g_signal_group_set_target (self->of_artifacts, ui_desk_get_artifacts (self));
}

/* ---- what the person does ---- */

static void
on_close (UiDesk *self)
{
  gtk_toggle_button_set_active (self->full, FALSE);
  g_signal_emit (self, signals[CLOSE], 0);
}

static void
on_full (UiDesk *self)
{
  g_signal_emit (self, signals[FULL], 0, gtk_toggle_button_get_active (self->full));
}

static void
on_tab (UiDesk *self)
{
  self->followed = FALSE;
  if (g_strcmp0 (gtk_stack_get_visible_child_name (self->stack), "preview") == 0)
    load_page (self);
}

static void
action_reload (GtkWidget *widget, const char *name, GVariant *parameter)
{
  UiDesk *self = UI_DESK (widget);

  self->stale = TRUE;
  gtk_stack_set_visible_child_name (self->stack, "preview");
  load_page (self);
}

static void
action_export (GtkWidget *widget, const char *name, GVariant *parameter)
{
  UiDesk *self = UI_DESK (widget);

  ui_desk_export (widget, ui_desk_get_artifacts (self), self->version, self->preview, g_variant_get_string (parameter, NULL));
}

static void
action_export_table (GtkWidget *widget, const char *name, GVariant *parameter)
{
  UiDesk *self = UI_DESK (widget);
  g_autoptr (GPtrArray) datasets = app_artifacts_open_datasets (ui_desk_get_artifacts (self), self->version);

  if (datasets->len == 0)
    ui_toast (widget, _("The table that this comes from is not there any more."));
  else
    ui_table_save (widget, datasets, app_version_get_source (self->version), app_artifact_get_title (app_version_get_artifact (self->version)), g_variant_get_string (parameter, NULL));
}

/* ---- widget ---- */

static void
dispose (GObject *object)
{
  UiDesk *self = UI_DESK (object);

  g_clear_handle_id (&self->follow_timer, g_source_remove);
  if (self->loading != NULL)
    g_cancellable_cancel (self->loading);
  g_clear_object (&self->loading);
  g_clear_pointer (&self->ask, gtk_widget_unparent);
  g_clear_object (&self->of_version);
  g_clear_object (&self->of_artifact);
  g_clear_object (&self->of_artifacts);
  g_clear_pointer (&self->box, gtk_widget_unparent);
  g_clear_object (&self->version);
  g_clear_object (&self->conversation);
  g_clear_object (&self->history);
  G_OBJECT_CLASS (ui_desk_parent_class)->dispose (object);
}

static void
ui_desk_class_init (UiDeskClass *klass)
{
  GtkWidgetClass *widget_class = GTK_WIDGET_CLASS (klass);

  G_OBJECT_CLASS (klass)->dispose = dispose;
  g_type_ensure (UI_TYPE_CONSOLE);
  g_type_ensure (UI_TYPE_DESK_CODE);
  g_type_ensure (UI_TYPE_DESK_STATUS);
  g_type_ensure (UI_TYPE_VERSIONS);
  gtk_widget_class_set_template_from_resource (widget_class, "/org/melete/Melete/ui/ui-desk.ui");
  gtk_widget_class_bind_template_child (widget_class, UiDesk, box);
  gtk_widget_class_bind_template_child (widget_class, UiDesk, close);
  gtk_widget_class_bind_template_child (widget_class, UiDesk, title);
  gtk_widget_class_bind_template_child (widget_class, UiDesk, subtitle);
  gtk_widget_class_bind_template_child (widget_class, UiDesk, pick);
  gtk_widget_class_bind_template_child (widget_class, UiDesk, full);
  gtk_widget_class_bind_template_child (widget_class, UiDesk, menu);
  gtk_widget_class_bind_template_child (widget_class, UiDesk, switcher);
  gtk_widget_class_bind_template_child (widget_class, UiDesk, status);
  gtk_widget_class_bind_template_child (widget_class, UiDesk, stack);
  gtk_widget_class_bind_template_child (widget_class, UiDesk, preview_overlay);
  gtk_widget_class_bind_template_child (widget_class, UiDesk, coming);
  gtk_widget_class_bind_template_child (widget_class, UiDesk, code);
  gtk_widget_class_bind_template_child (widget_class, UiDesk, console_page);
  gtk_widget_class_bind_template_child (widget_class, UiDesk, console);
  gtk_widget_class_bind_template_child (widget_class, UiDesk, versions);
  gtk_widget_class_bind_template_callback (widget_class, on_close);
  gtk_widget_class_bind_template_callback (widget_class, on_full);
  gtk_widget_class_bind_template_callback (widget_class, on_pick);
  gtk_widget_class_bind_template_callback (widget_class, on_tab);
  gtk_widget_class_bind_template_callback (widget_class, show_again);
  gtk_widget_class_bind_template_callback (widget_class, on_faults);
  gtk_widget_class_bind_template_callback (widget_class, on_discard);
  gtk_widget_class_bind_template_callback (widget_class, on_save);
  gtk_widget_class_bind_template_callback (widget_class, on_restore);
  gtk_widget_class_bind_template_callback (widget_class, on_chosen);
  ui_desk_install_actions (widget_class);
  gtk_widget_class_install_action (widget_class, "desk.reload", NULL, action_reload);
  gtk_widget_class_install_action (widget_class, "desk.export", "s", action_export);
  gtk_widget_class_install_action (widget_class, "desk.export-table", "s", action_export_table);
  gtk_widget_class_set_css_name (widget_class, "desk");
  signals[CLOSE] = g_signal_new ("close", G_TYPE_FROM_CLASS (klass), G_SIGNAL_RUN_LAST, 0, NULL, NULL, NULL, G_TYPE_NONE, 0);
  signals[FULL] = g_signal_new ("full", G_TYPE_FROM_CLASS (klass), G_SIGNAL_RUN_LAST, 0, NULL, NULL, NULL, G_TYPE_NONE, 1, G_TYPE_BOOLEAN);
  signals[CHANGE] = g_signal_new ("change", G_TYPE_FROM_CLASS (klass), G_SIGNAL_RUN_LAST, 0, NULL, NULL, NULL, G_TYPE_NONE, 2, G_TYPE_STRING, G_TYPE_POINTER);
}

static void
ui_desk_init (UiDesk *self)
{
  gtk_widget_init_template (GTK_WIDGET (self));
  self->loading = g_cancellable_new ();
  self->of_version = g_signal_group_new (APP_TYPE_VERSION);
  g_signal_group_connect_swapped (self->of_version, "notify::source", G_CALLBACK (on_written), self);
  g_signal_group_connect_swapped (self->of_version, "notify::state", G_CALLBACK (on_state), self);
  g_signal_group_connect_swapped (self->of_version, "notify::number", G_CALLBACK (update), self);
  g_signal_group_connect_swapped (self->of_version, "notify::findings", G_CALLBACK (update), self);
  self->of_artifact = g_signal_group_new (APP_TYPE_ARTIFACT);
  g_signal_group_connect_swapped (self->of_artifact, "notify::title", G_CALLBACK (on_title), self);
  self->of_artifacts = g_signal_group_new (APP_TYPE_ARTIFACTS);
  g_signal_group_connect_swapped (self->of_artifacts, "version", G_CALLBACK (on_version), self);
  /* A page that comes into view is loaded then. */
  g_signal_connect_object (self->preview_overlay, "map", G_CALLBACK (load_page), self, G_CONNECT_SWAPPED | G_CONNECT_AFTER);
}
