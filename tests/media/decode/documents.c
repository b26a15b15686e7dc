/* SPDX-License-Identifier: MIT */
/* The text of documents, through the real helper: every sample of make-documents.py against golden/NAME.txt. MELETE_UPDATE_GOLDEN=1 writes these anew: read the
 * difference then. */
#include <string.h>

#include "media.h"

static GBytes *
load_sample (const char *name)
{
  g_autofree char *path = g_build_filename (DOCUMENTS, name, NULL);
  g_autoptr (GError) error = NULL;
  char *bytes;
  gsize size;
  g_file_get_contents (path, &bytes, &size, &error);
  g_assert_no_error (error);
  return g_bytes_new_take (bytes, size);
}

/* What the application would say by the file's name. */
static const char *
hint_for (const char *name)
{
  static const struct {
    const char *end, *hint;
  } hints[] = { { ".csv", "CSV" }, { ".tsv", "TSV" }, { ".html", "HTML" }, { ".eml", "E-mail" }, { ".mbox", "E-mail" } };
  for (gsize i = 0; i < G_N_ELEMENTS (hints); i++)
    if (g_str_has_suffix (name, hints[i].end))
      return hints[i].hint;
  return NULL;
}

static MediaResult *
extract (GBytes *bytes, const char *hint, gsize max_text, GError **error)
{
  MediaRequest request;
  media_request_init (&request, MEDIA_JOB_EXTRACT);
  request.hint = hint;
  if (max_text > 0)
    request.max_text = max_text;
  return media_decode (&request, bytes, NULL, NULL, NULL, error);
}

static char *
print (const MediaResult *result)
{
  static const char *const names[MEDIA_COUNT_N] = {
    "words", "parts", "rows", "columns", "rows left out", "columns left out", "parts left out", "parts damaged", "pictures", "deletions", "attachments",
  };
  GString *text = g_string_new (NULL);
  g_string_append_printf (text, "format: %s\ntitle: %s\nsender: %s\n", result->format, result->title != NULL ? result->title : "-", result->sender != NULL ? result->sender : "-");
  for (guint i = 0; i < MEDIA_COUNT_N; i++)
    if (result->counts[i] > 0)
      g_string_append_printf (text, "%s: %" G_GUINT64_FORMAT "\n", names[i], result->counts[i]);
  g_string_append_printf (text, "completeness: %d\n\n%s", (int) result->completeness, result->text);
  return g_string_free (text, FALSE);
}

static void
test_golden (gconstpointer data)
{
  const char *name = data;
  g_autoptr (GBytes) bytes = load_sample (name);
  g_autoptr (GError) error = NULL;
  g_autoptr (MediaResult) result = extract (bytes, hint_for (name), 0, &error);
  g_autofree char *path = g_strdup_printf ("%s/decode/golden/%s.txt", g_getenv ("G_TEST_SRCDIR"), name);
  g_autofree char *golden = NULL;

  g_assert_no_error (error);
  g_assert_nonnull (result->text);
  g_autofree char *got = print (result);
  if (g_getenv ("MELETE_UPDATE_GOLDEN") != NULL)
    g_assert_true (g_file_set_contents (path, got, -1, NULL));
  g_assert_true (g_file_get_contents (path, &golden, NULL, NULL));
  g_assert_cmpstr (got, ==, golden);
}

/* By its bytes a file is what it is, under any name. */
static void
test_wrong_name (void)
{
  static const struct {
    const char *name, *hint, *format;
  } cases[] = {
    { "talk.pptx", "CSV", "PPTX" }, { "letter.odt", "HTML", "ODT" }, { "book.epub", "E-mail", "EPUB" }, { "budget.xlsx", NULL, "XLSX" },
    { "page.html", NULL, "HTML" }, { "mail.eml", NULL, "E-mail" }, { "box.mbox", NULL, "mbox" }, { "report.docx", "TSV", "DOCX" },
  };
  for (gsize i = 0; i < G_N_ELEMENTS (cases); i++) {
    g_autoptr (GBytes) bytes = load_sample (cases[i].name);
    g_autoptr (GError) error = NULL;
    g_autoptr (MediaResult) result = extract (bytes, cases[i].hint, 0, &error);
    g_assert_no_error (error);
    g_assert_cmpstr (result->format, ==, cases[i].format);
  }
}

static void
test_refused (void)
{
  static const struct {
    const char *name;
    MediaErrorCode code;
    const char *sentence;
  } cases[] = {
    { "locked.docx", MEDIA_ERROR_UNSUPPORTED, "The document is locked" },
    { "locked.odt", MEDIA_ERROR_UNSUPPORTED, "The document is locked" },
    { "old.doc", MEDIA_ERROR_UNSUPPORTED, "Save it as .docx, .odt or PDF" },
    { "old.xls", MEDIA_ERROR_UNSUPPORTED, "Save it as .xlsx, .ods or CSV" },
    { "old.ppt", MEDIA_ERROR_UNSUPPORTED, "Save it as .pptx, .odp or PDF" },
    { "old.msg", MEDIA_ERROR_UNSUPPORTED, "Save it as .eml or PDF" },
    { "files.zip", MEDIA_ERROR_UNSUPPORTED, "is an archive" },
    { "bomb.docx", MEDIA_ERROR_TOO_LARGE, "unpacks to more than" },
    { "laughs.docx", MEDIA_ERROR_DAMAGED, "The document is damaged" },
    { "cut.docx", MEDIA_ERROR_DAMAGED, "The document is damaged" },
    { "not.csv", MEDIA_ERROR_UNSUPPORTED, "not what its name says" },
  };
  for (gsize i = 0; i < G_N_ELEMENTS (cases); i++) {
    g_autoptr (GBytes) bytes = load_sample (cases[i].name);
    g_autoptr (GError) error = NULL;
    MediaResult *result = extract (bytes, hint_for (cases[i].name), 0, &error);
    if (result != NULL)
      g_error ("%s was read: %s", cases[i].name, result->text);
    g_test_message ("%s: %s", cases[i].name, error->message);
    g_assert_error (error, MEDIA_ERROR, (int) cases[i].code);
    if (strstr (error->message, cases[i].sentence) == NULL)
      g_error ("%s: “%s” does not say “%s”", cases[i].name, error->message, cases[i].sentence);
  }
}

