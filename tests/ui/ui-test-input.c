/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "ui-test-input.h"

#include <gdk/x11/gdkx.h>
#include <math.h>

#include "ui-test.h"

#define MOST_ITEMS 30
/* A drag begins after some pixels and has to be seen on its way. */
#define STEPS 8
/* Pixels beside a window. */
#define OUTSIDE 60

static void
on_ended (GObject *source, GAsyncResult *result, gpointer ended)
{
  g_autoptr (GError) error = NULL;

  g_subprocess_wait_check_finish (G_SUBPROCESS (source), result, &error);
  g_assert_no_error (error);
  *(gboolean *) ended = TRUE;
}

static gboolean
is_true (gpointer flag)
{
  return *(gboolean *) flag;
}

/* Runs xdotool with these words, separated by spaces, and `text` as the last one (nullable). */
static void
run (const char *text, const char *format, ...)
{
  g_autoptr (GSubprocess) process = NULL;
  g_autoptr (GError) error = NULL;
  g_autoptr (GPtrArray) words = g_ptr_array_new ();
  g_autofree char *line = NULL;
  g_auto (GStrv) parts = NULL;
  gboolean ended = FALSE;
  va_list args;

  va_start (args, format);
  line = g_strdup_vprintf (format, args);
  va_end (args);
  parts = g_strsplit (line, " ", -1);
  g_ptr_array_add (words, (gpointer) "xdotool");
  for (guint i = 0; parts[i] != NULL; i++)
    g_ptr_array_add (words, parts[i]);
  if (text != NULL)
    g_ptr_array_add (words, (gpointer) text);
  g_ptr_array_add (words, NULL);
  process = g_subprocess_newv ((const char *const *) words->pdata, G_SUBPROCESS_FLAGS_NONE, &error);
  g_assert_no_error (error);
  g_subprocess_wait_check_async (process, NULL, on_ended, &ended);
  ui_test_wait (is_true, &ended);
}

static GdkSurface *
surface_of (gpointer widget)
{
  return gtk_native_get_surface (GTK_NATIVE (gtk_widget_get_root (GTK_WIDGET (widget))));
}

/* Without a window manager keys go where the focus of the X server is. */
static gulong
focus (gpointer widget)
{
  gulong window = gdk_x11_surface_get_xid (surface_of (widget));

  run (NULL, "windowfocus --sync %lu", window);
  return window;
}

void
ui_test_key (gpointer widget, const char *key)
{
  focus (widget);
  run (NULL, "key --clearmodifiers %s", key);
}

void
ui_test_key_down (gpointer widget, const char *key)
{
  focus (widget);
  run (NULL, "keydown %s", key);
}

void
ui_test_key_up (gpointer widget, const char *key)
{
  run (NULL, "keyup %s", key);
}

void
ui_test_type (gpointer widget, const char *text)
{
  focus (widget);
  run (text, "type --delay 1 --");
}

static graphene_point_t
middle_of (gpointer widget)
{
  GtkWidget *root = GTK_WIDGET (gtk_widget_get_root (widget));
  graphene_point_t middle = GRAPHENE_POINT_INIT (gtk_widget_get_width (widget) / 2.0f, gtk_widget_get_height (widget) / 2.0f);
  double x;
  double y;

  g_assert_true (gtk_widget_compute_point (widget, root, &middle, &middle));
  gtk_native_get_surface_transform (GTK_NATIVE (root), &x, &y);
  return GRAPHENE_POINT_INIT (roundf (middle.x + (float) x), roundf (middle.y + (float) y));
}

void
ui_test_click (gpointer widget)
{
  graphene_point_t at = middle_of (widget);

  run (NULL, "mousemove --window %lu %.0f %.0f click 1", focus (widget), at.x, at.y);
}

void
ui_test_button_down (gpointer widget)
{
  graphene_point_t at = middle_of (widget);

  run (NULL, "mousemove --window %lu %.0f %.0f mousedown 1", focus (widget), at.x, at.y);
}

void
ui_test_button_up (void)
{
  run (NULL, "mouseup 1");
}

void
ui_test_point (gpointer widget)
{
  graphene_point_t at = middle_of (widget);

  run (NULL, "mousemove --window %lu %.0f %.0f", focus (widget), at.x, at.y);
}

