/* SPDX-License-Identifier: MIT */
#include "tokenizer/vocab.h"

#include <math.h>
#include <stdio.h>
#include <string.h>

static const EngineTokenizer *const tokenizers[] = { &engine_tokenizer_gpt2, &engine_tokenizer_llama, &engine_tokenizer_gemma4, &engine_tokenizer_bert, &engine_tokenizer_t5 };

/* Texts that end an answer: the end of a turn, a message or a text in the templates of known
 * models. Some files give them the type of ordinary tokens; `always` are those that cannot
 * be anything else. */
static const struct {
  const char *text;
  bool        always;
} end_texts[] = {
  { "<|im_end|>", true },    { "<|eot_id|>", true },        { "<|eom_id|>", true },       { "<end_of_turn>", true },
  { "<|endoftext|>", true }, { "<|end_of_text|>", true },   { "<|end|>", true },          { "<|return|>", true },
  { "<|call|>", true },      { "<turn|>", false },          { "<end_of_utterance>", true }, { "<｜end▁of▁sentence｜>", true },
  { "</s>", false },         { "<eos>", false },            { "<EOT>", false },           { "[EOT]", false },
  { "[EOS]", false },        { "[e~[", false },             { "<|fim_pad|>", true },      { "<|repo_name|>", true },
  { "<|file_sep|>", true },
};

bool
engine_ids_push (EngineIds *ids, int32_t id, EngineError *error)
{
  if (ids->n == ids->capacity) {
    size_t capacity = ids->capacity ? 2 * ids->capacity : 64;
    int32_t *larger = realloc (ids->ids, capacity * sizeof *larger);

    if (!larger)
      return engine_fail (error, ENGINE_NO_MEMORY, "There is no memory for %zu tokens.", capacity);
    ids->ids = larger;
    ids->capacity = capacity;
  }
  ids->ids[ids->n++] = id;
  return true;
}

bool
engine_vocab_push_byte (const EngineVocab *vocab, unsigned char byte, EngineIds *out, EngineError *error)
{
  int32_t id = vocab->byte_token[byte];

  /* Byte-pair encodings have no unknown token: what a file names so ends a text. */
  if (id < 0 && !vocab->tokenizer->merges)
    id = vocab->unknown;
  return id < 0 || engine_ids_push (out, id, error);
}

/* ---- loading ---------------------------------------------------------------- */

/* The file's number for a special token, or -1. */
static int32_t
read_id (const EngineVocab *vocab, const EngineGguf *gguf, const char *key)
{
  int64_t id;

  return engine_gguf_int (gguf, key, &id) && id >= 0 && id < vocab->n_tokens ? (int32_t) id : -1;
}

static uint8_t
kind_of (int32_t number)
{
  return number >= ENGINE_TOKEN_NORMAL && number <= ENGINE_TOKEN_BYTE ? (uint8_t) number : ENGINE_TOKEN_UNUSED;
}

static bool
load_tokens (EngineVocab *vocab, const EngineGguf *gguf, EngineError *error)
{
  const EngineGgufArray *texts = engine_gguf_array (gguf, "tokenizer.ggml.tokens", ENGINE_GGUF_STRING);
  const EngineGgufArray *scores = engine_gguf_array (gguf, "tokenizer.ggml.scores", ENGINE_GGUF_F32);
  const EngineGgufArray *kinds = engine_gguf_array (gguf, "tokenizer.ggml.token_type", ENGINE_GGUF_I32);
  size_t n_tokens = texts ? engine_gguf_array_size (texts) : 0, total = 0, n;
  char *end;

  if (!n_tokens || n_tokens > INT32_MAX / 2)
    return engine_fail (error, ENGINE_BAD_FILE, "The model has no vocabulary (tokenizer.ggml.tokens).");
  if (scores && engine_gguf_array_size (scores) < n_tokens)
    return engine_fail (error, ENGINE_BAD_FILE, "The vocabulary has %zu tokens but only %zu scores.", n_tokens, engine_gguf_array_size (scores));
  if (kinds && engine_gguf_array_size (kinds) < n_tokens)
    return engine_fail (error, ENGINE_BAD_FILE, "The vocabulary has %zu tokens but only %zu token types.", n_tokens, engine_gguf_array_size (kinds));

  for (size_t i = 0; i < n_tokens; i++)
    if (!engine_gguf_array_string_at (texts, i, &n) || n > INT32_MAX || !engine_sum (total, n, &total))
      return engine_fail (error, ENGINE_BAD_FILE, "Token %zu of the vocabulary cannot be read.", i);
  vocab->n_tokens = (int32_t) n_tokens;
  vocab->tokens = engine_calloc (n_tokens, sizeof *vocab->tokens, error);
  vocab->text_memory = end = engine_calloc (total, 1, error);
  if (!vocab->tokens || !vocab->text_memory || !engine_text_map_init (&vocab->texts, n_tokens, error))
    return false;

  for (size_t i = 0; i < n_tokens; i++) {
    EngineToken *token = &vocab->tokens[i];
    float score = scores ? engine_gguf_array_floats (scores)[i] : 0;
    const char *text = engine_gguf_array_string_at (texts, i, &n);

    memcpy (end, text, n);
    *token = (EngineToken){
      .text = end, .n_bytes = (uint32_t) n,
      .score = isnan (score) ? -INFINITY : score,
      .kind = kinds ? kind_of (engine_gguf_array_ints (kinds)[i]) : ENGINE_TOKEN_NORMAL,
    };
    end += n;
    if (token->kind == ENGINE_TOKEN_NORMAL)
      vocab->least_score = ENGINE_MIN (vocab->least_score, ENGINE_MAX (token->score, -1e6f));
    vocab->longest = ENGINE_MAX (vocab->longest, token->n_bytes);
    if (n && !engine_text_map_put (&vocab->texts, token->text, token->n_bytes, (int32_t) i, error))
      return false;
  }
  return true;
}

