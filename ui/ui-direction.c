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
