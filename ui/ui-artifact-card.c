/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "ui-artifact-card.h"

#include <glib/gi18n.h>

#include "artifacts/artifact-kind.h"

struct _UiArtifactCard {
  GtkWidget parent_instance;
  GtkWidget *button;
  GtkImage *icon;
  GtkSpinner *spinner;
  GtkStack *sign; /* icon, or spinner */
  GtkLabel *title, *subtitle, *open;
  AppVersion *version;
  GSignalGroup *of_version;
};

G_DEFINE_FINAL_TYPE (UiArtifactCard, ui_artifact_card, GTK_TYPE_WIDGET)

static char *
dup_state (UiArtifactCard *self)
{
  const char *const *findings = app_version_get_findings (self->version);
  const char *source = app_version_get_source (self->version);
  guint n_lines = 0;

  switch (app_version_get_state (self->version)) {
  case APP_VERSION_WRITING:
    for (const char *c = source; *c != '\0'; c++)
      n_lines += *c == '\n';
    if (app_version_get_origin (self->version) == APP_ORIGIN_REPAIR)
      return g_strdup (_("Mending what did not work…"));
    return n_lines > 0 ? g_strdup_printf (ngettext ("Writing… %u line", "Writing… %u lines", n_lines), n_lines) : g_strdup (_("Writing…"));
  case APP_VERSION_FAILS:
    return g_strdup (findings[0] != NULL ? findings[0] : _("It does not work."));
  case APP_VERSION_UNSEEN:
    return g_strdup (_("Not tried yet"));
  default:
    return g_strdup ("");
  }
}

static void
update (UiArtifactCard *self)
{
  AppArtifact *artifact = self->version != NULL ? app_version_get_artifact (self->version) : NULL;
  gboolean writing, fails;

  gtk_widget_set_visible (GTK_WIDGET (self), artifact != NULL);
  if (artifact == NULL)
    return;
  const AppArtifactKind *kind = app_artifact_get_kind (artifact);
  g_autofree char *state = dup_state (self);
  /* Translators: what was made and how it stands: “Game · Not tried yet” */
  g_autofree char *subtitle = *state != '\0' ? g_strdup_printf (_("%s · %s"), _(kind->name), state) : g_strdup (_(kind->name));
  g_autofree char *spoken = g_strdup_printf (_("Open “%s”"), app_artifact_get_title (artifact));

  writing = app_version_get_state (self->version) == APP_VERSION_WRITING;
  fails = app_version_get_state (self->version) == APP_VERSION_FAILS;
  gtk_spinner_set_spinning (self->spinner, writing);
  gtk_stack_set_visible_child (self->sign, writing ? GTK_WIDGET (self->spinner) : GTK_WIDGET (self->icon));
  gtk_image_set_from_icon_name (self->icon, fails ? "dialog-warning-symbolic" : kind->icon_name);
  gtk_label_set_text (self->title, app_artifact_get_title (artifact));
  gtk_label_set_text (self->subtitle, subtitle);
  if (fails)
    gtk_widget_add_css_class (GTK_WIDGET (self), "failed");
  else
    gtk_widget_remove_css_class (GTK_WIDGET (self), "failed");
  gtk_accessible_update_property (GTK_ACCESSIBLE (self->button), GTK_ACCESSIBLE_PROPERTY_LABEL, spoken, GTK_ACCESSIBLE_PROPERTY_DESCRIPTION, subtitle, -1);
}

void
ui_artifact_card_set_version (UiArtifactCard *self, AppVersion *version)
{
  if (g_set_object (&self->version, version))
    g_signal_group_set_target (self->of_version, version);
  update (self);
}

static void
on_clicked (UiArtifactCard *self)
{
  gtk_widget_activate_action (GTK_WIDGET (self), "answer.open-artifact", NULL);
}

static void
dispose (GObject *object)
{
  UiArtifactCard *self = UI_ARTIFACT_CARD (object);

  g_clear_object (&self->of_version);
  g_clear_object (&self->version);
  g_clear_pointer (&self->button, gtk_widget_unparent);
  G_OBJECT_CLASS (ui_artifact_card_parent_class)->dispose (object);
}

static void
ui_artifact_card_class_init (UiArtifactCardClass *klass)
{
  GtkWidgetClass *widget_class = GTK_WIDGET_CLASS (klass);

  G_OBJECT_CLASS (klass)->dispose = dispose;
  gtk_widget_class_set_layout_manager_type (widget_class, GTK_TYPE_BIN_LAYOUT);
  gtk_widget_class_set_css_name (widget_class, "artifactcard");
}

static void
ui_artifact_card_init (UiArtifactCard *self)
{
  GtkWidget *box = gtk_box_new (GTK_ORIENTATION_HORIZONTAL, 12), *words = gtk_box_new (GTK_ORIENTATION_VERTICAL, 2);

  self->icon = GTK_IMAGE (gtk_image_new ());
  gtk_image_set_pixel_size (self->icon, 24);
  self->spinner = GTK_SPINNER (gtk_spinner_new ());
  self->sign = GTK_STACK (gtk_stack_new ());
  gtk_stack_add_child (self->sign, GTK_WIDGET (self->icon));
  gtk_stack_add_child (self->sign, GTK_WIDGET (self->spinner));
  gtk_widget_add_css_class (GTK_WIDGET (self->sign), "sign");
  self->title = GTK_LABEL (g_object_new (GTK_TYPE_LABEL, "xalign", 0.0, "ellipsize", PANGO_ELLIPSIZE_END, NULL));
  gtk_widget_add_css_class (GTK_WIDGET (self->title), "heading");
  self->subtitle = GTK_LABEL (g_object_new (GTK_TYPE_LABEL, "xalign", 0.0, "wrap", TRUE, "wrap-mode", PANGO_WRAP_WORD_CHAR, "lines", 2, "ellipsize", PANGO_ELLIPSIZE_END, NULL));
  gtk_widget_add_css_class (GTK_WIDGET (self->subtitle), "caption");
  self->open = GTK_LABEL (g_object_new (GTK_TYPE_LABEL, "label", _("Open"), "valign", GTK_ALIGN_CENTER, NULL));
  gtk_widget_add_css_class (GTK_WIDGET (self->open), "open");
  gtk_box_append (GTK_BOX (words), GTK_WIDGET (self->title));
  gtk_box_append (GTK_BOX (words), GTK_WIDGET (self->subtitle));
  gtk_widget_set_hexpand (words, TRUE);
  gtk_widget_set_valign (words, GTK_ALIGN_CENTER);
  gtk_box_append (GTK_BOX (box), GTK_WIDGET (self->sign));
  gtk_box_append (GTK_BOX (box), words);
  gtk_box_append (GTK_BOX (box), GTK_WIDGET (self->open));
  self->button = gtk_button_new ();
  gtk_button_set_child (GTK_BUTTON (self->button), box);
  gtk_widget_set_parent (self->button, GTK_WIDGET (self));
  g_signal_connect_swapped (self->button, "clicked", G_CALLBACK (on_clicked), self);
  self->of_version = g_signal_group_new (APP_TYPE_VERSION);
  for (const char *const *name = (const char *const[]) { "notify::state", "notify::source", "notify::findings", "notify::title", NULL }; *name != NULL; name++)
    g_signal_group_connect_swapped (self->of_version, *name, G_CALLBACK (update), self);
  gtk_widget_set_visible (GTK_WIDGET (self), FALSE);
}
