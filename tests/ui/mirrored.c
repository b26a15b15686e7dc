/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The application as a person sees it whose language runs from right to left, in English: for the pictures. GTK takes the direction from the
 * translation of its own, which need not be installed here. */
#include <gtk/gtk.h>

#include "ui-application.h"
#include "ui-locale.h"
#include "ui-resources.h"

int
main (int argc, char *argv[])
{
  g_autoptr (UiApplication) application = NULL;

  ui_locale_init ();
  gtk_init ();
  gtk_widget_set_default_direction (GTK_TEXT_DIR_RTL);
  ui_register_resource ();
  application = ui_application_new ();
  return g_application_run (G_APPLICATION (application), argc, argv);
}
