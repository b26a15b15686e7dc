/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Work on something big, by script: steps that wait for each other, review, budgets, stopping, pausing, and going on in another run. */
#include <string.h>

#include "jobs/job-check.h"
#include "jobs/job-worker.h"
#include "job-fixture.h"

#define TWO_AND_ONE                                                                                                                                                                    \
  "{\"steps\":[{\"kind\":\"text\",\"title\":\"Summary\",\"task\":\"Summarise the minutes\",\"uses\":[\"minutes.txt\"],\"file\":\"summary.md\"},"                                           \
  "{\"kind\":\"extract\",\"title\":\"Tasks\",\"task\":\"Every task of the minutes\",\"uses\":[\"minutes.txt\"],\"file\":\"tasks.csv\"},"                                                   \
  "{\"kind\":\"text\",\"title\":\"Letter\",\"task\":\"Write a letter about it\",\"uses\":[\"step 1\",\"step 2\"],\"file\":\"letter.md\"}]}"
#define ROWS "{\"rows\": [{\"who\": \"Anna\", \"task\": \"paint\"}, {\"who\": \"Ben\", \"task\": \"buy, \\\"nails\\\"\"}]}"
#define REQUEST "Make summary.md, tasks.csv with the columns who and task, and letter.md"

static JobPlay
usual (void)
{
  return (JobPlay) { .plans = { TWO_AND_ONE }, .words = { "Write the file summary.md", "Make only the file tasks.csv: columns who, task.", "Write the file letter.md" }, .texts = { "A summary.", ROWS, "Dear all." } };
}

static AppConversation *
begin (Fixture *fixture, JobPlay *play, const char *request)
{
  AppConversation *conversation = app_history_new_conversation (fixture->history);

  scripted_engine_set_play (fixture->engine, job_play, play);
  job_send (conversation, request);
  return conversation;
}

static AppLane *
lane_at (AppConversation *conversation, guint index)
{
  GListModel *lanes = app_message_get_lanes (message_at (conversation, n_messages (conversation) - 1));
  AppLane *lane = g_list_model_get_item (lanes, index);

  g_object_unref (lane); /* the list has it */
  return lane;
}

static void
assert_file (AppConversation *conversation, const char *path, const char *content)
{
  g_autofree char *text = job_read_file (conversation, path);

  g_assert_cmpstr (text, ==, content);
}

/* ---- work ---- */

static void
test_work (Fixture *fixture, gconstpointer data)
{
  JobPlay play = usual ();
  play.order = g_ptr_array_new ();
  g_autoptr (AppConversation) conversation = begin (fixture, &play, REQUEST);
  g_autoptr (AppJobRow) row = NULL;

  wait_idle (conversation);
  row = job_read (conversation);
  g_assert_cmpint (row->state, ==, APP_JOB_DONE);
  g_assert_cmpuint (row->steps->len, ==, 3);
  assert_file (conversation, "summary.md", "A summary.\n");
  assert_file (conversation, "tasks.csv", "who,task\nAnna,paint\nBen,\"buy, \"\"nails\"\"\"\n");
  assert_file (conversation, "letter.md", "Dear all.\n");
  /* The letter was written when both were there, and of them. */
  g_assert_cmpuint (play.order->len, ==, 3);
  g_assert_cmpstr (play.order->pdata[2], ==, "Write the file letter.md");
  g_assert_nonnull (strstr (play.seen[2], "A summary."));
  g_assert_nonnull (strstr (play.seen[2], "tasks.csv"));
  g_assert_cmpint (app_lane_get_state (lane_at (conversation, 3)), ==, APP_LANE_DONE);
  g_assert_cmpstr (app_lane_get_files (lane_at (conversation, 1))[0], ==, "summary.md");
  g_assert_cmpint (row->tokens, >, 0);
  g_assert_cmpint (row->calls, ==, 4);
  g_assert_nonnull (strstr (app_message_get_text (message_at (conversation, 1)), "tasks.csv"));
  job_play_clear (&play);
}

/* What fails its check goes back with what was found. */
static void
test_review (Fixture *fixture, gconstpointer data)
{
  JobPlay play = { .plans = { "{\"steps\":[{\"kind\":\"extract\",\"title\":\"Tasks\",\"task\":\"Every task of the minutes\",\"uses\":[],\"file\":\"tasks.csv\"}]}" },
                   .words = { "Make tasks.csv" },
                   .texts = { "{\"rows\": []}||" ROWS } };
  g_autoptr (AppConversation) conversation = begin (fixture, &play, "Make tasks.csv with the columns who and task");
  g_autoptr (AppJobRow) row = NULL;

  wait_idle (conversation);
  row = job_read (conversation);
  g_assert_cmpint (row->state, ==, APP_JOB_DONE);
  g_assert_cmpuint (((AppJobStepRow *) row->steps->pdata[0])->tries, ==, 2);
  g_assert_cmpuint (play.n_asked[0], ==, 2);
  g_assert_nonnull (strstr (play.seen[0], "has no rows"));
  job_play_clear (&play);
}