/* However little room there is, what comes out fits, is text, and says that it is not all. */
static void
test_little_room (void)
{
  static const char *const names[] = { "report.docx", "letter.odt", "talk.pptx", "budget.xlsx", "book.epub", "page.html", "long.csv", "mail.eml" };
  for (gsize i = 0; i < G_N_ELEMENTS (names); i++) {
    g_autoptr (GBytes) bytes = load_sample (names[i]);
    g_autoptr (GError) error = NULL;
    g_autoptr (MediaResult) whole = extract (bytes, hint_for (names[i]), 0, &error);
    g_assert_no_error (error);
    for (gsize room = 1; room < 400; room = room * 3 + 1) {
      g_autoptr (MediaResult) result = extract (bytes, hint_for (names[i]), room, &error);
      g_assert_no_error (error);
      g_assert_cmpuint (strlen (result->text), <=, room);
      if (result->completeness == MEDIA_COMPLETE) {
        if (strcmp (result->text, whole->text) != 0)
          g_error ("%s in %zu bytes is “%s”, and says that this is all", names[i], room, result->text);
      } else
        g_assert_cmpint (result->completeness, ==, MEDIA_STOPPED_BY_TEXT);
    }
  }
}

/* A mark that nobody closes is a character like others: what is around it is read. */
static void
test_partly_damaged (void)
{
  g_autoptr (GString) text = g_string_new (NULL);
  for (int i = 0; i < 2000; i++)
    g_string_append_printf (text, "row %d,%d\n", i, i * i);
  g_string_append (text, "\"never closed,");
  while (text->len < 6 * 1024 * 1024)
    g_string_append (text, "more and more of it ");
  g_autoptr (GBytes) bytes = g_bytes_new (text->str, text->len);
  g_autoptr (GError) error = NULL;
  g_autoptr (MediaResult) result = extract (bytes, "CSV", 0, &error);
  g_assert_no_error (error);
  g_assert_cmpint (result->completeness, ==, MEDIA_COMPLETE);
  g_assert_cmpuint (result->counts[MEDIA_COUNT_ROWS], ==, 2001);
  g_assert_nonnull (strstr (result->text, "In row 2001 a quotation mark is not closed"));
}

/* Old encodings have converters that are files: they must be there when there are no files any more. */
static void
test_charsets (void)
{
  static const char *const charsets[] = {
    "iso-8859-2", "iso-8859-15", "windows-1250", "windows-1251", "koi8-r", "shift_jis", "euc-jp", "iso-2022-jp", "gbk", "gb18030", "big5", "euc-kr", "macintosh",
  };
  static const char *const words[] = { "łódź", "œuvre €", "žluťoučký", "Привет", "Привет", "日本語", "日本語", "日本語", "汉语", "汉语", "漢語", "한국어", "café" };
  for (gsize i = 0; i < G_N_ELEMENTS (charsets); i++) {
    g_autoptr (GError) error = NULL;
    gsize size;
    g_autofree char *text = g_convert (words[i], -1, charsets[i], "UTF-8", NULL, &size, &error);
    g_assert_no_error (error);
    g_autoptr (GByteArray) page = g_byte_array_new ();
    g_autofree char *head = g_strdup_printf ("<html><meta http-equiv=\"Content-Type\" content=\"text/html; charset=%s\"><p>", charsets[i]);
    g_byte_array_append (page, (const guint8 *) head, (guint) strlen (head));
    g_byte_array_append (page, (const guint8 *) text, (guint) size);
    g_autoptr (GBytes) bytes = g_bytes_new (page->data, page->len);
    g_autoptr (MediaResult) result = extract (bytes, NULL, 0, &error);
    g_assert_no_error (error);
    g_autofree char *line = g_strconcat (words[i], "\n", NULL);
    g_assert_cmpstr (result->text, ==, line);
  }
}

int
main (int argc, char **argv)
{
  static const char *const samples[] = {
    "report.docx", "letter.odt", "talk.pptx", "talk.odp", "budget.xlsx", "budget.ods", "book.epub", "page.html", "koi8.html",
    "prices.csv", "long.csv", "tabs.tsv", "mail.eml", "plain.eml", "box.mbox",
  };
  g_test_init (&argc, &argv, NULL);
  for (gsize i = 0; i < G_N_ELEMENTS (samples); i++) {
    g_autofree char *path = g_strdup_printf ("/media/documents/golden/%s", samples[i]);
    g_test_add_data_func (path, samples[i], test_golden);
  }
  g_test_add_func ("/media/documents/wrong-name", test_wrong_name);
  g_test_add_func ("/media/documents/refused", test_refused);
  g_test_add_func ("/media/documents/little-room", test_little_room);
  g_test_add_func ("/media/documents/partly-damaged", test_partly_damaged);
  g_test_add_func ("/media/documents/charsets", test_charsets);
  return g_test_run ();
}
