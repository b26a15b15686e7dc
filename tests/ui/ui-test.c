/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "ui-test.h"

#include <gtksourceview/gtksource.h>
#include <string.h>

#include "ui-code-block.h"
#include "ui-formula.h"
#include "ui-resources.h"

void
ui_test_init (int *argc, char ***argv)
{
  g_autoptr (GtkCssProvider) provider = NULL;

  g_test_init (argc, argv, NULL);
  adw_init ();
  gtk_source_init ();
  ui_register_resource ();
  g_object_set (gtk_settings_get_default (), "gtk-enable-animations", FALSE, "gtk-label-select-on-focus", FALSE, NULL);
  provider = gtk_css_provider_new ();
  gtk_css_provider_load_from_resource (provider, "/org/melete/Melete/style.css");
  gtk_style_context_add_provider_for_display (gdk_display_get_default (), GTK_STYLE_PROVIDER (provider), GTK_STYLE_PROVIDER_PRIORITY_APPLICATION);
}

static gboolean
on_too_late (gpointer data)
{
  g_error ("waited for %u seconds in vain", GPOINTER_TO_UINT (data));
  return G_SOURCE_REMOVE;
}

void
ui_test_wait_long (gboolean (*check) (gpointer), gpointer data, guint seconds)
{
  guint timer = g_timeout_add_seconds (seconds, on_too_late, GUINT_TO_POINTER (seconds));

  while (!check (data))
    g_main_context_iteration (NULL, TRUE);
  g_source_remove (timer);
}

void
ui_test_wait (gboolean (*check) (gpointer), gpointer data)
{
  ui_test_wait_long (check, data, 20);
}

void
ui_test_drain (void)
{
  while (g_main_context_iteration (NULL, FALSE))
    ;
}

static gboolean
on_tick (GtkWidget *widget, GdkFrameClock *clock, gpointer data)
{
  guint *left = data;

  return --*left > 0;
}

static gboolean
is_zero (gpointer data)
{
  return *(guint *) data == 0;
}

void
ui_test_frames (GtkWidget *widget, guint n)
{
  /* The last tick comes before its frame is laid out: one more. */
  guint left = n + 1;

  gtk_widget_add_tick_callback (widget, on_tick, &left, NULL);
  ui_test_wait (is_zero, &left);
}

GtkWidget *
ui_test_window (GtkWidget *child, int width, int height)
{
  GtkWidget *window = gtk_window_new ();

  gtk_window_set_default_size (GTK_WINDOW (window), width, height);
  gtk_window_set_child (GTK_WINDOW (window), child);
  gtk_window_present (GTK_WINDOW (window));
  ui_test_frames (window, 3);
  return window;
}

gpointer
ui_test_find (GtkWidget *root, GType type)
{
  if (g_type_is_a (G_OBJECT_TYPE (root), type))
    return root;
  for (GtkWidget *child = gtk_widget_get_first_child (root); child != NULL; child = gtk_widget_get_next_sibling (child)) {
    gpointer found = ui_test_find (child, type);

    if (found != NULL)
      return found;
  }
  return NULL;
}

guint
ui_test_count (GtkWidget *root, GType type)
{
  guint count = g_type_is_a (G_OBJECT_TYPE (root), type);

  for (GtkWidget *child = gtk_widget_get_first_child (root); child != NULL; child = gtk_widget_get_next_sibling (child))
    count += ui_test_count (child, type);
  return count;
}

gpointer
ui_test_child (gpointer widget, const char *name)
{
  GObject *child = gtk_widget_get_template_child (widget, G_OBJECT_TYPE (widget), name);

  g_assert_nonnull (child);
  return child;
}

/* The newest toast is the overlay's last child; those that are on their way out come before it. */
static GtkWidget *
find_toast (GtkWidget *overlay)
{
  for (GtkWidget *child = gtk_widget_get_last_child (overlay); child != NULL; child = gtk_widget_get_prev_sibling (child))
    if (strcmp (G_OBJECT_TYPE_NAME (child), "AdwToastWidget") == 0)
      return child;
  return NULL;
}