/* Twice at most; then what there is is kept, and said to be wrong. */
static void
test_doubt (Fixture *fixture, gconstpointer data)
{
  JobPlay play = { .plans = { "{\"steps\":[{\"kind\":\"extract\",\"title\":\"Tasks\",\"task\":\"Every task of the minutes\",\"uses\":[],\"file\":\"tasks.csv\"}]}" },
                   .words = { "Make tasks.csv" },
                   .texts = { "{\"rows\": []}" } };
  g_autoptr (AppConversation) conversation = begin (fixture, &play, "Make tasks.csv with the columns who and task");
  g_autoptr (AppJobRow) row = NULL;

  wait_idle (conversation);
  row = job_read (conversation);
  g_assert_cmpuint (play.n_asked[0], ==, 3);
  g_assert_nonnull (strstr (((AppJobStepRow *) row->steps->pdata[0])->findings, "has no rows"));
  g_assert_nonnull (strstr (app_message_get_text (message_at (conversation, 1)), "has no rows"));
  assert_file (conversation, "tasks.csv", "who,task\n");
  job_play_clear (&play);
}

/* A plan that cannot be carried out is written once more, and then given up. */
static void
test_bad_plan (Fixture *fixture, gconstpointer data)
{
  JobPlay play = usual ();
  play.plans[1] = play.plans[0];
  play.plans[0] = "{\"steps\": []}";
  g_autoptr (AppConversation) good = begin (fixture, &play, REQUEST), bad = NULL;
  JobPlay hopeless = { .plans = { "{\"steps\": []}" } };
  g_autoptr (AppJobRow) row = NULL;

  wait_idle (good);
  g_assert_cmpuint (play.n_planned, ==, 2);
  g_assert_cmpint (app_message_get_state (message_at (good, 1)), ==, APP_MESSAGE_DONE);
  bad = begin (fixture, &hopeless, REQUEST);
  wait_idle (bad);
  row = job_read (bad);
  g_assert_cmpuint (hopeless.n_planned, ==, 2);
  g_assert_cmpint (row->state, ==, APP_JOB_FAILED);
  g_assert_nonnull (strstr (app_message_get_error (message_at (bad, 1)), "did not manage to plan"));
  job_play_clear (&play);
}

/* A question is asked of what the job has made, and the number is that of the statement. */
static void
test_answer (Fixture *fixture, gconstpointer data)
{
  JobPlay play = { .plans = { "{\"steps\":[{\"kind\":\"extract\",\"title\":\"Tasks\",\"task\":\"Every task of the minutes\",\"uses\":[],\"file\":\"tasks.csv\"}]}" },
                   .words = { "Make only the file tasks.csv", "How many tasks are there?" },
                   .texts = { ROWS, "SELECT COUNT(task) FROM tasks" } };
  g_autoptr (AppConversation) conversation = begin (fixture, &play, "Make tasks.csv with the columns who and task. How many tasks are there?");
  g_autoptr (AppJobRow) row = NULL;

  wait_idle (conversation);
  row = job_read (conversation);
  g_assert_cmpint (row->state, ==, APP_JOB_DONE);
  g_assert_cmpuint (row->steps->len, ==, 2);
  g_assert_cmpuint (play.n_asked[1], ==, 1);
  g_assert_null (strstr (play.seen[1], "Make tasks.csv"));
  g_assert_nonnull (strstr (app_message_get_text (message_at (conversation, 1)), "How many tasks are there?\n\n**2**"));
  job_play_clear (&play);
}

