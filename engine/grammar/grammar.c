/* SPDX-License-Identifier: MIT */
#include "grammar/grammar.h"

#include "grammar/expression.h"

#include <pthread.h>
#include <string.h>

#define TEXT_MOST ((size_t) 4 << 20)

struct EngineGrammar {
  int              ref_count; /* atomic */
  EngineNet        net;
  pthread_mutex_t  lock;
  EngineAutomaton *automaton; /* of the vocabulary that was used last; NULL: of none yet */
};

/* ---- making ------------------------------------------------------------------------- */

EngineGrammar *
engine_grammar_new (const EngineNet *net, EngineError *error)
{
  EngineGrammar *grammar = engine_calloc (1, sizeof *grammar, error);
  EngineNet own = *net;

  if (!grammar) {
    engine_net_clear (&own);
    return NULL;
  }
  grammar->ref_count = 1;
  grammar->net = own;
  pthread_mutex_init (&grammar->lock, NULL);
  return grammar;
}

/* Reads one or the other: a schema where there are options. */
static EngineGrammar *
read_any (const char *text, size_t n_bytes, const EngineSchemaOptions *options, EngineError *error)
{
  EngineError own = { 0 };
  EngineBuild build = { .error = error ? error : &own };
  EngineNet net = { 0 };

  if (ENGINE_BUILD_ENTER (&build)) {
    engine_build_clear (&build);
    return NULL;
  }
  if (n_bytes > TEXT_MOST) {
    engine_fail (build.error, ENGINE_BAD_INPUT, "The grammar or schema has %zu bytes; at most %zu are read.", n_bytes, TEXT_MOST);
    engine_build_leave (&build);
  }
  if (options)
    engine_schema_read (&build, text, n_bytes, options, &net);
  else
    engine_gbnf_read (&build, text, n_bytes, &net);
  engine_build_clear (&build);
  if (net.nodes[net.starts[0]].kind != ENGINE_NET_NONE)
    return engine_grammar_new (&net, error);
  engine_net_clear (&net);
  if (options)
    engine_fail (error, ENGINE_BAD_INPUT, "No value fits the schema: what it demands contradicts itself, or never ends.");
  else
    engine_fail (error, ENGINE_BAD_INPUT, "No text fits the grammar: its rules never end.");
  return NULL;
}

EngineGrammar *
engine_grammar_from_text (const char *text, size_t n_bytes, EngineError *error)
{
  return read_any (text, n_bytes, NULL, error);
}

EngineGrammar *
engine_grammar_from_schema (const char *json, size_t n_bytes, const EngineSchemaOptions *options, EngineError *error)
{
  const EngineSchemaOptions defaults = { 0 };

  return read_any (json, n_bytes, options ? options : &defaults, error);
}

EngineGrammar *
engine_grammar_ref (EngineGrammar *grammar)
{
  __atomic_add_fetch (&grammar->ref_count, 1, __ATOMIC_RELAXED);
  return grammar;
}

void
engine_grammar_unref (EngineGrammar *grammar)
{
  if (!grammar || __atomic_sub_fetch (&grammar->ref_count, 1, __ATOMIC_ACQ_REL) > 0)
    return;
  engine_automaton_unref (grammar->automaton);
  engine_net_clear (&grammar->net);
  pthread_mutex_destroy (&grammar->lock);
  free (grammar);
}

bool
engine_grammar_match (EngineGrammar *grammar, const char *text, size_t n_bytes, bool *fits, size_t *n_fitting, EngineError *error)
{
  EngineMatcher matcher;
  EngineError failed = { 0 };
  size_t n_taken = 0;
  bool taken;

  if (!engine_matcher_init (&matcher, grammar, NULL, error))
    return false;
  taken = engine_matcher_take (&matcher, text, n_bytes, &n_taken, &failed);
  *fits = taken && engine_matcher_may_end (&matcher);
  if (n_fitting)
    *n_fitting = n_taken;
  engine_matcher_clear (&matcher);
  if (failed.code != ENGINE_OK && error && error->code == ENGINE_OK)
    *error = failed;
  return failed.code == ENGINE_OK;
}

/* ---- matchers ------------------------------------------------------------------------ */

