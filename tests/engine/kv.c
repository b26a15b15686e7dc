/* SPDX-License-Identifier: MIT */
/* The cache against a backend that only remembers: at each position of a page it stores a
 * hash of all cells up to there. Evaluating a token first reads every position that its kind
 * may read and compares; so a page that was given away, mixed up or half copied is seen. A page of
 * states holds one such hash, at its beginning. */
#include "kv.h"

#include <glib.h>
#include <string.h>

#define PAGE ENGINE_PAGE_TOKENS

typedef struct {
  EngineBackend    backend;
  EngineKv        *kv;
  uint32_t         n_pages[ENGINE_N_CACHE_KINDS];
  int32_t          window;
  uint64_t        *memory[ENGINE_N_CACHE_KINDS]; /* [n_pages · PAGE] */
  guint            n_copies;
} Fixture;

static void
remember_copy (EngineBackend *backend, EngineCacheStore *store, EngineCacheKind kind, uint32_t from, uint32_t to, int32_t n_tokens)
{
  Fixture *fixture = (Fixture *) backend;

  g_assert_cmpuint (from, <, fixture->n_pages[kind]);
  g_assert_cmpuint (to, <, fixture->n_pages[kind]);
  g_assert_cmpint (n_tokens, <, PAGE);
  g_assert_true (from != to);
  memcpy (fixture->memory[kind] + to * PAGE, fixture->memory[kind] + from * PAGE, n_tokens * sizeof (uint64_t));
  fixture->n_copies++;
}

static const EngineBackendClass remember_class = { .name = "remember", .cache_copy = remember_copy };

static void
fixture_init_states (Fixture *fixture, uint32_t n_full, uint32_t n_window, int32_t window, uint32_t n_states)
{
  EngineKvOptions options = { .backend = &fixture->backend, .n_pages = { n_full, n_window, n_states }, .window = window };
  EngineError error = { 0 };

  memset (fixture, 0, sizeof *fixture);
  fixture->backend.klass = &remember_class;
  fixture->n_pages[ENGINE_CACHE_FULL] = n_full;
  fixture->n_pages[ENGINE_CACHE_WINDOW] = n_window;
  fixture->n_pages[ENGINE_CACHE_STATE] = n_states;
  fixture->window = window;
  for (int k = 0; k < ENGINE_N_CACHE_KINDS; k++)
    fixture->memory[k] = g_new0 (uint64_t, fixture->n_pages[k] * PAGE);
  fixture->kv = engine_kv_new (&options, &error);
  g_assert_nonnull (fixture->kv);
}

static void
fixture_init (Fixture *fixture, uint32_t n_full, uint32_t n_window, int32_t window)
{
  fixture_init_states (fixture, n_full, n_window, window, 0);
}

static void
fixture_clear (Fixture *fixture)
{
  EngineKvStats stats;

  /* Without sequences each page is free or in the tree. */
  engine_kv_stats (fixture->kv, &stats);
  for (int k = 0; k < ENGINE_N_CACHE_KINDS; k++) {
    g_assert_cmpuint (stats.free_pages[k] + stats.tree_pages[k], ==, fixture->n_pages[k]);
    g_free (fixture->memory[k]);
  }
  engine_kv_free (fixture->kv);
}

/* ---- a sequence and what it should be --------------------------------------- */

typedef struct {
  Fixture          *fixture;
  EngineKvSequence *sequence;
  uint64_t          salt;
  GArray           *cells;  /* uint64_t */
  int32_t           n;      /* evaluated */
} Run;

static uint64_t
chain (uint64_t hash, uint64_t cell)
{
  return (hash ^ cell) * 0x9e3779b97f4a7c15u + 1;
}

static void
run_append (Run *run, const char *text)
{
  EngineError error = { 0 };

  for (; *text; text++) {
    uint64_t cell = engine_kv_token (*text);

    g_array_append_val (run->cells, cell);
    g_assert_true (engine_kv_append (run->sequence, &cell, 1, &error));
  }
}

