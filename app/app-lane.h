/* SPDX-License-Identifier: GPL-3.0-or-later */
/* AppLane: one of several agents that work at once, as a person sees it: who it is, what it is at, what it has written, tokens and time.
 *
 * It is a record that somebody else fills and the window shows; it computes nothing. Main thread only. "changed" () is emitted at most once for each change of what it tells. */
#pragma once

#include <gio/gio.h>

G_BEGIN_DECLS

typedef enum {
  APP_LANE_WAITING, /* has not begun */
  APP_LANE_WORKING,
  APP_LANE_DONE,
  APP_LANE_SPARED,  /* ended early: the others knew enough */
  APP_LANE_STOPPED, /* by the person */
  APP_LANE_FAILED,  /* `answer` has the sentence */
} AppLaneState;

/* One of several that do the same, or of those that do a job together: who planned it, and its steps. */
typedef enum { APP_LANE_AGENT, APP_LANE_PLANNER, APP_LANE_STEP } AppLaneRole;

/* WILL_PAUSE: when what is under way has ended, which cannot be held. */
typedef enum { APP_LANE_GOES, APP_LANE_WILL_PAUSE, APP_LANE_PAUSED } AppLanePause;

#define APP_TYPE_LANE (app_lane_get_type ())
G_DECLARE_FINAL_TYPE (AppLane, app_lane, APP, LANE, GObject)

/* `name`: for the person, "Step by step". */
AppLane *app_lane_new (const char *name);
AppLane *app_lane_new_with_role (const char *name, AppLaneRole role);

AppLaneRole app_lane_get_role (AppLane *self);
const char *app_lane_get_name (AppLane *self);
AppLaneState app_lane_get_state (AppLane *self);
const char *app_lane_get_task (AppLane *self);   /* what it is at now, a few words; "" for nothing */
const char *app_lane_get_text (AppLane *self);   /* all that it has written; never NULL */
const char *app_lane_get_answer (AppLane *self); /* what it came to, short; "" for nothing that can be compared */
gint64 app_lane_get_tokens (AppLane *self);
double app_lane_get_seconds (AppLane *self);     /* of work, up to now; pauses are none */
/* The last sentence that is whole, or what there is of the first. (transfer full) */
char *app_lane_dup_line (AppLane *self);

/* Whether it can be stopped by itself; app_lane_stop () then asks for it ("stop"), and whoever runs the lane answers. */
gboolean app_lane_can_stop (AppLane *self);
void app_lane_stop (AppLane *self);

/* What it may take, when that is limited; 0: it is not. */
gint64 app_lane_get_budget_tokens (AppLane *self);
double app_lane_get_budget_seconds (AppLane *self);
AppLanePause app_lane_get_pause (AppLane *self);
/* What it made, names for the person; never NULL. */
const char *const *app_lane_get_files (AppLane *self);
/* What was found wrong with it, a sentence each; never NULL. */
const char *const *app_lane_get_findings (AppLane *self);
/* When it began and ended, in milliseconds since 1970; 0: not yet. */
gint64 app_lane_get_began (AppLane *self);
gint64 app_lane_get_ended (AppLane *self);

/* The same for pausing it ("pause", gboolean), for a word of the person ("steer", const char *), and for more of its budget ("raise"). */
gboolean app_lane_can_pause (AppLane *self);
void app_lane_ask_pause (AppLane *self, gboolean pause);
gboolean app_lane_can_steer (AppLane *self);
void app_lane_steer (AppLane *self, const char *words);
gboolean app_lane_can_raise (AppLane *self);
void app_lane_raise (AppLane *self);

/* ---- for who runs it ---- */
void app_lane_begin (AppLane *self, const char *task);
void app_lane_append (AppLane *self, const char *piece);
void app_lane_count (AppLane *self, gint64 tokens); /* adds */
void app_lane_set_answer (AppLane *self, const char *answer);
void app_lane_end (AppLane *self, AppLaneState state);
void app_lane_set_budget (AppLane *self, gint64 tokens, double seconds);
void app_lane_set_pause (AppLane *self, AppLanePause pause);
void app_lane_set_files (AppLane *self, const char *const *files);
void app_lane_set_findings (AppLane *self, const char *const *findings);
/* What it was in an earlier run of the program. */
void app_lane_restore (AppLane *self, AppLaneState state, const char *task, const char *text, gint64 tokens, double seconds, gint64 began, gint64 ended);

G_END_DECLS