/* Documents are read one by one: the name of each is known, and what a table has of whoever stands in it; what belongs to something else, or does not stand there, is left out. */
static void
test_documents (Fixture *fixture, gconstpointer data)
{
  static const char *const names[] = { "a.txt", "b.txt", "c.txt", "staff.csv" };
  static const char *const texts[] = { "The lamp in the hall does not work any more. It needs 2 new bulbs.\n\nIvan Petrov\n", "May I use the hall on the 7th of May, please?\n\nBo Ray\n", "The door of the hall cannot be closed any more.\n\nMaria Rossi\n",
                                       "who,floor\nMaria Rossi,first\nIvan Petrov,third\nBo Ray,third\n" };
  JobPlay play = { .plans = { "{\"steps\":[{\"kind\":\"extract\",\"title\":\"Repairs\",\"task\":\"What is broken\",\"uses\":[],\"file\":\"repairs.csv\"}]}" },
                   .words = { "The document \"a.txt\"", "The document \"b.txt\"", "The document \"c.txt\"" },
                   .texts = { "{\"about\": \"a lamp\", \"belongs\": \"yes\", \"rows\": [{\"what\": \"lamp\", \"amount\": \"2\"}, {\"what\": \"lamp\", \"amount\": \"2\"}]}",
                              "{\"about\": \"the hall\", \"belongs\": \"no\", \"rows\": [{\"what\": \"hall\", \"amount\": \"7\"}]}",
                              "{\"about\": \"a door\", \"belongs\": \"yes\", \"rows\": [{\"what\": \"door\", \"amount\": \"5\"}, {\"what\": \"\", \"amount\": \"closed\"}]}" } };
  AppConversation *conversation = app_history_new_conversation (fixture->history);
  g_autoptr (GListStore) list = g_list_store_new (APP_TYPE_ATTACHMENT);
  g_autoptr (AppTurn) plain = NULL, turn = NULL;
  g_autoptr (GError) error = NULL;
  g_autoptr (AppJobRow) row = NULL;

  for (guint i = 0; i < G_N_ELEMENTS (names); i++) {
    g_autoptr (AppAttachment) attachment = fixture_attachment (names[i], texts[i]);
    g_list_store_append (list, attachment);
  }
  plain = app_turn_new ("What is broken? Make repairs.csv with the columns file, who, what, amount and floor, a row for each thing.", G_LIST_MODEL (list));
  turn = app_turn_new_wish (plain, APP_JOB_WISH, NULL);
  scripted_engine_set_play (fixture->engine, job_play, &play);
  try_send (conversation, turn, &error);
  g_assert_no_error (error);
  wait_idle (conversation);
  row = job_read (conversation);
  g_assert_cmpint (row->state, ==, APP_JOB_DONE);
  g_assert_nonnull (strstr (play.seen[0], "Take out what, amount."));
  assert_file (conversation, "repairs.csv", "file,who,what,amount,floor\na.txt,Ivan Petrov,lamp,2,third\nc.txt,Maria Rossi,door,,first\n");
  g_object_unref (conversation);
  job_play_clear (&play);
}

/* ---- checks ---- */

static AppDataset *
import (Fixture *fixture, AppDatasets *datasets, const char *name, const char *csv)
{
  g_autoptr (GBytes) bytes = g_bytes_new (csv, strlen (csv));
  g_autoptr (GAsyncResult) result = NULL;
  g_autoptr (GError) error = NULL;
  AppDataset *dataset;

  app_datasets_import_async (datasets, bytes, NULL, name, NULL, NULL, NULL, NULL, NULL, keep_result, &result);
  dataset = app_datasets_import_finish (datasets, wait_result (&result), &error);
  g_assert_no_error (error);
  return dataset;
}

