/* SPDX-License-Identifier: MIT */
/* gpt-oss: an answer is several messages, each on a channel that its head names; "analysis" is the thought, "final" the answer. */
#include "chat/thinking.h"

#include <string.h>

static bool
knows (const char *chat_template, const EngineVocab *vocab)
{
  return strstr (chat_template, "<|channel|>") && strstr (chat_template, "reasoning_effort");
}

const EngineThinkingFamily engine_thinking_harmony = {
  .name = "harmony",
  .thinks = ENGINE_THINKS_STRENGTH,
  .knows = knows,
  .strength = "reasoning_effort",
  .off_strength = "low",
  .open = "<|channel|>analysis<|message|>",
  .marks = { "<|end|>" },
  .after = "<|start|>assistant<|channel|>final<|message|>",
  .skip = "<|channel|>final<|message|>",
  .reopen = "<|start|>assistant",
  .head_end = "<|message|>",
  .thought_head = "analysis",
  .answer_head = "final",
  .wrap_up = " Enough; now I answer.",
  .lead = "The final answer is \\boxed{",
};
