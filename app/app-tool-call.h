/* SPDX-License-Identifier: GPL-3.0-or-later */
/* AppToolCall: one call of a tool by a model, as a person sees it: what was called with what, what the person said to it, and what came of it. Main thread only.
 *
 * It is stored before anything happens (AppToolbox), so a call that a crash ended is there too. One that may have had an effect is UNKNOWN then: nobody repeats it, and
 * the person says whether it happened (app_tool_call_settle ()). */
#pragma once

#include <gio/gio.h>

#include "tools/tool.h"

G_BEGIN_DECLS

/* The numbers are stored. */
typedef enum {
  APP_CALL_WRITING, /* the model still writes its arguments; not stored */
  APP_CALL_ASKING,  /* waits for the person; nothing has happened */
  APP_CALL_RUNNING,
  APP_CALL_DONE,
  APP_CALL_FAILED,  /* the result says why */
  APP_CALL_REFUSED, /* by the person */
  APP_CALL_STOPPED, /* before it had an effect */
  APP_CALL_UNKNOWN, /* the program ended while it ran, and it may have had an effect */
} AppCallState;

/* What the person said. The numbers are stored. */
typedef enum {
  APP_CONSENT_FREE,         /* nobody had to be asked */
  APP_CONSENT_ONCE,
  APP_CONSENT_CONVERSATION,
  APP_CONSENT_ALWAYS,
  APP_CONSENT_REFUSED,
  APP_CONSENT_GRANTED,      /* the person had said so before */
} AppConsentAnswer;

#define APP_TYPE_TOOL_CALL (app_tool_call_get_type ())
G_DECLARE_FINAL_TYPE (AppToolCall, app_tool_call, APP, TOOL_CALL, GObject)

/* Never NULL where nothing is said of it. */
const char *app_tool_call_get_id (AppToolCall *self);        /* the model's */
const char *app_tool_call_get_name (AppToolCall *self);      /* of the tool, as the model calls it */
const char *app_tool_call_get_origin (AppToolCall *self);    /* "" for a tool of ours, or the server's name */
const char *app_tool_call_get_title (AppToolCall *self);     /* for people: "Read a file" */
const char *app_tool_call_get_icon_name (AppToolCall *self);
char *app_tool_call_dup_object (AppToolCall *self);          /* what it is about, one short line; "" for nothing */
AppEffect app_tool_call_get_effect (AppToolCall *self);
const char *app_tool_call_get_arguments (AppToolCall *self); /* "arguments": JSON, exactly as it is run */
AppCallState app_tool_call_get_state (AppToolCall *self);    /* "state" (uint) */
AppConsentAnswer app_tool_call_get_consent (AppToolCall *self); /* notifies with "state" */
const char *app_tool_call_get_result (AppToolCall *self);    /* notifies with "state": what the model is told */
const char *app_tool_call_get_data (AppToolCall *self);      /* the same for programs; (nullable) */
const char *app_tool_call_get_explanation (AppToolCall *self); /* while ASKING: what exactly would happen, in a sentence for the person; "" where the arguments say it all. Notifies with "state" */
guint app_tool_call_get_round (AppToolCall *self);           /* calls of one round were made at once; from 0 */
gsize app_tool_call_get_place (AppToolCall *self);           /* bytes of the answer's text that stand before it */
GDateTime *app_tool_call_get_time (AppToolCall *self);       /* when it began; (transfer none) */

/* While ASKING: the person has decided about exactly these arguments. Nothing but a click of the person may lead here. */
void app_tool_call_answer (AppToolCall *self, AppConsentAnswer answer);
/* While RUNNING: the question that the model asks the person, with what may be chosen (nullable: anything); NULL: it asks nothing. "question" notifies. */
const char *app_tool_call_get_question (AppToolCall *self);
const char *const *app_tool_call_get_choices (AppToolCall *self);
void app_tool_call_reply (AppToolCall *self, const char *text);
/* While UNKNOWN: the person knows whether it happened. Stored. */
void app_tool_call_settle (AppToolCall *self, gboolean happened);

G_END_DECLS
