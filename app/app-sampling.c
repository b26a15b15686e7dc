/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "app-sampling.h"

#include <math.h>

#define DOUBLE(key, member, min, max, usual) { key, APP_SAMPLING_DOUBLE, G_STRUCT_OFFSET (AppSampling, member), min, max, usual }
#define INT(key, member, min, max, usual) { key, APP_SAMPLING_INT, G_STRUCT_OFFSET (AppSampling, member), min, max, usual }

static const AppSamplingField fields[] = {
  DOUBLE ("temperature", temperature, 0, 2, 0.7),
  INT ("top-k", top_k, 0, 1000, 40),
  DOUBLE ("top-p", top_p, 0, 1, 0.95),
  DOUBLE ("min-p", min_p, 0, 1, 0.05),
  DOUBLE ("typical-p", typical_p, 0, 1, 1),
  DOUBLE ("xtc-probability", xtc_probability, 0, 1, 0),
  DOUBLE ("xtc-threshold", xtc_threshold, 0, 0.5, 0.1),
  DOUBLE ("repeat-penalty", repeat_penalty, 1, 2, 1.05),
  DOUBLE ("frequency-penalty", frequency_penalty, -2, 2, 0),
  DOUBLE ("presence-penalty", presence_penalty, -2, 2, 0),
  INT ("repeat-last", repeat_last, 0, 131072, 64),
  DOUBLE ("dry-multiplier", dry_multiplier, 0, 10, 0),
  DOUBLE ("dry-base", dry_base, 1, 4, 1.75),
  INT ("dry-allowed", dry_allowed, 1, 1000, 2),
  DOUBLE ("mirostat-tau", mirostat_tau, 0, 10, 0),
  DOUBLE ("mirostat-eta", mirostat_eta, 0, 1, 0.1),
  INT ("max-tokens", max_tokens, 0, 131072, 0),
  INT ("max-thought", max_thought, 0, 131072, 0),
  /* A double holds every whole number up to here. */
  { "seed", APP_SAMPLING_UINT64, G_STRUCT_OFFSET (AppSampling, seed), 0, 9007199254740991.0, 0 },
};

const AppSamplingField *
app_sampling_get_fields (guint *n_fields)
{
  *n_fields = G_N_ELEMENTS (fields);
  return fields;
}

const AppSamplingField *
app_sampling_find_field (const char *key)
{
  for (guint i = 0; i < G_N_ELEMENTS (fields); i++)
    if (g_str_equal (fields[i].key, key))
      return &fields[i];
  return NULL;
}

double
app_sampling_get (const AppSampling *sampling, const AppSamplingField *field)
{
  if (field->type == APP_SAMPLING_INT)
    return G_STRUCT_MEMBER (int, sampling, field->offset);
  if (field->type == APP_SAMPLING_UINT64)
    return G_STRUCT_MEMBER (guint64, sampling, field->offset);
  return G_STRUCT_MEMBER (double, sampling, field->offset);
}

void
app_sampling_set (AppSampling *sampling, const AppSamplingField *field, double value)
{
  value = CLAMP (value, field->min, field->max);
  if (field->type == APP_SAMPLING_INT)
    G_STRUCT_MEMBER (int, sampling, field->offset) = (int) round (value);
  else if (field->type == APP_SAMPLING_UINT64)
    G_STRUCT_MEMBER (guint64, sampling, field->offset) = (guint64) round (value);
  else
    G_STRUCT_MEMBER (double, sampling, field->offset) = value;
}

AppSampling
app_sampling_usual (void)
{
  AppSampling sampling = { 0 };

  for (guint i = 0; i < G_N_ELEMENTS (fields); i++)
    app_sampling_set (&sampling, &fields[i], fields[i].usual);
  return sampling;
}
