/* SPDX-License-Identifier: MIT */
/* Thoughts before answers: what is told as which, how they end, and what follows, on a backend that says what a script says. */
#include "answer.h"
#include "chat/thinking.h"
#include "fake-backend.h"
#include "runner.h"
#include "tiny-model.h"

#include <string.h>

typedef struct {
  EngineModel  *model;
  FakeBackend  *fake;
  EngineRunner *runner;
  GArray       *script; /* int32_t */
  GString      *thought, *text;
  EngineEvent   last;
  int32_t       follows[TINY_N_VOCAB]; /* here, because the runner reads ahead after a test's last request */
} Fixture;

/* `data`: the text of the added token, or "@" and an architecture, or NULL. */
static void
set_up (Fixture *fixture, gconstpointer data)
{
  const char *text = data, *architecture = text && text[0] == '@' ? text + 1 : NULL;
  const TinyModel tiny = { .architecture = architecture ? architecture : "llama", .type = ENGINE_TYPE_F32, .seed = 1, .word = architecture ? NULL : text };
  EngineError error = { 0 };

  fixture->model = tiny_model_load (&tiny, NULL);
  fixture->fake = fake_backend_install (fixture->model);
  fixture->runner = engine_runner_new (fixture->model, NULL, &error);
  g_assert_cmpstr (error.message, ==, "");
  fixture->script = g_array_new (FALSE, FALSE, sizeof (int32_t));
  fixture->thought = g_string_new (NULL);
  fixture->text = g_string_new (NULL);
  memset (fixture->follows, -1, sizeof fixture->follows);
}

static void
tear_down (Fixture *fixture, gconstpointer data)
{
  engine_runner_unref (fixture->runner);
  fake_backend_remove (fixture->fake);
  engine_model_unref (fixture->model);
  g_array_unref (fixture->script);
  g_string_free (fixture->thought, TRUE);
  g_string_free (fixture->text, TRUE);
}

/* What the model says next, in single bytes but for marks. */
static void
says (Fixture *fixture, const char *text)
{
  for (const char *at = text; *at;) {
    bool end = g_str_has_prefix (at, "<|im_end|>");
    size_t n = end ? strlen ("<|im_end|>") : g_str_has_prefix (at, "{mark}") ? strlen ("{mark}") : 1;
    int32_t id = end ? TINY_IM_END : n > 1 ? TINY_WORD : engine_vocab_find (fixture->model->vocab, at[0] == '\n' ? "Ċ" : at[0] == ' ' ? "Ġ" : (char[]) { at[0], '\0' }, at[0] == '\n' || at[0] == ' ' ? 2 : 1);

    g_assert_cmpint (id, >=, 0);
    g_array_append_val (fixture->script, id);
    at += n;
  }
}

/* Tokens that a closing takes, whatever the script has in their places. */
static void
skips (Fixture *fixture, int n)
{
  for (int i = 0; i < n; i++)
    says (fixture, "?");
}

static EngineRequestParams
params_of (const EngineMessage *messages, size_t n, EngineThinking thinking)
{
  EngineRequestParams params = { .messages = messages, .n_messages = n, .thinking = thinking, .speculate = ENGINE_SPECULATE_OFF };

  engine_sampling_init (&params.sampling);
  return params;
}

static EngineRequest *
submit (Fixture *fixture, const EngineRequestParams *params)
{
  EngineError error = { 0 };
  EngineMeasure measure;
  EngineRequest *request;

  g_assert_true (engine_runner_measure (fixture->runner, params, &measure, &error));
  pthread_mutex_lock (&fixture->fake->lock);
  fixture->fake->script = (const int32_t *) fixture->script->data;
  fixture->fake->n_script = (int32_t) fixture->script->len;
  fixture->fake->script_at = (int32_t) measure.prompt_tokens;
  pthread_mutex_unlock (&fixture->fake->lock);
  request = engine_runner_submit (fixture->runner, params, &error);
  g_assert_cmpstr (error.message, ==, "");
  return request;
}

