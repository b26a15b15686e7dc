/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Agents that agree, differ, fail and are stopped, by script. */
#include <string.h>

#include "agents/final-answer.h"
#include "app-contemplation.h"
#include "fixture.h"

/* What each agent says: at first, and when it looks again. They are told apart by their number among those that were asked. */
typedef struct {
  const char *attack[8], *refine[8];
  const char *synthesis;
  guint ms[8]; /* between two pieces; 0: 1 */
  const char *error[8];
  gboolean hold[8];
  guint n_attack, n_refine, n_synthesis;
  guint n_claims[8]; /* that who looks again is shown */
  char *seen; /* what the synthesis was asked */
} Play;

static void
play (const char *prompt, Script *script, gpointer data)
{
  Play *self = data;

  *script = (Script) { .piece = 64 };
  if (strstr (prompt, "Several people") != NULL) {
    self->n_synthesis++;
    g_free (self->seen);
    self->seen = g_strdup (prompt);
    script->text = self->synthesis;
  } else if (strstr (prompt, "Others have come to") != NULL) {
    g_auto (GStrv) claims = g_strsplit (strstr (prompt, "Others have come to"), "\n- ", -1);

    self->n_claims[self->n_refine] = g_strv_length (claims) - 1;
    script->text = self->refine[self->n_refine++];
  } else {
    script->text = self->attack[self->n_attack];
    script->ms = self->ms[self->n_attack];
    script->error = self->error[self->n_attack];
    script->hold = self->hold[self->n_attack++];
  }
}

static void
on_text (AppCompletion *completion, const char *piece, GString *text)
{
  g_string_append (text, piece);
}

static void
on_finished (AppCompletion *completion, gboolean *finished)
{
  *finished = TRUE;
}

typedef struct {
  AppCompletion *completion;
  GString *text;
  gboolean finished;
} Run;

static Run *
start (Fixture *fixture, Play *script, guint n)
{
  Run *run = g_new0 (Run, 1);
  AppSampling sampling = app_sampling_usual ();
  g_autoptr (AppPrompt) prompt = app_prompt_new (&sampling);

  app_prompt_add (prompt, APP_ROLE_USER, NULL, "How many?");
  scripted_engine_set_play (fixture->engine, play, script);
  run->text = g_string_new (NULL);
  run->completion = app_contemplation_new (APP_ENGINE (fixture->engine), prompt, n);
  g_signal_connect (run->completion, "text", G_CALLBACK (on_text), run->text);
  g_signal_connect (run->completion, "finished", G_CALLBACK (on_finished), &run->finished);
  app_completion_start (run->completion);
  return run;
}

static void
run_free (Run *run)
{
  g_object_unref (run->completion);
  g_string_free (run->text, TRUE);
  g_free (run);
}

static AppLane *
lane_at (Run *run, guint index)
{
  AppLane *lane = g_list_model_get_item (app_contemplation_get_lanes (APP_CONTEMPLATION (run->completion)), index);

  g_object_unref (lane); /* the list has it */
  return lane;
}

/* Two that are quick agree, and the slow ones are spared. */
static void
test_early (Fixture *fixture, gconstpointer data)
{
  Play script = { .attack = { "It is 5.\nAnswer: $1,200.00", "So\n**Answer:** 1200.", "slow", "slow" }, .hold = { FALSE, FALSE, TRUE, TRUE } };
  Run *run = start (fixture, &script, 4);

  WAIT_UNTIL (run->finished);
  g_assert_no_error (app_completion_get_error (run->completion));
  g_assert_false (app_completion_get_cancelled (run->completion));
  g_assert_cmpstr (run->text->str, ==, "It is 5.\nAnswer: $1,200.00");
  g_assert_cmpuint (script.n_attack, ==, 4);
  g_assert_cmpuint (script.n_refine + script.n_synthesis, ==, 0);
  g_assert_cmpint (app_lane_get_state (lane_at (run, 0)), ==, APP_LANE_DONE);
  g_assert_cmpstr (app_lane_get_answer (lane_at (run, 1)), ==, "1200.");
  g_assert_cmpint (app_lane_get_state (lane_at (run, 2)), ==, APP_LANE_SPARED);
  g_assert_nonnull (strstr (app_contemplation_get_notice (APP_CONTEMPLATION (run->completion)), "2 of 4"));
  g_assert_cmpint (app_completion_get_stats (run->completion)->tokens, >, 0);
  g_assert_cmpint (app_completion_get_stats (run->completion)->finish, ==, APP_FINISH_STOP);
  run_free (run);
}

