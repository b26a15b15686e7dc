/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "ui-text-scale.h"

#include <gtk/gtk.h>

#define USUAL_ICON 16
#define NARROW_LABEL 75    /* of the usual size, in per cent: what libadwaita gives the words of a switch below their icons */
#define LARGEST_LABEL 1.25 /* four such words beside each other fill a narrow window */
#define LARGEST_ICON 24 /* as large as a button has room for: more would widen the window */

double
ui_text_scale_get (void)
{
  int dpi = -1;

  g_object_get (gtk_settings_get_default (), "gtk-xft-dpi", &dpi, NULL);
  return dpi > 0 ? MAX (dpi / (96.0 * 1024), 1.0) : 1.0;
}

/* Icons in steps of four pixels, at which symbolic ones are still sharp; the window's own buttons belong to the shell. Of the words below each other's icons none
 * is whole where all are twice as large: there they grow a little, and are not bold. */
static void
update (GtkCssProvider *provider)
{
  double scale = ui_text_scale_get ();
  int size = MIN ((int)(USUAL_ICON * scale / 4) * 4, LARGEST_ICON);
  g_autofree char *icons = g_strdup_printf ("window { -gtk-icon-size: %dpx; } windowcontrols { -gtk-icon-size: %dpx; }", size, USUAL_ICON);
  g_autofree char *labels = g_strdup_printf ("viewswitcher box.narrow { font-size: %d%%; font-weight: normal; } viewswitcher box.narrow label { padding-left: 2px; padding-right: 2px; }",
                                             (int)(NARROW_LABEL * LARGEST_LABEL / scale));
  g_autofree char *css = g_strconcat (icons, scale > LARGEST_LABEL ? labels : "", NULL);

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
