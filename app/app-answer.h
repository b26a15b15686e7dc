/* SPDX-License-Identifier: GPL-3.0-or-later */
/* AppAnswer: sees one answer through, from the waiting for the model to the last save. Internal to app/. Main thread only.
 *
 * The text is saved while it grows, at the pace of AppPace, so that a crash loses less than 250 ms of it. A save that fails is told once
 * ("save-failed") and tried again.
 *
 * Signals: "ended" () once, when the answer has its final state and that was stored, or could not be at first;
 * "save-failed" (const char *sentence). */
#pragma once

#include "app-engine.h"
#include "app-job.h"
#include "app-make.h"
#include "app-message-private.h"

G_BEGIN_DECLS

#define APP_TYPE_ANSWER (app_answer_get_type ())
G_DECLARE_FINAL_TYPE (AppAnswer, app_answer, APP, ANSWER, GObject)

AppAnswer *app_answer_new (AppDatabase *database, AppEngine *engine, AppMessage *message, AppPrompt *prompt);
/* Before it starts: it may be more than words (AppMake). What `order` points at is copied, or kept. */
void app_answer_set_order (AppAnswer *self, const AppMakeOrder *order);
/* Before it starts: it is a job (AppJob) that the answer tells of. `budget`: (nullable) */
void app_answer_set_job (AppAnswer *self, const AppMakeOrder *order, const AppJobBudget *budget);
/* Before it starts, and before an order: it may call tools. */
void app_answer_set_toolbox (AppAnswer *self, AppToolbox *toolbox);
/* Begins when the engine is ready. Who owns the object keeps it until "ended"; saves that are tried again keep it themselves. */
void app_answer_start (AppAnswer *self);
void app_answer_stop (AppAnswer *self);
/* Ends the thought, where that is possible. */
void app_answer_answer_now (AppAnswer *self);

G_END_DECLS