static void
follow (Fixture *fixture, EngineRequest *request)
{
  EngineEvent event = { 0 };

  g_string_truncate (fixture->thought, 0);
  g_string_truncate (fixture->text, 0);
  while (event.kind != ENGINE_EVENT_DONE && event.kind != ENGINE_EVENT_ERROR) {
    engine_request_wait (request);
    while (engine_request_next (request, &event)) {
      if (event.kind == ENGINE_EVENT_THOUGHT)
        g_assert_cmpuint (fixture->text->len, ==, 0);
      if (event.kind == ENGINE_EVENT_THOUGHT || event.kind == ENGINE_EVENT_TEXT)
        g_string_append_len (event.kind == ENGINE_EVENT_TEXT ? fixture->text : fixture->thought, event.text, (gssize) event.n_bytes);
      if (event.kind == ENGINE_EVENT_DONE || event.kind == ENGINE_EVENT_ERROR)
        fixture->last = event;
    }
  }
  g_assert_cmpstr (fixture->last.error.message, ==, "");
  engine_request_unref (request);
}

static const EngineMessage question = { "user", "ab?" };
static const EngineThinking on = { .think = ENGINE_THINK_ON };

static void
think (Fixture *fixture, EngineThinking thinking, int32_t max_tokens)
{
  EngineRequestParams params = params_of (&question, 1, thinking);

  params.max_tokens = max_tokens;
  follow (fixture, submit (fixture, &params));
}

/* A mark of several tokens, which begins like others before it. */
static void
test_text_mark (Fixture *fixture, gconstpointer data)
{
  says (fixture, "a < b </thin </think>");
  skips (fixture, 2); /* two line ends are forced */
  says (fixture, "\n yes\nno<|im_end|>");
  g_assert_cmpint (engine_model_info (fixture->model)->thinks, ==, ENGINE_THINKS_NO);
  think (fixture, on, 0);
  g_assert_cmpstr (fixture->thought->str, ==, "a < b </thin ");
  g_assert_cmpstr (fixture->text->str, ==, "yes\nno");
  g_assert_cmpint (fixture->last.finish, ==, ENGINE_FINISH_STOP);
  g_assert_cmpint (fixture->last.stats.thought_end, ==, ENGINE_THOUGHT_CLOSED);
  g_assert_cmpint (fixture->last.stats.forced_tokens, ==, 2);
  /* The thought's 13, the mark's 8, two forced and two more that are space. */
  g_assert_cmpint (fixture->last.stats.thought_tokens, ==, 25);
  g_assert_cmpint (fixture->last.stats.decode_tokens, ==, 25 + 6);
}

static void
test_token_mark (Fixture *fixture, gconstpointer data)
{
  says (fixture, "hm{mark}");
  skips (fixture, 2);
  says (fixture, "yes{mark}no<|im_end|>");
  g_assert_cmpint (engine_model_info (fixture->model)->thinks, ==, ENGINE_THINKS_ALWAYS);
  think (fixture, on, 0);
  g_assert_cmpstr (fixture->thought->str, ==, "hm");
  g_assert_cmpstr (fixture->text->str, ==, "yes</think>no"); /* an answer may speak of it */
  g_assert_cmpint (fixture->last.stats.thought_tokens, ==, 5);
}

static void
test_raw_and_off (Fixture *fixture, gconstpointer data)
{
  says (fixture, "hm{mark}yes<|im_end|>");
  think (fixture, (EngineThinking) { 0 }, 0);
  g_assert_cmpstr (fixture->thought->str, ==, "");
  g_assert_cmpstr (fixture->text->str, ==, "hm</think>yes");
  g_array_set_size (fixture->script, 0);
  says (fixture, "yes<|im_end|>");
  think (fixture, (EngineThinking) { .think = ENGINE_THINK_OFF }, 0);
  g_assert_cmpstr (fixture->text->str, ==, "yes");
  g_assert_cmpint (fixture->last.stats.thought_tokens, ==, 0);
}

/* Who would rather say nothing still has to answer. */
static void
test_end_in_thought (Fixture *fixture, gconstpointer data)
{
  says (fixture, "hm<|im_end|>");
  skips (fixture, 7); /* the mark, six tokens the first of which is in the place of the end, and two line ends */
  says (fixture, "yes<|im_end|>");
  think (fixture, on, 0);
  g_assert_cmpstr (fixture->thought->str, ==, "hm");
  g_assert_cmpstr (fixture->text->str, ==, "yes");
  g_assert_cmpint (fixture->last.stats.thought_end, ==, ENGINE_THOUGHT_CLOSED);
}

