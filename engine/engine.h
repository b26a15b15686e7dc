/* SPDX-License-Identifier: MIT */
/* Melete's engine: runs open language models (GGUF) in this process.
 *
 * This is the only header that the rest of Melete includes.
 *
 *   EngineModel    the weights and the vocabulary of one file; immutable and
 *                  shared once loaded, any thread may read it
 *   EngineRunner   one thread that owns a model's cache and works on every
 *                  request at once (continuous batching)
 *   EngineRequest  one prompt and the answer that grows after it
 *   EngineEvent    what a request has to tell, taken out with engine_request_next ()
 *
 * Conventions: text is UTF-8; token ids are int32_t; a `size_t` beside a pointer
 * counts its elements. A function that can fail takes a trailing `EngineError *`
 * (may be NULL), returns false or NULL, and leaves its outputs untouched.
 * Objects are reference-counted: `_new` and `_load` return a reference that the
 * caller drops with `_unref`; `_unref (NULL)` does nothing. */
#pragma once

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#ifdef __cplusplus
extern "C" {
#endif

/* ---- errors and log ---------------------------------------------------- */

typedef enum {
  ENGINE_OK = 0,
  ENGINE_BAD_FILE,     /* the model file is damaged, truncated, or changed while in use */
  ENGINE_UNSUPPORTED,  /* a sound file that this engine cannot run; the message names what is missing */
  ENGINE_NO_MEMORY,    /* would not fit; the message has the numbers */
  ENGINE_IO,           /* the operating system refused; the message has its reason */
  ENGINE_BAD_INPUT,    /* an argument, prompt or template is wrong */
  ENGINE_CANCELLED,
  ENGINE_INTERNAL,     /* a bug of the engine */
} EngineCode;

/* Zero-initialise it before a call: an error that is already set is kept, as the first cause. */
typedef struct {
  EngineCode code;
  char       message[512]; /* one sentence of valid UTF-8: what, where, what to do */
} EngineError;

typedef enum { ENGINE_LOG_DEBUG, ENGINE_LOG_INFO, ENGINE_LOG_WARNING } EngineLogLevel;
typedef void (*EngineLogFunc) (EngineLogLevel level, const char *line, void *user);

/* Sets the process-wide log hook (NULL: silent, the default). Call once, before
 * any other function. The hook is called on whichever thread logs. */
void engine_set_log (EngineLogFunc hook, void *user);

/* Sets the process-wide translation of the sentences of errors (NULL: none, the default): the hook gets a format as it stands in the source and
 * returns one with the same conversions in the same order or numbered, valid for ever. Call once, before any other function; the hook is called on
 * whichever thread fails. */
typedef const char *(*EngineTranslateFunc) (const char *format);
void engine_set_translate (EngineTranslateFunc hook);

/* The engine's version, "0.1.0". */
const char *engine_version (void);

/* Bytes of memory that can be taken now without swapping: the least of what the kernel calls
 * available, what every control group above this process leaves, and the address-space
 * limit. SIZE_MAX when the system tells nothing. Reads files of the kernel; any thread. */
size_t engine_memory_available (void);

/* ---- model ------------------------------------------------------------- */

typedef struct EngineModel EngineModel;

typedef enum { ENGINE_BACKEND_CPU, ENGINE_BACKEND_GL, ENGINE_N_BACKENDS } EngineBackendKind;

/* What runs models. */
typedef struct {
  const char *name;       /* "cpu", "gl"; set even where it cannot be used */
  char        device[96]; /* the instruction set, or the graphics card as its driver calls it */
  char        driver[96]; /* "" for the CPU */
  bool        software;   /* of OpenGL: the processor draws, slower than the CPU's own code */
  uint64_t    memory;     /* bytes of the graphics card that are free; 0: it has none of its own, or the driver does not tell */
} EngineBackendInfo;

/* Tries it out: opens the device and closes it again, for tenths of a second. Any thread. UNSUPPORTED: this machine has none. */
bool engine_backend_info (EngineBackendKind kind, EngineBackendInfo *info, EngineError *error);
/* The one of that name; false: none is called so. */
bool engine_backend_from_name (const char *name, EngineBackendKind *kind);

typedef struct {
  EngineBackendKind backend;
  int  n_threads;   /* 0: as many as there are free cores */
  bool reference;   /* F32 activations, scalar code, weights dequantised: slow, the yardstick */
  bool vocab_only;  /* metadata and tokenizer, no weights: cheap */
  size_t memory_limit; /* bytes; 0: what the machine has available now */
  /* Of a mixture of experts, which need not be in memory as a whole: at most so many bytes for its experts, and the others are read from the file when a token
   * chooses them. 0: all of them where memory has room for them, and otherwise as much as there is. */
  size_t expert_memory;
  /* Of the graphics card: how many of the last layers run there, the others on the CPU. 0: as many as it has memory for. */
  int32_t gpu_layers;
  size_t  gpu_memory;  /* bytes that the model may take of it; 0: what the driver calls free */
  /* A byte that is 1 while the driver of the graphics card is at work, and 0 again after it. In a mapped file it tells
   * after a crash whether that was the driver's. NULL: none. Outlives the model, or what is left of it when the driver does not answer. */
  uint8_t *gpu_sentinel;
  /* Called on the loading thread with 0 … 1; return false to cancel. May be NULL. */
  bool (*progress) (double fraction, void *user);
  void *progress_user;
} EngineLoadOptions;

/* How a model thinks before it answers. */
typedef enum {
  ENGINE_THINKS_NO,       /* it never learned to: a short plan before the answer is asked for in words */
  ENGINE_THINKS_ALWAYS,   /* it does, unless the thought is closed for it */
  ENGINE_THINKS_SWITCH,   /* its template switches it on and off */
  ENGINE_THINKS_STRENGTH, /* and says how much: "low", "medium", "high" */
} EngineThinks;

typedef struct {
  const char *architecture; /* "llama" */
  const char *name;         /* general.name, or "" */
  const char *quantisation; /* the type that holds most of the bytes, "Q4_K" */
  uint64_t    n_parameters;
  uint64_t    weight_bytes;
  int32_t     n_layers, n_embd, n_vocab;
  int32_t     n_context_train;
  uint64_t    cache_bytes_per_token; /* F16 key/value cache */
  uint64_t    cache_bytes_fixed;     /* what the cache takes besides, however short the text: recurrent states; 0: none */
  const char *chat_template;         /* NULL: a base model */
  EngineThinks thinks;
  bool        sees, hears;           /* takes pictures, sound */
  bool        embeds;                /* makes vectors of texts (engine_embed ()) and answers nothing */
} EngineModelInfo;

/* Reads a GGUF file. Blocks: call it on a worker thread. NULL options: defaults.
 * Errors: BAD_FILE, UNSUPPORTED, NO_MEMORY, IO, CANCELLED. */
EngineModel *engine_model_load (const char *path, const EngineLoadOptions *options, EngineError *error);
EngineModel *engine_model_ref (EngineModel *model);
void         engine_model_unref (EngineModel *model);

/* Valid as long as the model. */
const EngineModelInfo *engine_model_info (const EngineModel *model);

/* How many of its layers run on the graphics card now; fewer, or none, after a failure of it. Any thread. */
int32_t engine_model_gpu_layers (const EngineModel *model);

/* What became of the experts that tokens chose, where not all of them are in memory; each counts once for each of its matrices, and once
 * for all tokens that are evaluated together. Numbers grow from the load on. */
typedef struct {
  uint64_t memory_bytes, total_bytes; /* for experts, at most, and what all of them would take; both 0: all are in memory */
  uint64_t hits;       /* were in memory */
  uint64_t ahead;      /* were read, or about to be, before they were chosen: a guess */
  uint64_t misses;     /* had to be read */
  uint64_t read_bytes; /* of the file, wrong guesses too */
  uint64_t waits;      /* how often there was nothing to do but wait for the disk, and for how long */
  double   wait_ms;
} EngineExpertStats;

/* ---- tokens ------------------------------------------------------------ */

typedef enum {
  ENGINE_TOKENIZE_PLAIN = 0,
  ENGINE_TOKENIZE_BOS = 1 << 0,     /* add the tokens that the model expects around a text */
  ENGINE_TOKENIZE_SPECIAL = 1 << 1, /* read "<|im_start|>" in the text as that token */
} EngineTokenizeFlags;

/* `*ids` is malloc'd, the caller frees it. Bytes that are no UTF-8 are kept where the vocabulary has tokens
 * for them.
 * Errors: BAD_INPUT (the text is larger than 2³⁰ bytes), NO_MEMORY. */
bool engine_tokenize (const EngineModel *model, const char *text, size_t n_bytes, EngineTokenizeFlags flags,
                      int32_t **ids, size_t *n_ids, EngineError *error);

/* The text of the ids, malloc'd and NUL-terminated; `*n_bytes` may be NULL.
 * `special`: write special tokens out instead of leaving them away.
 * Errors: BAD_INPUT (an id outside the vocabulary), NO_MEMORY. */
char *engine_detokenize (const EngineModel *model, const int32_t *ids, size_t n_ids, bool special,
                         size_t *n_bytes, EngineError *error);

/* ---- chat -------------------------------------------------------------- */

/* A picture or a sound that a tower has prepared for a model; see "towers". Immutable; any thread. */
typedef struct EngineMedia EngineMedia;

EngineMedia *engine_media_ref (EngineMedia *media);
void         engine_media_unref (EngineMedia *media);
/* [n_embd, *n], valid as long as the media: it takes the place of *n tokens. NULL of one that was only measured. */
const float *engine_media_columns (const EngineMedia *media, int32_t *n);

/* A text, or, where it is not NULL, a picture or a sound. */
typedef struct {
  const char  *text;
  EngineMedia *media;
} EnginePart;

/* What a model may call. */
typedef struct {
  const char *name;        /* of letters, digits, "_", "-", "." and "/" */
  const char *description; /* for the model; may be NULL */
  const char *parameters;  /* a JSON Schema of an object; NULL: it takes none */
} EngineTool;

/* A call that was made. */
typedef struct {
  const char *id, *name;
  const char *arguments; /* a JSON object */
} EngineToolCall;

/* Whether an answer calls tools. */
typedef enum {
  ENGINE_TOOLS_AUTO,     /* as the model likes; what it calls is valid */
  ENGINE_TOOLS_NONE,     /* it knows of them, and cannot call any */
  ENGINE_TOOLS_REQUIRED, /* it begins with a call */
} EngineToolChoice;

typedef struct {
  const char *role;    /* "system", "user", "assistant", "tool" (what a call gave) */
  const char *content;
  /* In the place of the content, for requests: what the message consists of, in that order. */
  const EnginePart *parts;
  size_t            n_parts;
  /* NULL, or what the assistant thought before this content. The model's template decides what it shows of that; most show nothing of earlier turns. */
  const char       *thought;
  /* Of "assistant": the calls that it ends with; the content may be NULL then. */
  const EngineToolCall *calls;
  size_t                n_calls;
  /* Of "tool": whose result it is. */
  const char *call_id, *call_name;
} EngineMessage;

/* Renders the messages, all of which have a content, with the model's own template; `add_generation_prompt`
 * opens the assistant's answer. The text is malloc'd; tokenize it with
 * ENGINE_TOKENIZE_SPECIAL. Errors: BAD_INPUT (the template fails or exceeds its limits;
 * the message says where), NO_MEMORY. */
char *engine_chat_render (const EngineModel *model, const EngineMessage *messages, size_t n_messages,
                          bool add_generation_prompt, EngineError *error);

/* ---- adapters ------------------------------------------------------------- */

/* What a LoRA adapter adds to some weights of a model, which themselves stay as they are: so one model answers with several
 * adapters, each request with another one or with none, and nothing is loaded again. Immutable; any thread may read it. */
typedef struct EngineAdapter EngineAdapter;

typedef struct {
  const char *name;         /* general.name, or "" */
  const char *architecture; /* of the models that it is for: "llama" */
  const char *base;         /* the name of the model that it was trained on, or "" */
  int32_t     rank;         /* the largest */
  int32_t     n_weights;    /* of the model that it changes */
  uint64_t    weight_bytes;
} EngineAdapterInfo;

/* What a file says of itself, without a model: `rank`, `n_weights` and `weight_bytes` are 0, and no request takes it. Reads the head of the
 * file; any thread. Errors: BAD_INPUT (the file is no adapter), BAD_FILE, UNSUPPORTED, NO_MEMORY, IO. */
EngineAdapter *engine_adapter_inspect (const char *path, EngineError *error);

/* Reads a GGUF file for this model, which it keeps a reference on. Blocks: call it on a worker thread; the model's runner may
 * be at work meanwhile. Errors: BAD_INPUT (an adapter for other models, a model that answers nothing), BAD_FILE, UNSUPPORTED,
 * NO_MEMORY, IO. */
EngineAdapter *engine_adapter_load (EngineModel *model, const char *path, EngineError *error);
EngineAdapter *engine_adapter_ref (EngineAdapter *adapter);
void           engine_adapter_unref (EngineAdapter *adapter);

/* Valid as long as the adapter. */
const EngineAdapterInfo *engine_adapter_info (const EngineAdapter *adapter);

/* ---- embeddings ---------------------------------------------------------- */

/* What the text means, as a vector of n_embd numbers and length 1: of two texts about the same, the product of the
 * vectors is large. For models that `embeds`. Some of them were trained on texts with a word before each ("query: "): the
 * caller writes it. Blocks; one call for a model at a time.
 * Errors: BAD_INPUT (the model does not embed; the text has more tokens than the model reads; nothing to read), NO_MEMORY. */
bool engine_embed (EngineModel *model, const char *text, size_t n_bytes, float *vector, EngineError *error);

/* ---- towers -------------------------------------------------------------- */

typedef enum { ENGINE_TOWER_PICTURES, ENGINE_TOWER_SOUND, ENGINE_N_TOWERS } EngineTowerKind;

/* A part that makes columns of a model's width of pictures or of sound, from a file beside the model ("mmproj"). */
typedef struct EngineTower EngineTower;

typedef struct {
  EngineTowerKind kind;
  const char     *projector; /* "muse-spark" */
  int32_t         n_embd;    /* of a column: that of the model that it belongs to */
  int32_t         sample_rate, samples_per_token; /* of sound: 24000, mono, and how many samples become one column; some ears fill up to half a minute */
  int32_t     pixels_per_column, max_columns;  /* of pictures: the side of the square that becomes one, and the most of one picture */
} EngineTowerInfo;

/* Blocks: call it on a worker thread. Of the options: backend (all of it goes there), threads, reference, progress, memory_limit.
 * Errors: those of engine_model_load (); BAD_INPUT (the file is no such part), UNSUPPORTED (it has none of the kind, or one that this version does not know). */
EngineTower *engine_tower_load (const char *path, EngineTowerKind kind, const EngineLoadOptions *options, EngineError *error);
EngineTower *engine_tower_ref (EngineTower *tower);
void         engine_tower_unref (EngineTower *tower);
/* Valid as long as the tower. */
const EngineTowerInfo *engine_tower_info (const EngineTower *tower);

/* Rows of pixels without gaps, [n_channels, width, height] bytes: grey, grey and alpha, RGB or RGBA. What is transparent lies on white. */
typedef struct {
  int32_t        width, height, n_channels;
  const uint8_t *pixels;
} EnginePicture;

#define ENGINE_PICTURE_SIDE_MAX 32768 /* pixels */

/* What the tower makes of a picture: columns of n_embd numbers, row after row of places, at most max_columns of them (0: as many as the model was made for), fewer for a small
 * picture. Blocks. One picture at a time for a tower. Errors: BAD_INPUT (an empty picture, one larger than ENGINE_PICTURE_SIDE_MAX, a tower for sound, one that is at work), NO_MEMORY,
 * CANCELLED, INTERNAL. */
EngineMedia    *engine_tower_see (EngineTower *tower, const EnginePicture *picture, int32_t max_columns, EngineError *error);
/* What would stand in a prompt for a picture of that size, or for a sound of so many samples, without encoding it: it has a length and no columns, and only engine_runner_measure () takes
 * it. A tower of vocab_only is enough. Any thread. Errors: BAD_INPUT (as engine_tower_see (); nothing to hear; longer than any model hears), NO_MEMORY. */
EngineMedia    *engine_tower_measure_picture (const EngineTower *tower, int32_t width, int32_t height, int32_t max_columns, EngineError *error);
EngineMedia    *engine_tower_measure_sound (const EngineTower *tower, size_t n_samples, EngineError *error);
/* What the tower encodes now, or encodes next, ends with CANCELLED. Any thread. */
void            engine_tower_cancel (EngineTower *tower);

/* Hears one sound, as it comes or at once: the columns are the same to the bit. One thread at a time for all listeners of a tower. */
typedef struct EngineListener EngineListener;

EngineListener *engine_listener_new (EngineTower *tower, EngineError *error);
void            engine_listener_free (EngineListener *listener);
/* Encodes what is whole of the samples so far, in [-1, 1]. Blocks. After an error the listener is of no more use. */
bool            engine_listener_push (EngineListener *listener, const float *samples, size_t n, EngineError *error);
/* The sound has ended: encodes what is left, with silence behind it. */
bool            engine_listener_end (EngineListener *listener, EngineError *error);
/* [n_embd, *n] so far; valid until the next call for it. Ears that hear half a minute at once may encode its silence again at the end, where something louder has come behind it. */
const float    *engine_listener_columns (const EngineListener *listener, int32_t *n);
/* What it has heard so far, for requests. BAD_INPUT (nothing), NO_MEMORY. */
EngineMedia    *engine_listener_media (const EngineListener *listener, EngineError *error);

/* ---- speech ------------------------------------------------------------- */

/* Writes down what is spoken, with a model made for that (Whisper). */
typedef struct EngineTranscriber EngineTranscriber;

#define ENGINE_SPEECH_RATE 16000 /* samples a second, mono */

typedef struct {
  const char *language;  /* "de"; NULL: the one that is heard */
  bool        translate; /* into English */
  int32_t     n_beams;   /* ways of going on that are weighed against each other; 0: 5, 1: only the likeliest word each time */
  bool        apart;     /* each half minute by itself: it is not told the words before it */
} EngineSpeechParams;

/* What was said in a stretch of the sound. */
typedef struct {
  double      begin, end;  /* seconds */
  const char *text;        /* valid during the call */
  double      logprob;     /* of its tokens, in the mean */
  double      silence;     /* how likely nobody speaks */
  float       temperature; /* 0: the likeliest words; more: those were bad, and others were tried */
} EngineSpeechSegment;

typedef struct {
  char   language[8];
  double language_probability; /* 1 where it was given */
  double spectrum_ms, encode_ms, decode_ms;
  int32_t n_tokens;
} EngineSpeechResult;

/* Called for each segment, in order; false ends with CANCELLED. */
typedef bool (*EngineSpeechFunc) (void *user, const EngineSpeechSegment *segment);

/* Blocks: call it on a worker thread. Of the options: backend (all of it goes there), threads, reference, progress, memory_limit, vocab_only (only to be asked what it is).
 * Errors: those of engine_model_load (); BAD_INPUT (the file is for something else). */
EngineTranscriber *engine_transcriber_load (const char *path, const EngineLoadOptions *options, EngineError *error);
const EngineModelInfo *engine_transcriber_info (const EngineTranscriber *transcriber); /* of the transcriber */
EngineTranscriber *engine_transcriber_ref (EngineTranscriber *transcriber);
void               engine_transcriber_unref (EngineTranscriber *transcriber);
/* What it writes down now, or writes down next, ends with CANCELLED. Any thread. */
void               engine_transcriber_cancel (EngineTranscriber *transcriber);

/* Of samples in [-1, 1] at ENGINE_SPEECH_RATE, of any length. Blocks. One sound at a time. `result` may be NULL.
 * Errors: BAD_INPUT (nothing to hear, a language that the model does not know, one that is at work or has no weights), NO_MEMORY, CANCELLED, INTERNAL. */
bool engine_transcriber_run (EngineTranscriber *transcriber, const float *samples, size_t n, const EngineSpeechParams *params, EngineSpeechFunc func, void *user, EngineSpeechResult *result,
                             EngineError *error);

/* ---- grammars ------------------------------------------------------------ */

/* Which texts a request may write. Immutable; any thread, and several requests at once, which share what is found out about it: so one grammar
 * that is kept is faster than one made for each request. */
typedef struct EngineGrammar EngineGrammar;

/* A grammar in GBNF, the notation of llama.cpp: rules `name ::= …`, of which "root" is the whole text; "texts", [a-z], [^"\n], `.`, groups, |, *, +, ?, {2,5},
 * # comments. No rule may begin with itself, and tokens cannot be named. Errors: BAD_INPUT (with line and column), UNSUPPORTED, NO_MEMORY. */
EngineGrammar *engine_grammar_from_text (const char *text, size_t n_bytes, EngineError *error);

typedef struct {
  bool closed; /* objects with "properties" have no others, unless "additionalProperties" says so, and tuples ("prefixItems") are whole; JSON Schema would allow more */
  bool tight;  /* a space behind commas and colons, and nowhere else: fewer tokens to choose. Otherwise also none, or a new line with its indentation */
  bool lax;    /* what cannot be promised while a value is written ("uniqueItems", that one alternative of "oneOf" alone holds) and keywords and formats that are not known are
                  passed over; otherwise they are errors */
  bool any_order; /* up to ten members of an object stand in any order, not only in that in which they are listed */
} EngineSchemaOptions;

/* The values that a JSON Schema (draft 2020-12) allows, as JSON. What is written is always valid; not everything valid can be written: members stand in
 * the order in which they are listed, unless any order is allowed, others behind them; whole numbers have no point; numbers have up to 16 digits before and behind it unless bounds have more;
 * a schema without "type" is taken for the type that its keywords speak of. References must stay in the document. NULL options: defaults.
 * Errors: BAD_INPUT (no JSON, no schema, one that contradicts itself; the message says where), UNSUPPORTED (a keyword that cannot be promised), NO_MEMORY. */
EngineGrammar *engine_grammar_from_schema (const char *json, size_t n_bytes, const EngineSchemaOptions *options, EngineError *error);
EngineGrammar *engine_grammar_ref (EngineGrammar *grammar);
void           engine_grammar_unref (EngineGrammar *grammar);
/* Whether it allows the whole text; `*n_fitting`, which may be NULL: how many bytes of it something allowed begins with. Errors: BAD_INPUT (the text is nested too deeply), NO_MEMORY. */
bool           engine_grammar_match (EngineGrammar *grammar, const char *text, size_t n_bytes, bool *fits, size_t *n_fitting, EngineError *error);

/* ---- runner and requests ------------------------------------------------ */

typedef struct EngineRunner EngineRunner;
typedef struct EngineRequest EngineRequest;

/* Half floats; 8.6 bits a number; 4.9, whose loss depends on the model (docs/benchmarks.md). A graphics card keeps half floats whatever is wished for. */
typedef enum { ENGINE_CACHE_F16, ENGINE_CACHE_Q8_0, ENGINE_CACHE_Q4, ENGINE_N_CACHE_TYPES } EngineCacheType;
/* "f16", "q8_0", "q4"; false: none is called so. */
bool engine_cache_type_from_name (const char *name, EngineCacheType *type);

typedef struct {
  int32_t         n_context;    /* tokens that one request may span; 0: the smaller of 8192 and the model's own */
  EngineCacheType cache_type;
  size_t          cache_bytes;  /* budget for the key/value cache of all requests; 0: chosen from memory */
  int32_t         max_requests; /* that run at once; 0: 8 */
  /* A smaller model of the same family, which guesses tokens for requests with ENGINE_SPECULATE_DRAFT; NULL: none. The runner takes a reference; meanwhile
   * it has no runner of its own. Its cache is chosen for one context, of the same type. */
  EngineModel *draft;
} EngineRunnerOptions;

/* Starts the thread. Takes its own reference on the model. NULL options: defaults. A model
 * has one runner at a time. Errors: BAD_INPUT (loaded with vocab_only, has a runner already, a draft model with another vocabulary or with recurrent states),
 * NO_MEMORY (with the numbers), INTERNAL. */
EngineRunner *engine_runner_new (EngineModel *model, const EngineRunnerOptions *options, EngineError *error);
EngineRunner *engine_runner_ref (EngineRunner *runner);
/* The last reference cancels what runs, joins the thread and frees the cache. */
void          engine_runner_unref (EngineRunner *runner);
int32_t       engine_runner_context (const EngineRunner *runner);

typedef struct { int32_t id; float bias; } EngineLogitBias;

/* Where nothing else is said, 0 is off. */
typedef struct {
  float    temperature;    /* 0: greedy */
  int32_t  top_k;          /* 0: off */
  float    top_p;          /* 1: off */
  float    min_p;          /* 0: off */
  float    repeat_penalty; /* 1: off */
  int32_t  repeat_last;    /* tokens that the penalty looks back on */
  float    frequency_penalty, presence_penalty;
  float    typical_p;      /* 1: off */
  float    xtc_probability, xtc_threshold; /* how often the likeliest, above the threshold, are left out; a threshold above 0.5 never does */
  /* DRY: tokens that would go on with a repetition of dry_allowed tokens or more. */
  float    dry_multiplier, dry_base;
  int32_t  dry_allowed, dry_last; /* dry_last: tokens that it looks back on */
  /* Mirostat 2, in the place of top_k, top_p, min_p, typical_p and XTC: aims at a surprise of that many bits a token. */
  float    mirostat_tau, mirostat_eta;
  const EngineLogitBias *biases; /* added to the logits; -INFINITY: never */
  size_t   n_biases;
  uint64_t seed;           /* the same seed, model and prompt give the same answer */
} EngineSampling;

/* Greedy, everything off. */
void engine_sampling_init (EngineSampling *sampling);

/* Several tokens may be evaluated at once where the next ones can be guessed. The sampler chooses each from the model's own logits, as it would have
 * one by one, so it changes speed alone: greedy or not, the same seed gives the same answer. It is left where it does not pay, by what is measured meanwhile. */
typedef enum {
  ENGINE_SPECULATE_LOOKUP, /* from what the prompt and the answer have said already. Models with recurrent states do without: theirs cannot go back */
  ENGINE_SPECULATE_OFF,
  ENGINE_SPECULATE_DRAFT, /* likewise, and where nothing is repeated by the runner's draft model; while several requests run at once, and of prompts with pictures or sound, as LOOKUP */
} EngineSpeculation;

/* How a request thinks. */
typedef enum {
  ENGINE_THINK_RAW,  /* nothing is read as a thought: the text comes as the model writes it */
  ENGINE_THINK_OFF,  /* the model is told, or made, not to think */
  ENGINE_THINK_ON,
} EngineThink;

/* Of a request with messages. The thought comes in events of its own, before the answer, and is no part of it: a grammar, max_tokens and the text are the answer's.
 * An answer that goes on from a prefix is not thought about again. */
typedef struct {
  EngineThink think;
  int32_t     max_tokens; /* of the thought; 0: no cap but the context's. Near the cap it is wrapped up with a sentence, not cut */
  bool        early_exit; /* at the ends of paragraphs and sentences it is tried, beside the thought, whether the answer is settled; then it ends */
  const char *strength;   /* NULL, or "low", "medium", "high": for models that know it, and for the words that others are asked with */
} EngineThinking;

/* No longer than needed: the default of conversations. */
EngineThinking engine_thinking_compact (void);

/* How a thought came to its end. */
typedef enum {
  ENGINE_THOUGHT_NONE,    /* there was none, or it has not ended */
  ENGINE_THOUGHT_CLOSED,  /* the model closed it */
  ENGINE_THOUGHT_SETTLED, /* early exit */
  ENGINE_THOUGHT_CAP,     /* max_tokens, or the context had to be left to the answer */
  ENGINE_THOUGHT_LOOP,    /* it went round in circles */
  ENGINE_THOUGHT_ASKED,   /* engine_request_answer_now () */
} EngineThoughtEnd;

typedef struct {
  /* Either the messages of a conversation (rendered with the model's template)… */
  const EngineMessage *messages;
  size_t               n_messages;
  /* …or the tokens of a raw prompt. */
  const int32_t *tokens;
  size_t         n_tokens;
  /* A beginning of the assistant's answer to go on from (Continue); may be NULL. */
  const char    *answer_prefix;

  /* What the model is changed by for this request alone; NULL: not. The request keeps its own reference. What was evaluated
   * with another adapter, or as strongly as never before, is not found in the cache. */
  EngineAdapter *adapter;
  float          adapter_strength; /* 1: as it was trained; 0: not at all */

  EngineThinking thinking;

  /* What the answer may be; NULL: anything. The request keeps its own reference, and ends when nothing can follow. Where the answer has a
   * prefix, it is the beginning. Tokens that are the only way to go on are taken without a look at the model. */
  EngineGrammar *grammar;
  /* The answer is free until it holds this text, or special token; then the grammar begins. NULL: at once. */
  const char    *grammar_trigger;

  int32_t        max_tokens; /* of the answer; 0: until the context is full */
  EngineSampling sampling;
  int32_t        top_logprobs; /* with each token its K most likely, 0: none; of a token that was forced, itself */
  bool           ignore_end;   /* go on after an end-of-turn token (bench) */
  EngineSpeculation speculate; /* the answer is the same with any */

  /* Called on the engine's thread when the request's event queue turns from empty to
   * non-empty, and only then. Must not block nor call the engine. */
  void (*wake) (void *user);
  void  *wake_user;

  /* What the messages' answer may call, in the format that the model's template has, or else in one that the system message explains. With tools, calls come as
   * events of their own and are bound by the schemas, so there is no grammar beside them, unless none may be called. */
  const EngineTool *tools;
  size_t            n_tools;
  EngineToolChoice  tool_choice;
} EngineRequestParams;

typedef enum {
  ENGINE_EVENT_PROGRESS, /* prompt evaluation: `done` of `total` tokens */
  ENGINE_EVENT_TEXT,     /* whole UTF-8 characters of the answer */
  ENGINE_EVENT_THOUGHT,  /* likewise, of the thought before it */
  ENGINE_EVENT_MOVED,    /* the graphics card failed: `error` says how. The answer goes on on the CPU alone, after `done` of its tokens */
  ENGINE_EVENT_DONE,     /* finished; `stats` and `finish` are final. Always the last event but ERROR */
  ENGINE_EVENT_ERROR,    /* failed; `error` says why. Always the last event */
  ENGINE_EVENT_CALL,     /* of a call: `text` is the next piece of its arguments, a JSON object; the name is known from its first event on */
  ENGINE_EVENT_CALL_BROKEN, /* what began as the call `call`, of which there may have been events, is none: `text` is all of it as the model wrote it, `error` says what is wrong. The answer goes on */
} EngineEventKind;

typedef enum {
  ENGINE_FINISH_STOP,    /* the model ended its turn */
  ENGINE_FINISH_LENGTH,  /* max_tokens */
  ENGINE_FINISH_CONTEXT, /* the context is full */
  ENGINE_FINISH_CANCELLED,
} EngineFinish;

typedef struct {
  int32_t prompt_tokens;     /* of the whole prompt */
  int32_t reused_tokens;     /* of them found in the cache, not evaluated */
  int32_t decode_tokens;     /* of the answer, and of the thought before it */
  int32_t thought_tokens;    /* of them the thought's, with its marks */
  int32_t forced_tokens;     /* of them those that were not chosen: the only way to go on with the grammar, and what closes a thought */
  int32_t drafted_tokens;    /* guessed, and evaluated with the token before them */
  int32_t accepted_tokens;   /* of them those that were the answer's */
  int32_t model_drafted_tokens, model_accepted_tokens; /* of both those that the draft model guessed, and the time that it took; at the end */
  double model_draft_ms;
  int32_t saved_evaluations; /* of the model, that these would have needed one by one */
  int32_t masks;             /* how often it was looked up which tokens the grammar allows, and the time of all that */
  double  mask_ms;
  int32_t probes;            /* how often it was tried whether the answer is settled, and the time that this added */
  double  probe_ms;
  double  thought_ms;        /* from the first token of the thought to its end */
  EngineThoughtEnd thought_end;
  int32_t dropped_messages;  /* oldest messages left out because the context is full */
  double  queue_ms, prompt_ms, first_token_ms, decode_ms;
  double  prompt_tps, decode_tps; /* evaluated prompt tokens, answer tokens, per second */
  int32_t gpu_layers;        /* of the model's layers those that ran on the graphics card for the latest token */
  EngineExpertStats experts; /* of all that ran from this request's beginning on */
} EngineStats;

typedef struct {
  EngineEventKind kind;
  int32_t         done, total;
  const char     *text;    /* NUL-terminated; owned by the request, valid until the next call */
  size_t          n_bytes;
  const int32_t  *ids;     /* the tokens that arrived with this event; likewise */
  size_t          n_ids;
  const struct EngineTokenLogprobs *logprobs; /* n_ids entries, or NULL */
  EngineFinish    finish;
  EngineStats     stats;   /* so far; final in DONE */
  EngineError     error;
  /* Of CALL; texts valid as long as the request. */
  int32_t         call;      /* 0, 1, …: which of the answer's calls */
  const char     *call_name;
  const char     *call_id;   /* NULL until it is known, at the latest when the call is done */
  bool            call_done; /* nothing follows, and the arguments are a whole JSON object */
} EngineEvent;

typedef struct { int32_t id; float logprob; } EngineLogprob;
typedef struct EngineTokenLogprobs { const EngineLogprob *top; size_t n_top; } EngineTokenLogprobs;

/* Queues a request; everything in `params` is copied. A conversation that is longer
 * than the context loses its oldest turns (never the system message nor the newest user
 * turn) down to half of the context at once; stats.dropped_messages says how many.
 * Errors: BAD_INPUT (no prompt, the newest turn alone is longer than the context, the
 * template fails, an adapter of another model, a picture or a sound that was prepared for another one, a beginning of the answer that does not fit the
 * grammar, a tool whose name or schema cannot be used), NO_MEMORY. */
EngineRequest *engine_runner_submit (EngineRunner *runner, const EngineRequestParams *params, EngineError *error);

typedef struct {
  int32_t n_context;
  int64_t prompt_tokens;    /* of the whole prompt; from n_context on, the request would fail: the newest turn alone is too long */
  int32_t dropped_messages; /* oldest messages that it leaves out */
} EngineMeasure;

/* What a request with this prompt would be, by the same rules, without queuing it. Of `params` only the prompt counts. Renders and
 * tokenises all of it: call it on a worker thread. Errors: BAD_INPUT (no prompt, the template fails), NO_MEMORY. */
bool engine_runner_measure (EngineRunner *runner, const EngineRequestParams *params, EngineMeasure *measure, EngineError *error);

/* What a runner has evaluated for the next turns of conversations while nobody asked for anything: a thought is left out of the next prompt, so what stands behind it is read again. */
typedef struct {
  int64_t tokens;
  double  ms;
} EngineIdle;

EngineIdle engine_runner_idle (EngineRunner *runner);

/* Takes the next event; false when there is none now. Consecutive TEXT is joined.
 * Call it from one thread at a time. */
bool engine_request_next (EngineRequest *request, EngineEvent *event);

/* Blocks until an event is there or the request has ended; for tools without a main loop. */
void engine_request_wait (EngineRequest *request);

/* Asks the request to stop; it ends with DONE (CANCELLED) within about 8 ms of prefill or
 * one token. Any thread; may be called twice. */
void engine_request_cancel (EngineRequest *request);

/* Holds it after the token that is evaluated now, or within about 8 ms of prefill, and lets it go on, with the tokens that it would have had. It can be cancelled meanwhile; others are not held up, and
 * what it has evaluated may make room for them, to be evaluated once more. Any thread; may be called twice. */
void engine_request_pause (EngineRequest *request, bool paused);

/* Asks it to end its thought and to answer. Without effect before and after the thought. Any thread; may be called twice. */
void engine_request_answer_now (EngineRequest *request);

/* Drops the caller's reference; a request that still runs is cancelled. `wake` is not
 * called after this returns. */
void engine_request_unref (EngineRequest *request);

#ifdef __cplusplus
}
#endif
