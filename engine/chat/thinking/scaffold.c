/* SPDX-License-Identifier: MIT */
/* Models that never learned to think: they are asked in words for a plan before the answer, and a tag is opened for them. They close it as a text, in several tokens, or with the heading of the answer.
 *
 * ASK is what `./dev bench thinking` measures unlimited thinking with, and stays as it is. The strength "low" has the same words. Four others, which asked for formulas, short sentences, one line a step, or
 * to be brief, took two thirds of the tokens of qwen2.5-coder-1.5b-instruct and with them nearly all right answers; to leave LaTeX away took a fifth and three of seven (seed 101, up to seven problems
 * each). So it is early exit and the cap that make such a thought short. */
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
  .lead = "The final answer is \\boxed{",
  .ask = ASK,
  .ask_low = ASK,
};
