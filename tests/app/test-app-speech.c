/* SPDX-License-Identifier: GPL-3.0-or-later */
#include <string.h>

#include "app-speech.h"

static void
test_sentences (void)
{
  static const struct { const char *markdown, *sentences; } cases[] = {
    { "", "" },
    { "One. Two! Three?", "One.|Two!|Three?" },
    { "It is 3.14 m, e.g. here. Dr. Who said \"no.\" Then he left", "It is 3.14 m, e.g. here.|Dr. Who said \"no.\"|Then he left" },
    { "# Title\n\nSome **bold** and [a link](https://example.org/x).", "Title|Some bold and a link." },
    { "Before:\n\n```c\nint main;\n```\n\nAfter.", "Before:|Code left out.|After." },
    { "So $x^2$ is.\n\n$$\\frac{a}{b}$$", "So x squared is.|a over b" },
    { "| Way | Time |\n|--|--|\n| Ferry | 25 min |\n", "Way, Time|Ferry, 25 min" },
    { "- one\n- [x] two\n- [ ] three", "one|Done: two|To do: three" },
    { "A claim[^1].\n\n[^1]: A note.", "A claim.|A note." },
    { "Line one\nline two <b>x</b>", "Line one line two x" },
    { "![a chart](x.png) shows", "Picture: a chart shows" },
    { "\346\234\210\343\200\202\346\227\245\343\200\202", "\346\234\210\343\200\202|\346\227\245\343\200\202" },
    { "Use `ls -l` now.", "Use ls -l now." },
  };

  for (gsize i = 0; i < G_N_ELEMENTS (cases); i++) {
    g_auto (GStrv) sentences = app_speech_dup_sentences (cases[i].markdown);
    g_autofree char *joined = g_strjoinv ("|", sentences);

    g_assert_cmpstr (joined, ==, cases[i].sentences);
  }
}

/* While a text grows its last sentence is not at its end before something follows it. */
static void
test_not_final (void)
{
  const char *text = "It is 3.";

  g_assert_false (app_speech_ends_sentence (text, text + strlen (text), FALSE));
  g_assert_true (app_speech_ends_sentence ("So it is.", "So it is." + 9, TRUE));
}

/* A text that comes letter by letter gives the same sentences as a whole one, each once, and none before its end. */
static void
test_next (void)
{
  const char *text = "# Title\n\nIt is 3.14 feet. So **it** is! A sum:\n\n\\[ a. B \\]\n\n```c\nint a; // No. No.\n\nint b;\n```\n\n1. one\n2. two\n   - three\n\nThe end";
  GString *out = g_string_new (NULL);
  gsize said = 0;

  for (gsize end = 1; end <= strlen (text); end++) {
    g_autofree char *part = g_strndup (text, end);
    g_auto (GStrv) sentences = app_speech_dup_next (part, &said, end == strlen (text));

    for (guint i = 0; sentences[i] != NULL; i++)
      g_string_append_printf (out, "%s|", sentences[i]);
  }
  g_assert_cmpstr (out->str, ==, "Title|It is 3.14 feet.|So it is!|A sum:|a. capital B|Code left out.|one|two|three|The end|");
  g_string_free (out, TRUE);
}

static void
test_language (void)
{
  static const struct { const char *text, *locale, *language; } cases[] = {
    { "Good morning", "de_DE.UTF-8", "de" }, { "Good morning", "C.UTF-8", "en" }, { "Good morning", "ru_RU.UTF-8", "en" }, { "123", "fr_FR", "fr" },
    { "\320\224\320\276\320\261\321\200\320\276\320\265 \321\203\321\202\321\200\320\276 OK", "de_DE.UTF-8", "ru" },
    { "\320\224\320\276\320\261\321\200\320\276\320\265", "uk_UA.UTF-8", "uk" }, { "\331\205\330\261\330\255\330\250\330\247", "C", "ar" },
    { "\346\234\210\343\201\256\346\272\200\343\201\241\346\254\240\343\201\221", "C", "ja" }, { "\346\234\210\344\272\256", "en_GB", "cmn" },
  };

  for (gsize i = 0; i < G_N_ELEMENTS (cases); i++)
    g_assert_cmpstr (app_speech_guess_language (cases[i].text, cases[i].locale), ==, cases[i].language);
}

int
main (int argc, char *argv[])
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/app/speech/sentences", test_sentences);
  g_test_add_func ("/app/speech/not-final", test_not_final);
  g_test_add_func ("/app/speech/next", test_next);
  g_test_add_func ("/app/speech/language", test_language);
  return g_test_run ();
}
