/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The module that knows WebKit: found, opened and prepared with the first page, and then kept until the program ends. Main thread. */
#pragma once

#include "preview-web.h"

G_BEGIN_DECLS

/* The error is a sentence for the person (PREVIEW_ERROR or G_IO_ERROR_CANCELLED); a later call tries again. */
void preview_module_open_async (GCancellable *cancellable, GAsyncReadyCallback callback, gpointer data);
/* (transfer none): for good. */
const PreviewWebApi *preview_module_open_finish (GAsyncResult *result, GError **error);

G_END_DECLS
