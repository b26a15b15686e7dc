/* SPDX-License-Identifier: MIT */
/* Texts of a model with marks of thoughts in them: whatever it says, each byte is the thought's, the answer's, or a mark's, and comes out once. */
#include "thought.h"

#include "tiny-vocab.h"

#include <string.h>

int LLVMFuzzerTestOneInput (const uint8_t *data, size_t size);

#define MOST 4096

int
LLVMFuzzerTestOneInput (const uint8_t *data, size_t size)
{
  static EngineVocab *vocab;
  static const char *const templates[] = { "", "enable_thinking </think>", "<|channel|>reasoning_effort", "to=self<|eom|>" };
  EngineThinking thinking = { .think = ENGINE_THINK_ON, .max_tokens = 40 };
  int32_t tokens[MOST], n = 0;
  char fresh[MOST];
  size_t n_fresh = 0, n_out = 0, n_in = 0;
  EngineThought *thought;

  if (!vocab)
    vocab = tiny_vocab_new (0);
  if (size < 2)
    return 0;
  thought = engine_thought_new (engine_thinking_family (templates[data[0] % 4], vocab), &thinking, vocab, 0, MOST, NULL);
  if (!thought)
    abort ();
  for (size_t at = 1; at < size && n < MOST;) {
    size_t length = ENGINE_MIN (1u + data[at] % 7, size - at);
    EngineStage before, after;

    tokens[n++] = data[at] % 200;
    if (n_fresh + length > sizeof fresh)
      break;
    memcpy (fresh + n_fresh, data + at, length);
    n_fresh += length;
    n_in += length;
    at += length;
    for (int32_t id = tokens[n - 1];; id = -1) {
      EngineCut cut;
      size_t forced;

      before = engine_thought_stage (thought);
      cut = engine_thought_read (thought, id, fresh, n_fresh);
      after = engine_thought_stage (thought);
      if (cut.n_ready > n_fresh || cut.n_mark > n_fresh - cut.n_ready)
        abort ();
      n_out += cut.n_ready + cut.n_mark;
      n_fresh -= cut.n_ready + cut.n_mark;
      memmove (fresh, fresh + cut.n_ready + cut.n_mark, n_fresh);
      if (!n_fresh || after != ENGINE_STAGE_ANSWER) {
        engine_thought_judge (thought, tokens, n, false);
        engine_thought_forced (thought, &forced);
        break;
      }
      if (before == after && cut.n_ready + cut.n_mark == 0)
        abort ();
    }
  }
  if (n_out + n_fresh != n_in)
    abort ();
  engine_thought_free (thought);
  return 0;
}
