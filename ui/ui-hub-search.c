/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "ui-hub-search.h"

#include <adwaita.h>
#include <glib/gi18n.h>

#include "ui-direction.h"

struct _UiHubSearch {
  GtkWidget parent_instance;

  GtkWidget *scroller;
  GtkEditable *entry;
  GtkLabel *privacy;
  GtkStack *stack;
  GtkLabel *hint;
  GtkLabel *error;
  GtkListBox *list;

  AppHub *hub;
  GCancellable *cancellable; /* of the search under way */
};

enum { OPEN, N_SIGNALS };
static guint signals[N_SIGNALS];

G_DEFINE_FINAL_TYPE (UiHubSearch, ui_hub_search, GTK_TYPE_WIDGET)

/* "123 k": how many, as far as it matters. */
static char *
count_text (guint64 n)
{
  if (n < 1000)
    return g_strdup_printf ("%u", (guint) n);
  if (n < 1000000)
    return g_strdup_printf (_("%.0f\302\240k"), n / 1e3);
  return g_strdup_printf (_("%.1f\302\240M"), n / 1e6);
}

/* What decides the form of the word after it: a person reads "96 k" as a number of thousands, whatever its last digits were. */
static gulong
said (guint64 n)
{
  return n < 1000 ? (gulong) n : 1000000;
}

/* "apache-2.0 · 123 k downloads · 42 likes · 1 October 2026", as much of it as is known. */
static char *
facts_text (const AppHubModel *model)
{
  g_autoptr (GPtrArray) parts = g_ptr_array_new_with_free_func (g_free);
  g_autofree char *downloads = count_text (model->downloads);
  g_autofree char *likes = count_text (model->likes);

  if (*model->licence != '\0')
    g_ptr_array_add (parts, g_strdup (model->licence));
  g_ptr_array_add (parts, g_strdup_printf (ngettext ("%s download", "%s downloads", said (model->downloads)), downloads));
  g_ptr_array_add (parts, g_strdup_printf (ngettext ("%s like", "%s likes", said (model->likes)), likes));
  if (model->updated > 0) {
    g_autoptr (GDateTime) updated = g_date_time_new_from_unix_local (model->updated);
    g_autofree char *date = updated != NULL ? g_date_time_format (updated, _("%-d %B %Y")) : NULL;

    if (date != NULL)
      g_ptr_array_add (parts, g_strdup_printf (_("changed %s"), date));
  }
  if (model->gated)
    g_ptr_array_add (parts, g_strdup (_("terms to accept")));
  g_ptr_array_add (parts, NULL);
  return g_strjoinv (" · ", (char **) parts->pdata);
}

static GtkWidget *
create_row (const AppHubModel *model)
{
  g_autofree char *facts = facts_text (model);
  g_autofree char *title = g_markup_escape_text (model->id, -1);
  g_autofree char *apart = ui_direction_dup_facts (facts, gtk_widget_get_default_direction ());
  g_autofree char *subtitle = g_markup_escape_text (apart, -1);
  GtkWidget *row = g_object_new (ADW_TYPE_ACTION_ROW, "title", title, "subtitle", subtitle, "activatable", TRUE, "title-lines", 0, "subtitle-lines", 0, NULL);
  GtkWidget *arrow = gtk_image_new_from_icon_name ("go-next-symbolic");

  gtk_accessible_update_property (GTK_ACCESSIBLE (row), GTK_ACCESSIBLE_PROPERTY_LABEL, model->id, GTK_ACCESSIBLE_PROPERTY_DESCRIPTION, facts, -1);
  adw_action_row_add_suffix (ADW_ACTION_ROW (row), arrow);
  gtk_widget_set_valign (arrow, GTK_ALIGN_CENTER);
  gtk_widget_set_name (row, model->id);
  return row;
}

static void
show_hint (UiHubSearch *self, const char *sentence)
{
  gtk_label_set_text (self->hint, sentence);
  gtk_stack_set_visible_child_name (self->stack, "hint");
}

