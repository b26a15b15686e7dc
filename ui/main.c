/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "ui-application.h"
#include "ui-locale.h"
#include "ui-resources.h"

int
main (int argc, char *argv[])
{
  g_autoptr (UiApplication) application = NULL;

  ui_locale_init ();
  ui_register_resource ();
  application = ui_application_new ();
  return g_application_run (G_APPLICATION (application), argc, argv);
}
