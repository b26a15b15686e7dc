/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "ui-text-scale.h"

#include <gtk/gtk.h>

#define USUAL_ICON 16
#define LARGEST_ICON 24 /* as large as a button has room for: more would widen the window */

double
ui_text_scale_get (void)
{
  int dpi = -1;

  g_object_get (gtk_settings_get_default (), "gtk-xft-dpi", &dpi, NULL);
  return dpi > 0 ? MAX (dpi / (96.0 * 1024), 1.0) : 1.0;
}

/* In steps of four pixels, at which symbolic icons are still sharp; the window's own buttons belong to the shell. */
static void
update (GtkCssProvider *provider)
{
  int size = MIN ((int) (USUAL_ICON * ui_text_scale_get () / 4) * 4, LARGEST_ICON);
  g_autofree char *css = g_strdup_printf ("window { -gtk-icon-size: %dpx; } windowcontrols { -gtk-icon-size: %dpx; }", size, USUAL_ICON);

  gtk_css_provider_load_from_data (provider, css, -1);
}

void
ui_text_scale_follow (GdkDisplay *display)
{
  g_autoptr (GtkCssProvider) provider = gtk_css_provider_new ();

  gtk_style_context_add_provider_for_display (display, GTK_STYLE_PROVIDER (provider), GTK_STYLE_PROVIDER_PRIORITY_APPLICATION);
  g_signal_connect_object (gtk_settings_get_default (), "notify::gtk-xft-dpi", G_CALLBACK (update), provider, G_CONNECT_SWAPPED);
  update (provider);
}
