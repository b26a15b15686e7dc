/* SPDX-License-Identifier: GPL-3.0-or-later */
/* UiPreviewCheck: tries a page in windows of 360 and of 1,200 pixels, one after the other, waits until it has settled, and says what is wrong with it. Nobody sees it: the widget takes
 * no room, but has to be in a window that is shown, for WebKit draws nothing otherwise. It takes 2 to 20 s. Main thread. */
#pragma once

#include <gtk/gtk.h>

#include "app-bundle.h"
#include "app-check.h"

G_BEGIN_DECLS

#define UI_PREVIEW_CHECK_NARROW 360
#define UI_PREVIEW_CHECK_WIDE 1200

#define UI_TYPE_PREVIEW_CHECK (ui_preview_check_get_type ())
G_DECLARE_FINAL_TYPE (UiPreviewCheck, ui_preview_check, UI, PREVIEW_CHECK, GtkWidget)

UiPreviewCheck *ui_preview_check_new (void);

/* One at a time; its process ends with it. What is wrong with the page is no error: G_IO_ERROR_CANCELLED, or APP_ERROR_INVALID when the widget is not shown. */
void ui_preview_check_run_async (UiPreviewCheck *self, AppBundle *bundle, GCancellable *cancellable, GAsyncReadyCallback callback, gpointer data);
/* (transfer full) */
AppCheck *ui_preview_check_run_finish (UiPreviewCheck *self, GAsyncResult *result, GError **error);

G_END_DECLS