/* What code sees without a model: rows that a join met several times, sums of everything in each row, rows twice, what is no number, and columns that are not those that were asked for. */
static void
test_checks (Fixture *fixture, gconstpointer data)
{
  static const struct {
    const char *worker, *source, *content, *columns, *finding, *request;
  } cases[] = {
    { "table", "SELECT town, SUM(fees.amount) AS \"paid\" FROM fees GROUP BY town", "town,paid\nBern,10.5\nUri,20\n", NULL, NULL },
    { "table", "SELECT town, SUM(fees.amount) AS \"paid\" FROM fees JOIN plan ON plan.town = fees.town GROUP BY town", "town,paid\nBern,21\nUri,40\n", NULL, "joined several times" },
    { "table", "SELECT town, SUM(amount) AS \"paid\" FROM fees JOIN plan ON plan.town = fees.town GROUP BY town", "town,paid\nBern,21\nUri,40\n", NULL, "joined several times" },
    { "script", NULL, "town,paid\nBern,10.5\nUri,20\n", "town|paid", NULL },
    { "script", NULL, "town,paid\nBern,30.5\nUri,30.5\n", "town|paid", "2 times all of" },
    { "script", NULL, "town,amount\nBern,5.25\nUri,10\n", "town|amount", "2 times as much" },
    { "script", NULL, "town,amount\nBern,5.25\nUri,9\n", "town|amount", NULL },
    { "script", NULL, "town,month\nBern,6\nUri,6\n", "town|month", "2 times all of" },
    { "script", NULL, "what,paid\nHall,2\nHall,3\n", "what|paid", "“Hall” 2 times" },
    { "script", NULL, "what,paid\nHall,2\nLight,3\n", "what|paid", NULL },
    /* What is the same for all. */
    { "script", NULL, "town,rent\nBern,9.75\nUri,9.75\n", "town|rent", NULL },
    { "script", NULL, "town,paid\nBern,0\nUri,0\n", "town|paid", "0 in every row" },
    { "script", NULL, "town,what\nBern,new\nUri,new\nChur,new\n", "town|what", "in every row" },
    { "script", NULL, "town,what\nBern,new\nUri,new\nChur,gone\n", "town|what", NULL },
    { "script", NULL, "town,what\nBern,old\nUri,old\nChur,old\n", "town|what", NULL },
    { "script", NULL, "town,paid\nBern,10.5\nBern,10.5\n", "town|paid", "are the same" },
    { "script", NULL, "town,paid\nBern,10.5\nBERN,10.5\n", "town|paid", "are the same" },
    { "script", NULL, "town,paid\nBern,10.5\nUri,20\nTotal,30.5\n", "town|paid", "sum of the others" },
    { "script", NULL, "town,paid\nBern,10.5\ntown,paid\nUri,20\n", "town|paid", "Row 3 of the table has the names" },
    { "script", NULL, "town,paid\nBern,NaN\nUri,20\n", "town|paid", "NaN" },
    { "script", NULL, "town,paid\n\"{\"\"town\"\":\"\"Bern\"\"}\",10.5\nUri,20\n", "town|paid", "whole rows" },
    { "script", NULL, "town,sum\nBern,10.5\nUri,20\n", "town|paid", "must be exactly" },
    { "script", NULL, "town,paid\nBern\n", "town|paid", "1 cells" },
    { "script", NULL, "town,paid,share\nBern,7,1\nUri,7,1\nChur,7,1\n", "town|paid|share", "but for “town”" },
    { "script", NULL, "town,paid,share\nBern,7,1\nUri,8,1\nChur,7,1\n", "town|paid|share", NULL },
    { "script", NULL, "town,paid\nBern,10.5\nUri,20\n", "town|paid", "“Chur” is named", "What each of Bern, Uri and Chur has paid" },
    { "script", NULL, "town,paid\nBern,10.5\nUri,20\n", "town|paid", NULL, "Which of Bern, Uri and Chur have paid?" },
    { "script", NULL, "town,paid\n", "town|paid", "no rows" },
  };
  g_autofree char *folder = g_build_filename (fixture->folder, "tables", NULL);
  g_autoptr (AppDatasets) datasets = app_datasets_new (folder);
  g_autoptr (GPtrArray) list = g_ptr_array_new_with_free_func (g_object_unref);

  g_ptr_array_add (list, import (fixture, datasets, "fees.csv", "town,amount\nBern,10.5\nUri,12.25\nUri,7.75\n"));
  g_ptr_array_add (list, import (fixture, datasets, "plan.csv", "town,month\nBern,1\nBern,2\nUri,1\nUri,2\n"));
  g_ptr_array_add (list, import (fixture, datasets, "rent.csv", "what,each\nHall,7.5\nLight,2.25\n"));
  for (guint i = 0; i < G_N_ELEMENTS (cases); i++) {
    JobStep step = { .number = 1, .worker = job_worker_find (cases[i].worker), .file = (char *) "out.csv", .check = (char *) "" };
    g_auto (GStrv) columns = cases[i].columns != NULL ? g_strsplit (cases[i].columns, "|", -1) : NULL;
    JobTask of = { .step = &step, .request = cases[i].request != NULL ? cases[i].request : "Say what each town's fees are in all, and whether they are \"new\" or \"gone\"", .datasets = list, .columns = columns };
    g_autoptr (JobMade) made = job_made_new ();
    g_autoptr (GPtrArray) findings = g_ptr_array_new_with_free_func (g_free);
    g_auto (GStrv) lines = g_strsplit (cases[i].content, "\n", -1);

    made->kind = g_strdup (cases[i].source != NULL ? "table" : NULL);
    made->source = g_strdup (cases[i].source);
    made->n_rows = g_strv_length (lines) - 2;
    job_made_add_file (made, "out.csv", cases[i].content);
    job_check (&of, made, findings);
    if (cases[i].finding == NULL && findings->len > 0)
      g_error ("case %u: %s", i, (const char *) findings->pdata[0]);
    if (cases[i].finding != NULL && (findings->len == 0 || strstr (findings->pdata[0], cases[i].finding) == NULL))
      g_error ("case %u: %s", i, findings->len > 0 ? (const char *) findings->pdata[0] : "nothing found");
  }
}

