/* SPDX-License-Identifier: MIT */
/* DeepSeek-R1, QwQ and what was distilled from them: <think>…</think>, always. Not to think is a thought that is closed as soon as it is opened. */
#include "chat/thinking.h"

#include <string.h>

static bool
knows (const char *chat_template, const EngineVocab *vocab)
{
  return strstr (chat_template, "</think>") || engine_vocab_find (vocab, "</think>", 8) >= 0;
}

const EngineThinkingFamily engine_thinking_tags = {
  .name = "tags",
  .thinks = ENGINE_THINKS_ALWAYS,
  .knows = knows,
  .open = "<think>\n",
  .marks = { "</think>" },
  .after = "\n\n",
  .skip = "<think>\n\n</think>\n\n",
  .wrap_up = "\n\nThat is enough to go on; I give my answer with what I have found so far.\n",
  .lead = "The final answer is \\boxed{",
};
