/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The watchdog: WebKit calls a page responsive that loops for good, so a script that does nothing is sent to it, and has to come back. */
#include "preview-private.h"

#include <glib/gi18n.h>

#define TICK 1 /* s */
/* Ticks without an answer. They are counted, not measured, so that a window that was busy itself does not blame the page. A page that loads may compute for longer. */
#define PATIENCE 5
#define PATIENCE_LOADING 10

static void
on_pong (GObject *source, GAsyncResult *result, gpointer data)
{
  UiPreview *self;
  g_autoptr (GError) error = NULL;
  g_autofree char *json = g_task_propagate_pointer (G_TASK (result), &error);

  if (g_error_matches (error, G_IO_ERROR, G_IO_ERROR_CANCELLED))
    return;
  self = data;
  g_clear_object (&self->ping);
  self->ticks = 0;
  self->in_dialog = FALSE;
}

static gboolean
on_tick (gpointer data)
{
  UiPreview *self = data;

  if (self->ping == NULL) {
    self->ping = g_cancellable_new ();
    self->ticks = 0;
    self->api->run_async (self->web, "return 0", NULL, self->ping, on_pong, self);
  } else if (!self->in_dialog && ++self->ticks > (self->loading ? PATIENCE_LOADING : PATIENCE)) {
    self->watch = 0;
    self->why = _("It computes without end, and was stopped so that it does not hold up the computer. Reload to run it again, or ask for it to be mended.");
    self->api->terminate (self->web);
    return G_SOURCE_REMOVE;
  }
  return G_SOURCE_CONTINUE;
}

void
preview_watch_start (UiPreview *self)
{
  preview_watch_stop (self);
  self->watch = g_timeout_add_seconds (TICK, on_tick, self);
}

void
preview_watch_stop (UiPreview *self)
{
  g_clear_handle_id (&self->watch, g_source_remove);
  if (self->ping != NULL)
    g_cancellable_cancel (self->ping);
  g_clear_object (&self->ping);
  self->ticks = 0;
  self->in_dialog = FALSE;
}
