/* SPDX-License-Identifier: GPL-3.0-or-later */
/* AppMake: an answer that may be more than words. It is the AppCompletion of a person's note: it finds out what is asked for, and then has the model talk, has it ask the
 * tables that are attached (AppAsk), or has it make something or change what was made (AppArtifacts), and looks at that before it is called done.
 *
 * "text" is what stands in the conversation. Internal to app/. Main thread only. */
#pragma once

#include "app-artifacts.h"
#include "app-checker.h"
#include "app-datasets.h"
#include "app-engine.h"
#include "app-toolbox.h"
#include "artifacts/artifact-writer.h"

G_BEGIN_DECLS

#define APP_TYPE_MAKE (app_make_get_type ())
G_DECLARE_FINAL_TYPE (AppMake, app_make, APP, MAKE, AppCompletion)

typedef struct {
  AppArtifacts *artifacts;
  AppDatasets *datasets;  /* nullable: no tables */
  AppChecker *checker;    /* nullable: nothing is looked at */
  GListModel *messages;   /* AppMessage: the visible path */
  guint n_messages;       /* of them up to the note, which is the last */
  gint64 answer;          /* the message that is written */
  const char *note;       /* the person's words */
  const char *wish;       /* what the note is to become: a kind's id or one of make-route.h; "": the model decides */
  const AppPick *pick;    /* nullable: what the person pointed at */
  AppToolbox *toolbox;    /* nullable: an answer in words calls nothing */
  GListStore *calls;      /* of AppToolCall: where what it calls is shown */
} AppMakeOrder;

/* Whether anything but an answer in words comes into question: for most notes it does not, and the engine is asked at once. */
gboolean app_make_is_needed (const AppMakeOrder *order);

/* `prompt`: for an answer in words. What `order` points at is copied, or kept. */
AppCompletion *app_make_new (AppEngine *engine, AppPrompt *prompt, const AppMakeOrder *order);

/* What an answer in words has to say of itself; NULL: nothing. Known before the first "text". */
const char *app_make_get_notice (AppMake *self);
/* Where figures of the answer come from: citations, known at the end; NULL: none of its own. (transfer none) */
GArray *app_make_get_citations (AppMake *self);

G_END_DECLS