static void
find_byte_tokens (EngineVocab *vocab)
{
  for (int byte = 0; byte < 256; byte++) {
    char text[8];

    snprintf (text, sizeof text, "<0x%02X>", byte);
    vocab->byte_token[byte] = engine_vocab_find (vocab, text, 6);
    /* Without types in the file the text alone says what the token is. */
    if (vocab->byte_token[byte] >= 0 && vocab->tokens[vocab->byte_token[byte]].kind == ENGINE_TOKEN_NORMAL && !vocab->pretokenizer)
      vocab->tokens[vocab->byte_token[byte]].kind = ENGINE_TOKEN_BYTE;
  }
}

static void
mark_end (EngineVocab *vocab, int32_t id, bool control)
{
  if (id < 0)
    return;
  vocab->tokens[id].end = true;
  if (control)
    vocab->tokens[id].kind = ENGINE_TOKEN_CONTROL;
}

static void
find_end_tokens (EngineVocab *vocab, const EngineGguf *gguf)
{
  mark_end (vocab, vocab->eos, false);
  mark_end (vocab, read_id (vocab, gguf, "tokenizer.ggml.eot_token_id"), false);
  mark_end (vocab, read_id (vocab, gguf, "tokenizer.ggml.eom_token_id"), false);
  for (size_t i = 0; i < ENGINE_LENGTH (end_texts); i++) {
    int32_t id = engine_vocab_find (vocab, end_texts[i].text, strlen (end_texts[i].text));

    if (id >= 0 && (end_texts[i].always || vocab->tokens[id].kind == ENGINE_TOKEN_CONTROL || vocab->tokens[id].kind == ENGINE_TOKEN_USER_DEFINED))
      mark_end (vocab, id, true);
  }
}

static bool
load_pretokenizer (EngineVocab *vocab, const EngineGguf *gguf, EngineError *error)
{
  const char *name = vocab->tokenizer->fixed_pretokenizer;

  if (!name)
    name = engine_gguf_string (gguf, "tokenizer.ggml.pre", NULL);
  if (!name || !name[0]) {
    engine_log (ENGINE_LOG_WARNING, "The model does not say how its vocabulary divides words (tokenizer.ggml.pre); answers may be worse than they should be.");
    name = "default";
  }
  vocab->pretokenizer = engine_pretokenizer_find (name);
  if (!vocab->pretokenizer)
    return engine_fail (error, ENGINE_UNSUPPORTED, "This engine does not know the pre-tokeniser \"%.64s\" of the model's vocabulary.", name);
  return true;
}

static bool
load_charsmap (EngineVocab *vocab, const EngineGguf *gguf, EngineError *error)
{
  size_t n = 0;
  const uint8_t *bytes = engine_gguf_array_bytes (gguf, "tokenizer.ggml.precompiled_charsmap", &n);

  if (n > 0)
    vocab->charsmap = engine_charsmap_new (bytes, n, error);
  return n == 0 || vocab->charsmap;
}