/* Begins with the text; reused comes back. */
static int32_t
run_begin (Run *run, Fixture *fixture, uint64_t salt, const char *text)
{
  EngineError error = { 0 };

  *run = (Run) { .fixture = fixture, .salt = salt, .cells = g_array_new (FALSE, FALSE, sizeof (uint64_t)) };
  run->sequence = engine_kv_sequence_new (fixture->kv, salt, &error);
  g_assert_nonnull (run->sequence);
  run_append (run, text);
  run->n = engine_kv_resume (run->sequence, (int32_t) run->cells->len - 1);
  g_assert_cmpint (run->n, ==, engine_kv_evaluated (run->sequence));
  return run->n;
}

/* The hashes after position n - 1 and on: from the state before, which must be what they say, into the pages that are to keep them. */
static void
pass_state (const Run *run, const EngineBatchSequence *pages, const uint64_t *hashes, int32_t n)
{
  Fixture *fixture = run->fixture;
  uint64_t *states = fixture->memory[ENGINE_CACHE_STATE];

  g_assert_true ((pages->state == ENGINE_NO_PAGE) == (run->n == 0));
  if (run->n)
    g_assert_cmpuint (states[pages->state * PAGE], ==, hashes[run->n - 1]);
  for (int32_t i = run->n; i < run->n + n; i++) {
    uint32_t page = pages->pages[ENGINE_CACHE_STATE][i / PAGE];

    g_assert_true (page != pages->state || run->n == 0);
    if (page != ENGINE_NO_PAGE)
      states[page * PAGE] = hashes[i];
    else
      g_assert_cmpint (i / PAGE, <, (run->n + n - 1) / PAGE);
  }
}

/* Computes the next `n` cells, but does not commit them; false when there is no room. */
static bool
run_compute (Run *run, int32_t n)
{
  Fixture *fixture = run->fixture;
  EngineBatchSequence pages;
  uint64_t hash = run->salt;
  uint64_t *hashes = g_new (uint64_t, run->n + n);

  if (!engine_kv_reserve (run->sequence, n)) {
    g_free (hashes);
    return false;
  }
  pages = engine_kv_pages (run->sequence);
  for (int32_t i = 0; i < run->n + n; i++) {
    hash = chain (hash, g_array_index (run->cells, uint64_t, i));
    hashes[i] = hash;
    for (int k = 0; i >= run->n && k < ENGINE_CACHE_STATE; k++) {
      int32_t first = k == ENGINE_CACHE_WINDOW ? MAX (0, i - fixture->window + 1) : 0;

      if (!fixture->n_pages[k])
        continue;
      g_assert_cmpuint (pages.pages[k][i / PAGE], <, fixture->n_pages[k]);
      for (int32_t j = first; j < i; j++) {
        g_assert_cmpuint (pages.pages[k][j / PAGE], <, fixture->n_pages[k]);
        g_assert_cmpuint (fixture->memory[k][pages.pages[k][j / PAGE] * PAGE + j % PAGE], ==, hashes[j]);
      }
      fixture->memory[k][pages.pages[k][i / PAGE] * PAGE + i % PAGE] = hash;
    }
  }
  if (fixture->n_pages[ENGINE_CACHE_STATE])
    pass_state (run, &pages, hashes, n);
  g_free (hashes);
  return true;
}

/* Evaluates `n` cells; false when there is no room. */
static bool
run_evaluate (Run *run, int32_t n)
{
  if (!run_compute (run, n))
    return false;
  run->n += n;
  engine_kv_commit (run->sequence, n);
  return true;
}

static void
run_end (Run *run)
{
  engine_kv_sequence_free (run->sequence);
  g_array_free (run->cells, TRUE);
}

/* Evaluates the text and ends; reused comes back. */
static int32_t
run_whole (Fixture *fixture, const char *text)
{
  Run run;
  int32_t reused = run_begin (&run, fixture, 0, text);

  g_assert_true (run_evaluate (&run, (int32_t) run.cells->len - run.n));
  run_end (&run);
  return reused;
}

