/* SPDX-License-Identifier: MIT */
/* Makes small random LoRA adapters for tiny-model.h's models, the same for the same options on every machine. */
#pragma once

#include "tiny-model.h"

typedef struct {
  const TinyModel *model;   /* whose weights it changes */
  EngineType       type;    /* of its matrices */
  guint64          seed;
  gint32           rank;
  float            alpha;   /* 0: the key is left away */
  gboolean         embedding; /* the token embedding as well */
  void           (*extra) (GgufWriter *writer); /* writes further keys and tensors; NULL: none */
} TinyAdapter;

/* The bytes of the file. */
GByteArray *tiny_adapter_bytes (const TinyAdapter *options);

/* Writes, loads and unlinks it; aborts the test on an error. */
EngineAdapter *tiny_adapter_load (const TinyAdapter *options, EngineModel *model);

/* The same from bytes; NULL with the error. */
EngineAdapter *tiny_adapter_load_bytes (const GByteArray *bytes, EngineModel *model, EngineError *error);
