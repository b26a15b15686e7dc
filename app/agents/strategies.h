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

/* In front of every strategy's words: several agents that write long take longer than one that does not, and short sentences with their calculations are as right. All agents have it in common, so it is evaluated once. */
#define AGENT_MANNER "Work it out step by step, each step one short sentence with its calculation, such as “64 tickets cost 64 * 2.50 = 160 euros.”"

/* The first ones are used first. */
extern const AgentStrategy agent_strategies[AGENT_N_STRATEGIES];

G_END_DECLS
