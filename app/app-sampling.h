/* SPDX-License-Identifier: GPL-3.0-or-later */
/* AppSampling: how an answer is drawn, and the table of its numbers.
 *
 * The preferences, what is set for one conversation, and the rows of both dialogs all go through the table: a new number is one field and
 * one line, a key of the same name in the settings' schema, and a row in ui/ui-sampling-rows.c. */
#pragma once

#include <gio/gio.h>

G_BEGIN_DECLS

/* Where nothing else is said, 0 is off. */
typedef struct {
  double temperature; /* 0: always the likeliest token */
  double top_p, min_p, typical_p; /* top_p and typical_p: 1 is off too */
  int top_k;
  double xtc_probability, xtc_threshold;
  double repeat_penalty; /* 1: off */
  double frequency_penalty, presence_penalty;
  int repeat_last; /* tokens that the three penalties look back on */
  double dry_multiplier, dry_base;
  int dry_allowed; /* length of a repetition, in tokens, that costs nothing */
  double mirostat_tau, mirostat_eta;
  int max_tokens; /* of the answer; 0: until the context is full */
  int max_thought; /* tokens of the thought before it; 0: as its depth has it */
  guint64 seed;   /* at most 2⁵³ - 1 can be set */
} AppSampling;

typedef enum { APP_SAMPLING_DOUBLE, APP_SAMPLING_INT, APP_SAMPLING_UINT64 } AppSamplingType;

typedef struct {
  const char *key; /* of the settings' schema, and of the JSON of a conversation or persona */
  AppSamplingType type;
  gsize offset;    /* in AppSampling */
  double min, max; /* as in the schema */
  double usual;    /* as in the schema */
} AppSamplingField;

const AppSamplingField *app_sampling_get_fields (guint *n_fields);
/* (nullable) */
const AppSamplingField *app_sampling_find_field (const char *key);

double app_sampling_get (const AppSampling *sampling, const AppSamplingField *field);
/* Clamps. */
void app_sampling_set (AppSampling *sampling, const AppSamplingField *field, double value);
/* What the schema has: for when there are no preferences. */
AppSampling app_sampling_usual (void);

G_END_DECLS
