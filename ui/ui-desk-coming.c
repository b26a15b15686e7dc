/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "ui-desk-coming.h"

#include <glib/gi18n.h>

#include "artifacts/artifact-kind.h"
#include "artifacts/start-partial.h"

void
ui_desk_coming_show (AdwStatusPage *page, AppVersion *version)
{
  const char *source = app_version_get_source (version);
  const Start *start = start_partial_find_start (source);
  g_autofree char *title = start != NULL ? start_partial_dup_title (source) : NULL;
  g_autofree char *shown = g_markup_escape_text (title != NULL && *title != '\0' ? title : start != NULL ? _(start->line->name) : _("It comes together here"), -1);
  g_autofree char *of = start != NULL ? g_strdup_printf (_("“%s” is being filled in. Code shows it as it comes."), _(start->line->name)) : NULL;

  adw_status_page_set_icon_name (page, app_artifact_get_kind (app_version_get_artifact (version))->icon_name);
  adw_status_page_set_title (page, shown);
  adw_status_page_set_description (page, of != NULL ? of : _("As soon as its first part is written."));
}