static void
on_found (GObject *source, GAsyncResult *result, gpointer data)
{
  g_autoptr (UiHubSearch) self = data;
  g_autoptr (GError) error = NULL;
  g_autoptr (GPtrArray) models = app_hub_search_finish (APP_HUB (source), result, &error);
  GtkWidget *row;

  if (g_error_matches (error, G_IO_ERROR, G_IO_ERROR_CANCELLED) || self->hub == NULL)
    return; /* another search, or nobody, waits now */
  g_clear_object (&self->cancellable);
  if (models == NULL) {
    gtk_label_set_text (self->error, error->message);
    gtk_stack_set_visible_child_name (self->stack, "error");
    return;
  }
  while ((row = gtk_widget_get_first_child (GTK_WIDGET (self->list))) != NULL)
    gtk_list_box_remove (self->list, row);
  for (guint i = 0; i < models->len; i++)
    gtk_list_box_append (self->list, create_row (g_ptr_array_index (models, i)));
  if (models->len == 0)
    show_hint (self, _("Nothing was found. Try fewer words, or the name of a family such as “Qwen”."));
  else
    gtk_stack_set_visible_child_name (self->stack, "list");
}

static void
search (UiHubSearch *self)
{
  g_autofree char *words = g_strstrip (g_strdup (gtk_editable_get_text (self->entry)));

  if (self->cancellable != NULL)
    g_cancellable_cancel (self->cancellable);
  g_clear_object (&self->cancellable);
  if (*words == '\0') {
    show_hint (self, _("Type the name of a model, then press Enter."));
    return;
  }
  self->cancellable = g_cancellable_new ();
  gtk_stack_set_visible_child_name (self->stack, "busy");
  app_hub_search_async (self->hub, words, self->cancellable, on_found, g_object_ref (self));
}

static void
on_row_activated (GtkListBox *list, GtkListBoxRow *row, UiHubSearch *self)
{
  g_signal_emit (self, signals[OPEN], 0, gtk_widget_get_name (GTK_WIDGET (row)));
}

GtkWidget *
ui_hub_search_new (AppHub *hub, const char *words)
{
  UiHubSearch *self = g_object_new (UI_TYPE_HUB_SEARCH, NULL);
  const char *address = app_hub_get_address (hub);
  g_autofree char *privacy = g_strdup_printf (_("What you look for is sent to %s. Nothing else is."),
                                              g_str_has_prefix (address, "https://") ? address + strlen ("https://") : address);

  self->hub = g_object_ref (hub);
  gtk_label_set_text (self->privacy, privacy);
  gtk_editable_set_text (self->entry, words);
  gtk_editable_set_position (self->entry, -1);
  search (self);
  return GTK_WIDGET (self);
}

static gboolean
ui_hub_search_grab_focus (GtkWidget *widget)
{
  return gtk_widget_grab_focus (GTK_WIDGET (UI_HUB_SEARCH (widget)->entry));
}

static void
ui_hub_search_dispose (GObject *object)
{
  UiHubSearch *self = UI_HUB_SEARCH (object);

  if (self->cancellable != NULL)
    g_cancellable_cancel (self->cancellable);
  g_clear_object (&self->cancellable);
  g_clear_pointer (&self->scroller, gtk_widget_unparent);
  g_clear_object (&self->hub);
  G_OBJECT_CLASS (ui_hub_search_parent_class)->dispose (object);
}

static void
ui_hub_search_class_init (UiHubSearchClass *klass)
{
  GtkWidgetClass *widget_class = GTK_WIDGET_CLASS (klass);

  G_OBJECT_CLASS (klass)->dispose = ui_hub_search_dispose;
  widget_class->grab_focus = ui_hub_search_grab_focus;
  signals[OPEN] = g_signal_new ("open", G_TYPE_FROM_CLASS (klass), G_SIGNAL_RUN_LAST, 0, NULL, NULL, NULL, G_TYPE_NONE, 1, G_TYPE_STRING);
  gtk_widget_class_set_template_from_resource (widget_class, "/org/melete/Melete/ui/ui-hub-search.ui");
  gtk_widget_class_bind_template_child (widget_class, UiHubSearch, scroller);
  gtk_widget_class_bind_template_child (widget_class, UiHubSearch, entry);
  gtk_widget_class_bind_template_child (widget_class, UiHubSearch, privacy);
  gtk_widget_class_bind_template_child (widget_class, UiHubSearch, stack);
  gtk_widget_class_bind_template_child (widget_class, UiHubSearch, hint);
  gtk_widget_class_bind_template_child (widget_class, UiHubSearch, error);
  gtk_widget_class_bind_template_child (widget_class, UiHubSearch, list);
  gtk_widget_class_bind_template_callback (widget_class, search);
  gtk_widget_class_bind_template_callback (widget_class, on_row_activated);
  gtk_widget_class_set_layout_manager_type (widget_class, GTK_TYPE_BIN_LAYOUT);
}

static void
ui_hub_search_init (UiHubSearch *self)
{
  gtk_widget_init_template (GTK_WIDGET (self));
}