static bool
load (EngineVocab *vocab, const EngineGguf *gguf, EngineError *error)
{
  const char *name = engine_gguf_string (gguf, "tokenizer.ggml.model", NULL);

  if (!name)
    return engine_fail (error, ENGINE_BAD_FILE, "The model has no vocabulary (tokenizer.ggml.model).");
  for (size_t i = 0; i < ENGINE_LENGTH (tokenizers); i++)
    if (!strcmp (name, tokenizers[i]->name))
      vocab->tokenizer = tokenizers[i];
  if (!vocab->tokenizer)
    return engine_fail (error, ENGINE_UNSUPPORTED, "This engine does not know the tokenizer \"%.64s\" of the model.", name);
  if (!load_tokens (vocab, gguf, error))
    return false;
  if (vocab->tokenizer->merges && (!load_pretokenizer (vocab, gguf, error) || !engine_bpe_load (vocab, gguf, error)))
    return false;

  if (vocab->tokenizer->charsmap && !load_charsmap (vocab, gguf, error))
    return false;

  find_byte_tokens (vocab);
  vocab->bos = read_id (vocab, gguf, "tokenizer.ggml.bos_token_id");
  vocab->eos = read_id (vocab, gguf, "tokenizer.ggml.eos_token_id");
  if (vocab->bos < 0)
    vocab->bos = read_id (vocab, gguf, "tokenizer.ggml.cls_token_id");
  if (vocab->eos < 0)
    vocab->eos = read_id (vocab, gguf, "tokenizer.ggml.seperator_token_id"); /* spelt so */
  vocab->unknown = read_id (vocab, gguf, "tokenizer.ggml.unknown_token_id");
  vocab->adds_bos = vocab->tokenizer->adds_bos || (vocab->pretokenizer && vocab->pretokenizer->adds_bos);
  vocab->adds_eos = vocab->tokenizer->adds_eos;
  vocab->space_prefix = vocab->tokenizer->space_prefix;
  engine_gguf_bool (gguf, "tokenizer.ggml.add_bos_token", &vocab->adds_bos);
  engine_gguf_bool (gguf, "tokenizer.ggml.add_eos_token", &vocab->adds_eos);
  engine_gguf_bool (gguf, "tokenizer.ggml.add_space_prefix", &vocab->space_prefix);
  engine_gguf_bool (gguf, "tokenizer.ggml.remove_extra_whitespaces", &vocab->collapses_spaces);
  vocab->adds_bos &= vocab->bos >= 0;
  vocab->adds_eos &= vocab->eos >= 0;
  find_end_tokens (vocab, gguf);
  return engine_special_load (vocab, error);
}

EngineVocab *
engine_vocab_new (const EngineGguf *gguf, EngineError *error)
{
  EngineVocab *vocab = engine_calloc (1, sizeof *vocab, error);

  if (vocab)
    pthread_mutex_init (&vocab->trie_lock, NULL);
  if (vocab && !load (vocab, gguf, error)) {
    engine_vocab_free (vocab);
    return NULL;
  }
  return vocab;
}

void
engine_vocab_free (EngineVocab *vocab)
{
  if (!vocab)
    return;
  engine_trie_unref (vocab->trie);
  pthread_mutex_destroy (&vocab->trie_lock);
  engine_charsmap_free (vocab->charsmap);
  engine_text_map_clear (&vocab->texts);
  engine_merge_map_clear (&vocab->merges);
  free (vocab->tokens);
  free (vocab->text_memory);
  free (vocab->extra);
  free (vocab->extra_memory);
  free (vocab->special);
  free (vocab);
}

/* ---- questions --------------------------------------------------------------- */

int32_t
engine_vocab_size (const EngineVocab *vocab)
{
  return vocab->n_tokens;
}

int32_t
engine_vocab_bos (const EngineVocab *vocab)
{
  return vocab->bos;
}

int32_t
engine_vocab_eos (const EngineVocab *vocab)
{
  return vocab->eos;
}

bool
engine_vocab_adds_bos (const EngineVocab *vocab)
{
  return vocab->adds_bos;
}

bool
engine_vocab_is_end (const EngineVocab *vocab, int32_t id)
{
  return id >= 0 && id < vocab->n_tokens && vocab->tokens[id].end;
}

bool
engine_vocab_is_special (const EngineVocab *vocab, int32_t id)
{
  return id >= 0 && id < vocab->n_tokens && (vocab->tokens[id].kind == ENGINE_TOKEN_CONTROL || vocab->tokens[id].kind == ENGINE_TOKEN_UNKNOWN);
}

size_t
engine_vocab_longest (const EngineVocab *vocab)
{
  return vocab->longest;
}

size_t
engine_vocab_bytes (const EngineVocab *vocab, int32_t id, char *out)
{
  const EngineToken *token = &vocab->tokens[id];

  switch (token->kind) {
  case ENGINE_TOKEN_NORMAL:
    return token->end ? 0 : vocab->tokenizer->bytes (vocab, token, out);
  case ENGINE_TOKEN_USER_DEFINED:
    memcpy (out, token->text, token->n_bytes);
    return token->end ? 0 : token->n_bytes;
  case ENGINE_TOKEN_BYTE:
    if (token->n_bytes != 6)
      return 0;
    *out = (char) strtol ((char[3]){ token->text[3], token->text[4], 0 }, NULL, 16);
    return 1;
  default:
    return 0;
  }
}

