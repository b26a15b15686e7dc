/* SPDX-License-Identifier: MIT */
/* PDFs through the real helper: text, scans, pages, and hostile ones. */
#include <string.h>

#include "media.h"
#include "samples.h"

static guint32 seed;

static MediaResult *
run (MediaJob job, GBytes *bytes, GError **error)
{
  MediaRequest request;
  media_request_init (&request, job);
  request.max_side = job == MEDIA_JOB_PAGE ? 400 : request.max_side;
  return media_decode (&request, bytes, NULL, NULL, NULL, error);
}

static const MediaPage *
page_of (const MediaResult *result, guint i)
{
  g_assert_cmpuint (i, <, result->pages->len);
  return g_ptr_array_index (result->pages, i);
}

static void
test_text (void)
{
  g_autoptr (GRand) rand = g_rand_new_with_seed (seed);
  g_autofree char *first = sample_word (rand), *second = sample_word (rand);
  g_autofree char *one = g_strdup_printf ("The first password is %s.", first), *two = g_strdup_printf ("The second password is %s.", second);
  const char *const texts[] = { one, two, NULL };
  g_autoptr (GBytes) bytes = sample_pdf ("Grüße", texts);
  g_autoptr (GError) error = NULL;
  g_autoptr (MediaResult) result = run (MEDIA_JOB_DOCUMENT, bytes, &error);

  g_assert_no_error (error);
  g_assert_cmpuint (result->n_pages, ==, 2);
  g_assert_cmpstr (result->title, ==, "Grüße");
  g_assert_cmpint (result->completeness, ==, MEDIA_COMPLETE);
  for (guint i = 0; i < 2; i++) {
    g_assert_false (page_of (result, i)->ocr);
    g_assert_cmpstr (g_strstrip (page_of (result, i)->text), ==, texts[i]);
  }
}

static void
count_progress (guint done, guint total, gpointer data)
{
  g_assert_cmpuint (total, ==, 2);
  g_assert_cmpuint (done, ==, *(guint *) data);
  ++*(guint *) data;
}

static void
test_scan (void)
{
  g_autoptr (GRand) rand = g_rand_new_with_seed (seed);
  g_autofree char *first = sample_word (rand), *second = sample_word (rand);
  const char *const texts[] = { first, second, NULL };
  g_autoptr (GBytes) bytes = sample_scan (texts);
  g_autoptr (GError) error = NULL;
  MediaRequest request;
  guint steps = 0;

  media_request_init (&request, MEDIA_JOB_DOCUMENT);
  g_autoptr (MediaResult) result = media_decode (&request, bytes, NULL, count_progress, &steps, &error);
  g_assert_no_error (error);
  g_assert_cmpuint (steps, ==, 2);
  for (guint i = 0; i < 2; i++) {
    g_autofree char *read = g_ascii_strdown (g_strstrip (page_of (result, i)->text), -1);
    g_assert_true (page_of (result, i)->ocr);
    /* A word alone may be of letters that are the same large and small: "sazaseso". */
    g_assert_cmpstr (read, ==, texts[i]);
  }
}

/* The page is drawn, also with a font that the PDF does not contain: from one that was opened before the sandbox closed. */
static void
test_draw (void)
{
  static const char pdf[] =
      "%PDF-1.4\n1 0 obj<</Type/Catalog/Pages 2 0 R>>endobj\n2 0 obj<</Type/Pages/Kids[3 0 R]/Count 1>>endobj\n"
      "3 0 obj<</Type/Page/Parent 2 0 R/MediaBox[0 0 400 200]/Resources<</Font<</F<</Type/Font/Subtype/TrueType/BaseFont/NoSuchFont-Bold>>>>>>/Contents 4 0 R>>endobj\n"
      "4 0 obj<</Length 47>>stream\nBT /F 60 Tf 20 80 Td (MMMMMMM) Tj ET           \nendstream endobj\n"
      "trailer<</Root 1 0 R/Size 5>>\n%%EOF\n";
  g_autoptr (GBytes) bytes = g_bytes_new_static (pdf, sizeof pdf - 1);
  g_autoptr (GError) error = NULL;
  g_autoptr (MediaResult) result = run (MEDIA_JOB_PAGE, bytes, &error);
  guint dark = 0;

  g_assert_no_error (error);
  g_assert_cmpuint (result->picture->width, ==, 400);
  g_assert_cmpuint (result->picture->height, ==, 200);
  const guint8 *pixels = g_bytes_get_data (result->picture->pixels, NULL);
  for (guint i = 0; i < 400 * 200; i++) {
    dark += pixels[4 * i] < 100;
    g_assert_cmpuint (pixels[4 * i + 3], ==, 255);
  }
  g_test_message ("%u dark pixels", dark);
  g_assert_cmpuint (dark, >, 2000);
}

