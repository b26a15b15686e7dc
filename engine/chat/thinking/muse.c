/* SPDX-License-Identifier: MIT */
/* Muse: an answer is several messages, each of which names its recipient; the one to itself is the thought. */
#include "chat/thinking.h"

#include <string.h>

static bool
knows (const char *chat_template, const EngineVocab *vocab)
{
  return strstr (chat_template, "to=self") && strstr (chat_template, "<|eom|>");
}

const EngineThinkingFamily engine_thinking_muse = {
  .name = "muse",
  .thinks = ENGINE_THINKS_STRENGTH,
  .knows = knows,
  .strength = "reasoning_strength",
  .off_strength = "low",
  .open = " to=self<|message|>",
  .marks = { "<|eom|>" },
  .after = "<|start|>assistant to=user<|message|>",
  .skip = " to=user<|message|>",
  .reopen = "<|start|>assistant",
  .head_end = "<|message|>",
  .thought_head = "to=self",
  .answer_head = "to=user",
  .wrap_up = "\n\nThat is enough to go on; I answer now.",
  .lead = "The final answer is \\boxed{",
};
