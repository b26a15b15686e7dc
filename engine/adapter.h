/* SPDX-License-Identifier: MIT */
/* Inside an adapter: what it adds to which weights, and how a graph takes it in.
 *
 * Internal. A LoRA adapter (Hu et al., arXiv:2106.09685) leaves a model's weights W as they are and adds a product of two
 * thin matrices to some of them:
 *
 *   y = W x + factor · strength · B (A x),   factor = alpha / rank
 *
 * Data structures. A *pair* is one such A and B for one weight of the model. The file names them after the weight,
 * "blk.0.attn_q.weight.lora_a" and "….lora_b". Where an architecture takes a tensor of the file apart (a fused q, k and v),
 * each part has a pair of its own: the same A, and its rows of B. Experts have their matrices one behind the other, as the
 * weight has. The rank is filled up with zeros to a multiple of 16, which is what the kernels take rows in.
 *
 * The builders of graph.c ask for a weight's pair wherever they multiply with one, so no architecture knows of adapters. */
#pragma once

#include "model.h"

typedef struct {
  const EngineTensor *weight; /* of the model */
  const EngineTensor *a;      /* [in, rank, n_experts]; of the token embedding [rank, n_vocab] */
  const EngineTensor *b;      /* [rank, out, n_experts] */
  float               factor;
  bool                embedding; /* columns of A are looked up in the place of a product */
} EngineAdapterPair;

struct EngineAdapter {
  int32_t            ref_count; /* atomic */
  uint32_t           id;        /* no two of a process have the same; never 0 */
  EngineAdapterInfo  info;
  EngineModel       *model;     /* NULL where the file was only inspected; then there is nothing after `gguf` */
  EngineGguf        *gguf;
  EngineBackend     *loader;    /* owns the memory of the tensors */
  EngineTensor      *tensors;   /* [n_tensors] the As and Bs */
  int32_t            n_tensors;
  EngineAdapterPair *pairs;     /* [n_pairs], by the address of their weight */
  int32_t            n_pairs;
};

/* Differs between any two adaptations that give different results; 0 for a model as it is. */
uint64_t engine_adaptation_salt (const EngineAdaptation *adaptation);

/* What graph->adaptation adds to y, which is `weight` times x, or rows of `weight` by token; gives y where it adds nothing. */
EngineValueId engine_adapter_matmul (EngineGraph *graph, const EngineTensor *weight, EngineValueId x, EngineValueId y);
EngineValueId engine_adapter_experts (EngineGraph *graph, const EngineTensor *weight, EngineValueId x, EngineValueId routes, EngineValueId y);
EngineValueId engine_adapter_embed (EngineGraph *graph, const EngineTensor *table, EngineValueId y);
