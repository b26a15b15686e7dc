/* SPDX-License-Identifier: GPL-3.0-or-later */
/* UiAttachmentViewer: a window that shows an attachment large, page by page, and beside it exactly what the model got. */
#pragma once

#include <adwaita.h>

#include "app-attachment.h"

G_BEGIN_DECLS

#define UI_TYPE_ATTACHMENT_VIEWER (ui_attachment_viewer_get_type ())
G_DECLARE_FINAL_TYPE (UiAttachmentViewer, ui_attachment_viewer, UI, ATTACHMENT_VIEWER, AdwWindow)

/* Opens the viewer over the window of `widget`. */
void ui_attachment_viewer_present (GtkWidget *widget, AppAttachment *attachment);
/* …at a passage: the page that it is on (from 1; 0: the attachment has none), its words below, and marked in the text. `start`, `length`: in bytes of what the model got;
 * what lies outside of it marks nothing. */
void ui_attachment_viewer_present_passage (GtkWidget *widget, AppAttachment *attachment, guint page, gsize start, gsize length);

G_END_DECLS
