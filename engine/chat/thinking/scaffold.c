/* SPDX-License-Identifier: MIT */
/* Models that never learned to think: they are asked in words for a plan before the answer, and a tag is opened for them. They close it as a text, in several tokens, or with the heading of the answer.
 *
 * ASK is what `./dev bench thinking` measures unlimited thinking with, and stays as it is. For a short thought two examples stand in front of the question. They show what a line is for a small model: a numbered
 * sentence that says what its number is, with the calculation. One answer is a number, the other a word, for a model that saw a number alone answered "who?" with one; both are sentences, in which it says what it found.
 *
 * qwen2.5-coder-1.5b-instruct, 40 problems of seed 1009, tokens of thought and answer: unlimited 217 (19 of 38 right), this 119 (20 of 40). Shorter lines lost right answers: names and
 * formulas 43 % with 70 tokens, sentences without numbers behind the question 40 % with 65. An example behind the question was answered in its place now and then. */
#include "chat/thinking.h"

#define ASK "\n\nBefore you answer, think step by step between <think> and </think>. Behind </think> write the answer alone."

#define ASK_LOW \
  "\n\nFirst work it out between <think> and </think>, step by step, each step one short sentence with its calculation. Behind </think> write the answer alone, in one short sentence."

#define SHOW_LOW                                                                                                                                                        \
  "Two examples of questions and answers:\n\n"                                                                                                                         \
  "“A hall has 6 rows of 12 seats. 8 seats are broken, and tickets for the others cost 2 euros 50 cents each. How many euros do they cost together?”\n"               \
  "<think>\n"                                                                                                                                                         \
  "1. The hall has 6 * 12 = 72 seats.\n"                                                                                                                              \
  "2. 72 - 8 = 64 seats are not broken.\n"                                                                                                                            \
  "3. 2 euros 50 cents are 2.50 euros.\n"                                                                                                                             \
  "4. 64 tickets cost 64 * 2.50 = 160 euros.\n"                                                                                                                       \
  "</think>\n\nThey cost 160 euros together.\n\n"                                                                                                                    \
  "“Ann drives 40 km. Bob drives 15 km, 12 km and then 18 km. Who drives farther?”\n"                                                                                 \
  "<think>\n"                                                                                                                                                         \
  "1. Bob drives 15 + 12 + 18 = 45 km.\n"                                                                                                                             \
  "2. 45 km are more than the 40 km of Ann.\n"                                                                                                                        \
  "</think>\n\nBob drives farther.\n\n"                                                                                                                              \
  "This is the question now:\n\n"

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
  .ask_low = ASK_LOW,
  .show_low = SHOW_LOW,
};