/* The automaton for a vocabulary, with a reference: the one that is there, or a new one in its place. */
static EngineAutomaton *
take_automaton (EngineGrammar *grammar, EngineTrie *trie, EngineError *error)
{
  EngineAutomaton *automaton;

  pthread_mutex_lock (&grammar->lock);
  automaton = grammar->automaton;
  if (automaton && (!trie || engine_automaton_trie (automaton) == trie) && !engine_automaton_full (automaton)) {
    engine_automaton_ref (automaton);
  } else {
    automaton = engine_automaton_new (&grammar->net, trie, error);
    if (automaton) {
      engine_automaton_unref (grammar->automaton);
      grammar->automaton = engine_automaton_ref (automaton);
    }
  }
  pthread_mutex_unlock (&grammar->lock);
  return automaton;
}

bool
engine_matcher_init (EngineMatcher *matcher, EngineGrammar *grammar, EngineTrie *trie, EngineError *error)
{
  EngineAutomaton *automaton = take_automaton (grammar, trie, error);
  int32_t state = automaton ? engine_automaton_start (automaton, error) : ENGINE_STATE_FAILED;

  if (state < 0) {
    engine_automaton_unref (automaton);
    return false;
  }
  *matcher = (EngineMatcher) { engine_grammar_ref (grammar), automaton, state };
  return true;
}

void
engine_matcher_copy (EngineMatcher *matcher, const EngineMatcher *from)
{
  *matcher = (EngineMatcher) { engine_grammar_ref (from->grammar), engine_automaton_ref (from->automaton), from->state };
}

void
engine_matcher_clear (EngineMatcher *matcher)
{
  engine_automaton_unref (matcher->automaton);
  engine_grammar_unref (matcher->grammar);
  *matcher = (EngineMatcher) { 0 };
}

/* A full automaton is left for a fresh one. */
static bool
refresh (EngineMatcher *matcher, EngineError *error)
{
  EngineAutomaton *fresh;
  int32_t state;

  if (!engine_automaton_full (matcher->automaton))
    return true;
  fresh = take_automaton (matcher->grammar, engine_automaton_trie (matcher->automaton), error);
  state = fresh ? engine_automaton_move (matcher->automaton, matcher->state, fresh, error) : ENGINE_STATE_FAILED;
  if (state < 0) {
    engine_automaton_unref (fresh);
    return false;
  }
  engine_automaton_unref (matcher->automaton);
  matcher->automaton = fresh;
  matcher->state = state;
  return true;
}

#define AT_ONCE ((size_t) 4096)

bool
engine_matcher_take (EngineMatcher *matcher, const char *bytes, size_t n, size_t *n_taken, EngineError *error)
{
  EngineMatcher begin;
  bool ok = true;
  size_t done = 0;

  engine_matcher_copy (&begin, matcher);
  while (ok && done < n) {
    size_t some = ENGINE_MIN (n - done, AT_ONCE), taken = 0;
    int32_t next = ENGINE_STATE_FAILED;

    if (refresh (matcher, error))
      next = engine_automaton_go (matcher->automaton, matcher->state, bytes + done, some, &taken, error);
    done += taken;
    ok = next > ENGINE_STATE_DEAD;
    if (ok)
      matcher->state = next;
  }
  if (n_taken)
    *n_taken = done;
  if (!ok) {
    EngineMatcher moved = *matcher;

    *matcher = begin;
    begin = moved;
  }
  engine_matcher_clear (&begin);
  return ok;
}

bool
engine_matcher_may_end (const EngineMatcher *matcher)
{
  return engine_automaton_may_end (matcher->automaton, matcher->state);
}

bool
engine_matcher_must_end (const EngineMatcher *matcher)
{
  return engine_automaton_must_end (matcher->automaton, matcher->state);
}

uint32_t
engine_matcher_least (const EngineMatcher *matcher)
{
  return engine_automaton_least (matcher->automaton, matcher->state);
}

EngineByteSet
engine_matcher_bytes (const EngineMatcher *matcher)
{
  return engine_automaton_bytes (matcher->automaton, matcher->state);
}

size_t
engine_matcher_forced (const EngineMatcher *matcher, char *out, size_t n, EngineError *error)
{
  int32_t after;
  size_t length = engine_automaton_forced (matcher->automaton, matcher->state, out, n, &after, error);

  return after < 0 ? 0 : length;
}

bool
engine_matcher_mask (EngineMatcher *matcher, uint64_t *bits, EngineError *error)
{
  return refresh (matcher, error) && engine_automaton_mask (matcher->automaton, matcher->state, bits, error);
}