/* ---- scripts ---- */

/* Of three programs two agree, in whatever order their rows and columns are; one that fails its check counts less than any that does not. Two more are written where no two good ones agree. */
static void
test_programs (Fixture *fixture, gconstpointer data)
{
  const char *const *texts = data;
  JobPlay play = { .plans = { "{\"steps\":[{\"kind\":\"script\",\"title\":\"Sums\",\"task\":\"Add up what there is\",\"uses\":[],\"file\":\"out.csv\"}]}" }, .words = { "Compute it" }, .texts = { texts[0] } };
  AppConversation *conversation = app_history_new_conversation (fixture->history);
  g_autoptr (AppScriptRunner) runner = job_runner_new ();
  g_autoptr (AppJobRow) row = NULL;

  app_toolbox_set_runner (app_conversation_get_toolbox (conversation), runner);
  scripted_engine_set_play (fixture->engine, job_play, &play);
  job_send (conversation, "Compute it");
  wait_idle (conversation);
  row = job_read (conversation);
  g_assert_cmpint (row->state, ==, APP_JOB_DONE);
  g_assert_cmpuint (play.n_asked[0], ==, strlen (texts[2]));
  g_assert_null (strstr (play.seen[0], "…")); /* which a model copies, and no program may have */
  g_assert_nonnull (strstr (play.seen[0], "files[\"minutes.txt\"] === `Anna paints"));
  assert_file (conversation, "out.csv", texts[1]);
  g_object_unref (conversation);
  job_play_clear (&play);
}

static const char *const agree[] = { "@@n,x\nA,1\nB,2\n@@||@@n,x\nA,7\nB,2\n@@||@@x,n\n2,B\n7,A\n@@", "n,x\nA,7\nB,2\n", "***" };
static const char *const good[] = { "@@n,x\nA,NaN\n@@||@@n,x\nA,NaN\n@@||@@n,x\nA,3\n@@", "n,x\nA,3\n", "*****" };
static const char *const fails[] = { "no program||nor this||@@n,x\nA,3\n@@", "n,x\nA,3\n", "*****" };

/* ---- budgets and people ---- */

static void
test_budget (Fixture *fixture, gconstpointer data)
{
  JobPlay play = usual ();
  AppJobBudget budget = { .tokens = 60, .calls = 3 };
  AppConversation *conversation = app_history_new_conversation (fixture->history);
  g_autoptr (AppJobRow) row = NULL, later = NULL;

  scripted_engine_set_play (fixture->engine, job_play, &play);
  app_conversation_set_job_budget (conversation, &budget);
  job_send (conversation, REQUEST);
  wait_idle (conversation);
  row = job_read (conversation);
  g_assert_cmpint (row->state, ==, APP_JOB_SPENT);
  g_assert_cmpint (row->calls, <=, 3);
  g_assert_true (app_message_get_can_continue (message_at (conversation, 1)));
  /* As often as it takes: half as much again each time. */
  for (guint i = 0; i < 8 && app_message_get_can_continue (message_at (conversation, 1)); i++) {
    job_continue (conversation);
    wait_idle (conversation);
  }
  later = job_read (conversation);
  g_assert_cmpint (later->state, ==, APP_JOB_DONE);
  g_assert_cmpint (later->budget_calls, >, 3);
  g_assert_cmpint (later->calls, <=, later->budget_calls);
  assert_file (conversation, "letter.md", "Dear all.\n");
  g_object_unref (conversation);
  job_play_clear (&play);
}

/* Time is a budget, too, for whoever never comes to an end. */
static void
test_time (Fixture *fixture, gconstpointer data)
{
  JobPlay play = usual ();
  AppJobBudget budget = { .seconds = 2 };
  AppConversation *conversation = app_history_new_conversation (fixture->history);
  g_autoptr (AppJobRow) row = NULL;

  play.hold[0] = play.hold[1] = TRUE;
  scripted_engine_set_play (fixture->engine, job_play, &play);
  app_conversation_set_job_budget (conversation, &budget);
  job_send (conversation, REQUEST);
  wait_idle (conversation);
  row = job_read (conversation);
  g_assert_cmpint (row->state, ==, APP_JOB_SPENT);
  g_object_unref (conversation);
  job_play_clear (&play);
}

