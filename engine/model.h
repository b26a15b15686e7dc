/* SPDX-License-Identifier: MIT */
/* Inside a model: what the runner, the tokenizer and the architectures share.
 *
 * Internal. */
#pragma once

#include "backend.h"
#include "gguf.h"
#include "text.h"

typedef struct EngineVocab EngineVocab;       /* tokenizer/tokenizer.h */
typedef struct EngineTemplate EngineTemplate; /* chat/template.h */
typedef struct EngineArch EngineArch;

/* How an encoder's states become one vector; the numbers are those of the key pooling_type. */
typedef enum { ENGINE_POOLING_MEAN = 1, ENGINE_POOLING_FIRST, ENGINE_POOLING_LAST, ENGINE_N_POOLINGS } EnginePooling;

/* The numbers that all decoder architectures have. What only one has lives in that
 * architecture's own file, in `arch_data`. */
typedef struct {
  int32_t n_layers, n_embd, n_ff, n_vocab, n_context_train;
  int32_t n_head, n_head_kv, head_dim;
  int32_t window;              /* 0: none */
  float   norm_eps;
  EngineRopeParams rope;
  int32_t n_media_parts;       /* columns that towers make have n_embd numbers for the embedding, and as many for each of the first layers' results: all together, n_media_parts · n_embd */
  int32_t whole_columns;       /* the columns of a picture see those behind them too, so as many as this may have to be evaluated together; 0: they see what is before them, as words do */
  int32_t n_together;          /* the last layers, some of which read keys of others among them, so that all are on one backend; 0: each reads its own */
  EnginePooling pooling;       /* encoders only */
} EngineHparams;

struct EngineModel {
  int32_t         ref_count;   /* atomic */
  EngineModelInfo info;
  EngineGguf     *gguf;
  const EngineArch *arch;
  EngineHparams   hparams;
  void           *arch_data;   /* the architecture's own tensor tables and numbers */
  EngineTensor   *tensors;     /* all tensors of the file that the architecture uses */
  int32_t         n_tensors;
  EngineCacheLayer *cache_layers; /* what the cache keeps; a layer of the model may have none, one or several */
  int32_t         n_cache_layers;
  EngineVocab    *vocab;
  EngineTemplate *chat_template; /* NULL: a base model */
  const struct EngineThinkingFamily *thinking; /* chat/thinking.h; NULL of what has no vocabulary */
  EngineBackend  *backend;     /* NULL: vocab_only */
  int32_t         n_context;   /* that its runner or session spans; a graph may depend on it */
  bool            running;     /* atomic: has a runner; a backend runs one graph at a time */
  bool            incomplete;  /* weights of a card that failed could not be read again yet; who runs the model */
};

/* One line of models.def names one of these; models/<symbol>.c defines it. */
struct EngineArch {
  const char *name; /* the string of general.architecture */
  bool partly_attends; /* attention.head_count_kv may have a number for each layer, 0 where none attends */
  bool layers_differ; /* attention.head_count_kv and feed_forward_length may have a number for each layer; hparams have the largest */
  bool tower;       /* has no words: towers/tower.h */
  bool whole;       /* all of it goes to one backend, as a tower does */
  bool encoder;     /* gives states [n_embd, n_outputs] in the place of logits: for engine_embed (), not for a runner */
  /* Reads the keys into model->hparams and arch_data, adds its cache_layers, and claims its tensors
   * with engine_model_tensor (). */
  bool (*load) (EngineModel *model, EngineError *error);
  void (*free) (EngineModel *model);
  /* Adds the nodes from the token ids to the logits. */
  bool (*build) (const EngineModel *model, EngineGraph *graph, EngineError *error);
};

/* engine_model_load () of what `choose` says that the file is; NULL after an error of its own. */
typedef const EngineArch *(*EngineChooseFunc) (const EngineGguf *gguf, void *user, EngineError *error);
EngineModel *engine_model_load_as (const char *path, const EngineLoadOptions *options, EngineChooseFunc choose, void *user, EngineError *error);

/* What the cache takes for a context of usual length. */
size_t engine_model_usual_cache (const EngineModel *model);
/* Before weights are loaded: whether there is memory for those that are not there yet. Experts for which there is none are read as they are chosen from now on. */
bool engine_model_make_room (EngineModel *model, const EngineLoadOptions *options, EngineError *error);
bool engine_model_streams (const EngineModel *model);

/* How that has gone so far; all 0 where all experts are in memory. The thread that runs the model. */
EngineExpertStats engine_model_expert_stats (const EngineModel *model);
/* What came after `before`; memory as it is now. */
EngineExpertStats engine_expert_stats_since (EngineExpertStats now, EngineExpertStats before);

/* Builds the graph of a batch of that shape; clear it with engine_graph_clear (). `adaptation` NULL: none. `media`: some of its tokens stand for columns of
 * the batch's media. */
bool engine_model_build (const EngineModel *model, const EngineAdaptation *adaptation, bool media, int32_t n_tokens, int32_t n_outputs, EngineGraph *graph, EngineError *error);

/* After the graphics card has failed, or had no memory (`failed` false): moves layers to the processor, whose weights are read from the file once more.
 * Nothing of the model is at work, and its stores are to be made anew. False: nothing was left to move (`error` untouched), or an error. */
bool engine_model_retreat (EngineModel *model, bool failed, EngineError *error);

/* Before a graph runs: reads what a retreat could not, for want of memory or of the file. */
bool engine_model_complete (EngineModel *model, EngineError *error);

/* engine_embed () of tokens, which stand for the whole text with all around it; embed.c. */
bool engine_embed_tokens (EngineModel *model, const int32_t *tokens, size_t n_tokens, float *vector, EngineError *error);

/* engine_chat_render () with more variables of the template, members of a JSON object with a comma before each. */
char *engine_chat_render_with (const EngineModel *model, const EngineMessage *messages, size_t n_messages, bool add_generation_prompt, const char *variables, EngineError *error);

/* Adds the tokens that chat templates may name to an unfinished JSON object of their
 * variables: `,"bos_token":"…","eos_token":"…"`. */
void engine_model_write_tokens (const EngineModel *model, EngineText *json);
