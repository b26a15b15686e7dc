/* SPDX-License-Identifier: GPL-3.0-or-later */
/* AppAsk: questions in words to some datasets. A model writes the SQL, AppQuery runs it: what comes back is what the tables say, with the statement, and never the model's own figures.
 *
 * A model of this machine writes under a grammar made from the tables (tables/sql-grammar.h), so that it names what there is and only reads. A statement that cannot be
 * run, or finds nothing, is shown to the model once more with what came of it. Main thread only. */
#pragma once

#include "app-engine.h"
#include "app-query.h"
#include "app-writing.h"

G_BEGIN_DECLS

#define APP_TYPE_ASK (app_ask_get_type ())
G_DECLARE_FINAL_TYPE (AppAsk, app_ask, APP, ASK, GObject)

/* `datasets`: of AppDataset, at least one. Keep it for several questions: the grammar and what the model is told of the tables are made once, with the first. */
AppAsk *app_ask_new (GPtrArray *datasets);
/* For tables that are kept: what is said to it are wishes, "add a column with price times quantity". `base`: the statement of the table that is to be changed, NULL for a new one. `adds`: the wish is for
 * more columns, and all the others are kept. */
AppAsk *app_ask_new_kept (GPtrArray *datasets, const char *base, gboolean adds);
/* Called with what is written, so far. NULL: nobody. */
void app_ask_set_progress (AppAsk *self, AppWritingProgress progress, gpointer data);

/* `engine`: with a READY model, which must not be unloaded meanwhile. `limits`: of the statement, NULL for the usual ones. */
void app_ask_run_async (AppAsk *self, AppEngine *engine, const char *question, const AppQueryLimits *limits, GCancellable *cancellable, GAsyncReadyCallback callback, gpointer user_data);

/* How it went, also when it failed. */
typedef struct {
  char *sql;      /* the last statement that was written; NULL when none was */
  guint n_tries;  /* statements that were written */
  gint64 n_tokens; /* of them */
} AppAskReport;
void app_ask_report_clear (AppAskReport *report);

/* The answer, which may have no rows. `report`: (out) (nullable), to be cleared in any case. Errors: APP_ERROR_INVALID (no statement came of it that can be run; the sentence says why),
 * G_IO_ERROR_TIMED_OUT (of the statement), APP_ERROR_NO_MODEL, those of the engine and of the files, G_IO_ERROR_CANCELLED. (transfer full) */
AppResult *app_ask_run_finish (AppAsk *self, GAsyncResult *result, AppAskReport *report, GError **error);

/* What a model of this machine is bound by, and what it is told, for those who test it. (transfer full) */
char *app_ask_dup_grammar (AppAsk *self);
char *app_ask_dup_instructions (AppAsk *self);

G_END_DECLS
