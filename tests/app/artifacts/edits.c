/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Small changes to a text: applied, refused, bound by a grammar; what differs between two texts; the archive of a page. */
#include <archive.h>
#include <archive_entry.h>
#include <string.h>

#include "app-error.h"
#include "artifacts/bundle-zip.h"
#include "artifacts/edit-blocks.h"
#include "artifacts/line-diff.h"
#include "engine.h"
#include "fixture.h"

#define BLOCK(sought, new) "<<<<<<< SEARCH\n" sought "=======\n" new ">>>>>>> REPLACE\n"

static void
test_apply (void)
{
  static const struct {
    const char *text, *blocks, *result; /* NULL: refused */
  } cases[] = {
    { "a\nb\nc\n", BLOCK ("b\n", "B\n"), "a\nB\nc\n" },
    { "a\nb\nc", BLOCK ("c\n", "C\nD\n"), "a\nb\nC\nD" },
    { "a\nb\nc\n", BLOCK ("a\nb\n", ""), "c\n" },
    { "a\nb\nc\n", BLOCK ("b\n", "B\n") BLOCK ("B\n", "X\n"), "a\nX\nc\n" },
    /* Whole lines: not the end of another. */
    { "xb\nb\n", BLOCK ("b\n", "B\n"), "xb\nB\n" },
    /* Who writes by hand is not exact about white space. */
    { "  if (x) {\n    y ();  \n  }\n", BLOCK ("if (x) {\ny ();\n", "  if (z) {\n"), "  if (z) {\n  }\n" },
    { "a\n", BLOCK ("z\n", "y\n"), NULL },
    { "a\n", BLOCK ("", "y\n"), NULL },
    { "a\n", "nothing", NULL },
    { "a\n", "<<<<<<< SEARCH\na\n=======\nb\n", NULL },
    { "", BLOCK ("a\n", "b\n"), NULL },
  };

  for (guint i = 0; i < G_N_ELEMENTS (cases); i++) {
    g_autoptr (GError) error = NULL;
    g_autofree char *result = edit_blocks_apply (cases[i].text, cases[i].blocks, NULL, &error);
    g_assert_cmpstr (result, ==, cases[i].result);
    g_assert_cmpint (result == NULL, ==, g_error_matches (error, APP_ERROR, APP_ERROR_INVALID));
  }
}

static gboolean
allows (EngineGrammar *grammar, const char *text)
{
  EngineError error = { 0 };
  bool fits = false;

  g_assert_true (engine_grammar_match (grammar, text, strlen (text), &fits, NULL, &error));
  return fits;
}

/* Only lines that are there, in their order, can be sought; anything may come in their place. */
static void
test_grammar (void)
{
  static const char text[] = "<p>\"one\"\\</p>\n\tx = 1;\n}\n}\n=======\n<b>ü</b>";
  g_autofree char *gbnf = edit_blocks_dup_grammar (text, 0, G_MAXUINT), *part = edit_blocks_dup_grammar (text, 1, 1);
  EngineError error = { 0 };
  EngineGrammar *all = engine_grammar_from_text (gbnf, strlen (gbnf), &error), *one = engine_grammar_from_text (part, strlen (part), &error);

  g_assert_nonnull (all);
  g_assert_nonnull (one);
  g_assert_true (allows (all, BLOCK ("<p>\"one\"\\</p>\n", "whatever < > =\n\n")));
  g_assert_true (allows (all, BLOCK ("<p>\"one\"\\</p>\n\tx = 1;\n}\n}\n", "")));
  g_assert_true (allows (all, BLOCK ("<b>ü</b>\n", "<b>\n")));
  g_assert_false (allows (all, BLOCK ("<p>two</p>\n", "x\n")));
  g_assert_false (allows (all, BLOCK ("}\n", "x\n"))); /* which of them? */
  g_assert_false (allows (all, BLOCK ("\tx = 1;\n<p>\"one\"\\</p>\n", "x\n")));
  g_assert_false (allows (all, BLOCK ("=======\n", "x\n")));
  g_assert_true (allows (one, BLOCK ("\tx = 1;\n", "y\n")));
  g_assert_false (allows (one, BLOCK ("<b>ü</b>\n", "y\n")));
  g_assert_null (edit_blocks_dup_grammar (text, 9, 3));
  engine_grammar_unref (all);
  engine_grammar_unref (one);
}