/* One is stopped: what needs it does not begin, what does not goes on. Going on, it is done after all. */
static void
test_stop_one (Fixture *fixture, gconstpointer data)
{
  JobPlay play = usual ();
  g_autoptr (AppConversation) conversation = NULL;
  g_autoptr (AppJobRow) row = NULL, later = NULL;

  play.hold[0] = TRUE;
  conversation = begin (fixture, &play, REQUEST);
  WAIT_UNTIL (play.n_asked[0] == 1 && g_list_model_get_n_items (app_message_get_lanes (message_at (conversation, 1))) == 4 && app_lane_get_state (lane_at (conversation, 2)) == APP_LANE_DONE);
  g_assert_true (app_lane_can_stop (lane_at (conversation, 1)));
  app_lane_stop (lane_at (conversation, 1));
  wait_idle (conversation);
  row = job_read (conversation);
  g_assert_cmpint (row->state, ==, APP_JOB_STOPPED);
  g_assert_cmpint (((AppJobStepRow *) row->steps->pdata[0])->state, ==, APP_STEP_STOPPED);
  g_assert_cmpint (((AppJobStepRow *) row->steps->pdata[1])->state, ==, APP_STEP_DONE);
  g_assert_cmpint (((AppJobStepRow *) row->steps->pdata[2])->state, ==, APP_STEP_STOPPED);
  g_assert_cmpuint (play.n_asked[2], ==, 0);
  job_play_clear (&play);
}

/* Stopped as a whole, it goes on later, and what was done is not done again. */
static void
test_stop_all (Fixture *fixture, gconstpointer data)
{
  JobPlay play = usual ();
  g_autoptr (AppConversation) conversation = NULL;
  g_autoptr (AppJobRow) row = NULL;

  play.hold[2] = TRUE;
  conversation = begin (fixture, &play, REQUEST);
  WAIT_UNTIL (play.n_asked[2] == 1);
  app_conversation_stop (conversation);
  wait_idle (conversation);
  g_assert_cmpint (app_message_get_state (message_at (conversation, 1)), ==, APP_MESSAGE_STOPPED);
  play.hold[2] = FALSE;
  g_assert_true (app_message_get_can_continue (message_at (conversation, 1)));
  job_continue (conversation);
  wait_idle (conversation);
  row = job_read (conversation);
  g_assert_cmpint (row->state, ==, APP_JOB_DONE);
  g_assert_cmpuint (play.n_asked[0], ==, 1);
  g_assert_cmpuint (play.n_asked[1], ==, 1);
  g_assert_cmpuint (play.n_planned, ==, 1);
  assert_file (conversation, "letter.md", "Dear all.\n");
  job_play_clear (&play);
}

/* Paused, it asks nothing more; a word of the person stands behind what is asked after that. */
static void
test_pause (Fixture *fixture, gconstpointer data)
{
  JobPlay play = usual ();
  g_autoptr (AppConversation) conversation = NULL;
  gint64 until;

  play.ms = 20;
  conversation = begin (fixture, &play, REQUEST);
  WAIT_UNTIL (g_list_model_get_n_items (app_message_get_lanes (message_at (conversation, 1))) == 4);
  app_lane_ask_pause (lane_at (conversation, 3), TRUE);
  app_lane_steer (lane_at (conversation, 3), "in French");
  WAIT_UNTIL (app_lane_get_state (lane_at (conversation, 1)) == APP_LANE_DONE && app_lane_get_state (lane_at (conversation, 2)) == APP_LANE_DONE);
  WAIT_UNTIL (app_lane_get_pause (lane_at (conversation, 3)) == APP_LANE_PAUSED && app_lane_get_state (lane_at (conversation, 3)) == APP_LANE_WORKING);
  until = g_get_monotonic_time () + 200 * 1000;
  while (g_get_monotonic_time () < until)
    g_main_context_iteration (NULL, FALSE);
  g_assert_cmpuint (play.n_asked[2], ==, 0);
  g_assert_true (app_conversation_get_busy (conversation));
  app_lane_ask_pause (lane_at (conversation, 3), FALSE);
  wait_idle (conversation);
  g_assert_cmpuint (play.n_asked[2], ==, 1);
  g_assert_nonnull (strstr (play.seen[2], "The person adds: in French"));
  assert_file (conversation, "letter.md", "Dear all.\n");
  job_play_clear (&play);
}

static gsize
written_at (AppConversation *conversation, guint index)
{
  return strlen (app_lane_get_text (lane_at (conversation, index)));
}

