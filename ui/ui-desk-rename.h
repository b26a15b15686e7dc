/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Asks for another name of what was made. */
#pragma once

#include <gtk/gtk.h>

#include "app-artifacts.h"

G_BEGIN_DECLS

/* In a dialog over `widget`'s window; whoever shows the title follows "title" of the artifact. */
void ui_desk_rename (GtkWidget *widget, AppArtifacts *artifacts, AppArtifact *artifact);

G_END_DECLS