/* The tokens of a lane are counted while it writes. */
static void
test_live (Fixture *fixture, gconstpointer data)
{
  Play script = { .attack = { "slow and long", "Answer: 1", "Answer: 1", "Answer: 1" }, .hold = { TRUE, TRUE, TRUE, TRUE } };
  Run *run = start (fixture, &script, 4);

  WAIT_UNTIL (g_str_equal (app_lane_get_text (lane_at (run, 0)), "slow and long"));
  g_assert_cmpint (app_lane_get_state (lane_at (run, 0)), ==, APP_LANE_WORKING);
  g_assert_cmpint (app_lane_get_tokens (lane_at (run, 0)), ==, 1);
  app_completion_cancel (run->completion);
  WAIT_UNTIL (run->finished);
  g_assert_cmpint (app_lane_get_tokens (lane_at (run, 0)), ==, 1);
  run_free (run);
}

/* Two and two: each looks again, then three agree. */
static void
test_refine (Fixture *fixture, gconstpointer data)
{
  Play script = { .attack = { "Answer: 4", "Answer: 5", "Answer: 4", "Answer: 5" }, .refine = { "Answer: 5", "Answer: 5", "still\nAnswer: 4", "Answer: 5" } };
  Run *run = start (fixture, &script, 4);

  WAIT_UNTIL (run->finished);
  g_assert_cmpuint (script.n_refine, ==, 4);
  for (guint i = 0; i < 4; i++)
    g_assert_cmpuint (script.n_claims[i], ==, 3);
  g_assert_cmpuint (script.n_synthesis, ==, 0);
  g_assert_cmpstr (run->text->str, ==, "Answer: 5");
  g_assert_cmpstr (app_lane_get_text (lane_at (run, 0)), ==, "Answer: 4\n\nAnswer: 5");
  run_free (run);
}

/* Who has nothing to say at the second look stays with the first. */
static void
test_silent (Fixture *fixture, gconstpointer data)
{
  Play script = { .attack = { "Answer: 4", "Answer: 6", "Answer: 5" }, .refine = { "Please provide the question.", "Please.", "Please." } };
  Run *run = start (fixture, &script, 3);

  script.synthesis = "So it is.";
  WAIT_UNTIL (run->finished);
  g_assert_cmpstr (app_lane_get_answer (lane_at (run, 0)), ==, "4");
  g_assert_cmpint (app_lane_get_state (lane_at (run, 0)), ==, APP_LANE_DONE);
  g_assert_cmpstr (run->text->str, ==, "So it is.");
  g_free (script.seen);
  run_free (run);
}

/* Nobody gives way: all is put together, and the synthesis has seen everybody. */
static void
test_synthesis (Fixture *fixture, gconstpointer data)
{
  Play script = { .attack = { "Answer: 1", "Answer: 2" }, .refine = { "firm\nAnswer: 1", "firm too\nAnswer: 2" }, .synthesis = "They differ; it is 2." };
  Run *run = start (fixture, &script, 2);

  WAIT_UNTIL (run->finished);
  g_assert_cmpstr (run->text->str, ==, "They differ; it is 2.");
  g_assert_nonnull (strstr (script.seen, "A:\nfirm\nAnswer: 1"));
  g_assert_nonnull (strstr (script.seen, "B:\nfirm too"));
  g_assert_nonnull (strstr (script.seen, "They came to: 1 (1 of 2), 2 (1 of 2)."));
  /* Its short answer is found like an agent's. */
  g_assert_nonnull (strstr (script.seen, "begins with “Answer:”"));
  g_assert_nonnull (strstr (app_contemplation_get_notice (APP_CONTEMPLATION (run->completion)), "different"));
  g_free (script.seen);
  run_free (run);
}

/* What has no short answer is not looked at again, and put together at once. */
static void
test_free (Fixture *fixture, gconstpointer data)
{
  Play script = { .attack = { "A poem", "Another" }, .synthesis = "Both" };
  Run *run = start (fixture, &script, 2);

  WAIT_UNTIL (run->finished);
  g_assert_cmpuint (script.n_refine, ==, 0);
  g_assert_cmpstr (run->text->str, ==, "Both");
  g_free (script.seen);
  run_free (run);
}

/* An agent that fails is not missed; where all fail, the first sentence is told. */
static void
test_failures (Fixture *fixture, gconstpointer data)
{
  Play one = { .attack = { "x", "Answer: 7", "Answer: 7" }, .error = { "It broke." } };
  Play all = { .attack = { "", "" }, .error = { "It broke.", "That too." } };
  Run *run = start (fixture, &one, 3);

  WAIT_UNTIL (run->finished);
  g_assert_no_error (app_completion_get_error (run->completion));
  g_assert_cmpstr (run->text->str, ==, "Answer: 7");
  g_assert_cmpint (app_lane_get_state (lane_at (run, 0)), ==, APP_LANE_FAILED);
  g_assert_cmpstr (app_lane_get_answer (lane_at (run, 0)), ==, "It broke.");
  run_free (run);

  run = start (fixture, &all, 2);
  WAIT_UNTIL (run->finished);
  g_assert_nonnull (app_completion_get_error (run->completion));
  g_assert_cmpstr (app_completion_get_error (run->completion)->message, ==, "It broke.");
  run_free (run);
}