static void
wait_ms (guint ms)
{
  gint64 until = g_get_monotonic_time () + ms * 1000;

  while (g_get_monotonic_time () < until)
    g_main_context_iteration (NULL, FALSE);
}

/* What is written is held in the middle of a word, with its clock and the whole job's, and goes on where it was; so is the plan. */
static void
test_hold (Fixture *fixture, gconstpointer data)
{
  JobPlay play = usual ();
  g_autoptr (AppConversation) conversation = NULL;
  g_autofree char *text = g_strnfill (2000, 'x'), *whole = g_strconcat (text, "\n", NULL);
  double seconds;
  gsize there;

  play.ms = 2;
  play.texts[2] = text;
  conversation = begin (fixture, &play, REQUEST);
  WAIT_UNTIL (app_message_get_lanes (message_at (conversation, 1)) != NULL && written_at (conversation, 0) > 0);
  app_lane_ask_pause (lane_at (conversation, 0), TRUE);
  g_assert_cmpint (app_lane_get_pause (lane_at (conversation, 0)), ==, APP_LANE_PAUSED);
  wait_ms (60); /* what had been pushed is told */
  there = written_at (conversation, 0);
  wait_ms (100);
  g_assert_cmpuint (written_at (conversation, 0), ==, there);
  app_lane_ask_pause (lane_at (conversation, 0), FALSE);
  WAIT_UNTIL (play.n_asked[2] == 1 && written_at (conversation, 3) > 0);
  app_lane_ask_pause (lane_at (conversation, 3), TRUE);
  g_assert_cmpint (app_lane_get_pause (lane_at (conversation, 3)), ==, APP_LANE_PAUSED);
  wait_ms (60);
  there = written_at (conversation, 3);
  g_assert_cmpuint (there, <, 2000);
  g_assert_cmpint (app_lane_get_tokens (lane_at (conversation, 3)), >, 0); /* counted while it writes */
  seconds = app_lane_get_seconds (lane_at (conversation, 3));
  wait_ms (200);
  g_assert_cmpuint (written_at (conversation, 3), ==, there);
  g_assert_cmpfloat (app_lane_get_seconds (lane_at (conversation, 3)), ==, seconds);
  app_lane_ask_pause (lane_at (conversation, 3), FALSE);
  wait_idle (conversation);
  g_assert_cmpuint (play.n_asked[2], ==, 1);
  assert_file (conversation, "letter.md", whole);
  job_play_clear (&play);
}

/* A pause is no time of the job's or the step's. One that is held can be stopped. */
static void
test_hold_time (Fixture *fixture, gconstpointer data)
{
  JobPlay play = usual ();
  gint64 began = g_get_monotonic_time (), all;
  g_autoptr (AppConversation) conversation = NULL;
  g_autoptr (AppJobRow) row = NULL;

  play.hold[2] = TRUE;
  conversation = begin (fixture, &play, REQUEST);
  WAIT_UNTIL (play.n_asked[2] == 1);
  app_lane_ask_pause (lane_at (conversation, 3), TRUE);
  wait_ms (400);
  g_assert_true (app_conversation_get_busy (conversation));
  g_assert_cmpint (app_lane_get_pause (lane_at (conversation, 3)), ==, APP_LANE_PAUSED);
  app_lane_stop (lane_at (conversation, 3));
  wait_idle (conversation);
  all = (g_get_monotonic_time () - began) / 1000;
  row = job_read (conversation);
  g_assert_cmpint (row->state, ==, APP_JOB_STOPPED);
  g_assert_cmpint (row->ms, <=, all - 390);
  g_assert_cmpint (((AppJobStepRow *) row->steps->pdata[2])->ms, <=, all - 390);
  job_play_clear (&play);
}

