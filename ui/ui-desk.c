/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "ui-desk.h"

#include <adwaita.h>
#include <glib/gi18n.h>
#include <gtksourceview/gtksource.h>
#include <string.h>

#include "artifacts/artifact-kind.h"
#include "ui-code-style.h"
#include "ui-desk-export.h"
#include "ui-preview.h"
#include "ui-table-save.h"
#include "ui-toast.h"
#include "ui-versions.h"

/* After a pause in editing the preview follows; while something is written, a preview follows at most so often. In milliseconds. */
#define EDIT_PAUSE 600
#define FOLLOW_PAUSE 1500

struct _UiDesk {
  GtkWidget parent_instance;

  GtkWidget *box;
  GtkButton *close;
  GtkLabel *title, *subtitle;
  GtkToggleButton *pick, *full;
  GtkWidget *menu, *switcher;
  GtkRevealer *status;
  GtkWidget *status_box, *spinner, *status_icon, *restore;
  GtkLabel *status_label;
  GtkStack *stack;
  GtkOverlay *preview_overlay;
  GtkSourceView *code;
  GtkRevealer *edited;
  GtkStackPage *console_page;
  GtkStack *console_stack;
  GtkListView *console;
  UiVersions *versions;
  GtkWidget *coming; /* stands where the page will be */

  UiPreview *preview;     /* NULL until the first page */
  AppConversation *conversation;
  AppVersion *version;    /* that is shown */
  GSignalGroup *of_version, *of_artifacts;
  GCancellable *loading;  /* of the page's files, and of what it keeps */
  AppVersion *loaded;     /* whose page is in the preview; not owned, only compared */
  gboolean stale;         /* the page in the preview is not what is to be seen */
  guint follow_timer;
  gboolean filling;       /* the program writes into the code, not the person */
  gboolean followed;      /* the tabs go along with what is written: nobody has chosen one */
  GtkWidget *ask;         /* the popover at what was pointed at */
};

enum { CLOSE, FULL, CHANGE, N_SIGNALS };
static guint signals[N_SIGNALS];

G_DEFINE_FINAL_TYPE (UiDesk, ui_desk, GTK_TYPE_WIDGET)

