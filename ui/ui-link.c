/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "ui-link.h"

#include <adwaita.h>
#include <glib/gi18n.h>
#include <string.h>

#define MAX_URL 8192

gboolean
ui_link_is_allowed (const char *url)
{
  g_autoptr (GUri) uri = NULL;
  const char *scheme;

  if (url == NULL || *url == '\0' || strlen (url) > MAX_URL || !g_utf8_validate (url, -1, NULL))
    return FALSE;
  for (const char *p = url; *p != '\0'; p = g_utf8_next_char (p))
    if (g_unichar_iscntrl (g_utf8_get_char (p)) || g_unichar_isspace (g_utf8_get_char (p)))
      return FALSE;
  uri = g_uri_parse (url, G_URI_FLAGS_PARSE_RELAXED | G_URI_FLAGS_ENCODED, NULL);
  if (uri == NULL)
    return FALSE;
  scheme = g_uri_get_scheme (uri);
  if (g_ascii_strcasecmp (scheme, "http") == 0 || g_ascii_strcasecmp (scheme, "https") == 0)
    return g_uri_get_host (uri) != NULL && *g_uri_get_host (uri) != '\0';
  if (g_ascii_strcasecmp (scheme, "mailto") == 0)
    return strchr (g_uri_get_path (uri), '@') != NULL;
  return FALSE;
}

char *
ui_link_dup_display (const char *url)
{
  GString *out = g_string_new (NULL);

  for (const char *p = url; *p != '\0'; p = g_utf8_next_char (p)) {
    gunichar c = g_utf8_get_char (p);
    const char *next = g_utf8_next_char (p);

    if (g_unichar_isgraph (c) && g_unichar_type (c) != G_UNICODE_FORMAT) {
      g_string_append_len (out, p, next - p);
      continue;
    }
    for (const char *b = p; b < next; b++)
      g_string_append_printf (out, "%%%02X", (guchar) *b);
  }
  return g_string_free (out, FALSE);
}

static void
on_shown (GObject *source, GAsyncResult *result, gpointer data)
{
  g_autoptr (GError) error = NULL;

  if (!gtk_show_uri_full_finish (GTK_WINDOW (source), result, &error))
    g_message ("The link could not be opened: %s", error->message);
  g_object_unref (source);
}

static void
on_response (AdwMessageDialog *dialog, const char *response, gpointer data)
{
  const char *url = g_object_get_data (G_OBJECT (dialog), "ui-link-url");
  GtkWindow *parent = gtk_window_get_transient_for (GTK_WINDOW (dialog));

  if (g_str_equal (response, "open") && parent != NULL)
    gtk_show_uri_full (g_object_ref (parent), url, GDK_CURRENT_TIME, NULL, on_shown, NULL);
  else if (g_str_equal (response, "copy") && parent != NULL)
    gdk_clipboard_set_text (gtk_widget_get_clipboard (GTK_WIDGET (parent)), url);
}

void
ui_link_open (GtkWidget *widget, const char *url)
{
  GtkRoot *root = gtk_widget_get_root (widget);
  g_autofree char *display = NULL;
  GtkWidget *dialog;
  GtkWidget *address;
  GtkWidget *scroller;

  if (!ui_link_is_allowed (url))
    return;
  display = ui_link_dup_display (url);
  dialog = adw_message_dialog_new (GTK_IS_WINDOW (root) ? GTK_WINDOW (root) : NULL, _("Open this address?"),
                                   _("It leads out of this window, to a place that the model named."));
  adw_message_dialog_add_responses (ADW_MESSAGE_DIALOG (dialog), "cancel", _("_Cancel"), "copy", _("C_opy"), "open", _("_Open"), NULL);
  adw_message_dialog_set_response_appearance (ADW_MESSAGE_DIALOG (dialog), "open", ADW_RESPONSE_SUGGESTED);
  adw_message_dialog_set_default_response (ADW_MESSAGE_DIALOG (dialog), "cancel");
  adw_message_dialog_set_close_response (ADW_MESSAGE_DIALOG (dialog), "cancel");

  address = gtk_label_new (display);
  gtk_label_set_wrap (GTK_LABEL (address), TRUE);
  gtk_label_set_wrap_mode (GTK_LABEL (address), PANGO_WRAP_CHAR);
  gtk_label_set_selectable (GTK_LABEL (address), TRUE);
  gtk_label_set_xalign (GTK_LABEL (address), 0.0);
  gtk_label_set_yalign (GTK_LABEL (address), 0.0);
  gtk_widget_set_direction (address, GTK_TEXT_DIR_LTR);
  gtk_widget_add_css_class (address, "address");
  gtk_accessible_update_property (GTK_ACCESSIBLE (address), GTK_ACCESSIBLE_PROPERTY_LABEL, _("Complete address"), -1);
  scroller = g_object_new (GTK_TYPE_SCROLLED_WINDOW, "child", address, "hscrollbar-policy", GTK_POLICY_NEVER,
                           "propagate-natural-height", TRUE, "max-content-height", 240, NULL);
  adw_message_dialog_set_extra_child (ADW_MESSAGE_DIALOG (dialog), scroller);
  g_object_set_data_full (G_OBJECT (dialog), "ui-link-url", g_strdup (url), g_free);
  g_signal_connect (dialog, "response", G_CALLBACK (on_response), NULL);
  gtk_window_present (GTK_WINDOW (dialog));
}
