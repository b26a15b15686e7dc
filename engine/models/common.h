/* SPDX-License-Identifier: MIT */
/* What the architectures' files share: reading keys with their ranges, claiming
 * tensors with their shapes.
 *
 * Internal; loading thread only. A key is written without the architecture's name:
 * "block_count" is "llama.block_count" in the file. Every function fails with
 * BAD_FILE or UNSUPPORTED and a message that names the key or the tensor, the value
 * found and the one expected. */
#pragma once

#include "../model.h"

/* The value must lie in [min, max]. An absent key leaves `*value` as it is: so set it to
 * the default before the call, or to one outside of the range when the key is required. */
bool engine_key_int (const EngineModel *model, const char *key, int64_t min, int64_t max, int32_t *value, EngineError *error);
bool engine_key_float (const EngineModel *model, const char *key, double min, double max, float *value, EngineError *error);

/* Of an architecture that attends in part: whether the layer does. */
bool engine_layer_attends (const EngineModel *model, int32_t layer);

/* The number, or the truth, that a key with one for each layer has for this one; false: it has none. */
bool engine_layer_int (const EngineModel *model, const char *key, int32_t layer, int64_t *value);
bool engine_layer_bool (const EngineModel *model, const char *key, int32_t layer, bool *value);

/* Of an architecture whose layers differ: the number that the key has for this one, checked by engine_hparams_load (); `otherwise` where it has one for all. */
int32_t engine_layer_number (const EngineModel *model, const char *key, int32_t layer, int32_t otherwise);

/* The keys that all models have: sizes, heads, norm_eps, rope; and the vocabulary's size. */
bool engine_hparams_load (EngineModel *model, EngineError *error);

/* Of an architecture whose rope has three axes, for time, height and width: the pairs of each, from rope.dimension_sections. */
bool engine_rope_sections_load (EngineModel *model, EngineAxesOrder order, EngineError *error);

/* Fails with UNSUPPORTED when the model has experts: for architectures whose experts are not known here. */
bool engine_no_experts (const EngineModel *model, EngineError *error);

/* Has the cache keep one layer more; graphs name it by *index. */
bool engine_cache_layer_add (EngineModel *model, EngineCacheLayer layer, int32_t *index, EngineError *error);

/* The tensor of that name and shape, [ne0] when ne1 is 0; both by printf. Asking again for the
 * same one gives the same pointer. `_optional` gives NULL in *tensor when the file has none. */
bool engine_model_tensor (EngineModel *model, EngineTensor **tensor, int64_t ne0, int64_t ne1, EngineError *error, const char *name, ...)
  __attribute__ ((format (printf, 6, 7)));
/* The rows first … first + n_rows - 1 of the matrix of that name, [ne0, ne1] as a whole: some files put several into one. */
bool engine_model_tensor_rows (EngineModel *model, EngineTensor **tensor, int64_t ne0, int64_t ne1, int64_t first, int64_t n_rows, EngineError *error, const char *name, ...)
  __attribute__ ((format (printf, 8, 9)));
/* The number that a tensor of that name is, by printf, read at once; where the file has none, *number stays. */
bool engine_model_number (const EngineModel *model, float *number, EngineError *error, const char *name, ...)
  __attribute__ ((format (printf, 4, 5)));
/* All numbers of the tensor of that name and shape, read at once, malloc'd. */
bool engine_model_floats (const EngineModel *model, float **numbers, int64_t ne0, int64_t ne1, EngineError *error, const char *name, ...)
  __attribute__ ((format (printf, 6, 7)));
/* A tensor made of one that the file has and nobody else claims: `numbers`, [ne0, ne1], stay the caller's, for as long as the model is there. */
EngineTensor *engine_model_made (EngineModel *model, int64_t ne0, int64_t ne1, const float *numbers, const char *name, ...)
  __attribute__ ((format (printf, 5, 6)));
/* Whether the file has a tensor of that name, by printf. */
bool engine_model_has_tensor (const EngineModel *model, const char *name, ...)
  __attribute__ ((format (printf, 2, 3)));
/* The matrix [ne0, ne1] whose rows are columns in the file: [ne1, ne0] there. UNSUPPORTED when it is quantised. */
bool engine_model_turned (EngineModel *model, EngineTensor **tensor, int64_t ne0, int64_t ne1, EngineError *error, const char *name, ...)
  __attribute__ ((format (printf, 6, 7)));
/* The weights of a convolution, [n_taps, n_channels]. UNSUPPORTED when they are not in F32. */
bool engine_model_conv (EngineModel *model, EngineTensor **tensor, int64_t n_taps, int64_t n_channels, EngineError *error, const char *name, ...)
  __attribute__ ((format (printf, 6, 7)));
/* The matrices of that name for all experts, [ne0, ne1, n_experts]. UNSUPPORTED when ne1 is no multiple of 16. */
bool engine_model_experts (EngineModel *model, EngineTensor **tensor, int64_t ne0, int64_t ne1, int64_t n_experts, EngineError *error, const char *name, ...)
  __attribute__ ((format (printf, 7, 8)));
/* The weights of a convolution over patches, [side, side, n_channels, n_rows], as a matrix [side · side · n_channels, n_rows] that each patch is multiplied by. */
bool engine_model_patches (EngineModel *model, EngineTensor **tensor, int64_t side, int64_t n_channels, int64_t n_rows, EngineError *error, const char *name, ...)
  __attribute__ ((format (printf, 7, 8)));
/* The weights of a convolution in a row, [n_taps, n_channels, n_rows], as a matrix [n_taps · n_channels, n_rows] for engine_graph_unfold (). */
bool engine_model_kernels (EngineModel *model, EngineTensor **tensor, int64_t n_taps, int64_t n_channels, int64_t n_rows, EngineError *error, const char *name, ...)
  __attribute__ ((format (printf, 7, 8)));
/* The bias of a convolution over two sides, which converters write as [1, 1, n], as a vector. */
bool engine_model_channels (EngineModel *model, EngineTensor **tensor, int64_t n, EngineError *error, const char *name, ...)
  __attribute__ ((format (printf, 5, 6)));
/* The tensor of that name, [ne0, ne1], as one vector of ne0 · ne1. */
bool engine_model_vector (EngineModel *model, EngineTensor **tensor, int64_t ne0, int64_t ne1, EngineError *error, const char *name, ...)
  __attribute__ ((format (printf, 6, 7)));
/* Its elements first … first + n_part - 1 where it is a vector of n. */
bool engine_model_vector_part (EngineModel *model, EngineTensor **tensor, int64_t n, int64_t first, int64_t n_part, EngineError *error, const char *name, ...)
  __attribute__ ((format (printf, 7, 8)));
bool engine_model_tensor_optional (EngineModel *model, EngineTensor **tensor, int64_t ne0, int64_t ne1, EngineError *error, const char *name, ...)
  __attribute__ ((format (printf, 6, 7)));