/* One agent is stopped by itself, and the other's words are the answer; all are stopped with the answer. */
static void
test_stop (Fixture *fixture, gconstpointer data)
{
  Play one = { .attack = { "for ever", "Well.\nAnswer: 3" }, .hold = { TRUE } };
  Play all = { .attack = { "for ever", "for ever" }, .hold = { TRUE, TRUE } };
  Run *run = start (fixture, &one, 2);

  WAIT_UNTIL (app_lane_get_state (lane_at (run, 1)) == APP_LANE_DONE);
  g_assert_false (run->finished);
  app_lane_stop (lane_at (run, 0));
  WAIT_UNTIL (run->finished);
  g_assert_cmpint (app_lane_get_state (lane_at (run, 0)), ==, APP_LANE_STOPPED);
  g_assert_cmpstr (run->text->str, ==, "Well.\nAnswer: 3");
  g_assert_false (app_completion_get_cancelled (run->completion));
  run_free (run);

  run = start (fixture, &all, 2);
  WAIT_UNTIL (*app_lane_get_text (lane_at (run, 1)));
  app_completion_cancel (run->completion);
  WAIT_UNTIL (run->finished);
  g_assert_true (app_completion_get_cancelled (run->completion));
  g_assert_cmpstr (run->text->str, ==, "");
  run_free (run);

  /* Before anybody has begun. */
  run = start (fixture, &all, 2);
  app_completion_cancel (run->completion);
  WAIT_UNTIL (run->finished);
  g_assert_true (app_completion_get_cancelled (run->completion));
  run_free (run);
}

/* Who is held writes nothing and takes no time; the others go on, and who was held does later. */
static void
test_pause (Fixture *fixture, gconstpointer data)
{
  Play script = { .attack = { "One\nAnswer: 1", "Two\nAnswer: 2" }, .refine = { "Answer: 2", "Answer: 2" }, .ms = { 200, 1 } };
  Run *run = start (fixture, &script, 2);
  gint64 until;
  gsize there;

  WAIT_UNTIL (script.n_attack == 2 && app_lane_can_pause (lane_at (run, 0)));
  app_lane_ask_pause (lane_at (run, 0), TRUE);
  g_assert_cmpint (app_lane_get_pause (lane_at (run, 0)), ==, APP_LANE_PAUSED);
  WAIT_UNTIL (app_lane_get_state (lane_at (run, 1)) == APP_LANE_DONE);
  there = strlen (app_lane_get_text (lane_at (run, 0)));
  until = g_get_monotonic_time () + 200 * 1000;
  while (g_get_monotonic_time () < until)
    g_main_context_iteration (NULL, FALSE);
  g_assert_cmpuint (strlen (app_lane_get_text (lane_at (run, 0))), ==, there);
  g_assert_false (run->finished);
  app_lane_ask_pause (lane_at (run, 0), FALSE);
  WAIT_UNTIL (run->finished);
  g_assert_cmpstr (run->text->str, ==, "Answer: 2");
  run_free (run);
}

/* In another run of the program the agents of an answer are there as they were. */
static void
test_restart (Fixture *fixture, gconstpointer data)
{
  Play script = { .attack = { "One\nAnswer: 7", "Two\nAnswer: 7", "Three\nAnswer: 7", "Four\nAnswer: 7", "x", "x", "x", "x" }, .hold = { FALSE, FALSE, TRUE, TRUE, TRUE, TRUE, TRUE, TRUE } };
  AppConversation *conversation = app_history_new_conversation (fixture->history);
  g_autoptr (AppTurn) words = app_turn_new ("How many?", NULL), turn = app_turn_new_depth (words, "contemplate");
  GListModel *lanes;
  guint n;

  scripted_engine_set_play (fixture->engine, play, &script);
  try_send (conversation, turn, NULL);
  wait_idle (conversation);
  n = g_list_model_get_n_items (app_message_get_lanes (message_at (conversation, 1)));
  fixture_close (fixture);
  g_object_unref (conversation);
  fixture_open (fixture);
  conversation = conversation_at (fixture, 0);
  load (conversation);
  WAIT_UNTIL (app_message_get_lanes (message_at (conversation, 1)) != NULL);
  lanes = app_message_get_lanes (message_at (conversation, 1));
  g_assert_cmpuint (g_list_model_get_n_items (lanes), ==, n);
  for (guint i = 0; i < n; i++) {
    g_autoptr (AppLane) lane = g_list_model_get_item (lanes, i);
    g_assert_cmpint (app_lane_get_state (lane), ==, i < 2 ? APP_LANE_DONE : APP_LANE_SPARED);
    g_assert_cmpstr (app_lane_get_answer (lane), ==, i < 2 ? "7" : "");
    if (i == 0)
      g_assert_cmpstr (app_lane_get_text (lane), ==, "One\nAnswer: 7");
    g_assert_cmpint (app_lane_get_ended (lane), >=, app_lane_get_began (lane));
    g_assert_false (app_lane_can_stop (lane));
  }
}

