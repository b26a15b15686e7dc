/* SPDX-License-Identifier: GPL-3.0-or-later */
/* What was made goes into a file. */
#pragma once

#include "app-artifacts.h"
#include "ui-preview.h"

G_BEGIN_DECLS

/* Asks where, and writes `version` there: "html" (one page), "zip" (its files), "png", "pdf" (as `preview` shows it; nullable) or "source". How it went is told at `widget`. */
void ui_desk_export (GtkWidget *widget, AppArtifacts *artifacts, AppVersion *version, UiPreview *preview, const char *format);

G_END_DECLS
