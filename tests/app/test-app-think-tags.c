/* SPDX-License-Identifier: GPL-3.0-or-later */
/* A thought within an answer, in pieces of every length. */
#include "app-think-tags.h"

#include <string.h>

static void
on_piece (const char *text, gsize n, gboolean thought, gpointer data)
{
  GString **parts = data;

  g_assert_cmpuint (n, >, 0);
  g_string_append_len (parts[thought], text, (gssize) n);
}

static void
test_pieces (void)
{
  static const struct {
    const char *text, *thought, *words;
  } cases[] = {
    { "<think>Six times seven.</think>It is 42.", "Six times seven.", "It is 42." },
    { "\n <think>\na\n</think>\n\nb", "\na\n", "b" },
    { "<think></think>\n\nb", "", "b" },
    { "<think>a < b, and </thin is none</think>c</think>", "a < b, and </thin is none", "c</think>" },
    { "<think>cut off", "cut off", "" },
    { "<think>cut off</thi", "cut off</thi", "" },
    { "<thi", "", "<thi" },
    { "  two spaces", "", "  two spaces" },
    { "\n\n", "", "\n\n" },
    { "words <think>later</think>", "", "words <think>later</think>" },
    { "<thinking>other</thinking>", "", "<thinking>other</thinking>" },
    { "<think>a</think>\n\n", "a", "" },
    { "", "", "" },
  };

  for (guint i = 0; i < G_N_ELEMENTS (cases); i++)
    for (gsize piece = 1; piece < 12; piece++) {
      GString *parts[2] = { g_string_new (NULL), g_string_new (NULL) };
      AppThinkTags tags;

      app_think_tags_init (&tags);
      for (gsize at = 0; at < strlen (cases[i].text); at += piece)
        app_think_tags_feed (&tags, cases[i].text + at, MIN (piece, strlen (cases[i].text) - at), on_piece, parts);
      app_think_tags_end (&tags, on_piece, parts);
      app_think_tags_clear (&tags);
      g_assert_cmpstr (parts[TRUE]->str, ==, cases[i].thought);
      g_assert_cmpstr (parts[FALSE]->str, ==, cases[i].words);
      g_string_free (parts[0], TRUE);
      g_string_free (parts[1], TRUE);
    }
}

/* What is certain is told at once, and does not wait for the end. */
static void
test_at_once (void)
{
  GString *parts[2] = { g_string_new (NULL), g_string_new (NULL) };
  AppThinkTags tags;

  app_think_tags_init (&tags);
  app_think_tags_feed (&tags, "<think>first <", 14, on_piece, parts);
  g_assert_cmpstr (parts[TRUE]->str, ==, "first ");
  app_think_tags_feed (&tags, "/think>W", 8, on_piece, parts);
  g_assert_cmpstr (parts[FALSE]->str, ==, "W");
  app_think_tags_clear (&tags);
  g_string_free (parts[0], TRUE);
  g_string_free (parts[1], TRUE);
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/app-think-tags/pieces", test_pieces);
  g_test_add_func ("/app-think-tags/at-once", test_at_once);
  return g_test_run ();
}
