/* SPDX-License-Identifier: GPL-3.0-or-later */
/* How agents that attack one question differ. */
#pragma once

#include <glib.h>

G_BEGIN_DECLS

typedef struct {
  const char *name;  /* for the person; to be translated */
  const char *words; /* for the model, behind the question */
} AgentStrategy;

#define AGENT_N_STRATEGIES 8

/* The first ones are used first. */
extern const AgentStrategy agent_strategies[AGENT_N_STRATEGIES];

G_END_DECLS
