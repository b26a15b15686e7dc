/* SPDX-License-Identifier: MIT */
/* Makes small random models: whole GGUF files of any architecture and tensor type, the
 * same for the same options on every machine.
 *
 * The vocabulary has 512 tokens of byte-level BPE: 0 … 255 the bytes in GPT-2's order,
 * 256 … 508 pairs of letters "aa" … "pm" with their merges, then the three special ones
 * below. The chat template is ChatML. */
#pragma once

#include "gguf-writer.h"
#include "model.h"

#include <glib.h>

#define TINY_N_VOCAB 512
#define TINY_N_EXPERTS 16 /* of "qwen3moe", in each layer, and how many a token chooses */
#define TINY_N_USED 4
#define TINY_WORD 508
#define TINY_BOS 509 /* <|endoftext|> */
#define TINY_IM_START 510
#define TINY_IM_END 511 /* eos */

typedef struct {
  const char *architecture; /* "llama", "qwen2", "qwen2vl", "gemma3", "falcon-h1", "qwen35", "qwen3moe" */
  EngineType  type;         /* of the matrices; vectors are F32 */
  guint64     seed;
  /* 0: the default in brackets */
  gint32      n_layers;     /* [2; gemma3: 6, of which the last sees all]; of qwen35 every second attends */
  gint32      n_embd;       /* [256] */
  gint32      n_ff;         /* [512] */
  gint32      n_head, n_head_kv, head_dim; /* [4, 2, 64] */
  gint32      window;       /* [48], gemma3 only */
  gint32      n_context;    /* [2048] */
  const char *word;         /* the text of the token TINY_WORD [a pair of letters] */
  gboolean    separate_output; /* an output.weight of its own instead of the embedding */
  void      (*extra) (GgufWriter *writer); /* writes further keys and tensors; NULL: none */
} TinyModel;

/* The bytes of the file. */
GByteArray *tiny_model_bytes (const TinyModel *options);

/* The bytes of a golden file that gzip made smaller; aborts the test where there is none. (transfer full) */
GBytes *tiny_unpack (const char *path);

/* Writes it to a new temporary file. The caller unlinks and frees the path. */
char *tiny_model_write (const TinyModel *options);

/* Writes, loads and unlinks it; aborts the test on an error. */
EngineModel *tiny_model_load (const TinyModel *options, const EngineLoadOptions *load);
