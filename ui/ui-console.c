/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "ui-console.h"

#include "ui-preview-entry.h"

struct _UiConsole {
  GtkWidget parent_instance;
  GtkStack *stack;
  GtkListView *list;
  GListModel *entries; /* nullable */
  guint n_faults;
};

enum { PROP_0, PROP_N_FAULTS, N_PROPS };
static GParamSpec *properties[N_PROPS];

G_DEFINE_FINAL_TYPE (UiConsole, ui_console, GTK_TYPE_WIDGET)

static void
on_entries (UiConsole *self)
{
  guint n = self->entries != NULL ? g_list_model_get_n_items (self->entries) : 0, n_faults = 0;

  for (guint i = 0; i < n; i++) {
    g_autoptr (UiPreviewEntry) entry = g_list_model_get_item (self->entries, i);
    n_faults += ui_preview_entry_is_fault (entry);
  }
  gtk_stack_set_visible_child_name (self->stack, n > 0 ? "list" : "empty");
  if (n_faults == self->n_faults)
    return;
  self->n_faults = n_faults;
  g_object_notify_by_pspec (G_OBJECT (self), properties[PROP_N_FAULTS]);
}

void
ui_console_set_entries (UiConsole *self, GListModel *entries)
{
  if (self->entries != NULL)
    g_signal_handlers_disconnect_by_data (self->entries, self);
  g_set_object (&self->entries, entries);
  if (entries != NULL) {
    GtkNoSelection *selection = gtk_no_selection_new (g_object_ref (entries));
    gtk_list_view_set_model (self->list, GTK_SELECTION_MODEL (selection));
    g_object_unref (selection);
    g_signal_connect_object (entries, "items-changed", G_CALLBACK (on_entries), self, G_CONNECT_SWAPPED);
  } else {
    gtk_list_view_set_model (self->list, NULL);
  }
  on_entries (self);
}

guint
ui_console_get_n_faults (UiConsole *self)
{
  return self->n_faults;
}

/* ---- lines ---- */

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
get_property (GObject *object, guint id, GValue *value, GParamSpec *pspec)
{
  g_value_set_uint (value, UI_CONSOLE (object)->n_faults);
}

static void
dispose (GObject *object)
{
  UiConsole *self = UI_CONSOLE (object);

  if (self->entries != NULL)
    g_signal_handlers_disconnect_by_data (self->entries, self);
  g_clear_object (&self->entries);
  if (self->stack != NULL)
    gtk_widget_unparent (GTK_WIDGET (self->stack));
  self->stack = NULL;
  G_OBJECT_CLASS (ui_console_parent_class)->dispose (object);
}

static void
ui_console_class_init (UiConsoleClass *klass)
{
  GtkWidgetClass *widget_class = GTK_WIDGET_CLASS (klass);

  G_OBJECT_CLASS (klass)->get_property = get_property;
  G_OBJECT_CLASS (klass)->dispose = dispose;
  properties[PROP_N_FAULTS] = g_param_spec_uint ("n-faults", NULL, NULL, 0, G_MAXUINT, 0, G_PARAM_READABLE | G_PARAM_STATIC_STRINGS | G_PARAM_EXPLICIT_NOTIFY);
  g_object_class_install_properties (G_OBJECT_CLASS (klass), N_PROPS, properties);
  gtk_widget_class_set_template_from_resource (widget_class, "/org/melete/Melete/ui/ui-console.ui");
  gtk_widget_class_bind_template_child (widget_class, UiConsole, stack);
  gtk_widget_class_bind_template_child (widget_class, UiConsole, list);
  gtk_widget_class_bind_template_callback (widget_class, on_setup);
  gtk_widget_class_bind_template_callback (widget_class, on_bind);
}

static void
ui_console_init (UiConsole *self)
{
  gtk_widget_init_template (GTK_WIDGET (self));
}
