/* SPDX-License-Identifier: GPL-3.0-or-later */
#include <string.h>

#include "app-passages.h"

static GArray *
split (const char *text)
{
  GArray *passages = g_array_new (FALSE, FALSE, sizeof (AppPassage));

  app_passages_split (passages, 0, text);
  return passages;
}

/* "page|heading|text", one passage a line. */
static char *
describe (GArray *passages, const char *text)
{
  GString *all = g_string_new (NULL);

  for (guint i = 0; i < passages->len; i++) {
    AppPassage *passage = &g_array_index (passages, AppPassage, i);
    g_autofree char *heading = app_passage_dup_heading (passage, text);
    g_autofree char *words = g_strdelimit (g_strndup (text + passage->start, passage->length), "\n", '/');

    g_string_append_printf (all, "%u|%s|%s\n", passage->page, heading ? heading : "", words);
  }
  return g_string_free (all, FALSE);
}

static void
test_seams (void)
{
  static const char text[] = "[PDF \"a\": 2 pages.]\n\n[Page 1]\nOne.\n\nTwo.\n[Page 2, read with OCR]\n# Birds ##\nThree.\n\n## Ducks\n\n\nFour\n[Page x] [Page 3\n#none\n####### none\n";
  g_autoptr (GArray) passages = split (text);
  g_autofree char *found = describe (passages, text);

  g_assert_cmpstr (found, ==,
                   "0||[PDF \"a\": 2 pages.]\n"
                   "1||One.//Two.\n"
                   "2|Birds ##|# Birds ##/Three.\n"
                   "2|Ducks|## Ducks///Four/[Page x] [Page 3/#none/####### none\n");
}

/* Whatever the text, the passages hold all of it but white space and page marks, in order, whole characters, and none is too long. */
static void
test_whole (void)
{
  static const char *const pieces[] = { "word ", "a much longer word-that-goes-on ", "\n", "\n\n", "End. ", "東京は大きい。", "ไทย", "é", "# Heading\n", "\n[Page 7]\n", "x", "🦆", "1,204; " };
  g_autoptr (GRand) random = g_rand_new_with_seed (7);

  for (guint round = 0; round < 300; round++) {
    g_autoptr (GString) text = g_string_new (NULL);
    g_autoptr (GArray) passages = NULL;
    gsize at = 0;
    guint n = g_rand_int_range (random, 0, 1500);

    for (guint i = 0; i < n; i++) {
      /* Long runs of one piece, too. */
      const char *piece = pieces[g_rand_int_range (random, 0, G_N_ELEMENTS (pieces))];
      guint times = g_rand_int_range (random, 0, 100) == 0 ? 400 : 1;

      while (times--)
        g_string_append (text, piece);
    }
    passages = split (text->str);
    for (guint i = 0; i < passages->len; i++) {
      AppPassage *passage = &g_array_index (passages, AppPassage, i);
      g_autofree char *between = NULL;
      g_auto (GStrv) rest = NULL;

      g_assert_cmpuint (passage->start, >=, at);
      g_assert_cmpuint (passage->length, >, 0);
      g_assert_cmpuint (passage->length, <=, APP_PASSAGE_BYTES + 4);
      g_assert_cmpuint (passage->start + passage->length, <=, text->len);
      g_assert_true (g_utf8_validate (text->str + passage->start, passage->length, NULL));
      between = g_strndup (text->str + at, passage->start - at);
      rest = g_strsplit (between, "[Page 7]", -1);
      for (guint j = 0; rest[j]; j++)
        g_assert_cmpstr (g_strstrip (rest[j]), ==, "");
      at = passage->start + passage->length;
    }
  }
}

/* ---- ranking ---- */

static void
assert_first (const char *question, const char *expected)
{
  static const char *const facts[] = {
    "The office in Lisbon opened in March and has twelve desks.",
    "Open invoices of the spring are to be paid within thirty days.",
    "The invoice of the printer was paid twice by mistake.",
    "Die Mülleimer werden jeden Dienstag geleert.",
    "東京の事務所は四月に開きます。",
    "大阪の倉庫は広いです。",
    "Голуби живут на крыше склада.",
  };
  g_autoptr (GString) text = g_string_new (NULL);
  g_autoptr (GArray) passages = NULL, ranked = NULL;
  g_autoptr (GError) error = NULL;
  const char *texts[1];

  for (guint i = 0; i < G_N_ELEMENTS (facts); i++)
    g_string_append_printf (text, "[Page %u]\n%s\n", i + 1, facts[i]);
  passages = split (text->str);
  g_assert_cmpuint (passages->len, ==, G_N_ELEMENTS (facts));
  texts[0] = text->str;
  ranked = app_passages_rank (passages, texts, question, 3, &error);
  g_assert_no_error (error);
  if (!expected) {
    g_assert_cmpuint (ranked->len, ==, 0);
    return;
  }
  g_assert_cmpuint (ranked->len, >, 0);
  g_assert_cmpuint (ranked->len, <=, 3);
  g_assert_nonnull (strstr (facts[g_array_index (ranked, AppRanked, 0).passage], expected));
}

