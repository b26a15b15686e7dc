/* SPDX-License-Identifier: GPL-3.0-or-later */
/* JobGate: the engine as one step of a job sees it. Whatever that step has written goes through here, so that its budget holds whoever has it written: each completion may be no longer than what is left, and
 * when nothing is left it fails. It is also where a step waits while it is paused, where a person's words come in, and what its lane shows. Main thread only. */
#pragma once

#include "app-engine.h"
#include "app-lane.h"

G_BEGIN_DECLS

#define JOB_TYPE_GATE (job_gate_get_type ())
G_DECLARE_FINAL_TYPE (JobGate, job_gate, JOB, GATE, AppEngine)

/* `inner`: READY. `lane`: (nullable) */
JobGate *job_gate_new (AppEngine *inner, AppLane *lane);
/* What it may take from its beginning on: tokens that are written, and completions. What it took before counts. */
void job_gate_set_budget (JobGate *self, gint64 tokens, gint64 calls);
gint64 job_gate_get_budget_tokens (JobGate *self);
gint64 job_gate_get_budget_calls (JobGate *self);
/* What it took; `took`: before, in an earlier run of the program. */
void job_gate_set_taken (JobGate *self, gint64 tokens, gint64 calls);
gint64 job_gate_get_tokens (JobGate *self);
gint64 job_gate_get_calls (JobGate *self);
/* Whether something was refused or cut because nothing was left. */
gboolean job_gate_is_spent (JobGate *self);

/* What is written holds within a token, and what begins from now on waits. A model of another machine cannot be held: what it writes goes on to its end. */
void job_gate_set_paused (JobGate *self, gboolean paused);
gboolean job_gate_is_waiting (JobGate *self); /* something waits or is held, and nothing is written */
/* Words of the person, which stand behind each question from now on; "" for none. */
void job_gate_steer (JobGate *self, const char *words);

G_END_DECLS