/* Words that are never twice the same, in lines, without points and the letters from s on. */
static void
rambles (Fixture *fixture, guint n)
{
  guint32 state = 7;

  while (fixture->script->len < n) {
    state = state * 1664525 + 1013904223;
    says (fixture, fixture->script->len % 12 == 11 ? "\n" : (char[]) { (char) ('a' + (state >> 24) % 18), '\0' });
  }
}

static void
test_cap (Fixture *fixture, gconstpointer data)
{
  rambles (fixture, 2000);
  think (fixture, (EngineThinking) { .think = ENGINE_THINK_ON, .max_tokens = 80 }, 5);
  g_assert_cmpint (fixture->last.stats.thought_end, ==, ENGINE_THOUGHT_CAP);
  /* At the end of a line, near the cap, and then in words. */
  g_assert_nonnull (strstr (fixture->thought->str, "\n\nThat is enough"));
  g_assert_cmpuint ((gsize) (strstr (fixture->thought->str, "\nThat is enough") - fixture->thought->str), <=, 80);
  g_assert_cmpint (fixture->last.stats.thought_tokens, <, 80 + 60);
  /* The limit is the answer's. */
  g_assert_cmpint (fixture->last.finish, ==, ENGINE_FINISH_LENGTH);
  g_assert_cmpint (fixture->last.stats.decode_tokens - fixture->last.stats.thought_tokens, ==, 5);
}

/* Without a cap, the context is left to the answer. */
static void
test_context (Fixture *fixture, gconstpointer data)
{
  rambles (fixture, 2100);
  think (fixture, on, 20);
  g_assert_cmpint (fixture->last.stats.thought_end, ==, ENGINE_THOUGHT_CAP);
  g_assert_cmpint (fixture->last.finish, ==, ENGINE_FINISH_LENGTH);
  g_assert_cmpint (fixture->last.stats.thought_tokens, >, 1500);
}

static void
test_loop (Fixture *fixture, gconstpointer data)
{
  says (fixture, "so. ");
  for (int i = 0; i < 100; i++)
    says (fixture, "wait, no ");
  think (fixture, on, 3);
  g_assert_cmpint (fixture->last.stats.thought_end, ==, ENGINE_THOUGHT_LOOP);
  g_assert_cmpint (fixture->last.stats.thought_tokens, <, 140);
}

/* The same again with other numbers. */
static void
test_staleness (void)
{
  EngineCircles circles = { 0 };
  int32_t tokens[4000], n = 0, at = 0;

  for (int i = 0; i < 60 && !at; i++)
    for (int k = 0; k < 40 && !at; k++) {
      tokens[n++] = k == 39 ? 1000 + i : k;
      at = engine_circles_turn (&circles, tokens, n) ? n : 0;
    }
  g_assert_cmpint (at, >, 120);
  g_assert_cmpint (at, <, 500);
  /* A table is none: headings that come again between what is new. */
  circles = (EngineCircles) { 0 };
  n = 0;
  for (int i = 0; i < 60; i++)
    for (int k = 0; k < 12; k++) {
      tokens[n] = k < 5 ? k : 1000 + 7 * n;
      n++;
      g_assert_false (engine_circles_turn (&circles, tokens, n));
    }
}

static void
test_answer_now (Fixture *fixture, gconstpointer data)
{
  EngineRequestParams params = params_of (&question, 1, on);
  EngineRequest *request;

  rambles (fixture, 2000);
  params.max_tokens = 4;
  pthread_mutex_lock (&fixture->fake->lock);
  fixture->fake->microseconds = 500;
  pthread_mutex_unlock (&fixture->fake->lock);
  request = submit (fixture, &params);
  engine_request_answer_now (request);
  follow (fixture, request);
  g_assert_cmpint (fixture->last.stats.thought_end, ==, ENGINE_THOUGHT_ASKED);
  g_assert_cmpint (fixture->last.stats.thought_tokens, <, 60);
  g_assert_cmpint (fixture->last.finish, ==, ENGINE_FINISH_LENGTH);
}

