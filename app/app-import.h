/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Conversations of a file, into the history: Melete's own JSON, and the exports of ChatGPT (conversations.json, or the .zip with it) and of Open WebUI.
 *
 * The file is foreign: it is read in bounded pieces, on a thread of its own. Each conversation is one transaction, so that a cancel, a crash or a
 * damaged end keeps what came before. What is there already is left out: the same file a second time adds nothing. A conversation counts as there when one
 * of the history began in the same millisecond and has every message of it, with the same role, time and words; one that went on elsewhere since its
 * first import comes in a second time, whole. Main thread only. */
#pragma once

#include "app-export.h"

G_BEGIN_DECLS

typedef struct {
  guint n_added;
  guint n_known;   /* they were there already */
  guint n_damaged; /* left out */
  guint n_missing; /* attachments that the file names and does not have */
  gboolean stopped; /* by the cancellable: `n_added` are in the history */
  char *sentence;  /* why the first damaged one was left out; NULL for none */
} AppImportResult;
void app_import_result_free (AppImportResult *result);
G_DEFINE_AUTOPTR_CLEANUP_FUNC (AppImportResult, app_import_result_free)

void app_history_import_async (AppHistory *self, GFile *file, AppTransferProgress progress, gpointer progress_data, GCancellable *cancellable,
                               GAsyncReadyCallback callback, gpointer user_data);
/* Returns: (transfer full) (nullable): NULL with an error when nothing was imported and nothing was there already. What the file lost after its
 * good part is told in the result. */
AppImportResult *app_history_import_finish (AppHistory *self, GAsyncResult *result, GError **error);

G_END_DECLS
