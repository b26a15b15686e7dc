/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "ui-direction.h"

#include "ui-markdown.h"

GtkTextDirection
ui_direction_of_text (const char *text)
{
  for (const char *p = text; *p != '\0'; p = g_utf8_next_char (p)) {
    gunichar c = g_utf8_get_char (p);

    if (!g_unichar_isalpha (c))
      continue;
    switch (g_unichar_get_script (c)) {
    case G_UNICODE_SCRIPT_ARABIC:
    case G_UNICODE_SCRIPT_HEBREW:
    case G_UNICODE_SCRIPT_SYRIAC:
    case G_UNICODE_SCRIPT_THAANA:
    case G_UNICODE_SCRIPT_NKO:
    case G_UNICODE_SCRIPT_SAMARITAN:
    case G_UNICODE_SCRIPT_MANDAIC:
    case G_UNICODE_SCRIPT_ADLAM:
    case G_UNICODE_SCRIPT_HANIFI_ROHINGYA:
      return GTK_TEXT_DIR_RTL;
    default:
      return GTK_TEXT_DIR_LTR;
    }
  }
  return GTK_TEXT_DIR_NONE;
}

void
ui_direction_set (GtkWidget *widget, GtkTextDirection direction)
{
  gtk_widget_set_direction (widget, direction);
  if (UI_IS_MARKDOWN (widget))
    return;
  for (GtkWidget *child = gtk_widget_get_first_child (widget); child != NULL; child = gtk_widget_get_next_sibling (child))
    ui_direction_set (child, direction);
}

/* Of Unicode's bidirectional algorithm: what says "from right to left" without being seen, and what sets apart a piece that knows its own direction. */
#define MARK "\342\200\217"
#define ISOLATE "\342\201\250"
#define POP "\342\201\251"

char *
ui_direction_dup_facts (const char *facts, GtkTextDirection direction)
{
  g_auto (GStrv) each = g_strsplit (facts, " · ", -1);
  g_autofree char *apart = NULL;

  if (direction != GTK_TEXT_DIR_RTL || *facts == '\0')
    return g_strdup (facts);
  apart = g_strjoinv (POP " · " ISOLATE, each);
  return g_strconcat (MARK ISOLATE, apart, POP, NULL);
}

void
ui_direction_show_facts (GtkLabel *label, const char *facts)
{
  g_autofree char *text = ui_direction_dup_facts (facts, gtk_widget_get_direction (GTK_WIDGET (label)));

  gtk_label_set_text (label, text);
}

static void
place (GtkWidget *placeholder)
{
  GdkSeat *seat = gdk_display_get_default_seat (gtk_widget_get_display (placeholder));
  GdkDevice *keyboard = seat != NULL ? gdk_seat_get_keyboard (seat) : NULL;
  gboolean keyboard_rtl = keyboard != NULL && gdk_device_get_direction (keyboard) == PANGO_DIRECTION_RTL;
  gboolean window_rtl = gtk_widget_get_direction (placeholder) == GTK_TEXT_DIR_RTL;

  gtk_widget_set_halign (placeholder, keyboard_rtl == window_rtl ? GTK_ALIGN_START : GTK_ALIGN_END);
}

void
ui_direction_follow_keyboard (GtkWidget *placeholder)
{
  GdkSeat *seat = gdk_display_get_default_seat (gtk_widget_get_display (placeholder));
  GdkDevice *keyboard = seat != NULL ? gdk_seat_get_keyboard (seat) : NULL;

  if (keyboard != NULL)
    g_signal_connect_object (keyboard, "notify::direction", G_CALLBACK (place), placeholder, G_CONNECT_SWAPPED);
  g_signal_connect (placeholder, "direction-changed", G_CALLBACK (place), NULL);
  place (placeholder);
}