/* In another run of the program it is there as it was, and goes on. */
static void
test_restart (Fixture *fixture, gconstpointer data)
{
  JobPlay play = usual ();
  g_autoptr (AppJobRow) row = NULL;
  AppConversation *conversation;

  play.hold[2] = TRUE;
  conversation = begin (fixture, &play, REQUEST);
  WAIT_UNTIL (play.n_asked[2] == 1);
  fixture_close (fixture);
  g_object_unref (conversation);
  play.hold[2] = FALSE;
  fixture_open (fixture);
  conversation = conversation_at (fixture, 0);
  load (conversation);
  WAIT_UNTIL (app_message_get_lanes (message_at (conversation, 1)) != NULL);
  g_assert_cmpuint (g_list_model_get_n_items (app_message_get_lanes (message_at (conversation, 1))), ==, 4);
  g_assert_cmpint (app_lane_get_state (lane_at (conversation, 1)), ==, APP_LANE_DONE);
  g_assert_cmpstr (app_lane_get_files (lane_at (conversation, 2))[0], ==, "tasks.csv");
  g_assert_cmpint (app_lane_get_state (lane_at (conversation, 3)), ==, APP_LANE_STOPPED);
  g_assert_false (app_lane_can_stop (lane_at (conversation, 3)));
  job_continue (conversation);
  wait_idle (conversation);
  row = job_read (conversation);
  g_assert_cmpint (row->state, ==, APP_JOB_DONE);
  g_assert_cmpuint (play.n_planned + play.n_asked[0] + play.n_asked[1], ==, 3);
  assert_file (conversation, "letter.md", "Dear all.\n");
  job_play_clear (&play);
}

/* ---- outside ---- */

#define GIVE                                                                                                                                                    \
  "{\"steps\":[{\"kind\":\"text\",\"title\":\"Summary\",\"task\":\"Summarise the minutes\",\"uses\":[],\"file\":\"summary.md\"},"                                   \
  "{\"kind\":\"give\",\"title\":\"Hand out\",\"task\":\"Save summary.md for the person\",\"uses\":[\"step 1\"]}]}"

static void
test_give (Fixture *fixture, gconstpointer data)
{
  gboolean agrees = GPOINTER_TO_INT (data);
  JobPlay play = { .plans = { GIVE }, .words = { "Write the file summary.md" }, .texts = { "A summary." } };
  AppConversation *conversation = app_history_new_conversation (fixture->history);
  g_autofree char *given = g_build_filename (fixture->folder, "given", NULL), *path = g_build_filename (given, "summary.md", NULL);
  g_autoptr (AppToolCall) call = NULL;
  g_autoptr (AppJobRow) row = NULL;
  GListModel *calls;

  g_mkdir_with_parents (given, 0700);
  app_toolbox_set_outside (app_conversation_get_toolbox (conversation), given);
  scripted_engine_set_play (fixture->engine, job_play, &play);
  job_send (conversation, "Make summary.md and save it to my downloads");
  calls = app_message_get_calls (message_at (conversation, 1));
  WAIT_UNTIL (g_list_model_get_n_items (calls) == 1);
  call = g_list_model_get_item (calls, 0);
  WAIT_UNTIL (app_tool_call_get_state (call) == APP_CALL_ASKING);
  g_assert_false (g_file_test (path, G_FILE_TEST_EXISTS));
  app_tool_call_answer (call, agrees ? APP_CONSENT_ONCE : APP_CONSENT_REFUSED);
  wait_idle (conversation);
  row = job_read (conversation);
  g_assert_cmpint (row->state, ==, agrees ? APP_JOB_DONE : APP_JOB_FAILED);
  g_assert_cmpint (g_file_test (path, G_FILE_TEST_EXISTS), ==, agrees);
  g_object_unref (conversation);
  job_play_clear (&play);
}

int
main (int argc, char *argv[])
{
  g_test_init (&argc, &argv, NULL);
#define ADD(path, data, func) g_test_add (path, Fixture, data, fixture_set_up, func, fixture_tear_down)
  ADD ("/app/job/work", NULL, test_work);
  ADD ("/app/job/review", NULL, test_review);
  ADD ("/app/job/doubt", NULL, test_doubt);
  ADD ("/app/job/bad-plan", NULL, test_bad_plan);
  ADD ("/app/job/answer", NULL, test_answer);
  ADD ("/app/job/documents", NULL, test_documents);
  ADD ("/app/job/checks", NULL, test_checks);
  ADD ("/app/job/programs/agree", agree, test_programs);
  ADD ("/app/job/programs/good", good, test_programs);
  ADD ("/app/job/programs/fail", fails, test_programs);
  ADD ("/app/job/budget", NULL, test_budget);
  ADD ("/app/job/time", NULL, test_time);
  ADD ("/app/job/stop-one", NULL, test_stop_one);
  ADD ("/app/job/stop-all", NULL, test_stop_all);
  ADD ("/app/job/pause", NULL, test_pause);
  ADD ("/app/job/hold", NULL, test_hold);
  ADD ("/app/job/hold-time", NULL, test_hold_time);
  ADD ("/app/job/restart", NULL, test_restart);
  ADD ("/app/job/give", GINT_TO_POINTER (TRUE), test_give);
  ADD ("/app/job/refused", GINT_TO_POINTER (FALSE), test_give);
  return g_test_run ();
}
