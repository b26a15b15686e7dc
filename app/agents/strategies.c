/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "strategies.h"

#include <glib/gi18n.h>

const AgentStrategy agent_strategies[AGENT_N_STRATEGIES] = {
  { N_ ("Step by step"), "Number the steps." },
  { N_ ("What is given"), "Begin with one line that says what is given and one that says what is asked." },
  { N_ ("Plan first"), "Begin with the plan in one line, then carry it out." },
  { N_ ("Check twice"), "At the end check each number against the question, in one line, and correct what is wrong." },
  { N_ ("From the end"), "Ask what must be known for the answer, and what for that, back to what is given. Then compute forwards." },
  { N_ ("In a table"), "Put what is given into a small table, add a column or row for each step, and read the answer from it." },
  { N_ ("Estimate first"), "Estimate the answer roughly first. Then work it out exactly, and compare." },
  { N_ ("Explain it"), "Explain it as to somebody who has never seen such a question, and come to the answer." },
};
