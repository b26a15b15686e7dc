/* SPDX-License-Identifier: MIT */
/* melete-engine: what its subcommands share.
 *
 * A subcommand is a table of options and a function. main.c reads the command line into
 * the options' variables, calls the function and turns its error into one line on stderr
 * and the exit status 1. What a command prints on stdout is its result alone. */
#pragma once

#include "model.h"
#include "text.h"
#include "tokenizer/tokenizer.h"

typedef enum {
  TOOL_FLAG,   /* bool */
  TOOL_INT,    /* int64_t, in [min, max] */
  TOOL_FLOAT,  /* double, in [min, max] */
  TOOL_STRING, /* const char * */
  TOOL_LIST,   /* ToolList: the option may be given several times */
} ToolKind;

#define TOOL_LIST_MAX 64

typedef struct {
  const char *items[TOOL_LIST_MAX];
  int         n;
} ToolList;

typedef struct {
  const char *name;     /* "--top" or "-p" */
  ToolKind    kind;
  void       *value;    /* where it goes; holds the default before */
  double      min, max;
  const char *argument; /* "N"; NULL for a flag */
  const char *help;
} ToolOption;

/* The options that every command takes. */
typedef struct {
  bool        json, reference;
  int64_t     threads;  /* 0: as many as there are free cores */
  int64_t     gpu_layers; /* 0: as many as fit */
  int64_t     memory, expert_memory; /* MiB; 0: what there is */
  const char *backend;
  const char *cache;    /* "f16", "q8_0" or "q4" */
  const char *lora;     /* "FILE" or "FILE:STRENGTH"; NULL: none */
} ToolCommon;

extern ToolCommon tool_common;

typedef struct {
  const char       *name;
  const char       *arguments; /* "MODEL [FILE]" for the help */
  const char       *summary;   /* one line */
  int               n_arguments_min, n_arguments_max;
  bool              adapts;    /* takes --lora as well */
  const ToolOption *options;
  size_t            n_options;
  bool            (*run) (char **arguments, int n_arguments, EngineError *error);
} ToolCommand;

EngineCacheType tool_cache_type (void);
/* "lookup" or "off". */
bool tool_speculation (const char *name, EngineSpeculation *how, EngineError *error);

/* "off", "on", "compact"; NULL or "raw": nothing is read as a thought. */
bool tool_thinking (const char *name, EngineThinking *thinking, EngineError *error);
/* "closed", "settled", …; "none". */
const char *tool_thought_end (EngineThoughtEnd end);
/* One line without an end, of experts that were not all in memory; `n_tokens` 0: without what each took. As a member of a JSON object, with a comma before it. */
void tool_write_experts (EngineText *text, const EngineExpertStats *experts, int64_t n_tokens);
void tool_write_experts_json (EngineText *json, const char *name, const EngineExpertStats *experts);

/* Loads with the common options; prints no progress. */
EngineModel *tool_load (const char *path, bool vocab_only, EngineError *error);

/* Decode the file; the caller frees the pixels, or the samples. */
bool tool_read_picture (const char *path, EnginePicture *picture, EngineError *error);
bool tool_read_sound (const char *path, int32_t rate, float **samples, size_t *n, EngineError *error);

/* What the tower of that kind in the file `part` (NULL: an error, unless there are no paths) makes of the files, [paths->n], which the caller unrefs, also after an error; those not made are NULL as before. */
bool tool_notice_all (EngineTowerKind kind, const char *part, const ToolList *paths, EngineMedia **media, EngineError *error);

/* What --lora names, for this model; no adapter where it is not given. The caller unrefs the adapter. */
bool tool_load_adaptation (EngineModel *model, EngineAdaptation *adaptation, EngineError *error);

/* From one of the files; the other is NULL. */
EngineGrammar *tool_read_grammar (const char *grammar_path, const char *schema_path, const EngineSchemaOptions *options, EngineError *error);

/* A whole file, "-" for stdin; malloc'd, NUL-terminated. */
char *tool_read_file (const char *path, size_t *n_bytes, EngineError *error);
/* The tokens of a file's text (malloc'd), of which there have to be enough for one chunk of n_context. */
bool tool_read_chunks (const EngineModel *model, const char *path, int64_t n_context, int32_t **tokens, size_t *n_tokens, EngineError *error);

/* Ids as people and this tool write them, "1,2,3" or "[1, 2, 3]"; "@FILE" reads them from a file,
 * "@-" from stdin. Every id is checked against the vocabulary. malloc'd. */
bool tool_read_ids (const EngineModel *model, const char *text, int32_t **ids, size_t *n_ids, EngineError *error);

/* Writes the text and a line end to stdout and frees it. */
bool tool_print (EngineText *text, EngineError *error);

/* `bench --edit`: answers of at most max_tokens (0: as long as they come) to the prompts in the file; `draft` guesses too, unless it is NULL. */
bool tool_bench_edit (EngineModel *model, EngineModel *draft, const char *path, int32_t max_tokens, EngineError *error);

double tool_now_ms (void);
/* Sorts them. */
double tool_median (double *values, int64_t n);
