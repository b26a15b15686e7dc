/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "ui-undo.h"

#include <adwaita.h>
#include <glib/gi18n.h>

/* Seconds. */
#define UNDO 8

/* What one toast is about: known to the overlay by the name of its kind, and owned by the toast. */
typedef struct {
  GtkWidget *overlay; /* not owned; NULL when it is gone */
  AdwToast *toast;    /* not owned: it owns this */
  const UiUndoKind *kind;
  GPtrArray *things; /* in the order in which they were done */
} Pending;

/* From now on the toast is about nothing. */
static void
forget (Pending *pending)
{
  g_ptr_array_set_size (pending->things, 0);
  if (pending->overlay != NULL && g_object_get_data (G_OBJECT (pending->overlay), pending->kind->name) == pending)
    g_object_set_data (G_OBJECT (pending->overlay), pending->kind->name, NULL);
}

static void
on_undo (AdwToast *toast, Pending *pending)
{
  for (guint i = pending->things->len; i-- > 0;)
    pending->kind->undo (pending->things->pdata[i]);
  forget (pending);
}

/* Undone or not, the toast goes. */
static void
on_gone (AdwToast *toast, Pending *pending)
{
  for (guint i = 0; i < pending->things->len; i++)
    pending->kind->keep (pending->things->pdata[i]);
  forget (pending);
}

static void
pending_free (gpointer data)
{
  Pending *pending = data;

  forget (pending);
  g_clear_weak_pointer (&pending->overlay);
  g_ptr_array_unref (pending->things);
  g_free (pending);
}

/* Takes over what the toast that shows is about, and dismisses that toast: the new one shows for its whole time. */
static void
take_over (Pending *pending)
{
  Pending *older = g_object_get_data (G_OBJECT (pending->overlay), pending->kind->name);
  gsize n;
  g_autofree gpointer *things = NULL;

  if (older == NULL)
    return;
  things = g_ptr_array_steal (older->things, &n);
  for (gsize i = 0; i < n; i++)
    g_ptr_array_add (pending->things, things[i]);
  adw_toast_dismiss (older->toast);
}

void
ui_undo_offer (GtkWidget *widget, const UiUndoKind *kind, gpointer data)
{
  GtkWidget *overlay = gtk_widget_get_ancestor (widget, ADW_TYPE_TOAST_OVERLAY);
  g_autofree char *sentence = NULL;
  g_autofree char *escaped = NULL;
  Pending *pending;

  if (overlay == NULL) {
    kind->keep (data);
    kind->destroy (data);
    return;
  }
  pending = g_new0 (Pending, 1);
  pending->kind = kind;
  pending->things = g_ptr_array_new_with_free_func (kind->destroy);
  g_set_weak_pointer (&pending->overlay, overlay);
  take_over (pending);
  g_ptr_array_add (pending->things, data);
  g_object_set_data (G_OBJECT (overlay), kind->name, pending);

  sentence = kind->sentence (pending->things->len, data);
  escaped = g_markup_escape_text (sentence, -1);
  pending->toast = adw_toast_new (escaped);
  adw_toast_set_button_label (pending->toast, _("_Undo"));
  adw_toast_set_timeout (pending->toast, UNDO);
  /* At once, over what is told meanwhile. */
  adw_toast_set_priority (pending->toast, ADW_TOAST_PRIORITY_HIGH);
  g_object_set_data_full (G_OBJECT (pending->toast), "ui-undo", pending, pending_free);
  g_signal_connect (pending->toast, "button-clicked", G_CALLBACK (on_undo), pending);
  g_signal_connect (pending->toast, "dismissed", G_CALLBACK (on_gone), pending);
  adw_toast_overlay_add_toast (ADW_TOAST_OVERLAY (overlay), pending->toast);
}