/* It begins behind the thought, which may say anything. */
static void
test_grammar (Fixture *fixture, gconstpointer data)
{
  EngineError error = { 0 };
  EngineGrammar *grammar = engine_grammar_from_text ("root ::= \"yes\" | \"never\"", 24, &error);
  EngineRequestParams params = params_of (&question, 1, on);

  g_assert_nonnull (grammar);
  params.grammar = grammar;
  says (fixture, "what no grammar allows{mark}");
  skips (fixture, 2);
  says (fixture, "never");
  follow (fixture, submit (fixture, &params));
  g_assert_cmpstr (fixture->thought->str, ==, "what no grammar allows");
  g_assert_cmpstr (fixture->text->str, ==, "never");
  g_assert_cmpint (fixture->last.finish, ==, ENGINE_FINISH_STOP);
  engine_grammar_unref (grammar);
}

/* Guesses change nothing, over the end of the thought too. */
static void
test_drafts (Fixture *fixture, gconstpointer data)
{
  EngineRequestParams params = params_of (&question, 1, on);
  g_autofree char *thought = NULL;

  for (int i = 0; i < 3; i++)
    says (fixture, "the quick brown fox jumps over\n");
  says (fixture, "{mark}");
  skips (fixture, 2);
  for (int i = 0; i < 3; i++)
    says (fixture, "the quick brown fox jumps over\n");
  says (fixture, "<|im_end|>");
  follow (fixture, submit (fixture, &params));
  thought = g_strdup (fixture->thought->str);
  params.speculate = ENGINE_SPECULATE_LOOKUP;
  follow (fixture, submit (fixture, &params));
  g_assert_cmpstr (fixture->thought->str, ==, thought);
  g_assert_cmpint (fixture->last.stats.accepted_tokens, >, 0);
}

static int32_t
letter (Fixture *fixture, const char *text)
{
  return engine_vocab_find (fixture->model->vocab, text, strlen (text));
}

/* A model that would always answer the same thinks no more than it takes to find that out; one that would say something else each time is left to think. */
static void
test_early_exit (Fixture *fixture, gconstpointer data)
{
  int32_t *follows = fixture->follows;

  rambles (fixture, 300);
  says (fixture, "</think>");
  fixture->runner->costs.fixed = true; /* so that it does not hang on the time */
  think (fixture, (EngineThinking) { .think = ENGINE_THINK_ON, .early_exit = true }, 4);
  g_assert_cmpint (fixture->last.stats.thought_end, ==, ENGINE_THOUGHT_CLOSED);
  g_assert_cmpint (fixture->last.stats.probes, >=, 3);
  follows[letter (fixture, "{")] = letter (fixture, "z");
  follows[letter (fixture, "z")] = letter (fixture, ".");
  pthread_mutex_lock (&fixture->fake->lock);
  fixture->fake->follows = follows;
  pthread_mutex_unlock (&fixture->fake->lock);
  think (fixture, (EngineThinking) { .think = ENGINE_THINK_ON, .early_exit = true }, 4);
  g_assert_cmpint (fixture->last.stats.thought_end, ==, ENGINE_THOUGHT_SETTLED);
  g_assert_cmpint (fixture->last.stats.probes, >=, 3);
  g_assert_cmpint (fixture->last.stats.thought_tokens, <, 200);
  /* And one that is very sure before it has begun need not think. */
  pthread_mutex_lock (&fixture->fake->lock);
  fixture->fake->peak = 30;
  pthread_mutex_unlock (&fixture->fake->lock);
  think (fixture, (EngineThinking) { .think = ENGINE_THINK_ON, .early_exit = true }, 4);
  g_assert_cmpint (fixture->last.stats.thought_end, ==, ENGINE_THOUGHT_SETTLED);
  g_assert_cmpint (fixture->last.stats.probes, ==, 1);
  g_assert_cmpint (fixture->last.stats.thought_tokens, <, 25);
  /* The fork was another's: the thought is what it would have been. */
  for (guint i = 0; i < fixture->thought->len; i++)
    g_assert_cmpint (engine_vocab_find (fixture->model->vocab, fixture->thought->str[i] == '\n' ? "Ċ" : (char[]) { fixture->thought->str[i], '\0' }, fixture->thought->str[i] == '\n' ? 2 : 1), ==,
                     g_array_index (fixture->script, int32_t, i));
}

