/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Depths by their ids, which notes want something worked out, and what a depth means to a model of this machine. */
#include "app-thinking.h"

#include "app-local-completion.h"

static void
test_ids (void)
{
  AppDepth depth = APP_DEPTH_THOROUGH;

  for (AppDepth i = 0; i < APP_N_DEPTHS; i++) {
    AppDepth found;
    g_assert_true (app_depth_from_id (app_depth_to_id (i), &found));
    g_assert_cmpint (found, ==, i);
  }
  g_assert_false (app_depth_from_id ("", &depth));
  g_assert_false (app_depth_from_id (NULL, &depth));
  g_assert_false (app_depth_from_id ("Compact", &depth));
  g_assert_cmpint (depth, ==, APP_DEPTH_THOROUGH);
  g_assert_true (app_depth_is_offered (APP_DEPTH_INSTANT));
  g_assert_true (app_depth_is_offered (APP_DEPTH_THOROUGH));
  g_assert_true (app_depth_is_offered (APP_DEPTH_CONTEMPLATE));
  g_assert_false (app_depth_is_offered (APP_N_DEPTHS));
}

static void
test_wants_plan (void)
{
  static const char *const yes[] = {
    "A baker makes 24 rolls and sells 3 bags of 6. What is left?",
    "How many days are there between 3 March and 17 May?",
    "What is 17 * 23?",
    "17+23",
    "Compute (3 + 4) / 7",
    "Anna is twice as old as Ben. Together they are 36. How old is Ben?",
    "If all bloops are razzies and all razzies are lazzies, does it follow logically that all bloops are lazzies?",
    "What day of the week was 14 July 1789?",
    "Convert 5 miles to kilometres",
    "Solve x² - 5x + 6 = 0",
    "A train leaves at nine and another at ten; which is faster than the other?",
    "Wie viele Äpfel bleiben, wenn Tom 7 von 12 verschenkt?",
    "Berechne den Durchschnitt von 4, 8 und 15.",
    "Ein Zug fährt um 8:15 ab und braucht 95 Minuten. Wann kommt er an?",
    "Löse das Rätsel bitte",
    "Welcher Wochentag war der 9. November 1989?",
    "Combien font sept fois huit ?",
    "Un vélo coûte 240 euros, moins 15 %. Quel est le prix ?",
    "¿Cuántos días faltan?",
    "¿Qué día de la semana fue el 12 de octubre de 1492?",
    "Quanti litri servono?",
    "Quantas maçãs sobram?",
    "鸡兔同笼，头35，脚94，各有多少？",
    "Explain it step by step",
  };
  static const char *const no[] = {
    "",
    "hi",
    "Hello, how are you?",
    "Who wrote Faust?",
    "Write a short poem about the sea.",
    "What is the capital of France?",
    "Translate “good morning” into French.",
    "Summarise this text in three sentences.",
    "How old are you?",
    "How long is a piece of string?",
    "Hallo, wie geht es dir?",
    "Wer war Goethe?",
    "Schreibe eine E-Mail, dass die Sitzung am 12.05. um 14:00 stattfindet.",
    "Write to Ms. Li that we meet on 2026-11-30.",
    "Is the shop open 24/7?",
    "Bonjour, ça va ?",
    "¿Quién eres?",
    "Ciao, come stai?",
    "你好",
    "Tell me about the Apollo 11 mission.",
    "Fix this code: for (i = 0; i < n; i++) a[i]++;",
    "Erzähle mir einen Witz.",
  };
  g_autofree char *filler = g_strnfill (9000, 'z'), *story = g_strdup_printf ("%s How many of them are left?", filler), *beginning = g_strdup_printf ("Calculate it. %s", filler),
                  *middle = g_strdup_printf ("%s how many %s", filler, filler);

  for (guint i = 0; i < G_N_ELEMENTS (yes); i++)
    if (!app_thinking_wants_plan (yes[i]))
      g_error ("“%s” wants no plan", yes[i]);
  for (guint i = 0; i < G_N_ELEMENTS (no); i++)
    if (app_thinking_wants_plan (no[i]))
      g_error ("“%s” wants a plan", no[i]);
  /* The ends of a long note are looked at, and what it is about is not. */
  g_assert_true (app_thinking_wants_plan (story));
  g_assert_true (app_thinking_wants_plan (beginning));
  g_assert_false (app_thinking_wants_plan (middle));
  g_assert_false (app_thinking_wants_plan ("\xff\xfe no text"));
}

static void
test_local (void)
{
  const AppThinking instant = { APP_DEPTH_INSTANT, 0 }, compact = { APP_DEPTH_COMPACT, 0 }, capped = { APP_DEPTH_COMPACT, 40 }, thorough = { APP_DEPTH_THOROUGH, 0 };
  EngineThinking to;

  for (AppThinks thinks = APP_THINKS_NO; thinks <= APP_THINKS_STRENGTH; thinks++) {
    app_local_thinking (&instant, thinks, "What is 3 * 4?", &to);
    g_assert_cmpint (to.think, ==, ENGINE_THINK_OFF);
    app_local_thinking (&compact, thinks, "What is 3 * 4?", &to);
    g_assert_cmpint (to.think, ==, ENGINE_THINK_ON);
    g_assert_true (to.early_exit);
    g_assert_cmpint (to.max_tokens, ==, engine_thinking_compact ().max_tokens);
    app_local_thinking (&capped, thinks, "What is 3 * 4?", &to);
    g_assert_cmpint (to.max_tokens, ==, 40);
    /* Who never learned it is not slowed down by it where it is of no use; who asks for more gets more. */
    app_local_thinking (&compact, thinks, "hi", &to);
    g_assert_cmpint (to.think, ==, thinks == APP_THINKS_NO ? ENGINE_THINK_OFF : ENGINE_THINK_ON);
    app_local_thinking (&thorough, thinks, "hi", &to);
    g_assert_cmpint (to.think, ==, ENGINE_THINK_ON);
    g_assert_false (to.early_exit);
    g_assert_cmpint (to.max_tokens, ==, 0);
    g_assert_cmpstr (to.strength, ==, "high");
  }
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/app-thinking/ids", test_ids);
  g_test_add_func ("/app-thinking/wants-plan", test_wants_plan);
  g_test_add_func ("/app-thinking/local", test_local);
  return g_test_run ();
}