static gboolean
takes_drop (gpointer widget)
{
  return gtk_widget_get_state_flags (widget) & GTK_STATE_FLAG_DROP_ACTIVE;
}

/* Returns: (transfer none) */
static GtkDragSource *
find_drag_source (GtkWidget *widget)
{
  g_autoptr (GListModel) controllers = gtk_widget_observe_controllers (widget);

  for (guint i = 0; i < g_list_model_get_n_items (controllers); i++) {
    g_autoptr (GtkEventController) controller = g_list_model_get_item (controllers, i);

    if (GTK_IS_DRAG_SOURCE (controller))
      return GTK_DRAG_SOURCE (controller);
  }
  g_assert_not_reached ();
}

static void
on_drag_end (GtkDragSource *source, GdkDrag *drag, gboolean delete_data, gboolean *ended)
{
  *ended = TRUE;
}

void
ui_test_drag (gpointer source, gpointer target)
{
  GtkDragSource *drag = find_drag_source (source);
  gboolean ended = FALSE;
  graphene_point_t from = middle_of (source);
  graphene_point_t to = target != NULL ? middle_of (target) : GRAPHENE_POINT_INIT (gtk_widget_get_width (GTK_WIDGET (gtk_widget_get_root (source))) + OUTSIDE, from.y);
  gulong window = focus (source);

  run (NULL, "mousemove --window %lu %.0f %.0f mousedown 1", window, from.x, from.y);
  for (guint i = 1; i <= STEPS; i++)
    run (NULL, "mousemove --window %lu %.0f %.0f", window, from.x + (to.x - from.x) * i / STEPS, from.y + (to.y - from.y) * i / STEPS);
  if (target != NULL)
    ui_test_wait (takes_drop, target);
  g_signal_connect (drag, "drag-end", G_CALLBACK (on_drag_end), &ended);
  run (NULL, "mouseup 1");
  ui_test_wait (is_true, &ended);
  g_signal_handlers_disconnect_by_data (drag, &ended);
}

char *
ui_test_dup_focused_item (gpointer widget)
{
  GtkWidget *focused = gtk_root_get_focus (gtk_widget_get_root (widget));
  char *text = NULL;

  if (focused != NULL && g_object_class_find_property (G_OBJECT_GET_CLASS (focused), "text") != NULL)
    g_object_get (focused, "text", &text, NULL);
  return text;
}

static gboolean
has_focused_item (gpointer widget)
{
  g_autofree char *text = ui_test_dup_focused_item (widget);

  return text != NULL;
}

typedef struct {
  gpointer widget;
  GtkWidget *before;
} Moved;

static gboolean
has_moved (gpointer data)
{
  Moved *moved = data;

  return gtk_root_get_focus (gtk_widget_get_root (moved->widget)) != moved->before;
}

void
ui_test_find_item (gpointer widget, const char *label)
{
  g_autoptr (GString) passed = g_string_new (NULL);

  ui_test_wait (has_focused_item, widget);
  for (guint i = 0; i < MOST_ITEMS; i++) {
    g_autofree char *text = ui_test_dup_focused_item (widget);
    Moved moved = { widget, gtk_root_get_focus (gtk_widget_get_root (widget)) };

    if (g_strcmp0 (text, label) == 0)
      return;
    g_string_append_printf (passed, " “%s”", text != NULL ? text : "");
    ui_test_key (widget, "Down");
    ui_test_wait (has_moved, &moved);
  }
  g_error ("no item “%s” among those of the menu:%s", label, passed->str);
}

static gboolean
has_dialog (gpointer window)
{
  g_autoptr (GtkWindow) other = g_list_model_get_item (gtk_window_get_toplevels (), g_list_model_get_n_items (gtk_window_get_toplevels ()) - 1);

  return (gpointer) other != window && gtk_widget_get_mapped (GTK_WIDGET (other));
}

GtkWindow *
ui_test_wait_dialog (gpointer window)
{
  g_autoptr (GtkWindow) dialog = NULL;

  ui_test_wait (has_dialog, window);
  dialog = g_list_model_get_item (gtk_window_get_toplevels (), g_list_model_get_n_items (gtk_window_get_toplevels ()) - 1);
  ui_test_frames (GTK_WIDGET (dialog), 3);
  return dialog;
}