/* `n` letters, the same for the same seed. */
static char *
letters (guint32 seed, int n)
{
  GRand *rand = g_rand_new_with_seed (seed);
  char *text = g_malloc (n + 1);

  for (int i = 0; i < n; i++)
    text[i] = (char) ('a' + g_rand_int_range (rand, 0, 26));
  text[n] = '\0';
  g_rand_free (rand);
  return text;
}

/* ---- tests ------------------------------------------------------------------- */

static void
test_prefix (void)
{
  Fixture fixture;
  g_autofree char *prompt = letters (1, 200), *answer = letters (2, 50), *other = letters (3, 100);
  g_autofree char *turn = g_strconcat (prompt, answer, NULL);
  g_autofree char *follow_up = g_strconcat (prompt, answer, other, NULL);
  g_autofree char *branch = g_strdup (turn);
  Run run;

  branch[130] = '!';
  fixture_init (&fixture, 64, 0, 0);
  g_assert_cmpint (run_whole (&fixture, turn), ==, 0);
  /* A follow-up goes on where the answer ended, in the middle of a page. */
  g_assert_cmpint (run_whole (&fixture, follow_up), ==, 250);
  g_assert_cmpuint (fixture.n_copies, ==, 1);
  /* The same prompt again: all but its last token. */
  g_assert_cmpint (run_whole (&fixture, prompt), ==, 199);
  /* A branch shares what stands before it. */
  g_assert_cmpint (run_whole (&fixture, branch), ==, 130);
  g_assert_cmpint (run_whole (&fixture, branch), ==, 249);
  /* Another salt shares nothing. */
  g_assert_cmpint (run_begin (&run, &fixture, 7, turn), ==, 0);
  g_assert_true (run_evaluate (&run, 250));
  run_end (&run);
  fixture_clear (&fixture);
}

static void
test_no_doubles (void)
{
  Fixture fixture;
  EngineKvStats stats;
  g_autofree char *text = letters (1, 300);

  /* Grown a bit at a time, or asked for ten times, a conversation takes its pages once. */
  fixture_init (&fixture, 64, 0, 0);
  for (int n = 10; n <= 300; n += 10) {
    g_autofree char *part = g_strndup (text, n);

    run_whole (&fixture, part);
  }
  for (int i = 0; i < 10; i++)
    g_assert_cmpint (run_whole (&fixture, text), ==, 299);
  engine_kv_stats (fixture.kv, &stats);
  g_assert_cmpuint (stats.n_nodes, ==, 5);
  g_assert_cmpuint (stats.tree_pages[ENGINE_CACHE_FULL], ==, 5);
  fixture_clear (&fixture);
}

static void
test_side_by_side (void)
{
  Fixture fixture;
  EngineKvStats stats;
  g_autofree char *text = letters (1, 300);
  Run a, b;

  /* Two that ask the same at once: the second finds at each page what the first did. */
  fixture_init (&fixture, 64, 64, 100);
  g_assert_cmpint (run_begin (&a, &fixture, 0, text), ==, 0);
  g_assert_cmpint (run_begin (&b, &fixture, 0, text), ==, 0);
  g_assert_true (run_evaluate (&a, 128));
  g_assert_cmpint (engine_kv_resume (b.sequence, 299), ==, 128);
  b.n = 128;
  /* Both evaluate the next page; the tree keeps one. */
  g_assert_true (run_evaluate (&b, 64));
  g_assert_true (run_evaluate (&a, 172));
  g_assert_cmpint (engine_kv_resume (b.sequence, 299), ==, 64);
  b.n = 256;
  g_assert_true (run_evaluate (&b, 44));
  run_end (&a);
  run_end (&b);
  engine_kv_stats (fixture.kv, &stats);
  g_assert_cmpuint (stats.n_nodes, ==, 5);
  fixture_clear (&fixture);
}

