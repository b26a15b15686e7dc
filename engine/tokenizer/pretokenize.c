/* SPDX-License-Identifier: MIT */
#include "tokenizer/pretokenize.h"

#include "tokenizer/match.h"

#include <string.h>

/* Names with the same expressions stand together. An expression that two models share is
 * one function; match.h has them. */
static const EnginePretokenizer pretokenizers[] = {
  { { "default" }, { engine_match_punctuation, engine_match_gpt2, engine_match_numbers, engine_match_3_digits } },
  { { "gpt-2", "gpt2", "phi-2", "olmo", "jais", "mpt", "trillion", "exaone4", "a.x-4.0", "mellum" }, { engine_match_gpt2 } },
  { { "smollm", "starcoder", "refact", "command-r", "codeshell", "exaone", "minerva-7b", "granite-docling" }, { engine_match_number, engine_match_gpt2 } },
  { { "llama-bpe", "llama3", "llama-v3", "falcon3", "falcon-h1", "pixtral", "midm-2.0", "lfm2" }, { engine_match_llama3 }, true, true },
  { { "glm4", "glm5" }, { engine_match_llama3 }, true },
  { { "dbrx", "smaug-bpe", "chatglm-bpe" }, { engine_match_llama3 } },
  { { "qwen2", "deepseek-r1-qwen", "megrez", "stablelm2", "hunyuan", "solar-open", "grok-2", "kormo" }, { engine_match_qwen2 } },
  { { "qwen35" }, { engine_match_qwen35 } },
  { { "seed-coder" }, { engine_match_seed_coder } },
  { { "minicpm5" }, { engine_match_numbers_3, engine_match_llama3 }, true },
  { { "tekken" }, { engine_match_tekken }, true, true },
  { { "gpt-4o", "llama4", "kanana2" }, { engine_match_gpt4o } },
  { { "falcon" }, { engine_match_punctuation_falcon, engine_match_gpt2, engine_match_3_digits } },
  { { "deepseek-coder" }, { engine_match_newline, engine_match_letters, engine_match_marks, engine_match_cjk, engine_match_number } },
  { { "deepseek-llm" }, { engine_match_newline, engine_match_cased, engine_match_wide_marks, engine_match_trailing_space, engine_match_cjk, engine_match_numbers } },
  { { "deepseek-v3", "hunyuan-dense", "joyai-llm" }, { engine_match_numbers_3, engine_match_kana, engine_match_deepseek3 } },
  { { "gemma4" }, { engine_match_lines } },
};

const EnginePretokenizer *
engine_pretokenizer_find (const char *name)
{
  for (size_t i = 0; i < ENGINE_LENGTH (pretokenizers); i++)
    for (size_t j = 0; j < ENGINE_LENGTH (pretokenizers[i].names) && pretokenizers[i].names[j]; j++)
      if (!strcmp (name, pretokenizers[i].names[j]))
        return &pretokenizers[i];
  return NULL;
}

typedef struct {
  const EnginePretokenizer *pretokenizer;
  const char *text;
  bool  (*word) (void *user, const char *text, size_t n_bytes);
  void   *user;
} Split;

static bool
split (const Split *job, int pass, size_t start, size_t end)
{
  EngineMatchFunc match = pass < ENGINE_MAX_PASSES ? job->pretokenizer->passes[pass] : NULL;
  EnginePiece piece = { job->text, end, 0 };
  size_t gap = start, position = start;

  if (!match)
    return job->word (job->user, job->text + start, end - start);
  while (position < end) {
    size_t match_end = match (&piece, position);

    if (match_end == position) {
      position = ENGINE_MAX (position + (size_t) engine_character_at (&piece, position).length, piece.skip);
      continue;
    }
    if (gap < position && !split (job, pass + 1, gap, position))
      return false;
    if (!split (job, pass + 1, position, match_end))
      return false;
    gap = position = match_end;
  }
  return gap == end || split (job, pass + 1, gap, end);
}

bool
engine_pretokenize (const EnginePretokenizer *pretokenizer, const char *text, size_t n_bytes,
                    bool (*word) (void *user, const char *text, size_t n_bytes), void *user)
{
  Split job = { pretokenizer, text, word, user };

  return split (&job, 0, 0, n_bytes);
}