static void
test_no_page (void)
{
  const char *const texts[] = { "one", NULL };
  g_autoptr (GBytes) bytes = sample_pdf ("", texts);
  g_autoptr (GError) error = NULL;
  MediaRequest request;
  media_request_init (&request, MEDIA_JOB_PAGE);
  request.page = 4;
  g_assert_null (media_decode (&request, bytes, NULL, NULL, NULL, &error));
  g_assert_error (error, MEDIA_ERROR, MEDIA_ERROR_UNSUPPORTED);
  g_assert_nonnull (strstr (error->message, "no page 5; it has 1"));
}

static GBytes *
make_pdf (const char *pages, const char *media_box, const char *count)
{
  char *pdf = g_strdup_printf ("%%PDF-1.4\n1 0 obj<</Type/Catalog/Pages 2 0 R>>endobj\n2 0 obj<</Type/Pages/Kids[%s]/Count %s>>endobj\n"
                               "3 0 obj<</Type/Page/Parent 2 0 R/MediaBox[%s]>>endobj\ntrailer<</Root 1 0 R/Size 4>>\n%%%%EOF\n",
                               pages, count, media_box);
  return g_bytes_new_take (pdf, strlen (pdf));
}

/* An answer or a sentence, in time. */
static void
survive (GBytes *bytes)
{
  static const MediaJob both[] = { MEDIA_JOB_PAGE, MEDIA_JOB_DOCUMENT };
  for (gsize i = 0; i < G_N_ELEMENTS (both); i++) {
    g_autoptr (GError) error = NULL;
    MediaRequest request;
    media_request_init (&request, both[i]);
    request.max_side = both[i] == MEDIA_JOB_PAGE ? 200 : request.max_side;
    request.time_limit = 4000;
    g_autoptr (MediaResult) result = media_decode (&request, bytes, NULL, NULL, NULL, &error);
    if (result == NULL) {
      g_assert_cmpuint (error->domain, ==, MEDIA_ERROR);
      g_assert_cmpint (error->code, !=, MEDIA_ERROR_SANDBOX);
      g_assert_true (g_str_has_suffix (error->message, "."));
      g_test_message ("%s", error->message);
    } else if (both[i] == MEDIA_JOB_PAGE) {
      g_assert_cmpuint (result->picture->width, <=, 200);
      g_assert_cmpuint (result->picture->height, <=, 200);
    }
  }
}

static void
test_hostile (void)
{
  static const char *const boxes[] = { "0 0 1e9 1e9", "0 0 0 0", "0 0 -5 -5", "0 0 1e-9 1e9", "0 0 nan inf", "5 5 5 5" };
  g_autoptr (GString) many = g_string_new (NULL), nested = g_string_new (NULL);

  for (int i = 0; i < 100000; i++)
    g_string_append (many, "3 0 R ");
  g_autoptr (GBytes) hundred_thousand = make_pdf (many->str, "0 0 100 100", "100000");
  survive (hundred_thousand);
  g_autoptr (GBytes) boast = make_pdf ("3 0 R", "0 0 100 100", "2147483647");
  survive (boast);
  g_autoptr (GBytes) loop = make_pdf ("2 0 R 2 0 R", "0 0 100 100", "4");
  survive (loop);
  for (gsize i = 0; i < G_N_ELEMENTS (boxes); i++) {
    g_autoptr (GBytes) box = make_pdf ("3 0 R", boxes[i], "1");
    survive (box);
  }
  g_string_append (nested, "%PDF-1.4\n1 0 obj");
  for (int i = 0; i < 100000; i++)
    g_string_append_c (nested, '[');
  g_autoptr (GBytes) deep = g_bytes_new (nested->str, nested->len);
  survive (deep);
}