static void
test_eviction (void)
{
  Fixture fixture;
  EngineKvStats stats;
  g_autofree char *old = letters (1, 256), *recent = letters (2, 256), *pinned = letters (3, 320), *more = letters (4, 192);
  Run run, other;

  fixture_init (&fixture, 12, 0, 0);
  run_whole (&fixture, old);
  run_whole (&fixture, recent);
  g_assert_cmpint (run_begin (&run, &fixture, 0, pinned), ==, 0);
  g_assert_true (run_evaluate (&run, 320));
  engine_kv_stats (fixture.kv, &stats);
  g_assert_cmpuint (stats.evicted[ENGINE_CACHE_FULL], ==, 1);
  /* The least recently used went, from its end. */
  g_assert_cmpint (run_whole (&fixture, recent), ==, 255);
  /* 12 pages: 5 pinned. Another 8 do not fit, and nothing is lost by asking. */
  run_append (&run, "x");
  g_assert_cmpint (run_begin (&other, &fixture, 0, more), ==, 0);
  g_assert_true (run_evaluate (&other, 192));
  for (int i = 0; i < 512; i++)
    run_append (&other, "y");
  g_assert_false (run_evaluate (&other, 512));
  g_assert_true (run_evaluate (&run, 1));
  g_assert_true (run_evaluate (&other, 128));
  g_assert_false (run_evaluate (&other, 256));
  run_end (&run);
  g_assert_true (run_evaluate (&other, 256));
  run_end (&other);
  fixture_clear (&fixture);
}

static void
test_window (void)
{
  Fixture fixture;
  EngineKvStats stats;
  g_autofree char *prompt = letters (1, 700), *answer = letters (2, 260), *far = letters (3, 640);
  g_autofree char *turn = g_strconcat (prompt, answer, NULL);
  g_autofree char *early = g_strndup (prompt, 301);
  Run run;

  /* 16 pages of the full kind, of the window kind 6: a window of 100 spans up to 3. */
  fixture_init (&fixture, 40, 7, 100);
  g_assert_cmpint (run_begin (&run, &fixture, 0, prompt), ==, 0);
  for (int n; run.n < 700; ) {
    n = MIN (128, 700 - run.n);
    g_assert_true (run_evaluate (&run, n));
  }
  engine_kv_rest (run.sequence);
  for (const char *c = answer; *c; c++) {
    char one[2] = { *c, '\0' };

    run_append (&run, one);
    g_assert_true (run_evaluate (&run, 1));
  }
  run_end (&run);
  engine_kv_stats (fixture.kv, &stats);
  g_assert_cmpuint (stats.tree_pages[ENGINE_CACHE_FULL], ==, 15);
  g_assert_cmpuint (stats.tree_pages[ENGINE_CACHE_WINDOW], <=, 7);

  /* The ends of the prompt and of the answer were kept; the middle of the prompt was not. */
  g_assert_cmpint (run_begin (&run, &fixture, 0, turn), ==, 959);
  run_end (&run);
  g_assert_cmpint (run_begin (&run, &fixture, 0, prompt), ==, 699);
  run_end (&run);
  g_assert_cmpint (run_begin (&run, &fixture, 0, early), ==, 0);
  g_assert_true (run_evaluate (&run, 150));
  g_assert_true (run_evaluate (&run, 151));
  run_end (&run);
  /* What was evaluated again took no more pages of the full kind. */
  engine_kv_stats (fixture.kv, &stats);
  g_assert_cmpuint (stats.tree_pages[ENGINE_CACHE_FULL], ==, 16);
  g_assert_cmpint (run_begin (&run, &fixture, 0, early), ==, 300);
  run_end (&run);

  /* A slice longer than the pool does not fit, a shorter one does. */
  g_assert_cmpint (run_begin (&run, &fixture, 0, far), ==, 0);
  g_assert_false (run_evaluate (&run, 512));
  for (int i = 0; i < 10; i++)
    g_assert_true (run_evaluate (&run, 64));
  run_end (&run);
  fixture_clear (&fixture);
}

