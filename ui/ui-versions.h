/* SPDX-License-Identifier: GPL-3.0-or-later */
/* UiVersions: the versions of an artifact, the newest first, and what the chosen one changed.
 *
 * Signal: "chosen" (AppVersion *version). */
#pragma once

#include <gtk/gtk.h>

#include "app-artifacts.h"

G_BEGIN_DECLS

#define UI_TYPE_VERSIONS (ui_versions_get_type ())
G_DECLARE_FINAL_TYPE (UiVersions, ui_versions, UI, VERSIONS, GtkWidget)

/* (nullable) both */
void ui_versions_set_version (UiVersions *self, AppArtifacts *artifacts, AppVersion *version);

/* "Version 3, mended by the model". (transfer full) */
char *ui_versions_dup_name (AppVersion *version);

G_END_DECLS
