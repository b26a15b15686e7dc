/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The program that test-app-crash kills: it talks with the scripted engine without end, and writes down what it does, one line each, as it does it.
 *
 *   ack ANSWER NOTE TIME   a turn was stored
 *   text ANSWER N TIME     the answer has N bytes on the screen
 *   begin ANSWER N TIME    a save of N bytes begins
 *   end ANSWER N TIME      …is acknowledged
 *   done ANSWER N TIME     the answer was finished and stored
 *
 * Times are monotonic, in microseconds. The linker puts the __wrap_ functions in the way of the calls of those names. */
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "app-pace.h"
#include "fixture.h"

/* The answer under way. */
static AppMessage *answer;
static gsize saving;

static void
tell (const char *what, gint64 number)
{
  char line[200];
  int n = snprintf (line, sizeof line, "%s %" G_GINT64_FORMAT " %" G_GINT64_FORMAT " %" G_GINT64_FORMAT "\n", what, app_message_get_id (answer), number,
                    g_get_monotonic_time ());

  if (write (STDOUT_FILENO, line, n) != n)
    _exit (1);
}

void __real_app_pace_begin (AppPace *pace, gint64 now);
void __real_app_pace_end (AppPace *pace, gint64 now, gboolean stored);
void __wrap_app_pace_begin (AppPace *pace, gint64 now);
void __wrap_app_pace_end (AppPace *pace, gint64 now, gboolean stored);

void
__wrap_app_pace_begin (AppPace *pace, gint64 now)
{
  saving = strlen (app_message_get_text (answer));
  tell ("begin", saving);
  __real_app_pace_begin (pace, now);
}

void
__wrap_app_pace_end (AppPace *pace, gint64 now, gboolean stored)
{
  if (!stored)
    _exit (1);
  tell ("end", saving);
  __real_app_pace_end (pace, now, stored);
}

static void
on_text (AppMessage *message, GParamSpec *pspec, gpointer data)
{
  tell ("text", strlen (app_message_get_text (message)));
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
    guint n = n_messages (conversation);
    if (n > 20) {
      g_object_unref (conversation);
      conversation = app_history_new_conversation (fixture.history);
    }
    send_text (conversation, "Go on, and on");
    n = n_messages (conversation);
    answer = message_at (conversation, n - 1);
    tell ("ack", app_message_get_id (message_at (conversation, n - 2)));
    g_signal_connect (answer, "notify::text", G_CALLBACK (on_text), NULL);
    wait_idle (conversation);
    tell ("done", strlen (app_message_get_text (answer)));
  }
}
