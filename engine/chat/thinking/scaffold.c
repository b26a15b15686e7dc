/* SPDX-License-Identifier: MIT */
/* Models that never learned to think: they are asked in words for a plan before the answer, and a tag is opened for them. They close it as a text, in several tokens, or with the heading of the answer.
 *
 * ASK is what `./dev bench thinking` measures unlimited thinking with, and stays as it is. The strength "low" has the same words: five others that asked for short lines, formulas, few words or no LaTeX
 * halved the tokens of a model of 1.5 B and took most of its right answers away (a handful of problems of seed 101 each). So it is early exit and the cap that make such a thought short. */
#include "chat/thinking.h"

#define ASK "\n\nBefore you answer, think step by step between <think> and </think>. Behind </think> write the answer alone."

static bool
knows (const char *chat_template, const EngineVocab *vocab)
{
  return true;
}

const EngineThinkingFamily engine_thinking_scaffold = {
  .name = "scaffold",
  .thinks = ENGINE_THINKS_NO,
  .knows = knows,
  .open = "<think>\n",
  .marks = { "</think>", "\n<answer>", "\nAnswer:", "\n**Answer" },
  .after = "\n\n",
  .wrap_up = "\nThat is enough to go on.\n",
  .lead = "The final answer is",
  .ask = ASK,
  .ask_low = ASK,
};
