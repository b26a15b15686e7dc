/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "strategies.h"

#include <glib/gi18n.h>

const AgentStrategy agent_strategies[AGENT_N_STRATEGIES] = {
  { N_ ("Step by step"), "Work it out in small numbered steps, one short line each." },
  { N_ ("What is given"), "First write down in a list what is given and what is asked. Then work it out." },
  { N_ ("Plan first"), "First write a plan in two or three lines. Then carry it out, line by line." },
  { N_ ("Check twice"), "Work it out briefly. Then check each number against the question, and correct what is wrong." },
  { N_ ("From the end"), "Ask what must be known for the answer, and what for that, back to what is given. Then compute forwards." },
  { N_ ("In a table"), "Put what is given into a small table, add a column or row for each step, and read the answer from it." },
  { N_ ("Estimate first"), "Estimate the answer roughly first. Then work it out exactly, and compare." },
  { N_ ("Explain it"), "Explain it as to somebody who has never seen such a question, and come to the answer." },
};
