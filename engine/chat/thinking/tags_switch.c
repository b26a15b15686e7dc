/* SPDX-License-Identifier: MIT */
/* Qwen3, SmolLM3 and others whose template asks `enable_thinking`: <think>…</think> when it is set, an empty one when it is not. */
#include "chat/thinking.h"

#include <string.h>

static bool
knows (const char *chat_template, const EngineVocab *vocab)
{
  return strstr (chat_template, "enable_thinking") && strstr (chat_template, "</think>");
}

const EngineThinkingFamily engine_thinking_tags_switch = {
  .name = "tags-switch",
  .thinks = ENGINE_THINKS_SWITCH,
  .knows = knows,
  .variables_on = "\"enable_thinking\":true,\"thinking\":true",
  .variables_off = "\"enable_thinking\":false,\"thinking\":false",
  .open = "<think>\n",
  .marks = { "</think>" },
  .after = "\n\n",
  .skip = "<think>\n\n</think>\n\n",
  .wrap_up = "\n\nThat is enough to go on; I give my answer with what I have found so far.\n",
  .lead = "The final answer is \\boxed{",
};
