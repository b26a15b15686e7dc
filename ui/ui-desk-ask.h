/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The question at what was pointed at in a page: what should be different about it. */
#pragma once

#include "app-pick.h"
#include "ui-preview.h"

G_BEGIN_DECLS

/* `words`: never empty. */
typedef void (*UiDeskAskFunc) (const char *words, const AppPick *pick, gpointer data);

/* Shows it over `parent`, at the place of `picked` in it, and calls `func` if the person answers. Returns the popover, a child of `parent`, to be unparented. */
GtkWidget *ui_desk_ask (GtkWidget *parent, const UiPreviewPick *picked, UiDeskAskFunc func, gpointer data);

G_END_DECLS
