/* SPDX-License-Identifier: MIT */
/* Gemma 4: a thought is a channel of that name, and the template asks `enable_thinking`. */
#include "chat/thinking.h"

#include <string.h>

static bool
knows (const char *chat_template, const EngineVocab *vocab)
{
  return strstr (chat_template, "<|channel>") && strstr (chat_template, "<channel|>");
}

const EngineThinkingFamily engine_thinking_gemma = {
  .name = "gemma",
  .thinks = ENGINE_THINKS_SWITCH,
  .knows = knows,
  .variables_on = "\"enable_thinking\":true",
  .variables_off = "\"enable_thinking\":false",
  .open = "<|channel>thought\n",
  .marks = { "<channel|>" },
  .after = "",
  .skip = "<|channel>thought\n<channel|>",
  .wrap_up = "\n\nThat is enough to go on; I give my answer with what I have found so far.\n",
  .lead = "The final answer is \\boxed{",
};