static AppArtifacts *
get_artifacts (UiDesk *self)
{
  return self->conversation != NULL ? app_conversation_get_artifacts (self->conversation) : NULL;
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

static gboolean
is_newest (UiDesk *self)
{
  return app_artifact_get_current (app_version_get_artifact (self->version)) == self->version;
}

static char *
dup_code (UiDesk *self)
{
  char *text;

  g_object_get (gtk_text_view_get_buffer (GTK_TEXT_VIEW (self->code)), "text", &text, NULL);
  return text;
}

/* ---- the page ---- */

static void load_page (UiDesk *self);

static void
on_storage (UiPreview *preview, const char *key, const char *value, UiDesk *self)
{
  if (self->version != NULL && app_version_get_artifact (self->version) != NULL)
    app_artifacts_store_value (get_artifacts (self), app_version_get_artifact (self->version), key, value);
}

static void
on_entries (GListModel *entries, guint position, guint removed, guint added, UiDesk *self)
{
  guint n = g_list_model_get_n_items (entries), n_faults = 0;

  for (guint i = 0; i < n; i++) {
    g_autoptr (UiPreviewEntry) entry = g_list_model_get_item (entries, i);
    n_faults += ui_preview_entry_is_fault (entry);
  }
  gtk_stack_set_visible_child_name (self->console_stack, n > 0 ? "list" : "empty");
  g_autofree char *title = n_faults > 0 ? g_strdup_printf (_("Console (%u)"), n_faults) : g_strdup (_("Console"));
  gtk_stack_page_set_title (self->console_page, title);
}

static void
on_ask_activate (GtkEntry *entry, UiDesk *self)
{
  const char *words = gtk_editable_get_text (GTK_EDITABLE (entry));
  g_autoptr (AppPick) pick = app_pick_copy (g_object_get_data (G_OBJECT (entry), "pick"));

  if (*words != '\0')
    g_signal_emit (self, signals[CHANGE], 0, words, pick);
  gtk_popover_popdown (GTK_POPOVER (self->ask));
}

static void
on_picked (UiPreview *preview, const UiPreviewPick *picked, UiDesk *self)
{
  GtkWidget *entry = gtk_entry_new (), *box = gtk_box_new (GTK_ORIENTATION_VERTICAL, 6), *label;
  g_autofree char *what = g_strdup (picked->text != NULL ? picked->text : "");
  g_autofree char *shown = NULL;

  gtk_toggle_button_set_active (self->pick, FALSE);
  g_strstrip (g_strdelimit (what, "\n\t\r", ' '));
  shown = *what != '\0' ? g_strdup_printf (_("About “%s”"), what) : g_strdup (_("About what you pointed at"));
  g_clear_pointer (&self->ask, gtk_widget_unparent);
  self->ask = gtk_popover_new ();
  label = g_object_new (GTK_TYPE_LABEL, "label", shown, "xalign", 0.0, "ellipsize", PANGO_ELLIPSIZE_END, "max-width-chars", 34, NULL);
  gtk_widget_add_css_class (label, "dim-label");
  gtk_entry_set_placeholder_text (GTK_ENTRY (entry), _("What should be different?"));
  gtk_entry_set_icon_from_icon_name (GTK_ENTRY (entry), GTK_ENTRY_ICON_SECONDARY, "mail-send-symbolic");
  gtk_entry_set_icon_tooltip_text (GTK_ENTRY (entry), GTK_ENTRY_ICON_SECONDARY, _("Ask for the change"));
  gtk_editable_set_width_chars (GTK_EDITABLE (entry), 30);
  gtk_accessible_update_property (GTK_ACCESSIBLE (entry), GTK_ACCESSIBLE_PROPERTY_LABEL, _("What should be different?"), -1);
  g_object_set_data_full (G_OBJECT (entry), "pick", app_pick_new (picked->selector, picked->part, picked->text, picked->html), (GDestroyNotify) app_pick_free);
  g_signal_connect (entry, "activate", G_CALLBACK (on_ask_activate), self);
  g_signal_connect (entry, "icon-press", G_CALLBACK (on_ask_activate), self);
  gtk_box_append (GTK_BOX (box), label);
  gtk_box_append (GTK_BOX (box), entry);
  gtk_popover_set_child (GTK_POPOVER (self->ask), box);
  gtk_widget_set_parent (self->ask, GTK_WIDGET (self->preview_overlay));
  gtk_popover_set_pointing_to (GTK_POPOVER (self->ask), &(GdkRectangle) { picked->x, picked->y, MAX (picked->width, 1), MAX (picked->height, 1) });
  gtk_popover_popup (GTK_POPOVER (self->ask));
  gtk_widget_grab_focus (entry);
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
  GListModel *entries;

  if (self->preview != NULL)
    return;
  self->preview = ui_preview_new ();
  gtk_overlay_set_child (self->preview_overlay, GTK_WIDGET (self->preview));
  g_signal_connect_object (self->preview, "storage-changed", G_CALLBACK (on_storage), self, 0);
  g_signal_connect_object (self->preview, "picked", G_CALLBACK (on_picked), self, 0);
  g_signal_connect_object (self->preview, "notify::picking", G_CALLBACK (on_picking), self, 0);
  entries = ui_preview_get_entries (self->preview);
  g_signal_connect_object (entries, "items-changed", G_CALLBACK (on_entries), self, 0);
  gtk_list_view_set_model (self->console, GTK_SELECTION_MODEL (gtk_no_selection_new (g_object_ref (entries))));
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
    gtk_widget_set_visible (self->coming, FALSE);
  } else if (!g_error_matches (error, G_IO_ERROR, G_IO_ERROR_CANCELLED) && self->version != NULL && app_version_get_state (self->version) != APP_VERSION_WRITING) {
    gtk_label_set_text (self->status_label, error->message);
    gtk_widget_set_visible (self->status_icon, TRUE);
    gtk_revealer_set_reveal_child (self->status, TRUE);
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
  if (gtk_revealer_get_reveal_child (self->edited))
    edited = dup_code (self);
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
  app_artifacts_read_storage_async (get_artifacts (self), app_version_get_artifact (self->version), self->loading, on_kept, g_object_ref (self));
}

/* ---- the source ---- */

static void
fill_code (UiDesk *self)
{
  GtkTextBuffer *buffer = gtk_text_view_get_buffer (GTK_TEXT_VIEW (self->code));
  const char *source = app_version_get_source (self->version);
  g_autofree char *shown = dup_code (self);
  gsize n_shown = strlen (shown);
  GtkTextIter end;

  self->filling = TRUE;
  if (n_shown > 0 && strncmp (source, shown, n_shown) == 0) {
    /* What grows is added to. */
    gtk_text_buffer_get_end_iter (buffer, &end);
    gtk_text_buffer_insert (buffer, &end, source + n_shown, -1);
  } else {
    gtk_text_buffer_set_text (buffer, source, -1);
  }
  self->filling = FALSE;
  gtk_revealer_set_reveal_child (self->edited, FALSE);
  gtk_text_view_set_editable (GTK_TEXT_VIEW (self->code), app_version_get_state (self->version) != APP_VERSION_WRITING);
  if (app_version_get_state (self->version) == APP_VERSION_WRITING) {
    gtk_text_buffer_get_end_iter (buffer, &end);
    gtk_text_buffer_place_cursor (buffer, &end);
    gtk_text_view_scroll_mark_onscreen (GTK_TEXT_VIEW (self->code), gtk_text_buffer_get_insert (buffer));
  }
}

static void
on_code_changed (GtkTextBuffer *buffer, UiDesk *self)
{
  if (self->filling || self->version == NULL)
    return;
  gtk_revealer_set_reveal_child (self->edited, TRUE);
  g_clear_handle_id (&self->follow_timer, g_source_remove);
  self->follow_timer = g_timeout_add (EDIT_PAUSE, on_follow, self);
}

static void
on_discard (UiDesk *self)
{
  gtk_revealer_set_reveal_child (self->edited, FALSE);
  fill_code (self);
  self->stale = TRUE;
  load_page (self);
}

static void
on_save (UiDesk *self)
{
  g_autofree char *source = dup_code (self);

  gtk_revealer_set_reveal_child (self->edited, FALSE);
  if (g_strcmp0 (source, app_version_get_source (self->version)) != 0)
    ui_desk_show (self, app_artifacts_edit (get_artifacts (self), self->version, source, APP_ORIGIN_PERSON));
}

static void
on_restore (UiDesk *self)
{
  ui_desk_show (self, app_artifacts_edit (get_artifacts (self), self->version, app_version_get_source (self->version), APP_ORIGIN_RESTORED));
}

static void
on_chosen (UiDesk *self, AppVersion *version)
{
  ui_desk_show (self, version);
}

/* ---- what is said of it ---- */

static char *
dup_status (UiDesk *self)
{
  const char *const *findings = app_version_get_findings (self->version);

  switch (app_version_get_state (self->version)) {
  case APP_VERSION_WRITING:
    return g_strdup (app_version_get_origin (self->version) == APP_ORIGIN_REPAIR ? _("Mending it…") : _("Writing it…"));
  case APP_VERSION_FAILS: {
    g_autofree char *all = g_strjoinv ("\n", (char **) findings);
    return g_strdup (*all != '\0' ? all : _("This version does not work."));
  }
  default:
    if (!is_newest (self)) {
      g_autofree char *name = ui_versions_dup_name (self->version);
      return g_strdup_printf (_("You see %s. There is a newer one."), name);
    }
    if (app_version_get_state (self->version) == APP_VERSION_UNSEEN && app_version_get_origin (self->version) == APP_ORIGIN_MODEL && get_kind (self)->is_page)
      return g_strdup (_("Nothing has tried this version yet."));
    return NULL;
  }
}

static void
update (UiDesk *self)
{
  AppVersionState state = app_version_get_state (self->version);
  AppArtifact *artifact = app_version_get_artifact (self->version);
  g_autofree char *status = dup_status (self), *version = ui_versions_dup_name (self->version);
  g_autofree char *subtitle = app_version_get_number (self->version) > 0 ? g_strdup_printf ("%s · %s", _(get_kind (self)->name), version) : g_strdup (_(get_kind (self)->name));

  gtk_label_set_text (self->title, app_artifact_get_title (artifact));
  gtk_label_set_text (self->subtitle, subtitle);
  gtk_widget_set_visible (GTK_WIDGET (self->pick), get_kind (self)->is_page);
  gtk_widget_set_sensitive (GTK_WIDGET (self->pick), state != APP_VERSION_WRITING);
  gtk_spinner_set_spinning (GTK_SPINNER (self->spinner), state == APP_VERSION_WRITING);
  gtk_widget_set_visible (self->spinner, state == APP_VERSION_WRITING);
  gtk_widget_set_visible (self->status_icon, state == APP_VERSION_FAILS);
  gtk_widget_set_visible (self->restore, state != APP_VERSION_WRITING && !is_newest (self));
  gtk_label_set_text (self->status_label, status != NULL ? status : "");
  gtk_widget_set_tooltip_text (self->status_box, status);
  if (state == APP_VERSION_FAILS)
    gtk_widget_add_css_class (self->status_box, "failed");
  else
    gtk_widget_remove_css_class (self->status_box, "failed");
  gtk_revealer_set_reveal_child (self->status, status != NULL);
  gtk_widget_action_set_enabled (GTK_WIDGET (self), "desk.export", state != APP_VERSION_WRITING);
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
  GtkTextBuffer *buffer = gtk_text_view_get_buffer (GTK_TEXT_VIEW (self->code));
  const AppArtifactKind *kind;

  if (self->version == version)
    return;
  g_clear_handle_id (&self->follow_timer, g_source_remove);
  g_clear_pointer (&self->ask, gtk_widget_unparent);
  gtk_revealer_set_reveal_child (self->edited, FALSE);
  g_set_object (&self->version, version);
  g_signal_group_set_target (self->of_version, version);
  ui_versions_set_version (self->versions, get_artifacts (self), version);
  if (version == NULL) {
    ui_desk_rest (self);
    return;
  }
  kind = get_kind (self);
  gtk_source_buffer_set_language (GTK_SOURCE_BUFFER (buffer), gtk_source_language_manager_get_language (gtk_source_language_manager_get_default (), get_language (self)));
  fill_code (self);
  if (self->preview == NULL || app_version_get_base_id (version) == 0)
    gtk_widget_set_visible (self->coming, TRUE);
  self->followed = app_version_get_state (version) == APP_VERSION_WRITING;
  gtk_widget_set_visible (gtk_stack_get_child_by_name (self->stack, "preview"), kind->is_page);
  gtk_widget_set_visible (gtk_stack_get_child_by_name (self->stack, "console"), kind->is_page);
  if (self->followed || !kind->is_page)
    gtk_stack_set_visible_child_name (self->stack, kind->is_page && is_specification (self) ? "preview" : "code");
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
ui_desk_set_conversation (UiDesk *self, AppConversation *conversation)
{
  if (self->conversation == conversation)
    return;
  ui_desk_show (self, NULL);
  g_set_object (&self->conversation, conversation);
  g_signal_group_set_target (self->of_artifacts, get_artifacts (self));
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
on_name_response (AdwMessageDialog *dialog, const char *response, UiDesk *self)
{
  const char *title = gtk_editable_get_text (GTK_EDITABLE (adw_message_dialog_get_extra_child (dialog)));

  if (g_str_equal (response, "rename") && *title != '\0' && self->version != NULL) {
    app_artifacts_rename (get_artifacts (self), app_version_get_artifact (self->version), title);
    update (self);
  }
}

static void
action_rename (GtkWidget *widget, const char *name, GVariant *parameter)
{
  UiDesk *self = UI_DESK (widget);
  GtkWidget *dialog = adw_message_dialog_new (GTK_WINDOW (gtk_widget_get_root (widget)), _("Rename"), NULL), *entry = gtk_entry_new ();

  gtk_editable_set_text (GTK_EDITABLE (entry), app_artifact_get_title (app_version_get_artifact (self->version)));
  gtk_entry_set_activates_default (GTK_ENTRY (entry), TRUE);
  gtk_accessible_update_property (GTK_ACCESSIBLE (entry), GTK_ACCESSIBLE_PROPERTY_LABEL, _("Name"), -1);
  adw_message_dialog_set_extra_child (ADW_MESSAGE_DIALOG (dialog), entry);
  adw_message_dialog_add_responses (ADW_MESSAGE_DIALOG (dialog), "cancel", _("_Cancel"), "rename", _("_Rename"), NULL);
  adw_message_dialog_set_response_appearance (ADW_MESSAGE_DIALOG (dialog), "rename", ADW_RESPONSE_SUGGESTED);
  adw_message_dialog_set_default_response (ADW_MESSAGE_DIALOG (dialog), "rename");
  adw_message_dialog_set_close_response (ADW_MESSAGE_DIALOG (dialog), "cancel");
  g_signal_connect_object (dialog, "response", G_CALLBACK (on_name_response), self, 0);
  gtk_window_present (GTK_WINDOW (dialog));
}

static void
action_star (GtkWidget *widget, const char *name, GVariant *parameter)
{
  UiDesk *self = UI_DESK (widget);
  AppArtifact *artifact = app_version_get_artifact (self->version);

  app_artifacts_set_starred (get_artifacts (self), artifact, !app_artifact_get_starred (artifact));
  ui_toast (widget, app_artifact_get_starred (artifact) ? _("Starred") : _("No longer starred"));
}

static void
action_duplicate (GtkWidget *widget, const char *name, GVariant *parameter)
{
  UiDesk *self = UI_DESK (widget);
  /* Translators: the name of a copy: “Sales 2026 (copy)” */
  g_autofree char *title = g_strdup_printf (_("%s (copy)"), app_artifact_get_title (app_version_get_artifact (self->version)));

  ui_desk_show (self, app_artifacts_duplicate (get_artifacts (self), self->version, title));
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

  ui_desk_export (widget, get_artifacts (self), self->version, self->preview, g_variant_get_string (parameter, NULL));
}

static void
action_export_table (GtkWidget *widget, const char *name, GVariant *parameter)
{
  UiDesk *self = UI_DESK (widget);
  g_autoptr (GPtrArray) datasets = app_artifacts_open_datasets (get_artifacts (self), self->version);

  if (datasets->len == 0)
    ui_toast (widget, _("The table that this comes from is not there any more."));
  else
    ui_table_save (widget, datasets, app_version_get_source (self->version), app_artifact_get_title (app_version_get_artifact (self->version)), g_variant_get_string (parameter, NULL));
}

/* ---- the console's lines ---- */

static void
on_setup (GtkSignalListItemFactory *factory, GtkListItem *item)
{
  GtkWidget *box = gtk_box_new (GTK_ORIENTATION_HORIZONTAL, 8);

  gtk_box_append (GTK_BOX (box), gtk_image_new ());
  gtk_box_append (GTK_BOX (box), g_object_new (GTK_TYPE_LABEL, "xalign", 0.0, "hexpand", TRUE, "wrap", TRUE, "wrap-mode", PANGO_WRAP_WORD_CHAR, "selectable", TRUE, NULL));
  gtk_box_append (GTK_BOX (box), g_object_new (GTK_TYPE_LABEL, "valign", GTK_ALIGN_START, NULL));
  gtk_widget_add_css_class (gtk_widget_get_last_child (box), "caption");
  gtk_widget_add_css_class (gtk_widget_get_last_child (box), "dim-label");
  gtk_widget_set_valign (gtk_widget_get_first_child (box), GTK_ALIGN_START);
  gtk_list_item_set_child (item, box);
  gtk_list_item_set_activatable (item, FALSE);
}

static void
on_bind (GtkSignalListItemFactory *factory, GtkListItem *item)
{
  GtkWidget *box = gtk_list_item_get_child (item), *image = gtk_widget_get_first_child (box), *text = gtk_widget_get_next_sibling (image), *place = gtk_widget_get_next_sibling (text);
  UiPreviewEntry *entry = gtk_list_item_get_item (item);
  const char *source = ui_preview_entry_get_source (entry);
  g_autofree char *words = ui_preview_entry_get_count (entry) > 1 ? g_strdup_printf ("%s (×%u)", ui_preview_entry_get_text (entry), ui_preview_entry_get_count (entry)) : g_strdup (ui_preview_entry_get_text (entry));
  g_autofree char *where = source != NULL && ui_preview_entry_get_line (entry) > 0 ? g_strdup_printf ("%s:%u", source, ui_preview_entry_get_line (entry)) : g_strdup ("");

  gtk_label_set_text (GTK_LABEL (text), words);
  gtk_label_set_text (GTK_LABEL (place), where);
  gtk_image_set_from_icon_name (GTK_IMAGE (image), ui_preview_entry_get_level (entry) == UI_PREVIEW_BLOCKED ? "channel-secure-symbolic"
                                                   : ui_preview_entry_is_fault (entry)                       ? "dialog-error-symbolic"
                                                   : ui_preview_entry_get_level (entry) == UI_PREVIEW_WARNING ? "dialog-warning-symbolic"
                                                                                                              : "dialog-information-symbolic");
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
  g_clear_object (&self->of_artifacts);
  g_clear_pointer (&self->box, gtk_widget_unparent);
  g_clear_object (&self->version);
  g_clear_object (&self->conversation);
  G_OBJECT_CLASS (ui_desk_parent_class)->dispose (object);
}

static void
ui_desk_class_init (UiDeskClass *klass)
{
  GtkWidgetClass *widget_class = GTK_WIDGET_CLASS (klass);

  G_OBJECT_CLASS (klass)->dispose = dispose;
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
  gtk_widget_class_bind_template_child (widget_class, UiDesk, status_box);
  gtk_widget_class_bind_template_child (widget_class, UiDesk, status_icon);
  gtk_widget_class_bind_template_child (widget_class, UiDesk, status_label);
  gtk_widget_class_bind_template_child (widget_class, UiDesk, spinner);
  gtk_widget_class_bind_template_child (widget_class, UiDesk, restore);
  gtk_widget_class_bind_template_child (widget_class, UiDesk, stack);
  gtk_widget_class_bind_template_child (widget_class, UiDesk, preview_overlay);
  gtk_widget_class_bind_template_child (widget_class, UiDesk, coming);
  gtk_widget_class_bind_template_child (widget_class, UiDesk, code);
  gtk_widget_class_bind_template_child (widget_class, UiDesk, edited);
  gtk_widget_class_bind_template_child (widget_class, UiDesk, console_page);
  gtk_widget_class_bind_template_child (widget_class, UiDesk, console_stack);
  gtk_widget_class_bind_template_child (widget_class, UiDesk, console);
  gtk_widget_class_bind_template_child (widget_class, UiDesk, versions);
  gtk_widget_class_bind_template_callback (widget_class, on_close);
  gtk_widget_class_bind_template_callback (widget_class, on_full);
  gtk_widget_class_bind_template_callback (widget_class, on_pick);
  gtk_widget_class_bind_template_callback (widget_class, on_tab);
  gtk_widget_class_bind_template_callback (widget_class, on_discard);
  gtk_widget_class_bind_template_callback (widget_class, on_save);
  gtk_widget_class_bind_template_callback (widget_class, on_restore);
  gtk_widget_class_bind_template_callback (widget_class, on_chosen);
  gtk_widget_class_install_action (widget_class, "desk.rename", NULL, action_rename);
  gtk_widget_class_install_action (widget_class, "desk.star", NULL, action_star);
  gtk_widget_class_install_action (widget_class, "desk.duplicate", NULL, action_duplicate);
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
  GtkListItemFactory *factory = gtk_signal_list_item_factory_new ();
  GtkTextBuffer *buffer;

  gtk_widget_init_template (GTK_WIDGET (self));
  self->loading = g_cancellable_new ();
  g_signal_connect (factory, "setup", G_CALLBACK (on_setup), NULL);
  g_signal_connect (factory, "bind", G_CALLBACK (on_bind), NULL);
  gtk_list_view_set_factory (self->console, factory);
  g_object_unref (factory);
  buffer = gtk_text_view_get_buffer (GTK_TEXT_VIEW (self->code));
  ui_code_style_follow (GTK_SOURCE_BUFFER (buffer));
  g_signal_connect_object (buffer, "changed", G_CALLBACK (on_code_changed), self, 0);
  self->of_version = g_signal_group_new (APP_TYPE_VERSION);
  g_signal_group_connect_swapped (self->of_version, "notify::source", G_CALLBACK (on_written), self);
  g_signal_group_connect_swapped (self->of_version, "notify::state", G_CALLBACK (on_state), self);
  g_signal_group_connect_swapped (self->of_version, "notify::number", G_CALLBACK (update), self);
  g_signal_group_connect_swapped (self->of_version, "notify::findings", G_CALLBACK (update), self);
  self->of_artifacts = g_signal_group_new (APP_TYPE_ARTIFACTS);
  g_signal_group_connect_swapped (self->of_artifacts, "version", G_CALLBACK (on_version), self);
  /* A page that comes into view is loaded then. */
  g_signal_connect_object (self->preview_overlay, "map", G_CALLBACK (load_page), self, G_CONNECT_SWAPPED | G_CONNECT_AFTER);
}
