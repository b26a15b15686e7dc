/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "ui-test.h"

#include "app-speech.h"
#include "ui-markdown.h"
#include "ui-spoken.h"

/* What is marked for each sentence of a text, a line each: the parts with "+" between them. (transfer full) */
static char *
mark_all (const char *text)
{
  UiMarkdown *markdown = UI_MARKDOWN (ui_markdown_new ());
  GtkWidget *window = ui_test_window (GTK_WIDGET (markdown), 600, 600);
  g_auto (GStrv) sentences = app_speech_dup_sentences (text);
  GString *out = g_string_new (NULL);

  ui_markdown_set_text (markdown, text, FALSE);
  for (guint i = 0; sentences[i] != NULL; i++) {
    GArray *ranges = ui_spoken_find (GTK_WIDGET (markdown), (const char *const *) sentences, i);

    g_string_append (out, i > 0 ? "\n" : "");
    for (guint k = 0; k < ranges->len; k++) {
      const UiSpokenRange *range = &g_array_index (ranges, UiSpokenRange, k);

      g_string_append_printf (out, "%s%.*s", k > 0 ? "+" : "", range->end - range->start, gtk_label_get_text (range->label) + range->start);
    }
    /* It is drawn, too. */
    ui_markdown_set_marks (markdown, ranges);
    ui_test_frames (window, 1);
  }
  gtk_window_destroy (GTK_WINDOW (window));
  return g_string_free (out, FALSE);
}

static void
assert_marks (const char *text, const char *expected)
{
  g_autofree char *marks = mark_all (text);

  g_assert_cmpstr (marks, ==, expected);
}

static void
test_sentences (void)
{
  assert_marks ("It is **cold**. So [it](https://example.org) is (yes)! And?\n\n## Heading\n\n1. One thing.\n2. Another.\n", "It is cold.\nSo it is (yes)!\nAnd?\nHeading\nOne thing.\nAnother.");
  /* The same words again are those that come next, and no part of a word. */
  assert_marks ("Another one. One. One.", "Another one.\nOne.\nOne.");
  assert_marks ("\u0647\u0644 \u0647\u0630\u0627 \u062c\u064a\u062f\u061f \u0646\u0639\u0645.", "\u0647\u0644 \u0647\u0630\u0627 \u062c\u064a\u062f\u061f\n\u0646\u0639\u0645.");
}

/* What is heard otherwise than it stands there. */
static void
test_others (void)
{
  assert_marks ("So $x^2$ is large. It grows.", "So $x^2$ is large.\nIt grows.");
  assert_marks ("Look:\n\n```c\nint large;\n```\n\nThat was it.", "Look:\n\nThat was it.");
  assert_marks ("| A | B |\n|---|---|\n| one | 1,5 |\n\nThen.", "A+B\none+1,5\nThen.");
  assert_marks ("- [x] Read it\n- [ ] Ask", "Read it\nAsk");
  /* A formula by itself takes nothing of what comes after it. */
  assert_marks ("Here:\n\n$$a = b$$\n\nIt equals that.", "Here:\n\nIt equals that.");
}

int
main (int argc, char *argv[])
{
  ui_test_init (&argc, &argv);
  g_test_add_func ("/ui-spoken/sentences", test_sentences);
  g_test_add_func ("/ui-spoken/others", test_others);
  return g_test_run ();
}