/* A sequence goes on only where a state was kept: at the ends of pages and of what was evaluated. */
static void
test_states (void)
{
  Fixture fixture;
  EngineKvStats stats;
  g_autofree char *prompt = letters (1, 600), *answer = letters (2, 90), *other = letters (3, 40);
  g_autofree char *turn = g_strconcat (prompt, answer, NULL);
  g_autofree char *follow_up = g_strconcat (turn, other, NULL);
  g_autofree char *again = g_strconcat (prompt, other, NULL);
  g_autofree char *edited = g_strdup (prompt);
  Run run;

  edited[400] = '!';
  fixture_init_states (&fixture, 64, 0, 0, 32);
  g_assert_cmpint (run_begin (&run, &fixture, 0, prompt), ==, 0);
  g_assert_true (run_evaluate (&run, 320));
  g_assert_true (run_evaluate (&run, 280));
  engine_kv_rest (run.sequence);
  for (const char *c = answer; *c; c++) {
    char one[2] = { *c, '\0' };

    run_append (&run, one);
    g_assert_true (run_evaluate (&run, 1));
  }
  run_end (&run);

  /* After the answer exactly; for another answer at the end of the prompt's last page; after a change at the latest page before it
   * that has a state. */
  g_assert_cmpint (run_whole (&fixture, follow_up), ==, 690);
  g_assert_cmpint (run_whole (&fixture, prompt), ==, 576);
  g_assert_cmpint (run_whole (&fixture, again), ==, 576);
  g_assert_cmpint (run_whole (&fixture, edited), ==, 320);
  /* No more than two for each slice, and one for each page and each end that was decoded. */
  engine_kv_stats (fixture.kv, &stats);
  g_assert_cmpuint (stats.tree_pages[ENGINE_CACHE_STATE], <=, 16);
  g_assert_cmpuint (stats.evicted[ENGINE_CACHE_STATE], ==, 0);
  fixture_clear (&fixture);
}

/* What was computed and not committed does no harm, whatever it was. */
static void
test_states_cancelled (void)
{
  Fixture fixture;
  EngineKvStats stats;
  g_autofree char *text = letters (1, 700);
  Run run;

  fixture_init_states (&fixture, 64, 0, 0, 8);
  for (int round = 0; round < 2; round++) {
    run_begin (&run, &fixture, round, text);
    for (int i = 0; run.n < 700; i++) {
      g_assert_true (run_compute (&run, MIN (i % 3 ? 300 : 7, 700 - run.n)));
      g_assert_true (run_compute (&run, MIN (40, 700 - run.n)));
      g_assert_true (run_evaluate (&run, MIN (i % 2 ? 100 : 27, 700 - run.n)));
      engine_kv_resume (run.sequence, 699);
      g_assert_cmpint (engine_kv_evaluated (run.sequence), ==, run.n);
    }
    run_append (&run, "x");
    g_assert_true (run_compute (&run, 1));
    run_end (&run);
    engine_kv_stats (fixture.kv, &stats);
    g_assert_cmpuint (stats.tree_pages[ENGINE_CACHE_STATE], >=, 1);
  }
  g_assert_cmpint (run_begin (&run, &fixture, 1, text), ==, 640);
  run_end (&run);
  fixture_clear (&fixture);
}

/* One sequence gets along with the least number of them; a second waits. */
static void
test_states_least (void)
{
  Fixture fixture;
  g_autofree char *text = letters (1, 700), *second = letters (2, 100);
  Run run, other;

  fixture_init_states (&fixture, 64, 0, 0, ENGINE_LEAST_STATES);
  for (int round = 0; round < 2; round++) {
    g_assert_cmpint (run_begin (&run, &fixture, 0, text), ==, round ? 640 : 0);
    while (run.n < 690)
      g_assert_true (run_evaluate (&run, MIN (130, 690 - run.n)));
    while (run.n < 700)
      g_assert_true (run_evaluate (&run, 1));
    g_assert_cmpint (run_begin (&other, &fixture, 0, second), ==, 0);
    run_append (&run, "x");
    g_assert_true (run_compute (&run, 1));
    g_assert_true (run_evaluate (&other, 50));
    g_assert_false (run_evaluate (&other, 50));
    run_end (&run);
    g_assert_true (run_evaluate (&other, 50));
    run_end (&other);
    /* The first has had to give way. */
    g_assert_cmpint (run_whole (&fixture, text), ==, 0);
  }
  fixture_clear (&fixture);
}

