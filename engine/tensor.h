/* SPDX-License-Identifier: MIT */
/* A weight: a named array of a model file, and where a backend keeps it.
 *
 * Internal. Shapes are written [ne0, ne1]: ne0 is the length of a row and
 * contiguous. A matrix [in, out] maps vectors of `in` to vectors of `out`. */
#pragma once

#include "quant/quant.h"

#define ENGINE_MAX_DIMS 4
#define ENGINE_MAX_NAME 64

typedef struct EngineTensor EngineTensor;
struct EngineTensor {
  char       name[ENGINE_MAX_NAME + 1];
  EngineType type;                /* in the file */
  int32_t    n_dims;
  int64_t    ne[ENGINE_MAX_DIMS]; /* unused dimensions are 1 */
  int32_t    n_experts;           /* it is so many matrices, one below the other, of which a token needs a few; 0: it is one */
  int32_t    part;                /* of a model in several files; 0: the first or only one */
  uint64_t   offset;              /* from the beginning of the file */
  size_t     bytes;               /* in the file; offset + bytes lies within it */

  const EngineTensor *whole;      /* the file's own, of which this one has the rows from first_row on; NULL: this is it */
  int64_t    first_row;
  bool       turned;              /* rows are columns in the file, which has [ne1, ne0], of elements that are numbers by themselves: who reads it for a backend turns it */
  const float *made;              /* its numbers, F32, where they are none of the file's: who reads it for a backend takes them from here. Of who has made them */

  void      *backend_data;        /* set by EngineBackendClass.weight_load, freed by weight_free; NULL until then */
};

/* Product of ne[1 … 3]. */
static inline int64_t
engine_tensor_rows (const EngineTensor *tensor)
{
  return tensor->ne[1] * tensor->ne[2] * tensor->ne[3];
}
