/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "ui-versions.h"

#include <adwaita.h>
#include <glib/gi18n.h>
#include <gtksourceview/gtksource.h>

#include "artifacts/line-diff.h"
#include "ui-code-style.h"

/* Lines around a change. */
#define CONTEXT 2

struct _UiVersions {
  GtkWidget parent_instance;
  GtkWidget *box;
  GtkListBox *list;
  GtkLabel *changed;
  GtkTextView *diff;

  AppArtifacts *artifacts;
  AppArtifact *artifact;
  AppVersion *version;
  GListModel *versions; /* that the handler is on */
};

enum { CHOSEN, N_SIGNALS };
static guint signals[N_SIGNALS];

G_DEFINE_FINAL_TYPE (UiVersions, ui_versions, GTK_TYPE_WIDGET)

char *
ui_versions_dup_name (AppVersion *version)
{
  guint number = app_version_get_number (version);

  switch (app_version_get_origin (version)) {
  case APP_ORIGIN_REPAIR:
    return g_strdup_printf (_("Version %u, mended by the model"), number);
  case APP_ORIGIN_PERSON:
    return g_strdup_printf (_("Version %u, edited by hand"), number);
  case APP_ORIGIN_RESTORED:
    return g_strdup_printf (_("Version %u, brought back"), number);
  default:
    return g_strdup_printf (_("Version %u"), number);
  }
}

static const char *
state_of (AppVersion *version)
{
  switch (app_version_get_state (version)) {
  case APP_VERSION_WRITING:
    return _("being written");
  case APP_VERSION_WORKS:
    return _("works");
  case APP_VERSION_FAILS:
    return _("does not work");
  default:
    return _("not tried");
  }
}

/* ---- what it changed ---- */

static void
show_diff (UiVersions *self)
{
  GtkTextBuffer *buffer = gtk_text_view_get_buffer (self->diff);
  AppVersion *base = self->version != NULL && self->artifacts != NULL ? app_artifacts_find_version (self->artifacts, app_version_get_base_id (self->version)) : NULL;
  g_autoptr (GPtrArray) lines = NULL;
  guint n_new = 0, n_gone = 0, last = 0;
  GtkTextIter end;

  gtk_text_buffer_set_text (buffer, "", 0);
  gtk_widget_set_visible (gtk_widget_get_parent (GTK_WIDGET (self->diff)), base != NULL);
  if (base == NULL) {
    gtk_label_set_text (self->changed, self->version != NULL ? _("The first version") : "");
    return;
  }
  lines = line_diff_new (app_version_get_source (base), app_version_get_source (self->version));
  for (guint i = 0; i < lines->len; i++) {
    const LineDiffLine *line = lines->pdata[i];
    gboolean near = FALSE;

    n_new += line->kind == LINE_DIFF_NEW;
    n_gone += line->kind == LINE_DIFF_GONE;
    for (guint j = i > CONTEXT ? i - CONTEXT : 0; j <= i + CONTEXT && j < lines->len && !near; j++)
      near = ((const LineDiffLine *) lines->pdata[j])->kind != LINE_DIFF_SAME;
    if (!near)
      continue;
    gtk_text_buffer_get_end_iter (buffer, &end);
    if (i > last && gtk_text_iter_get_offset (&end) > 0)
      gtk_text_buffer_insert_with_tags_by_name (buffer, &end, "⋯\n", -1, "far", NULL);
    last = i + 1;
    g_autofree char *text = g_strdup_printf ("%c %s\n", line->kind == LINE_DIFF_NEW ? '+' : line->kind == LINE_DIFF_GONE ? '-' : ' ', line->text);
    gtk_text_buffer_get_end_iter (buffer, &end);
    gtk_text_buffer_insert_with_tags_by_name (buffer, &end, text, -1, line->kind == LINE_DIFF_NEW ? "new" : line->kind == LINE_DIFF_GONE ? "gone" : "same", NULL);
  }
  g_autofree char *added = g_strdup_printf (ngettext ("%u line added", "%u lines added", n_new), n_new);
  g_autofree char *removed = g_strdup_printf (ngettext ("%u line removed", "%u lines removed", n_gone), n_gone);
  /* Translators: what a version changed: “3 lines added, 1 line removed” */
  g_autofree char *words = n_new + n_gone > 0 ? g_strdup_printf (_("%s, %s"), added, removed) : g_strdup (_("The same source as the version that it was made of"));
  gtk_label_set_text (self->changed, words);
}

