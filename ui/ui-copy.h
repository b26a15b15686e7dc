/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The ways in which an answer gets onto the clipboard. */
#pragma once

#include <gtk/gtk.h>

G_BEGIN_DECLS

typedef enum {
  UI_COPY_MARKDOWN, /* as the model wrote it */
  UI_COPY_RICH,     /* HTML, for whom takes it, and plain text for all others */
  UI_COPY_PLAIN,    /* without marks */
} UiCopy;
#define UI_COPY_N (UI_COPY_PLAIN + 1)

/* `text`: Markdown. A toast at `widget` says that it was done. */
void ui_copy (GtkWidget *widget, const char *text, UiCopy how);

G_END_DECLS
