/* SPDX-License-Identifier: MIT */
/* Models that never learned to think: they are asked in words for a plan before the answer, and a tag is opened for them. They close it as a text, in several tokens, or with the heading of the answer.
 *
 * The words of `ask` are those that `./dev bench thinking` measures unlimited thinking with. They stay as they are: ask_low is to be compared with them, and was found on problems of other seeds. */
#include "chat/thinking.h"

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
  .lead = "The final answer is ",
  .ask = "\n\nBefore you answer, think step by step between <think> and </think>. Behind </think> write the answer alone.",
  .ask_low = "\n\nBefore you answer, note the key steps or calculations between <think> and </think>: one short line each, a few words or a formula, no sentences. Behind </think> write the answer alone.",
};