/* What the next prompt begins with is evaluated meanwhile, thought or not. */
static void
test_next_turn (Fixture *fixture, gconstpointer data)
{
  EngineMessage messages[] = { { "system", "Be kind." }, { "user", "ab?" }, { "assistant", NULL }, { "user", "Again" } };
  EngineRequestParams params = params_of (messages, 2, on);
  g_autofree char *answer = NULL;

  says (fixture, "hm hm hm{mark}");
  skips (fixture, 2);
  for (int i = 0; i < 10; i++)
    says (fixture, "a long answer, of many words. ");
  says (fixture, "end<|im_end|>");
  follow (fixture, submit (fixture, &params));
  for (int i = 0; i < 500 && !engine_runner_idle (fixture->runner).tokens; i++)
    g_usleep (10000);
  g_assert_cmpint (engine_runner_idle (fixture->runner).tokens, >, 150);
  messages[2].content = answer = g_strdup (fixture->text->str);
  params.n_messages = 4;
  params.max_tokens = 1;
  follow (fixture, submit (fixture, &params));
  /* But the question, and what opens the next thought. */
  g_assert_cmpint (fixture->last.stats.prompt_tokens - fixture->last.stats.reused_tokens, <, 50);
}

/* Many at once, with probes beside them and turns read ahead between them; some are cancelled, some let go of, some asked to answer. */
static void
test_storm (Fixture *fixture, gconstpointer data)
{
  GRand *rand = g_rand_new_with_seed (3);
  EngineRequest *requests[6] = { 0 };
  int32_t *follows = fixture->follows;

  follows[letter (fixture, "{")] = letter (fixture, "z");
  fixture->fake->follows = follows;
  fixture->runner->costs.fixed = true;
  rambles (fixture, 60);
  says (fixture, "{mark}");
  skips (fixture, 2);
  rambles (fixture, 90);
  says (fixture, "<|im_end|>");
  for (int i = 0; i < 150; i++) {
    EngineMessage message = { "user", i % 3 ? "ab?" : "another question" };
    EngineRequestParams params = params_of (&message, 1, (EngineThinking) { .think = ENGINE_THINK_ON, .early_exit = true, .max_tokens = g_rand_int_range (rand, 0, 80) });
    EngineRequest **place = &requests[g_rand_int_range (rand, 0, G_N_ELEMENTS (requests))];

    params.max_tokens = 30;
    if (*place && g_rand_boolean (rand))
      engine_request_answer_now (*place);
    if (*place && g_rand_boolean (rand))
      engine_request_cancel (*place);
    if (*place && g_rand_boolean (rand))
      follow (fixture, *place);
    else
      engine_request_unref (*place);
    *place = submit (fixture, &params);
    if (i % 10 == 0)
      g_usleep (3000);
  }
  for (gsize i = 0; i < G_N_ELEMENTS (requests); i++)
    if (requests[i])
      follow (fixture, requests[i]);
  g_rand_free (rand);
}

static void
test_strength (Fixture *fixture, gconstpointer data)
{
  EngineRequestParams params = params_of (&question, 1, (EngineThinking) { .think = ENGINE_THINK_ON, .strength = "huge" });
  EngineError error = { 0 };

  g_assert_null (engine_runner_submit (fixture->runner, &params, &error));
  g_assert_cmpint (error.code, ==, ENGINE_BAD_INPUT);
  g_assert_nonnull (strstr (error.message, "huge"));
}