/* ---- the list ---- */

static void
on_selected (GtkListBox *list, GtkListBoxRow *row, UiVersions *self)
{
  AppVersion *version = row != NULL ? g_object_get_data (G_OBJECT (row), "version") : NULL;

  if (version != NULL && version != self->version)
    g_signal_emit (self, signals[CHOSEN], 0, version);
}

static GtkWidget *
make_row (AppVersion *version)
{
  g_autofree char *name = ui_versions_dup_name (version), *time = g_date_time_format (app_version_get_time (version), "%x %H:%M");
  g_autofree char *subtitle = g_strdup_printf ("%s · %s", time, state_of (version));
  GtkWidget *row = g_object_new (ADW_TYPE_ACTION_ROW, "title", name, "subtitle", subtitle, "use-markup", FALSE, "activatable", TRUE, NULL);

  if (app_version_get_state (version) == APP_VERSION_FAILS)
    adw_action_row_add_prefix (ADW_ACTION_ROW (row), gtk_image_new_from_icon_name ("dialog-warning-symbolic"));
  else if (app_version_get_state (version) == APP_VERSION_WORKS)
    adw_action_row_add_prefix (ADW_ACTION_ROW (row), gtk_image_new_from_icon_name ("emblem-ok-symbolic"));
  else
    adw_action_row_add_prefix (ADW_ACTION_ROW (row), gtk_image_new_from_icon_name ("document-open-recent-symbolic"));
  g_object_set_data_full (G_OBJECT (row), "version", g_object_ref (version), g_object_unref);
  return row;
}

static void
fill (UiVersions *self)
{
  GListModel *versions = self->artifact != NULL ? app_artifact_get_versions (self->artifact) : NULL;
  GtkWidget *row;

  g_signal_handlers_block_by_func (self->list, on_selected, self);
  while ((row = GTK_WIDGET (gtk_list_box_get_row_at_index (self->list, 0))) != NULL)
    gtk_list_box_remove (self->list, row);
  for (guint i = versions != NULL ? g_list_model_get_n_items (versions) : 0; i-- > 0;) {
    g_autoptr (AppVersion) version = g_list_model_get_item (versions, i);
    row = make_row (version);
    gtk_list_box_append (self->list, row);
    if (version == self->version)
      gtk_list_box_select_row (self->list, GTK_LIST_BOX_ROW (row));
  }
  g_signal_handlers_unblock_by_func (self->list, on_selected, self);
  show_diff (self);
}

static void
on_version (AppArtifacts *artifacts, AppVersion *version, UiVersions *self)
{
  if (self->artifact != NULL && app_version_get_artifact (version) == self->artifact && gtk_widget_get_mapped (GTK_WIDGET (self)))
    fill (self);
}

void
ui_versions_set_version (UiVersions *self, AppArtifacts *artifacts, AppVersion *version)
{
  if (artifacts != self->artifacts) {
    if (self->artifacts != NULL)
      g_signal_handlers_disconnect_by_data (self->artifacts, self);
    g_set_object (&self->artifacts, artifacts);
    if (artifacts != NULL)
      g_signal_connect_object (artifacts, "version", G_CALLBACK (on_version), self, 0);
  }
  g_set_object (&self->version, version);
  AppArtifact *artifact = version != NULL ? app_version_get_artifact (version) : NULL;
  g_set_object (&self->artifact, artifact);
  if (gtk_widget_get_mapped (GTK_WIDGET (self)))
    fill (self);
}

static void
map (GtkWidget *widget)
{
  fill (UI_VERSIONS (widget));
  GTK_WIDGET_CLASS (ui_versions_parent_class)->map (widget);
}