/* A fork goes on from the same cells, in the middle of a page too; neither sees the other, and nothing is left behind. */
static void
test_fork (void)
{
  static const struct { uint32_t n_window, n_states; } kinds[] = { { 0, 0 }, { 32, 0 }, { 0, 32 } };
  static const int lengths[] = { 1, 63, 64, 65, 130, 320 };

  for (gsize kind = 0; kind < G_N_ELEMENTS (kinds); kind++)
    for (gsize i = 0; i < G_N_ELEMENTS (lengths); i++) {
      Fixture fixture;
      g_autofree char *prompt = letters (1, lengths[i]), *one = letters (2, 80), *other = letters (3, 150);
      EngineKvStats before, after;
      Run run, fork;

      fixture_init_states (&fixture, 64, kinds[kind].n_window, 100, kinds[kind].n_states);
      run_begin (&run, &fixture, 0, prompt);
      g_assert_true (run_evaluate (&run, lengths[i]));
      engine_kv_stats (fixture.kv, &before);
      fork = (Run) { &fixture, engine_kv_fork (run.sequence), 0, g_array_copy (run.cells), run.n };
      g_assert_nonnull (fork.sequence);
      g_assert_cmpint (engine_kv_evaluated (fork.sequence), ==, lengths[i]);
      run_append (&fork, one);
      run_append (&run, other);
      for (int k = 0; k < 4; k++) {
        g_assert_true (run_evaluate (&fork, 20));
        g_assert_true (run_evaluate (&run, 30));
      }
      engine_kv_sequence_discard (fork.sequence);
      g_array_free (fork.cells, TRUE);
      g_assert_true (run_evaluate (&run, 30));
      run_end (&run);
      /* Of the fork no more is kept than its whole pages. */
      engine_kv_stats (fixture.kv, &after);
      g_assert_cmpuint (after.n_nodes, <=, before.n_nodes + (lengths[i] % PAGE + 80) / PAGE + (lengths[i] % PAGE + 150) / PAGE + 1);
      fixture_clear (&fixture);
    }
}

/* Agents that go on from a long conversation cost nothing but their own words: forks and new sequences with the same beginning take no page and copy none, but for the one that is being written. */
static void
test_fork_long (void)
{
  static const int lengths[] = { 8000, 8010 };

  for (gsize i = 0; i < G_N_ELEMENTS (lengths); i++) {
    uint32_t partial = lengths[i] % PAGE != 0;
    g_autofree char *conversation = letters (1, lengths[i]), *own = letters (2, 64);
    EngineKvSequence *forks[8];
    EngineKvStats before, after;
    Fixture fixture;
    Run run, other;
    guint n_copies;

    fixture_init (&fixture, 160, 0, 0);
    run_begin (&run, &fixture, 0, conversation);
    g_assert_true (run_evaluate (&run, lengths[i]));
    engine_kv_stats (fixture.kv, &before);
    n_copies = fixture.n_copies;
    for (gsize f = 0; f < G_N_ELEMENTS (forks); f++) {
      forks[f] = engine_kv_fork (run.sequence);
      g_assert_nonnull (forks[f]);
      g_assert_cmpint (engine_kv_evaluated (forks[f]), ==, lengths[i]);
    }
    engine_kv_stats (fixture.kv, &after);
    g_assert_cmpuint (before.free_pages[ENGINE_CACHE_FULL] - after.free_pages[ENGINE_CACHE_FULL], ==, partial * G_N_ELEMENTS (forks));
    g_assert_cmpuint (fixture.n_copies - n_copies, ==, partial * G_N_ELEMENTS (forks));
    g_assert_cmpuint (after.evicted[ENGINE_CACHE_FULL], ==, 0);

    /* One that begins with the same words finds all whole pages, and has taken one for its own 64 tokens, or two. */
    before = after;
    n_copies = fixture.n_copies;
    g_assert_cmpint (run_begin (&other, &fixture, 0, conversation), >=, lengths[i] / PAGE * PAGE - PAGE);
    run_append (&other, own);
    engine_kv_resume (other.sequence, (int32_t) other.cells->len - 1);
    other.n = engine_kv_evaluated (other.sequence);
    g_assert_true (run_evaluate (&other, (int32_t) other.cells->len - other.n));
    engine_kv_stats (fixture.kv, &after);
    g_assert_cmpuint (before.free_pages[ENGINE_CACHE_FULL] - after.free_pages[ENGINE_CACHE_FULL], <=, 2);
    g_assert_cmpuint (fixture.n_copies - n_copies, <=, 1);
    run_end (&other);
    for (gsize f = 0; f < G_N_ELEMENTS (forks); f++)
      engine_kv_sequence_discard (forks[f]);
    run_end (&run);
    fixture_clear (&fixture);
  }
}