static void
test_families (Fixture *fixture, gconstpointer data)
{
  static const struct { const char *chat_template, *name; EngineThinks thinks; } cases[] = {
    { "{% if enable_thinking is false %}<think>\n\n</think>\n\n{% endif %}", "tags-switch", ENGINE_THINKS_SWITCH },
    { "{{ content.split('</think>')[-1] }}", "tags", ENGINE_THINKS_ALWAYS },
    { "Reasoning: {{ reasoning_effort }}<|channel|>analysis", "harmony", ENGINE_THINKS_STRENGTH },
    { "<|start|>assistant to=self<|message|>x<|eom|>", "muse", ENGINE_THINKS_STRENGTH },
    { "{% if enable_thinking %}<|think|>{% endif %}<|channel>thought\n<channel|>", "gemma", ENGINE_THINKS_SWITCH },
    { "<|im_start|>user", "scaffold", ENGINE_THINKS_NO },
    { NULL, "scaffold", ENGINE_THINKS_NO },
  };

  for (gsize i = 0; i < G_N_ELEMENTS (cases); i++) {
    const EngineThinkingFamily *family = engine_thinking_family (cases[i].chat_template, fixture->model->vocab);

    g_assert_cmpstr (family->name, ==, cases[i].name);
    g_assert_cmpint (family->thinks, ==, cases[i].thinks);
    /* Opened once, and closed where it was opened for who is not to think. */
    g_assert_cmpstr (engine_thinking_begin (family, ENGINE_THINK_ON, false, "x"), ==, family->open);
    g_assert_cmpstr (engine_thinking_begin (family, ENGINE_THINK_ON, false, family->open), ==, "");
    if (family->skip && g_str_has_prefix (family->skip, family->open))
      g_assert_cmpstr (engine_thinking_begin (family, ENGINE_THINK_OFF, false, family->open), ==, family->skip + strlen (family->open));
    g_assert_cmpstr (engine_thinking_begin (family, ENGINE_THINK_OFF, false, "x"), ==, family->skip ? family->skip : "");
  }
}

static void
test_variables (Fixture *fixture, gconstpointer data)
{
  const EngineThinkingFamily *harmony = engine_thinking_family ("reasoning_effort<|channel|>", fixture->model->vocab);
  EngineThinking thinking = { .think = ENGINE_THINK_ON, .strength = "high" };
  char *text = engine_thinking_variables (harmony, &thinking, NULL);

  g_assert_cmpstr (text, ==, ",\"reasoning_effort\":\"high\"");
  free (text);
  thinking.think = ENGINE_THINK_OFF;
  text = engine_thinking_variables (harmony, &thinking, NULL);
  g_assert_cmpstr (text, ==, ",\"reasoning_effort\":\"low\"");
  free (text);
  thinking.think = ENGINE_THINK_RAW;
  text = engine_thinking_variables (harmony, &thinking, NULL);
  g_assert_cmpstr (text, ==, "");
  free (text);
}

/* Messages with heads: one to itself, then one to the user; the marks are text here, as the tiny vocabulary has none of them. */
static const EngineThinkingFamily heads = {
  .name = "heads", .open = "<s>self<m>", .marks = { "</think>" }, .after = "<s>user<m>", .reopen = "<s>", .head_end = "aa", .thought_head = "self", .answer_head = "user", .wrap_up = "", .lead = "",
};

static void
test_heads (Fixture *fixture, gconstpointer data)
{
  EngineError error = { 0 };
  EngineThought *thought = engine_thought_new (&heads, &on, fixture->model->vocab, 0, 2048, &error);
  int32_t end = engine_vocab_find (fixture->model->vocab, "aa", 2), x = engine_vocab_find (fixture->model->vocab, "x", 1), tokens[] = { x };
  size_t n;
  EngineCut cut;

  cut = engine_thought_read (thought, TINY_WORD, "hm", 2);
  g_assert_cmpuint (cut.n_ready, ==, 2);
  g_assert_cmpint (engine_thought_stage (thought), ==, ENGINE_STAGE_HEAD);
  engine_thought_judge (thought, tokens, 1, false);
  engine_thought_forced (thought, &n);
  g_assert_cmpuint (n, ==, 3); /* <s> in bytes */
  cut = engine_thought_read (thought, x, "<s>self", 7);
  g_assert_cmpuint (cut.n_ready + cut.n_mark, ==, 0);
  /* It thinks on; then it calls something, whose head is left as it is. */
  cut = engine_thought_read (thought, end, "<s>self", 7);
  g_assert_cmpuint (cut.n_mark, ==, 7);
  g_assert_cmpint (engine_thought_stage (thought), ==, ENGINE_STAGE_THOUGHT);
  engine_thought_read (thought, TINY_WORD, "", 0);
  cut = engine_thought_read (thought, end, "<s>tool", 7);
  g_assert_cmpuint (cut.n_mark, ==, 0);
  g_assert_cmpint (engine_thought_stage (thought), ==, ENGINE_STAGE_ANSWER);
  engine_thought_free (thought);
}

