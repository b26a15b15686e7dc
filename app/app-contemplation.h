/* SPDX-License-Identifier: GPL-3.0-or-later */
/* AppContemplation: several agents attack one question at once, each in its own way, and what they agree on is the answer.
 *
 *   attack      every agent has the same prompt, with a strategy of its own behind the newest note, so all share what is in front of it in the model's cache
 *   agreement   when more than half of all, or the first two that end while nobody has come to anything else, come to the same short answer, the rest is spared
 *   refinement  otherwise each is shown what the others came to, and looks once more at its own
 *   synthesis   where they still differ, or the question has no short answer, one more answer reconciles them and says where they disagreed
 *
 * What is emitted as text is the answer of an agent that agreed, or the synthesis as it is written. Each agent is an AppLane. Main thread only. */
#pragma once

#include "app-engine.h"
#include "app-lane.h"

G_BEGIN_DECLS

#define APP_CONTEMPLATION_FEWEST 2
#define APP_CONTEMPLATION_MOST 8

#define APP_TYPE_CONTEMPLATION (app_contemplation_get_type ())
G_DECLARE_FINAL_TYPE (AppContemplation, app_contemplation, APP, CONTEMPLATION, AppCompletion)

/* The engine is READY. `n_agents`: 0 for what this machine has cores and memory for. */
AppCompletion *app_contemplation_new (AppEngine *engine, AppPrompt *prompt, guint n_agents);

/* How many agents a machine works on well at once: a model's decoding waits for memory, so each core has room for two, and each agent needs `agent_bytes` for its own words. */
guint app_contemplation_choose_n (guint n_cores, gsize memory, gsize agent_bytes);

/* Of AppLane, from the beginning. (transfer none) */
GListModel *app_contemplation_get_lanes (AppContemplation *self);
/* How it came to its answer, when it has ended: "3 of 4 agents agree". (transfer none) (nullable) */
const char *app_contemplation_get_notice (AppContemplation *self);

G_END_DECLS
