/* SPDX-License-Identifier: MIT */
/* The tiny models whose logits transformers has computed; tests/golden/models holds them. */
#pragma once

#include "tiny-model.h"

#define GOLDEN_TOKENS 40

typedef struct {
  const char *name;
  gboolean    encoder; /* one vector of all tokens instead of logits */
  TinyModel   model; /* without an architecture: the file <name>.gguf.gz beside the logits */
  gboolean    sharp; /* its scores are so large that the rounding of keys in the cache, half floats, tells */
  gint32      together; /* the last layers that the graphics card takes all or none of */
} Variant;

extern const Variant variants[];
extern const gsize   n_variants;

/* The positions whose logits are kept: the beginning, around the window's edge, the end. */
extern const gint32 golden_positions[];
extern const gsize  n_golden_positions;

/* The token at position i of the golden text. */
gint32 golden_token (gint32 i);

/* The bytes of its file. */
GByteArray *variant_bytes (const Variant *variant);