static void
set_colours (UiVersions *self)
{
  GtkTextTagTable *table = gtk_text_buffer_get_tag_table (gtk_text_view_get_buffer (self->diff));
  gboolean dark = adw_style_manager_get_dark (adw_style_manager_get_default ());

  g_object_set (gtk_text_tag_table_lookup (table, "new"), "paragraph-background", dark ? "#163d26" : "#dcf5e4", NULL);
  g_object_set (gtk_text_tag_table_lookup (table, "gone"), "paragraph-background", dark ? "#4a1d22" : "#fbe3e4", NULL);
  g_object_set (gtk_text_tag_table_lookup (table, "far"), "foreground", dark ? "#9a9996" : "#5e5c64", NULL);
}

static void
dispose (GObject *object)
{
  UiVersions *self = UI_VERSIONS (object);

  g_clear_pointer (&self->box, gtk_widget_unparent);
  g_clear_object (&self->artifacts);
  g_clear_object (&self->artifact);
  g_clear_object (&self->version);
  G_OBJECT_CLASS (ui_versions_parent_class)->dispose (object);
}

static void
ui_versions_class_init (UiVersionsClass *klass)
{
  GtkWidgetClass *widget_class = GTK_WIDGET_CLASS (klass);

  G_OBJECT_CLASS (klass)->dispose = dispose;
  widget_class->map = map;
  signals[CHOSEN] = g_signal_new ("chosen", G_TYPE_FROM_CLASS (klass), G_SIGNAL_RUN_LAST, 0, NULL, NULL, NULL, G_TYPE_NONE, 1, APP_TYPE_VERSION);
  gtk_widget_class_set_layout_manager_type (widget_class, GTK_TYPE_BIN_LAYOUT);
}

static void
ui_versions_init (UiVersions *self)
{
  GtkWidget *column = gtk_box_new (GTK_ORIENTATION_VERTICAL, 12), *frame = gtk_scrolled_window_new ();
  GtkTextBuffer *buffer;

  self->list = GTK_LIST_BOX (gtk_list_box_new ());
  gtk_widget_add_css_class (GTK_WIDGET (self->list), "boxed-list");
  gtk_accessible_update_property (GTK_ACCESSIBLE (self->list), GTK_ACCESSIBLE_PROPERTY_LABEL, _("Versions"), -1);
  g_signal_connect (self->list, "row-selected", G_CALLBACK (on_selected), self);
  self->changed = GTK_LABEL (g_object_new (GTK_TYPE_LABEL, "xalign", 0.0, "wrap", TRUE, NULL));
  gtk_widget_add_css_class (GTK_WIDGET (self->changed), "heading");
  self->diff = GTK_TEXT_VIEW (g_object_new (GTK_TYPE_TEXT_VIEW, "editable", FALSE, "cursor-visible", FALSE, "monospace", TRUE, "left-margin", 8, "right-margin", 8, "top-margin", 6, "bottom-margin", 6,
                                            "wrap-mode", GTK_WRAP_WORD_CHAR, NULL));
  gtk_accessible_update_property (GTK_ACCESSIBLE (self->diff), GTK_ACCESSIBLE_PROPERTY_LABEL, _("What this version changed"), -1);
  buffer = gtk_text_view_get_buffer (self->diff);
  gtk_text_buffer_create_tag (buffer, "new", NULL);
  gtk_text_buffer_create_tag (buffer, "gone", NULL);
  gtk_text_buffer_create_tag (buffer, "same", NULL);
  gtk_text_buffer_create_tag (buffer, "far", NULL);
  set_colours (self);
  g_signal_connect_object (adw_style_manager_get_default (), "notify::dark", G_CALLBACK (set_colours), self, G_CONNECT_SWAPPED);
  g_object_set (frame, "hscrollbar-policy", GTK_POLICY_NEVER, "vscrollbar-policy", GTK_POLICY_NEVER, "child", self->diff, "has-frame", TRUE, NULL);
  gtk_widget_add_css_class (frame, "diff");
  gtk_box_append (GTK_BOX (column), GTK_WIDGET (self->list));
  gtk_box_append (GTK_BOX (column), GTK_WIDGET (self->changed));
  gtk_box_append (GTK_BOX (column), frame);
  gtk_widget_add_css_class (column, "versions");
  self->box = gtk_scrolled_window_new ();
  g_object_set (self->box, "hscrollbar-policy", GTK_POLICY_NEVER, "child", column, NULL);
  gtk_widget_set_parent (self->box, GTK_WIDGET (self));
}
