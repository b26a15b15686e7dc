/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Marks of models' formats in an answer, in pieces of every length. */
#include "app-marks.h"

#include <string.h>

static void
on_piece (const char *text, gsize n, gboolean thought, gpointer data)
{
  GString **parts = data;

  g_assert_cmpuint (n, >, 0);
  g_string_append_len (parts[thought], text, (gssize) n);
}

static const char *const names[] = { "calculate", NULL };

typedef struct {
  const char *text, *words, *thought;
  gboolean called, calls, ended;
  const char *told;
} Case;

static const Case cases[] = {
  { "It is 42.", "It is 42.", "" },
  { "<tool_response>\nIt is 42.\n</tool_response>", "It is 42.\n", "" },
  { "One.\n<tool_response>\nTwo.\n</tool_response>\nThree.", "One.\nTwo.\nThree.", "" },
  { "One<tool_call> two", "One two", "" },
  { "</think>\n\nIt is 42.", "It is 42.", "" },
  { "So <think>six\ntimes</think>42", "So 42", "six\ntimes" },
  { "<think>cut off", "", "cut off" },
  { "It is 42.<|im_end|>\n<|im_start|>user\nThanks", "It is 42.", "", .ended = TRUE },
  { "It <|box_start|>is.", "It is.", "" },
  { "a < b <| c |> d <tool_respons e", "a < b <| c |> d <tool_respons e", "" },
  { "cut <tool_resp", "cut <tool_resp", "" },
  { "cut <|im_", "cut <|im_", "" },
  { "The mark `<|im_end|>` ends it, and <tool_call> does not.", "The mark `<|im_end|>` ends it, and does not.", "" },
  { "```xml\n<tool_call>\n```\n<tool_call>", "```xml\n<tool_call>\n```\n", "" },
  { "Done.\n<tool_response>\n7", "Done.\n", "", .called = TRUE, .ended = TRUE },
  { "Done.\n</tool_call>", "Done.\n", "", .called = TRUE },
  { "It is:\n{\"name\": \"calculate\", \"arguments\": {\"expression\": \"1\"}}", "It is:\n", "", .calls = TRUE },
  { "It is:\n```json\n{\"name\": \"calculate\", \"arguments\": {}}\n``` now", "It is:\nnow", "", .calls = TRUE },
  { "It is {\"name\": \"calculate\", \"argu", "It is ", "", .calls = TRUE },
  { "It is {\"name\": \"Anna\"} and {", "It is {\"name\": \"Anna\"} and {", "", .calls = TRUE },
  { "```json\n{\"name\": \"Anna\"}\n```", "```json\n{\"name\": \"Anna\"}\n```", "", .calls = TRUE },
  { "[Say the result]\nIt is [Say the rest] 42. [Say the result]", "It is [Say the rest] 42. ", "", .told = "[Say the result]" },
  { "It is 42.\n[Say the resu", "It is 42.\n", "", .told = "[Say the result]" },
  { "It is 42 [Say", "It is 42 [Say", "", .told = "[Say the result]" },
  { "", "", "" },
};

static void
test_pieces (void)
{
  for (guint i = 0; i < G_N_ELEMENTS (cases); i++)
    for (gsize piece = 1; piece < 40; piece++) {
      GString *parts[2] = { g_string_new (NULL), g_string_new (NULL) };
      AppMarks marks;

      app_marks_init (&marks);
      marks.called = cases[i].called;
      marks.told = cases[i].told;
      marks.names = cases[i].calls ? names : NULL;
      for (gsize at = 0; at < strlen (cases[i].text); at += piece)
        app_marks_feed (&marks, cases[i].text + at, MIN (piece, strlen (cases[i].text) - at), on_piece, parts);
      app_marks_end (&marks, on_piece, parts);
      g_assert_cmpstr (parts[FALSE]->str, ==, cases[i].words);
      g_assert_cmpstr (parts[TRUE]->str, ==, cases[i].thought);
      g_assert_cmpint (marks.ended, ==, cases[i].ended);
      app_marks_clear (&marks);
      g_string_free (parts[0], TRUE);
      g_string_free (parts[1], TRUE);
    }
}

/* What is certain is told at once, and does not wait for the end. */
static void
test_at_once (void)
{
  GString *parts[2] = { g_string_new (NULL), g_string_new (NULL) };
  AppMarks marks;

  app_marks_init (&marks);
  app_marks_feed (&marks, "It is <", 7, on_piece, parts);
  g_assert_cmpstr (parts[FALSE]->str, ==, "It is ");
  app_marks_feed (&marks, "b", 1, on_piece, parts);
  g_assert_cmpstr (parts[FALSE]->str, ==, "It is <b");
  app_marks_clear (&marks);
  g_string_free (parts[0], TRUE);
  g_string_free (parts[1], TRUE);
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/app-marks/pieces", test_pieces);
  g_test_add_func ("/app-marks/at-once", test_at_once);
  return g_test_run ();
}
