/* SPDX-License-Identifier: GPL-3.0-or-later */
/* An engine that plays a script instead of running a model, so that tests see every case without one. */
#pragma once

#include "app-engine.h"

G_BEGIN_DECLS

typedef struct Script Script;
struct Script {
  const char *thought; /* before the text, likewise in pieces */
  AppThoughtEnd thought_end; /* NONE: CLOSED */
  gboolean hold_thought;     /* after it: waits for cancel, or for answer_now, which ends it ASKED */
  const char *text;    /* written in pieces of `piece` bytes (whole characters), one every `ms` */
  guint piece, ms;     /* 0: 4 bytes, 1 ms */
  const char *error;   /* after the text: fails with this sentence */
  gboolean hold;       /* after the text: waits for cancel */
  gboolean too_long;   /* after the text: it has reached the greatest length */
  guint dropped;       /* messages that it says it left out */
  const char *moved;   /* after the text: the graphics card fails, with this sentence, and what follows is `text_after` */
  const char *text_after;
  const char *passage; /* of what is attached it is given only this, where it stands: a source */
  const char *calls;   /* after the text: what it calls, one a line, "name {"json": 1}" */
  gboolean obeys;      /* it calls what the newest message, whoever's it is, says: each line of it that begins with "CALL " is one of `calls` */
  const Script *then;  /* of the next completion; NULL: the same once more */
};

#define TEST_TYPE_SCRIPTED_ENGINE (scripted_engine_get_type ())
G_DECLARE_FINAL_TYPE (ScriptedEngine, scripted_engine, SCRIPTED, ENGINE, AppEngine)

/* NONE; load a model of scripted_model_new () to make it READY. */
ScriptedEngine *scripted_engine_new (void);
/* Shared by every completion that begins from now on; the strings must stay. */
void scripted_engine_set_script (ScriptedEngine *self, const Script *script);
/* What is played for each prompt, where that depends on what is asked; NULL: the script. */
typedef void (*ScriptFunc) (const char *prompt, Script *script, gpointer data);
void scripted_engine_set_play (ScriptedEngine *self, ScriptFunc play, gpointer data);
/* Loading ends only when scripted_engine_finish_load () says so. */
void scripted_engine_hold_load (ScriptedEngine *self);
void scripted_engine_finish_load (ScriptedEngine *self, const char *error);
/* From now on loading ends at once again. */
void scripted_engine_release_load (ScriptedEngine *self);
/* Whether the model would be loaded otherwise by now; until the next load. */
void scripted_engine_set_stale (ScriptedEngine *self, gboolean stale);
/* Where the model runs from now on, and whether it belongs elsewhere. */
void scripted_engine_set_place (ScriptedEngine *self, const AppPlace *place);
/* That is told when it fails, as the engine of this process does it. (nullable) */
void scripted_engine_set_gpu (ScriptedEngine *self, AppGpu *gpu);
void scripted_engine_set_misplaced (ScriptedEngine *self, gboolean misplaced);
/* What it was asked last: "user: Hello\nassistant: …"; without the system message. A beginning to go on from stands last, behind "assistant…". */
char *scripted_engine_dup_prompt (ScriptedEngine *self);

/* All that it was asked last. (transfer none) (nullable) */
AppPrompt *scripted_engine_get_prompt (ScriptedEngine *self);

/* What its model has learned of thinking, from the next load on. */
void scripted_engine_set_thinks (ScriptedEngine *self, AppThinks thinks);

/* What it says to measure from now on; before, that its context is not known. */
void scripted_engine_set_measure (ScriptedEngine *self, const AppMeasure *measure);

/* An installed model without a file. */
AppModel *scripted_model_new (const char *id, const char *name);

G_END_DECLS
