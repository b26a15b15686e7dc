/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "ui-wish-chip.h"

#include <glib/gi18n.h>

#include "app-job.h"
#include "artifacts/artifact-kind.h"
#include "artifacts/make-route.h"

struct _UiWishChip {
  GtkWidget parent_instance;
  GtkWidget *box, *remove;
  GtkImage *icon;
  GtkLabel *label;
};

enum { REMOVE, N_SIGNALS };
static guint signals[N_SIGNALS];

G_DEFINE_FINAL_TYPE (UiWishChip, ui_wish_chip, GTK_TYPE_WIDGET)

void
ui_wish_chip_set_wish (UiWishChip *self, const char *wish)
{
  gboolean change = g_strcmp0 (wish, MAKE_ROUTE_CHANGE) == 0, job = g_strcmp0 (wish, APP_JOB_WISH) == 0;
  const AppArtifactKind *kind = app_artifact_kind_find (wish);
  /* Translators: what is written is to become this: “Make: Game” */
  g_autofree char *words = change ? g_strdup (_("Change what was made")) : job ? g_strdup (_("Work on something big")) : g_strdup_printf (_("Make: %s"), _(kind->name));
  g_autofree char *remove = g_strdup_printf (_("Remove “%s”"), words);

  gtk_widget_set_visible (GTK_WIDGET (self), change || job || *kind->id != '\0');
  gtk_label_set_text (self->label, words);
  gtk_image_set_from_icon_name (self->icon, change ? "document-edit-symbolic" : job ? "view-list-symbolic" : kind->icon_name);
  gtk_widget_set_tooltip_text (self->remove, remove);
  gtk_accessible_update_property (GTK_ACCESSIBLE (self->remove), GTK_ACCESSIBLE_PROPERTY_LABEL, remove, -1);
}

GMenu *
ui_wish_menu_new (const char *action)
{
  GMenu *menu = g_menu_new (), *big = g_menu_new ();
  g_autoptr (GMenuItem) job = g_menu_item_new (_("Work on something big"), NULL);

  for (guint i = 0; app_artifact_kind_get (i) != NULL; i++) {
    const AppArtifactKind *kind = app_artifact_kind_get (i);
    g_autoptr (GMenuItem) item = kind->write != NULL ? g_menu_item_new (_(kind->name), NULL) : NULL;
    if (item == NULL)
      continue;
    g_menu_item_set_action_and_target (item, action, "s", kind->id);
    g_menu_append_item (menu, item);
  }
  g_menu_item_set_action_and_target (job, action, "s", APP_JOB_WISH);
  g_menu_append_item (big, job);
  g_menu_append_section (menu, NULL, G_MENU_MODEL (big));
  g_object_unref (big);
  return menu;
}

static void
on_remove (UiWishChip *self)
{
  g_signal_emit (self, signals[REMOVE], 0);
}

static void
dispose (GObject *object)
{
  g_clear_pointer (&UI_WISH_CHIP (object)->box, gtk_widget_unparent);
  G_OBJECT_CLASS (ui_wish_chip_parent_class)->dispose (object);
}

static void
ui_wish_chip_class_init (UiWishChipClass *klass)
{
  GtkWidgetClass *widget_class = GTK_WIDGET_CLASS (klass);

  G_OBJECT_CLASS (klass)->dispose = dispose;
  gtk_widget_class_set_css_name (widget_class, "wishchip");
  gtk_widget_class_set_template_from_resource (widget_class, "/org/melete/Melete/ui/ui-wish-chip.ui");
  gtk_widget_class_bind_template_child (widget_class, UiWishChip, box);
  gtk_widget_class_bind_template_child (widget_class, UiWishChip, remove);
  gtk_widget_class_bind_template_child (widget_class, UiWishChip, icon);
  gtk_widget_class_bind_template_child (widget_class, UiWishChip, label);
  gtk_widget_class_bind_template_callback (widget_class, on_remove);
  signals[REMOVE] = g_signal_new ("remove", G_TYPE_FROM_CLASS (klass), G_SIGNAL_RUN_LAST, 0, NULL, NULL, NULL, G_TYPE_NONE, 0);
}

static void
ui_wish_chip_init (UiWishChip *self)
{
  gtk_widget_init_template (GTK_WIDGET (self));
}
