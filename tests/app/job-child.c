/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The program that test-app-job-crash kills: it has one job done by script, or goes on with the one that is there, and says "begun" when it is under way and "done" at its end.
 *
 *   job-child HISTORY
 *
 * It is also the person: what is asked is allowed once; of a call with an unknown end it looks whether the file is there, as a person would. */
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "job-fixture.h"

#define PLAN                                                                                                                                                                            \
  "{\"steps\":[{\"kind\":\"text\",\"title\":\"Summary\",\"task\":\"Summarise the minutes\",\"uses\":[\"minutes.txt\"],\"file\":\"summary.md\"},"                                           \
  "{\"kind\":\"extract\",\"title\":\"Tasks\",\"task\":\"Every task of the minutes\",\"uses\":[\"minutes.txt\"],\"file\":\"tasks.csv\"},"                                                   \
  "{\"kind\":\"text\",\"title\":\"Letter\",\"task\":\"Write a letter about it\",\"uses\":[\"step 1\",\"step 2\"],\"file\":\"letter.md\"},"                                                 \
  "{\"kind\":\"give\",\"title\":\"Hand out\",\"task\":\"Save letter.md for the person\",\"uses\":[\"step 3\"]}]}"
#define ROWS "{\"rows\": [{\"who\": \"Anna\", \"task\": \"paint\"}, {\"who\": \"Ben\", \"task\": \"buy nails\"}]}"

static void
tell (const char *what)
{
  if (write (STDOUT_FILENO, what, strlen (what)) < 0)
    _exit (1);
}

static void
be_the_person (AppConversation *conversation, const char *given)
{
  GListModel *calls = app_message_get_calls (message_at (conversation, n_messages (conversation) - 1));
  g_autofree char *path = g_build_filename (given, "letter.md", NULL);

  for (guint i = 0; i < g_list_model_get_n_items (calls); i++) {
    g_autoptr (AppToolCall) call = g_list_model_get_item (calls, i);

    if (app_tool_call_get_state (call) == APP_CALL_ASKING)
      app_tool_call_answer (call, APP_CONSENT_ONCE);
    else if (app_tool_call_get_state (call) == APP_CALL_UNKNOWN)
      app_tool_call_settle (call, g_file_test (path, G_FILE_TEST_EXISTS));
  }
}

int
main (int argc, char *argv[])
{
  Fixture fixture = { 0 };
  g_autofree char *parent = g_path_get_dirname (argv[1]), *given = NULL;
  JobPlay play = { .plans = { PLAN },
                   .words = { "Write the file summary.md", "Make only the file tasks.csv", "Write the file letter.md" },
                   .texts = { "A summary of it all, in one line that takes a while to be written down.", ROWS, "Dear all, come and paint the fence with us." },
                   .ms = 4 };
  AppConversation *conversation = NULL;

  fixture_set_up_closed (&fixture, NULL);
  fixture_delete_folder (fixture.folder);
  fixture.path = g_strdup (argv[1]);
  fixture_open (&fixture);
  for (guint i = 0; i < g_list_model_get_n_items (G_LIST_MODEL (fixture.history)) && conversation == NULL; i++) {
    conversation = conversation_at (&fixture, i);
    load (conversation);
    if (!app_message_get_can_continue (message_at (conversation, n_messages (conversation) - 1)))
      conversation = NULL;
  }
  gboolean resumed = conversation != NULL;
  if (conversation == NULL)
    conversation = app_history_new_conversation (fixture.history);
  scripted_engine_set_play (fixture.engine, job_play, &play);
  given = g_build_filename (parent, "given", NULL);
  app_toolbox_set_outside (app_conversation_get_toolbox (conversation), given);
  if (resumed)
    job_continue (conversation);
  else
    job_send (conversation, "Make summary.md, tasks.csv with the columns who and task and letter.md, and save the letter to my downloads");
  tell ("begun\n");
  while (app_conversation_get_busy (conversation)) {
    be_the_person (conversation, given);
    g_main_context_iteration (NULL, TRUE);
  }
  g_autoptr (AppJobRow) row = job_read (conversation);
  fixture_settle (&fixture);
  tell (row->state == APP_JOB_DONE ? "done\n" : "failed\n");
  pause ();
  return 0;
}
