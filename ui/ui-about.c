/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "ui-about.h"

#include <adwaita.h>
#include <glib/gi18n.h>

void
ui_about_show (GtkWindow *parent)
{
  static const char *const developers[] = { "The Melete authors", NULL };

  adw_show_about_window (parent,
                         "application-name", "Melete",
                         "application-icon", "org.melete.Melete",
                         "version", MELETE_VERSION,
                         "developer-name", "The Melete authors",
                         "developers", developers,
                         "comments", _("A private assistant that runs open models on this machine. What you write, show and ask stays here, unless you choose a model on a server that you added."),
                         "license-type", GTK_LICENSE_GPL_3_0,
                         /* Translators: your name, and perhaps your address */
                         "translator-credits", _("translator-credits"),
                         NULL);
}
