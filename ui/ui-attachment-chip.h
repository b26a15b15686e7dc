/* SPDX-License-Identifier: GPL-3.0-or-later */
/* UiAttachmentChip: one attachment: thumbnail, name, and what the model gets of it. A click (or Enter) opens it large.
 *
 * Signal "remove" (): the person took it out; only in the composer. */
#pragma once

#include <gtk/gtk.h>

#include "app-attachment.h"

G_BEGIN_DECLS

#define UI_TYPE_ATTACHMENT_CHIP (ui_attachment_chip_get_type ())
G_DECLARE_FINAL_TYPE (UiAttachmentChip, ui_attachment_chip, UI, ATTACHMENT_CHIP, GtkWidget)

/* `removable`: with a Remove button, as in the composer. */
GtkWidget *ui_attachment_chip_new (AppAttachment *attachment, gboolean removable);

AppAttachment *ui_attachment_chip_get_attachment (UiAttachmentChip *self);

G_END_DECLS