static size_t
count (Fixture *fixture, const char *said, EngineThinking thinking)
{
  const EngineMessage message = { "user", said };
  EngineRequestParams params = params_of (&message, 1, thinking);
  EngineMeasure measure;
  EngineError error = { 0 };

  g_assert_true (engine_runner_measure (fixture->runner, &params, &measure, &error));
  return measure.prompt_tokens;
}

/* What a model that never learned to think is told: the words of unlimited thinking, which others are compared with, and for a short thought examples in front of the question besides. */
static void
test_scaffold (Fixture *fixture, gconstpointer data)
{
  const EngineThinkingFamily *scaffold = engine_thinking_family (NULL, fixture->model->vocab);
  const EngineThinking off = { .think = ENGINE_THINK_OFF, .strength = "low" }, low = engine_thinking_compact ();
  const char *show = engine_thinking_show (scaffold, &low), *ask = engine_thinking_ask (scaffold, &low);
  g_autofree char *whole = g_strconcat (show, "Why?", ask, NULL), *long_one = g_strconcat ("Why?", engine_thinking_ask (scaffold, &on), NULL);
  g_autofree char *long_note = g_strnfill (3000, 'x'), *long_asked = g_strconcat (long_note, ask, NULL);

  g_assert_cmpstr (engine_thinking_ask (scaffold, &on), ==, "\n\nBefore you answer, think step by step between <think> and </think>. Behind </think> write the answer alone.");
  g_assert_null (engine_thinking_show (scaffold, &on));
  g_assert_null (engine_thinking_show (scaffold, &off));
  g_assert_null (engine_thinking_ask (scaffold, &off));
  /* They are written as the thought is opened and closed here. */
  g_assert_nonnull (strstr (show, scaffold->open));
  g_assert_nonnull (strstr (strstr (show, scaffold->marks[0]), scaffold->after));
  /* Both are in the prompt, and what opens the thought behind it. */
  g_assert_cmpuint (count (fixture, "Why?", low) - count (fixture, whole, off), ==, count (fixture, "Why?", on) - count (fixture, long_one, off));
  g_assert_cmpuint (count (fixture, "Why?", low), >, count (fixture, whole, off));
  /* In front of a long message nothing is shown. */
  g_assert_cmpuint (count (fixture, long_note, low) - count (fixture, long_asked, off), ==, count (fixture, "Why?", low) - count (fixture, whole, off));
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
#define THOUGHT(path, word, function) g_test_add ("/thought/" path, Fixture, word, set_up, function, tear_down)
  THOUGHT ("text-mark", NULL, test_text_mark);
  THOUGHT ("token-mark", "</think>", test_token_mark);
  THOUGHT ("raw-and-off", "</think>", test_raw_and_off);
  THOUGHT ("end-in-thought", NULL, test_end_in_thought);
  THOUGHT ("cap", NULL, test_cap);
  THOUGHT ("context", "</think>", test_context);
  THOUGHT ("loop", NULL, test_loop);
  THOUGHT ("answer-now", NULL, test_answer_now);
  THOUGHT ("grammar", "</think>", test_grammar);
  THOUGHT ("drafts", "</think>", test_drafts);
  THOUGHT ("early-exit/full", NULL, test_early_exit);
  THOUGHT ("early-exit/window", "@gemma3", test_early_exit);
  THOUGHT ("next-turn", "</think>", test_next_turn);
  THOUGHT ("storm/full", "</think>", test_storm);
  THOUGHT ("storm/window", "@gemma3", test_storm);
  THOUGHT ("strength", NULL, test_strength);
  THOUGHT ("families", NULL, test_families);
  THOUGHT ("scaffold", NULL, test_scaffold);
  THOUGHT ("variables", NULL, test_variables);
  THOUGHT ("heads", "</think>", test_heads);
  g_test_add_func ("/thought/staleness", test_staleness);
  return g_test_run ();
}
