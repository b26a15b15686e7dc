/* SPDX-License-Identifier: GPL-3.0-or-later */
#include <glib/gi18n.h>
#include <locale.h>

#include "ui-application.h"
#include "ui-resources.h"

int
main (int argc, char *argv[])
{
  g_autoptr (UiApplication) application = NULL;

  setlocale (LC_ALL, "");
  bindtextdomain (GETTEXT_PACKAGE, MELETE_LOCALEDIR);
  bind_textdomain_codeset (GETTEXT_PACKAGE, "UTF-8");
  textdomain (GETTEXT_PACKAGE);
  ui_register_resource ();
  application = ui_application_new ();
  return g_application_run (G_APPLICATION (application), argc, argv);
}