/* Without a page for the copy there is no fork, and nothing is lost. */
static void
test_fork_full (void)
{
  Fixture fixture;
  g_autofree char *prompt = letters (1, 100);
  Run run;

  fixture_init (&fixture, 2, 0, 0);
  run_begin (&run, &fixture, 0, prompt);
  g_assert_null (engine_kv_fork (run.sequence)); /* of nothing */
  g_assert_true (run_evaluate (&run, 100));
  g_assert_null (engine_kv_fork (run.sequence));
  run_append (&run, "abc");
  g_assert_true (run_evaluate (&run, 3));
  run_end (&run);
  fixture_clear (&fixture);
}

static void
test_media_cells (void)
{
  g_assert_cmpuint (engine_kv_media (1, 0), !=, engine_kv_media (1, 1));
  g_assert_cmpuint (engine_kv_media (1, 0), !=, engine_kv_media (2, 0));
  g_assert_cmpuint (engine_kv_media (0, 0), >, engine_kv_token (-1));
}

static int32_t
common_prefix (const char *a, const char *b)
{
  int32_t n = 0;

  while (a[n] && a[n] == b[n])
    n++;
  return n;
}

/* The first `n` cells as text. */
static char *
run_text (const Run *run, int32_t n)
{
  char *text = g_malloc0 (n + 1);

  for (int32_t i = 0; i < n; i++)
    text[i] = (char) g_array_index (run->cells, uint64_t, i);
  return text;
}

/* Several sequences at a time, from a few stems so that much is shared. What is reused is
 * never more than the longest prefix evaluated before, by those that ended or in the full
 * pages of those that run; and exactly that in a `roomy` cache, where nothing is evicted. */