GtkWidget *
ui_test_toast_button (gpointer overlay)
{
  GtkWidget *toast = find_toast (overlay);

  return toast != NULL ? ui_test_find (toast, GTK_TYPE_BUTTON) : NULL;
}

const char *
ui_test_toast_text (gpointer overlay)
{
  GtkWidget *toast = find_toast (overlay);
  GtkLabel *label = toast != NULL ? ui_test_find (toast, GTK_TYPE_LABEL) : NULL;

  return label != NULL ? gtk_label_get_text (label) : NULL;
}

static void
dump (GString *out, GtkWidget *widget, guint depth)
{
  g_auto (GStrv) classes = gtk_widget_get_css_classes (widget);
  g_autofree char *joined = NULL;

  if (!gtk_widget_get_visible (widget))
    return;
  /* "horizontal" and "vertical" are GTK's own. */
  for (guint i = 0; classes[i] != NULL; i++)
    if (g_str_equal (classes[i], "horizontal") || g_str_equal (classes[i], "vertical"))
      classes[i][0] = '\0';
  joined = g_strjoinv (" ", classes);
  g_strstrip (joined);
  g_string_append_printf (out, "%*s%s", depth * 2, "", G_OBJECT_TYPE_NAME (widget));
  if (*joined != '\0')
    g_string_append_printf (out, " .%s", joined);
  if (gtk_widget_get_direction (widget) == GTK_TEXT_DIR_RTL)
    g_string_append (out, " rtl");
  if (GTK_IS_LABEL (widget)) {
    g_autofree char *escaped = g_strescape (gtk_label_get_label (GTK_LABEL (widget)), "\"\200\201\202\203\204\205\206\207\210\211\212\213\214\215\216\217"
                                            "\220\221\222\223\224\225\226\227\230\231\232\233\234\235\236\237\240\241\242\243\244\245\246\247\250\251\252\253\254\255\256\257"
                                            "\260\261\262\263\264\265\266\267\270\271\272\273\274\275\276\277\300\301\302\303\304\305\306\307\310\311\312\313\314\315\316\317"
                                            "\320\321\322\323\324\325\326\327\330\331\332\333\334\335\336\337\340\341\342\343\344\345\346\347\350\351\352\353\354\355\356\357"
                                            "\360\361\362\363\364\365\366\367\370\371\372\373\374\375\376\377");

    g_string_append_printf (out, " | %s", escaped);
  }
  if (UI_IS_CODE_BLOCK (widget)) {
    g_autofree char *code = ui_code_block_dup_code (UI_CODE_BLOCK (widget));
    g_autofree char *escaped = g_strescape (code, "\"");

    g_string_append_printf (out, " [%s] | %s\n", ui_code_block_get_language (UI_CODE_BLOCK (widget)), escaped);
    return;
  }
  if (UI_IS_FORMULA (widget))
    g_string_append_printf (out, " | %s", ui_formula_get_source (UI_FORMULA (widget)));
  if (GTK_IS_CHECK_BUTTON (widget))
    g_string_append (out, gtk_check_button_get_active (GTK_CHECK_BUTTON (widget)) ? " | checked" : " | not checked");
  g_string_append_c (out, '\n');
  if (GTK_IS_CHECK_BUTTON (widget))
    return;
  if (GTK_IS_LABEL (widget) || GTK_IS_SCROLLBAR (widget))
    return;
  for (GtkWidget *child = gtk_widget_get_first_child (widget); child != NULL; child = gtk_widget_get_next_sibling (child))
    dump (out, child, depth + 1);
}

char *
ui_test_dump (GtkWidget *root)
{
  GString *out = g_string_new (NULL);

  dump (out, root, 0);
  return g_string_free (out, FALSE);
}