static void
test_rank (void)
{
  assert_first ("Where is the office in Lisbon?", "Lisbon");
  assert_first ("Which invoices are open?", "Open invoices");
  assert_first ("printers", "printer");
  assert_first ("Wann wird der Mulleimer geleert?", "Mülleimer"); /* without the accent */
  assert_first ("東京はいつ?", "東京");
  assert_first ("大阪", "大阪");
  assert_first ("голубь на крыше", "Голуби");
  assert_first ("\"quoted\" AND (OR) * NEAR lisbon", "Lisbon"); /* nothing is FTS5's own */
  assert_first ("zeppelin", NULL);
  assert_first ("?! …", NULL);
  assert_first ("", NULL);
}

/* What stands under a heading is found by the heading's words. */
static void
test_heading_counts (void)
{
  g_autoptr (GString) text = g_string_new ("# Holidays\n");
  g_autoptr (GArray) passages = NULL, ranked = NULL;
  const char *texts[1];
  AppPassage *best;

  for (guint i = 0; i < 40; i++)
    g_string_append_printf (text, "Everybody gets %u days, which are agreed on with the others of the same room before the year begins. ", i);
  g_string_append (text, "\n# Desks\nEverybody gets a desk.\n");
  passages = split (text->str);
  texts[0] = text->str;
  ranked = app_passages_rank (passages, texts, "holiday", 100, NULL);
  g_assert_cmpuint (ranked->len, ==, passages->len - 1);
  best = &g_array_index (passages, AppPassage, g_array_index (ranked, AppRanked, 0).passage);
  g_assert_cmpuint (best->heading, ==, 0);
}

/* One fact in a book: found by a question in other words around it. */
static void
test_needle (void)
{
  static const char *const words[] = { "the", "ship", "captain", "sea", "morning", "said", "old", "of", "and", "wind", "house", "he", "would", "letter", "never", "again" };
  g_autoptr (GRand) random = g_rand_new_with_seed (3);
  g_autoptr (GString) text = g_string_new (NULL);
  g_autoptr (GArray) passages = NULL, ranked = NULL;
  const char *texts[1];

  for (guint page = 1; page <= 300; page++) {
    g_string_append_printf (text, "[Page %u]\n", page);
    for (guint i = 0; i < 300; i++)
      g_string_append_printf (text, "%s%s", words[g_rand_int_range (random, 0, G_N_ELEMENTS (words))], i % 11 ? " " : ". ");
    if (page == 211)
      g_string_append (text, "The password of the cellar is marzipan.");
    g_string_append_c (text, '\n');
  }
  passages = split (text->str);
  texts[0] = text->str;
  ranked = app_passages_rank (passages, texts, "What did the captain say about the cellar's password?", 5, NULL);
  g_assert_cmpuint (ranked->len, ==, 5);
  g_assert_cmpuint (g_array_index (passages, AppPassage, g_array_index (ranked, AppRanked, 0).passage).page, ==, 211);
}

/* ---- quoting ---- */

static gsize
count_quarter (const char *text, gsize n_bytes, gpointer data)
{
  ++*(guint *) data;
  return (n_bytes + 3) / 4;
}

/* Two documents: 40 pages about nothing, of which two say something, and a list with headings. */
static GPtrArray *
make_documents (void)
{
  GPtrArray *documents = app_documents_new ();
  g_autoptr (GString) report = g_string_new ("[PDF \"report.pdf\": 40 pages. You get its text.]\n"), list = g_string_new ("# Tools\n");

  for (guint page = 1; page <= 40; page++) {
    g_string_append_printf (report, "\n[Page %u]\n", page);
    for (guint i = 0; i < 20; i++)
      g_string_append (report, "The work went on as it had been agreed on by everybody who was there. ");
    if (page == 17)
      g_string_append (report, "The bridge over the Inn was closed for nine weeks. ");
  }
  g_string_append (list, "A hammer and a saw.\n\n## Bridges\nA crane was hired to lift the bridge.\n");
  g_ptr_array_add (documents, app_document_new (5, 0, "report.pdf", report->str));
  g_ptr_array_add (documents, app_document_new (5, 2, "list.md", list->str));
  return documents;
}