EngineTrie *
engine_vocab_trie (const EngineVocab *vocab, EngineError *error)
{
  /* Immutable but for this. */
  EngineVocab *own = (EngineVocab *) vocab;
  EngineTrie *trie;

  pthread_mutex_lock (&own->trie_lock);
  if (!own->trie)
    own->trie = engine_trie_new (vocab, error);
  trie = own->trie;
  pthread_mutex_unlock (&own->trie_lock);
  return trie;
}

uint8_t *
engine_vocab_breakers (const EngineVocab *vocab, EngineError *error)
{
  char *bytes = engine_calloc ((size_t) vocab->longest + 1, 1, error);
  uint8_t *breakers = bytes ? engine_calloc ((size_t) vocab->n_tokens / 8 + 1, 1, error) : NULL;

  for (int32_t id = 0; breakers && id < vocab->n_tokens; id++) {
    size_t n = vocab->tokenizer->bytes (vocab, &vocab->tokens[id], bytes);

    for (size_t i = 0; i < n; i++)
      if (bytes[i] == '\n' || bytes[i] == ':' || bytes[i] == '"' || bytes[i] == '*')
        breakers[id / 8] |= (uint8_t) (1 << id % 8);
  }
  free (bytes);
  return breakers;
}

int32_t
engine_vocab_find (const EngineVocab *vocab, const char *text, size_t n_bytes)
{
  int32_t symbol = n_bytes ? engine_text_map_get (&vocab->texts, text, n_bytes) : -1;

  return symbol < vocab->n_tokens ? symbol : -1;
}

const char *
engine_vocab_text (const EngineVocab *vocab, int32_t id, size_t *n_bytes)
{
  if (id < 0 || id >= vocab->n_tokens)
    return NULL;
  if (n_bytes)
    *n_bytes = vocab->tokens[id].n_bytes;
  return vocab->tokens[id].text;
}

/* ---- encoding ---------------------------------------------------------------- */

static bool
encode (const EngineVocab *vocab, const char *text, size_t n_bytes, EngineTokenizeFlags flags, EngineIds *out, EngineError *error)
{
  bool control = flags & ENGINE_TOKENIZE_SPECIAL;
  bool first = true;
  size_t start = 0, position = 0;

  if (flags & ENGINE_TOKENIZE_BOS && vocab->adds_bos && !engine_ids_push (out, vocab->bos, error))
    return false;
  while (position < n_bytes) {
    int32_t id = engine_special_match (vocab, text + position, n_bytes - position, control);

    if (id < 0) {
      position++;
      continue;
    }
    if (position > start && !vocab->tokenizer->encode (vocab, text + start, position - start, first, out, error))
      return false;
    if (!engine_ids_push (out, id, error))
      return false;
    first = true;
    position += vocab->tokens[id].n_bytes;
    start = position;
  }
  if (position > start && !vocab->tokenizer->encode (vocab, text + start, position - start, first, out, error))
    return false;
  return !(flags & ENGINE_TOKENIZE_BOS) || !vocab->adds_eos || engine_ids_push (out, vocab->eos, error);
}

bool
engine_vocab_encode (const EngineVocab *vocab, const char *text, size_t n_bytes, EngineTokenizeFlags flags,
                     int32_t **ids, size_t *n_ids, EngineError *error)
{
  EngineIds out = { 0 };

  if (n_bytes > (size_t) 1 << 30)
    return engine_fail (error, ENGINE_BAD_INPUT, "The text has %zu bytes; at most 2^30 can be tokenized at once.", n_bytes);
  /* An empty result has memory too, so that callers need not tell it from failure. */
  out.ids = engine_calloc (64, sizeof *out.ids, error);
  out.capacity = 64;
  if (!out.ids)
    return false;
  if (!encode (vocab, text, n_bytes, flags, &out, error)) {
    free (out.ids);
    return false;
  }
  *ids = out.ids;
  *n_ids = out.n;
  return true;
}

bool
engine_vocab_encode_on (const EngineVocab *vocab, const char *text, size_t n_bytes, int32_t **ids, size_t *n_ids, EngineError *error)
{
  EngineIds out = { .ids = engine_calloc (64, sizeof *out.ids, error), .capacity = 64 };

  if (!out.ids)
    return false;
  if (n_bytes && !vocab->tokenizer->encode (vocab, text, n_bytes, false, &out, error)) {
    free (out.ids);
    return false;
  }
  *ids = out.ids;
  *n_ids = out.n;
  return true;
}