/* Random texts, random changes made of their lines: what the grammar allows can be applied. */
static void
test_random (void)
{
  for (guint round = 0; round < 200; round++) {
    g_autoptr (GPtrArray) lines = g_ptr_array_new_with_free_func (g_free);
    guint n = g_test_rand_int_range (1, 12), from, to;
    for (guint i = 0; i < n; i++)
      g_ptr_array_add (lines, g_strdup_printf ("%s line %d", g_test_rand_int_range (0, 3) == 0 ? "  same" : "\tother", g_test_rand_int_range (0, 30)));
    g_ptr_array_add (lines, NULL);
    g_autofree char *text = g_strjoinv ("\n", (char **) lines->pdata), *gbnf = edit_blocks_dup_grammar (text, 0, G_MAXUINT), *blocks = NULL, *result = NULL;
    g_autoptr (GString) sought = g_string_new (NULL);
    EngineError failure = { 0 };
    EngineGrammar *grammar = engine_grammar_from_text (gbnf, strlen (gbnf), &failure);
    from = g_test_rand_int_range (0, n);
    to = g_test_rand_int_range (from, n);
    for (guint i = from; i <= to; i++)
      g_string_append_printf (sought, "%s\n", (char *) lines->pdata[i]);
    blocks = g_strdup_printf ("<<<<<<< SEARCH\n%s=======\nnew\n>>>>>>> REPLACE\n", sought->str);
    result = edit_blocks_apply (text, blocks, NULL, NULL);
    g_assert_nonnull (result);
    guint n_like = 0;
    for (guint i = 0; i < n; i++)
      n_like += g_str_equal (lines->pdata[i], lines->pdata[from]);
    if (n_like == 1)
      g_assert_true (allows (grammar, blocks));
    if (n_like == 1) {
      g_auto (GStrv) after = g_strsplit (result, "\n", -1);
      g_assert_cmpstr (after[from], ==, "new");
      g_assert_cmpuint (g_strv_length (after), ==, n - (to - from));
    }
    engine_grammar_unref (grammar);
  }
}

/* Both texts can be read off what differs. */
static void
test_diff (void)
{
  for (guint round = 0; round < 300; round++) {
    GString *texts[2] = { g_string_new (NULL), g_string_new (NULL) }, *back[2] = { g_string_new (NULL), g_string_new (NULL) };
    for (guint side = 0; side < 2; side++)
      for (int n = g_test_rand_int_range (0, 14); n > 0; n--)
        g_string_append_printf (texts[side], "%s%d", texts[side]->len > 0 ? "\n" : "", g_test_rand_int_range (0, 5));
    g_autoptr (GPtrArray) lines = line_diff_new (texts[0]->str, texts[1]->str);
    guint n_lines[2] = { 0 };
    for (guint i = 0; i < lines->len; i++) {
      const LineDiffLine *line = lines->pdata[i];
      if (line->kind != LINE_DIFF_NEW)
        g_string_append_printf (back[0], "%s%s", n_lines[0]++ > 0 ? "\n" : "", line->text);
      if (line->kind != LINE_DIFF_GONE)
        g_string_append_printf (back[1], "%s%s", n_lines[1]++ > 0 ? "\n" : "", line->text);
    }
    g_assert_cmpstr (back[0]->str, ==, texts[0]->str);
    g_assert_cmpstr (back[1]->str, ==, texts[1]->str);
    for (guint side = 0; side < 2; side++) {
      g_string_free (texts[side], TRUE);
      g_string_free (back[side], TRUE);
    }
  }
  g_autoptr (GPtrArray) one = line_diff_new ("a\nb\nc", "a\nx\nc");
  g_assert_cmpuint (one->len, ==, 4);
}

static void
test_zip (void)
{
  g_autoptr (AppBundle) bundle = app_bundle_new ();
  g_autoptr (GBytes) zip = NULL;
  struct archive *archive = archive_read_new ();
  struct archive_entry *entry;
  guint n = 0;

  app_bundle_add_text (bundle, APP_BUNDLE_INDEX, "<p>one");
  app_bundle_add_text (bundle, "a/b.css", "");
  zip = bundle_zip_new (bundle, NULL);
  archive_read_support_format_zip (archive);
  g_assert_cmpint (archive_read_open_memory (archive, g_bytes_get_data (zip, NULL), g_bytes_get_size (zip)), ==, ARCHIVE_OK);
  while (archive_read_next_header (archive, &entry) == ARCHIVE_OK) {
    char text[16] = "";
    g_assert_cmpstr (archive_entry_pathname (entry), ==, n == 0 ? APP_BUNDLE_INDEX : "a/b.css");
    g_assert_cmpint (archive_read_data (archive, text, sizeof text), ==, n == 0 ? 6 : 0);
    g_assert_cmpstr (text, ==, n == 0 ? "<p>one" : "");
    n++;
  }
  g_assert_cmpuint (n, ==, 2);
  archive_read_free (archive);
}

int
main (int argc, char *argv[])
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/app/artifacts/edits/apply", test_apply);
  g_test_add_func ("/app/artifacts/edits/grammar", test_grammar);
  g_test_add_func ("/app/artifacts/edits/random", test_random);
  g_test_add_func ("/app/artifacts/edits/diff", test_diff);
  g_test_add_func ("/app/artifacts/edits/zip", test_zip);
  return g_test_run ();
}