/* All agents have the same words in front, so that the model's cache is shared, and other words and luck behind. */
static void
test_prompts (void)
{
  AppSampling sampling = app_sampling_usual ();
  g_autoptr (AppPrompt) prompt = app_prompt_new (&sampling), copy = NULL;
  g_autoptr (GPtrArray) documents = app_documents_new ();

  app_prompt_add (prompt, APP_ROLE_SYSTEM, NULL, "Be brief.");
  app_prompt_add (prompt, APP_ROLE_USER, documents, "How many?");
  app_prompt_add_picture (prompt, "image/png", g_bytes_new_static ("x", 1));
  copy = app_prompt_copy (prompt);
  app_prompt_put_behind (copy, "In a table.");
  app_prompt_put_behind (copy, "");
  g_assert_cmpstr (app_prompt_get_text (copy, 1), ==, "How many?\n\nIn a table.");
  g_assert_cmpstr (app_prompt_get_text (prompt, 1), ==, "How many?");
  g_assert_cmpuint (app_prompt_get_n_parts (copy, 1), ==, 1);
  sampling.seed = 5;
  app_prompt_set_sampling (copy, &sampling);
  g_assert_cmpuint (app_prompt_get_sampling (copy)->seed, ==, 5);
  g_assert_cmpuint (app_prompt_get_sampling (prompt)->seed, !=, 5);
}

static void
test_choose (void)
{
  g_assert_cmpuint (app_contemplation_choose_n (1, G_MAXSIZE, 1), ==, 2);
  g_assert_cmpuint (app_contemplation_choose_n (2, G_MAXSIZE, 1), ==, 4);
  g_assert_cmpuint (app_contemplation_choose_n (16, G_MAXSIZE, 1), ==, 8);
  g_assert_cmpuint (app_contemplation_choose_n (16, 600, 100), ==, 3);
  g_assert_cmpuint (app_contemplation_choose_n (16, 0, 100), ==, 2);
}

static void
test_final_answer (void)
{
  static const struct {
    const char *text, *answer, *key;
  } texts[] = {
    { "So 3 + 4 = 7.\nAnswer: 7", "7", "7" },
    { "**Answer: 12 km**\n", "12 km", "12" },
    { "### Final answer:\n\n> x\nThe answer is big.", NULL, NULL },
    { "Final Answer: \n*Tuesday*", "Tuesday", "tuesday" },
    { "Answer: 3\nNo, wait.\n- Answer: 1 234 567.50 €", "1 234 567.50 €", "1234568" },
    { "Answer: -3.0", "-3.0", "-3" },
    { "Answer: 10:30", "10:30", "10 30" },
    { "Answer: B", "B", "b" },
    { "Answer: A4", "A4", "a4" },
    { "An answer is not here", NULL, NULL },
    { "answers: 3", NULL, NULL },
    { "Answer:", NULL, NULL },
    { "Answer: Zoë’s  house.", "Zoë’s  house.", "zoë s house" },
    { "Answer: 0.5", "0.5", "0.5" },
    { "Antwort: 5 Äpfel", "5 Äpfel", "5" },
  };

  for (guint i = 0; i < G_N_ELEMENTS (texts); i++) {
    g_autofree char *answer = final_answer_find (texts[i].text), *key = answer ? final_answer_normalise (answer) : NULL;

    g_assert_cmpstr (answer, ==, texts[i].answer);
    g_assert_cmpstr (key, ==, texts[i].key);
  }
}

int
main (int argc, char *argv[])
{
  static const struct {
    const char *name;
    void (*test) (Fixture *fixture, gconstpointer data);
  } tests[] = {
    { "live", test_live },
    { "early", test_early }, { "refine", test_refine }, { "silent", test_silent }, { "synthesis", test_synthesis }, { "free", test_free }, { "failures", test_failures }, { "stop", test_stop }, { "pause", test_pause }, { "restart", test_restart },
  };

  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/app-contemplation/final-answer", test_final_answer);
  g_test_add_func ("/app-contemplation/choose", test_choose);
  g_test_add_func ("/app-contemplation/prompts", test_prompts);
  for (guint i = 0; i < G_N_ELEMENTS (tests); i++) {
    g_autofree char *path = g_strconcat ("/app-contemplation/", tests[i].name, NULL);
    g_test_add (path, Fixture, NULL, fixture_set_up, tests[i].test, fixture_tear_down);
  }
  return g_test_run ();
}