static void
test_sentences (void)
{
  static const struct {
    const char *bytes, *sentence;
    MediaErrorCode code;
  } cases[] = {
    { "", "empty", MEDIA_ERROR_DAMAGED },
    { "not a pdf", "not a PDF", MEDIA_ERROR_UNSUPPORTED },
    { "%PDF-1.7\nnothing", "The PDF is damaged", MEDIA_ERROR_DAMAGED },
  };
  for (gsize i = 0; i < G_N_ELEMENTS (cases); i++) {
    g_autoptr (GError) error = NULL;
    g_autoptr (GBytes) bytes = g_bytes_new_static (cases[i].bytes, strlen (cases[i].bytes));
    g_assert_null (run (MEDIA_JOB_DOCUMENT, bytes, &error));
    g_assert_error (error, MEDIA_ERROR, (int) cases[i].code);
    g_assert_nonnull (strstr (error->message, cases[i].sentence));
  }
}

static void
test_mutated (void)
{
  const char *const texts[] = { "one page with words", "and another page", NULL };
  g_autoptr (GRand) rand = g_rand_new_with_seed (seed);
  g_autoptr (GBytes) good = sample_pdf ("Title", texts);
  guint fine = 0, refused = 0;

  for (int i = 0; i < 80; i++) {
    g_autoptr (GError) error = NULL;
    g_autoptr (GBytes) bytes = sample_mutate (good, rand);
    g_autoptr (MediaResult) result = run (i % 4 == 0 ? MEDIA_JOB_PAGE : MEDIA_JOB_DOCUMENT, bytes, &error);
    if (result != NULL)
      fine++;
    else {
      g_assert_cmpuint (error->domain, ==, MEDIA_ERROR);
      g_assert_cmpint (error->code, !=, MEDIA_ERROR_SANDBOX);
      refused++;
    }
  }
  g_test_message ("seed %u: %u gave text, %u a sentence", seed, fine, refused);
  g_assert_cmpuint (fine, >, 0);
  g_assert_cmpuint (refused, >, 0);
}

/* Limits of what is taken: pages and text. */
static void
test_limits (void)
{
  const char *const texts[] = { "The first page has some words.", "The second page has some words.", "The third page has some words.", NULL };
  g_autoptr (GBytes) bytes = sample_pdf ("", texts);
  g_autoptr (GError) error = NULL;
  MediaRequest request;

  media_request_init (&request, MEDIA_JOB_DOCUMENT);
  request.max_pages = 2;
  g_autoptr (MediaResult) pages = media_decode (&request, bytes, NULL, NULL, NULL, &error);
  g_assert_no_error (error);
  g_assert_cmpuint (pages->pages->len, ==, 2);
  g_assert_cmpuint (pages->n_pages, ==, 3);
  g_assert_cmpint (pages->completeness, ==, MEDIA_STOPPED_BY_PAGES);

  media_request_init (&request, MEDIA_JOB_DOCUMENT);
  request.max_text = 40;
  g_autoptr (MediaResult) text = media_decode (&request, bytes, NULL, NULL, NULL, &error);
  g_assert_no_error (error);
  g_assert_cmpuint (text->pages->len, ==, 1);
  g_assert_cmpint (text->completeness, ==, MEDIA_STOPPED_BY_TEXT);
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  seed = g_test_rand_int ();
  g_test_add_func ("/media/pdf/text", test_text);
  g_test_add_func ("/media/pdf/scan", test_scan);
  g_test_add_func ("/media/pdf/draw", test_draw);
  g_test_add_func ("/media/pdf/no-page", test_no_page);
  g_test_add_func ("/media/pdf/hostile", test_hostile);
  g_test_add_func ("/media/pdf/sentences", test_sentences);
  g_test_add_func ("/media/pdf/mutated", test_mutated);
  g_test_add_func ("/media/pdf/limits", test_limits);
  return g_test_run ();
}
