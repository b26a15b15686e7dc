/* SPDX-License-Identifier: GPL-3.0-or-later */
/* AppDictation: the words of somebody who still speaks, as they come. Main thread only.
 *
 * What is said between two pauses is written down once more with care when it is whole, and stays; what comes behind that is tentative, and may change with
 * every second that is heard. Who speaks for long without a pause is cut where the model hears the end of a sentence.
 *
 * Property: "text" (string): all the words so far. Signal: "ended" (GError *error): after app_dictation_end (), or because the model failed (`error`, else NULL);
 * the words so far stay. */
#pragma once

#include "app-transcriber.h"

G_BEGIN_DECLS

#define APP_TYPE_DICTATION (app_dictation_get_type ())
G_DECLARE_FINAL_TYPE (AppDictation, app_dictation, APP, DICTATION, GObject)

/* (transfer full) */
AppDictation *app_dictation_new (AppTranscriber *transcriber);
/* Samples at APP_TRANSCRIBER_RATE. */
void app_dictation_hear (AppDictation *self, const float *samples, gsize n);
/* Nobody speaks now. */
void app_dictation_pause (AppDictation *self);
/* Nothing more comes. */
void app_dictation_end (AppDictation *self);
/* Ends without "ended", and lets the model stop. */
void app_dictation_cancel (AppDictation *self);
const char *app_dictation_get_text (AppDictation *self); /* never NULL */

G_END_DECLS