static void
stress (guint32 seed, uint32_t n_full, uint32_t n_window, int32_t window, uint32_t n_states, bool roomy)
{
  enum { N = 6, STEPS = 1500 };
  GRand *rand = g_rand_new_with_seed (seed);
  GPtrArray *ended = g_ptr_array_new_with_free_func (g_free);
  Fixture fixture;
  Run runs[N] = { 0 };
  guint64 n_reused = 0;
  EngineKvStats stats;

  fixture_init_states (&fixture, n_full, n_window, window, n_states);
  for (int step = 0; step < STEPS; step++) {
    Run *run = &runs[g_rand_int_range (rand, 0, N)];

    if (!run->sequence) {
      g_autofree char *stem = letters (g_rand_int_range (rand, 0, 5), 500);
      g_autofree char *tail = letters (g_rand_int (rand), g_rand_int_range (rand, 1, 150));
      g_autofree char *text = NULL;
      int32_t longest = 0, reused;

      stem[g_rand_int_range (rand, 0, 500)] = '\0';
      text = g_strconcat (stem, tail, NULL);
      for (guint i = 0; i < ended->len; i++)
        longest = MAX (longest, common_prefix (g_ptr_array_index (ended, i), text));
      for (int i = 0; i < N; i++)
        if (runs[i].sequence) {
          g_autofree char *other = run_text (&runs[i], runs[i].n / PAGE * PAGE);

          longest = MAX (longest, common_prefix (other, text));
        }
      longest = MIN (longest, (int32_t) strlen (text) - 1);
      reused = run_begin (run, &fixture, 0, text);
      n_reused += reused;
      g_assert_cmpint (reused, <=, longest);
      if (roomy) /* slices are of up to 200, and have a state at the last end of a page in them */
        g_assert_cmpint (reused, >=, n_states ? longest - 200 - PAGE : longest);
    } else if (g_rand_int_range (rand, 0, 12) == 0) {
      g_ptr_array_add (ended, run_text (run, run->n));
      run_end (run);
      run->sequence = NULL;
    } else if (run->n < (int32_t) run->cells->len) {
      if (g_rand_int_range (rand, 0, 3) == 0)
        run->n += engine_kv_resume (run->sequence, (int32_t) run->cells->len - 1);
      run_evaluate (run, g_rand_int_range (rand, 1, MIN ((int32_t) run->cells->len - run->n, 200) + 1));
    } else if (run->n < 700) {
      run_append (run, "z");
    }
  }
  engine_kv_stats (fixture.kv, &stats);
  g_test_message ("reused %" G_GUINT64_FORMAT ", evicted %" G_GUINT64_FORMAT ", %" G_GUINT64_FORMAT " and %" G_GUINT64_FORMAT, n_reused,
                  stats.evicted[ENGINE_CACHE_FULL], stats.evicted[ENGINE_CACHE_WINDOW], stats.evicted[ENGINE_CACHE_STATE]);
  g_assert_cmpuint (n_reused, >, 0);
  g_assert_true (roomy == (stats.evicted[ENGINE_CACHE_FULL] + stats.evicted[ENGINE_CACHE_WINDOW] + stats.evicted[ENGINE_CACHE_STATE] == 0));
  for (int i = 0; i < N; i++)
    if (runs[i].sequence)
      run_end (&runs[i]);
  fixture_clear (&fixture);
  g_ptr_array_unref (ended);
  g_rand_free (rand);
}

static void
test_stress (void)
{
  guint32 seed = g_test_rand_int ();

  g_test_message ("seed %u", seed);
  for (guint32 i = 0; i < 4; i++) {
    stress (seed + i, 4000, 0, 0, 0, true);
    stress (seed + i, 4000, 4000, 100, 0, true);
    stress (seed + i, 40, 0, 0, 0, false);
    stress (seed + i, 50, 24, 100, 0, false);
    stress (seed + i, 45, 45, 65, 0, false);
    stress (seed + i, 40, 30, 1, 0, false);
    stress (seed + i, 4000, 0, 0, 4000, true);
    stress (seed + i, 40, 0, 0, 20, false);
    stress (seed + i, 60, 0, 0, 14, false);
    stress (seed + i, 0, 0, 0, 30, false);
    stress (seed + i, 60, 24, 100, 20, false);
  }
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/engine/kv/prefix", test_prefix);
  g_test_add_func ("/engine/kv/no-doubles", test_no_doubles);
  g_test_add_func ("/engine/kv/side-by-side", test_side_by_side);
  g_test_add_func ("/engine/kv/eviction", test_eviction);
  g_test_add_func ("/engine/kv/window", test_window);
  g_test_add_func ("/engine/kv/states", test_states);
  g_test_add_func ("/engine/kv/states-cancelled", test_states_cancelled);
  g_test_add_func ("/engine/kv/states-least", test_states_least);
  g_test_add_func ("/engine/kv/fork", test_fork);
  g_test_add_func ("/engine/kv/fork-long", test_fork_long);
  g_test_add_func ("/engine/kv/fork-full", test_fork_full);
  g_test_add_func ("/engine/kv/media-cells", test_media_cells);
  g_test_add_func ("/engine/kv/stress", test_stress);
  return g_test_run ();
}
