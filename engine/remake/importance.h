/* SPDX-License-Identifier: MIT */
/* Importances: how large the inputs of a model's matrices are on average over a text, column by column; what is multiplied by large inputs is to be
 * rounded with care.
 *
 * Internal. A file of them, as llama.cpp's llama-imatrix writes it too, is a GGUF file whose general.type is "imatrix", with two F32 tensors for each matrix: NAME.in_sum2, [columns,
 * matrices of the tensor], the sums of the squared inputs, and NAME.counts, [1, matrices or 1], of how many. */
#pragma once

#include "gguf.h"

#define ENGINE_IMPORTANCE_SUMS ".in_sum2"
#define ENGINE_IMPORTANCE_COUNTS ".counts"

typedef struct EngineImportance EngineImportance;

/* NULL on error. */
EngineImportance *engine_importance_open (const char *path, EngineError *error);
void              engine_importance_free (EngineImportance *importance);

/* Mean squares, [ne0 · matrices] with a matrix for each of ne2 · ne3, malloc'd; *means is NULL where the file has none for the tensor. False: the file is damaged or belongs to another model. */
bool engine_importance_read (EngineImportance *importance, const EngineTensor *tensor, float **means, EngineError *error);

/* How many tensors it knows, and of how much text. */
size_t   engine_importance_n (const EngineImportance *importance);
uint32_t engine_importance_chunks (const EngineImportance *importance);
