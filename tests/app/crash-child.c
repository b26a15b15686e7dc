/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The program that test-app-crash kills: it talks with the scripted engine without end, and writes down what it was promised.
 *
 *   ack NOTE ANSWER     a turn was stored
 *   text ANSWER N TIME  the answer has N bytes on the screen, at this monotonic time in microseconds
 *   done ANSWER N       the answer was finished and stored */
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "fixture.h"

static void
tell (const char *format, ...)
{
  char line[200];
  va_list args;
  int n;

  va_start (args, format);
  n = vsnprintf (line, sizeof line, format, args);
  va_end (args);
  if (write (STDOUT_FILENO, line, n) != n)
    _exit (1);
}

static void
on_text (AppMessage *message, GParamSpec *pspec, gpointer data)
{
  tell ("text %" G_GINT64_FORMAT " %zu %" G_GINT64_FORMAT "\n", app_message_get_id (message), strlen (app_message_get_text (message)), g_get_monotonic_time ());
}

int
main (int argc, char *argv[])
{
  Fixture fixture = { 0 };
  g_autofree char *text = g_strnfill (1500, 'a');
  Script script = { .text = text, .piece = 8, .ms = 2 };
  AppConversation *conversation;

  fixture_set_up_closed (&fixture, NULL);
  fixture_delete_folder (fixture.folder);
  fixture.path = g_strdup (argv[1]);
  scripted_engine_set_script (fixture.engine, &script);
  fixture_open (&fixture);
  if (g_list_model_get_n_items (G_LIST_MODEL (fixture.history)))
    conversation = g_object_ref (conversation_at (&fixture, 0));
  else
    conversation = app_history_new_conversation (fixture.history);
  load (conversation);
  for (int round = 0;; round++) {
    AppMessage *answer;
    guint n = n_messages (conversation);
    if (n > 20) {
      g_object_unref (conversation);
      conversation = app_history_new_conversation (fixture.history);
    }
    send_text (conversation, "Go on, and on");
    n = n_messages (conversation);
    answer = message_at (conversation, n - 1);
    tell ("ack %" G_GINT64_FORMAT " %" G_GINT64_FORMAT "\n", app_message_get_id (message_at (conversation, n - 2)), app_message_get_id (answer));
    g_signal_connect (answer, "notify::text", G_CALLBACK (on_text), NULL);
    wait_idle (conversation);
    tell ("done %" G_GINT64_FORMAT " %zu\n", app_message_get_id (answer), strlen (app_message_get_text (answer)));
  }
}
