/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "ui-locale.h"

#include <glib/gi18n.h>
#include <locale.h>

void
ui_locale_init (void)
{
  const char *named = g_getenv ("MELETE_LOCALEDIR");

  setlocale (LC_ALL, "");
  bindtextdomain (GETTEXT_PACKAGE, named != NULL ? named : MELETE_LOCALEDIR);
  bind_textdomain_codeset (GETTEXT_PACKAGE, "UTF-8");
  textdomain (GETTEXT_PACKAGE);
}
