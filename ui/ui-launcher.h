/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Adds what was made to the system's applications, and takes it out again (AppLaunchers). */
#pragma once

#include <gtk/gtk.h>

#include "app-history.h"

G_BEGIN_DECLS

/* Shows how it will look among the applications and asks for its name there; inside a sandbox the portal does. `handle`: app-made.h. How it went a toast around `widget` says. */
void ui_launcher_add (GtkWidget *widget, AppHistory *history, const char *handle);
void ui_launcher_remove (GtkWidget *widget, AppHistory *history, const char *handle);

G_END_DECLS
