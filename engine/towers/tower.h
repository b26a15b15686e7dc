/* SPDX-License-Identifier: MIT */
/* A tower from the inside: a part of a file beside a model ("mmproj"), that makes columns of the model's width of pictures or of sound.
 *
 * Internal. It is an EngineModel without words: the same tensors, graphs and backends, whole on one of them. Its graph begins with engine_graph_input () and ends with
 * one column [n_embd] for each token that stands for the picture or the sound. */
#pragma once

#include "../models/common.h"

typedef struct {
  const char *type; /* the string of clip.<kind>.projector_type */
  EngineTowerKind kind;
  EngineArch arch;  /* its name is "clip.<kind>", with which its keys begin */
  /* Fills in what the file says: all but kind and projector. */
  void (*describe) (const EngineModel *model, EngineTowerInfo *info);
} EngineProjector;

struct EngineTower {
  int32_t       ref_count; /* atomic */
  EngineModel  *model;
  const EngineProjector *projector;
  EngineTowerInfo info;
};