static void
test_quote (void)
{
  g_autoptr (GPtrArray) documents = make_documents (), sources = NULL;
  g_autofree char *quotes = NULL;
  g_autoptr (GError) error = NULL;
  guint n_counted = 0;
  const char *first, *second;

  quotes = app_passages_quote (documents, "How long was the bridge closed?", 1000, NULL, count_quarter, &n_counted, &sources, &error);
  g_assert_no_error (error);
  g_assert_cmpuint (sources->len, >=, 2);
  g_assert_cmpuint (n_counted, >=, sources->len);
  first = strstr (quotes, "[1] \"report.pdf\", page 17:\n");
  second = strstr (quotes, "\"list.md\", under \"Bridges\":\n");
  g_assert_nonnull (first);
  g_assert_nonnull (second ? second : strstr (quotes, "\"list.md\":\n## Bridges"));
  for (guint i = 0; i < sources->len; i++) {
    AppSource *source = sources->pdata[i];
    AppDocument *document = documents->pdata[source->attachment == 2];
    g_autofree char *words = g_strndup (document->text + source->start, source->length);

    g_assert_cmpint (source->note, ==, 5);
    g_assert_cmpstr (source->name, ==, document->name);
    g_assert_nonnull (strstr (quotes, words));
  }
}

/* There is never more than there is room for. */
static void
test_room (void)
{
  g_autoptr (GPtrArray) documents = make_documents ();
  guint n_counted = 0;

  for (gsize room = 0; room < 3000; room += 100) {
    g_autoptr (GPtrArray) sources = NULL;
    g_autofree char *quotes = app_passages_quote (documents, "bridge", room, NULL, count_quarter, &n_counted, &sources, NULL);

    /* But for the sentences around them. */
    g_assert_cmpuint (strlen (quotes), <=, room * 4 + 400);
    g_assert_true (room >= 500 || sources->len <= 4);
  }
}

/* A question about the whole gets passages of the whole. */
static void
test_spaced (void)
{
  g_autoptr (GPtrArray) documents = make_documents (), sources = NULL;
  g_autofree char *quotes = NULL;
  guint n_counted = 0, last = 0;

  g_ptr_array_remove_index (documents, 1);
  quotes = app_passages_quote (documents, "Summarise it", 2000, NULL, count_quarter, &n_counted, &sources, NULL);
  g_assert_cmpuint (sources->len, >, 4);
  g_assert_cmpuint (((AppSource *) sources->pdata[0])->start, ==, 0);
  for (guint i = 0; i < sources->len; i++) {
    AppSource *source = sources->pdata[i];

    g_assert_cmpuint (source->page, >=, last);
    g_assert_cmpuint (source->page, <=, last + 12);
    last = source->page;
  }
  g_assert_cmpuint (last, >, 28);
}

/* Documents without a word. */
static void
test_nothing (void)
{
  g_autoptr (GPtrArray) documents = app_documents_new (), sources = NULL;
  g_autofree char *quotes = NULL;
  guint n_counted = 0;

  g_ptr_array_add (documents, app_document_new (1, 0, "empty.txt", " \n"));
  quotes = app_passages_quote (documents, "Summarise it", 2000, NULL, count_quarter, &n_counted, &sources, NULL);
  g_assert_nonnull (quotes);
  g_assert_cmpuint (sources->len, ==, 0);
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/app/passages/seams", test_seams);
  g_test_add_func ("/app/passages/whole", test_whole);
  g_test_add_func ("/app/passages/rank", test_rank);
  g_test_add_func ("/app/passages/heading-counts", test_heading_counts);
  g_test_add_func ("/app/passages/needle", test_needle);
  g_test_add_func ("/app/passages/quote", test_quote);
  g_test_add_func ("/app/passages/room", test_room);
  g_test_add_func ("/app/passages/spaced", test_spaced);
  g_test_add_func ("/app/passages/nothing", test_nothing);
  return g_test_run ();
}
