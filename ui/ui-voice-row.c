/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "ui-voice-row.h"

#include <adwaita.h>
#include <glib/gi18n.h>

#include "media-speech.h"
#include "ui-combo.h"

#define CODES "ui-voice-codes"

static void
on_selected (AdwComboRow *row, GParamSpec *pspec, GSettings *settings)
{
  char **codes = g_object_get_data (G_OBJECT (row), CODES);
  guint selected = adw_combo_row_get_selected (row);

  if (selected < g_strv_length (codes))
    g_settings_set_string (settings, "speech-voice", codes[selected]);
}

/* libadwaita 1.2 gives the lists in such a row no name for a screen reader. */
static void
name_lists (GtkWidget *widget, const char *name)
{
  if (GTK_IS_LIST_VIEW (widget))
    gtk_accessible_update_property (GTK_ACCESSIBLE (widget), GTK_ACCESSIBLE_PROPERTY_LABEL, name, -1);
  for (GtkWidget *child = gtk_widget_get_first_child (widget); child != NULL; child = gtk_widget_get_next_sibling (child))
    name_lists (child, name);
}

GtkWidget *
ui_voice_row_new (GSettings *settings)
{
  g_auto (GStrv) voices = media_speech_dup_voices ();
  g_autofree char *chosen = g_settings_get_string (settings, "speech-voice");
  g_autoptr (GtkStringList) names = gtk_string_list_new (NULL);
  GStrvBuilder *codes = g_strv_builder_new ();
  GtkWidget *row = g_object_new (ADW_TYPE_COMBO_ROW, "title", _("Voice"), NULL);
  guint selected = 0;

  gtk_string_list_append (names, _("By the language of the text"));
  g_strv_builder_add (codes, "");
  for (guint i = 0; voices[i] != NULL; i += 2) {
    gtk_string_list_append (names, voices[i + 1]);
    g_strv_builder_add (codes, voices[i]);
    if (g_str_equal (voices[i], chosen))
      selected = i / 2 + 1;
  }
  ui_combo_keep_name (ADW_COMBO_ROW (row));
  adw_combo_row_set_model (ADW_COMBO_ROW (row), G_LIST_MODEL (names));
  adw_combo_row_set_selected (ADW_COMBO_ROW (row), selected);
  g_object_set_data_full (G_OBJECT (row), CODES, g_strv_builder_end (codes), (GDestroyNotify) g_strfreev);
  g_strv_builder_unref (codes);
  name_lists (row, _("Voice"));
  g_signal_connect_object (row, "notify::selected", G_CALLBACK (on_selected), settings, 0);
  return row;
}
