/* SPDX-License-Identifier: MIT */
#include <stdlib.h>
#include <string.h>

#include "job.h"
#include "ocr.h"
#include "pdf.h"

/* A page with fewer letters than this in its text layer is looked at as a picture: scanners put page numbers and stamps there. */
#define FEW_LETTERS 16
/* For OCR: 250 dots per inch, of a page no longer than an A3 sheet. */
#define OCR_SCALE (250.0 / 72.0)
#define OCR_SIDE 4200
/* Seconds for one page at most, so that one map does not take the time of all. */
#define OCR_SECONDS 20.0
/* Longest title in bytes. */
#define MAX_TITLE 512

static void
prepare (const MediaWireRequest *request)
{
  pdf_prepare (request);
  ocr_prepare (request->languages);
}

static size_t
count_letters (const char *text)
{
  size_t n = 0;
  for (; *text != '\0'; text = g_utf8_next_char (text))
    n += !g_unichar_isspace (g_utf8_get_char (text));
  return n;
}

static void
record_document (PopplerDocument *document, uint32_t n_pages)
{
  char *title = poppler_document_get_title (document);
  char *valid = g_utf8_make_valid (title != NULL ? title : "", -1);
  size_t length = strlen (valid);
  if (length > MAX_TITLE)
    length = (size_t) (g_utf8_find_prev_char (valid, valid + MAX_TITLE) - valid);
  job_record (MEDIA_RECORD_DOCUMENT, n_pages, 0, 0, valid, length);
  g_free (valid);
  g_free (title);
}

/* Returns the page's text, g_malloc (); *by_ocr tells where it came from. */
static char *
read_page (Job *job, PopplerPage *page, bool *by_ocr, int *confidence)
{
  char *raw = poppler_page_get_text (page);
  char *text = g_utf8_make_valid (raw != NULL ? raw : "", -1);
  size_t letters = count_letters (text);

  g_free (raw);
  *by_ocr = false;
  *confidence = 0;
  double seconds = job_time_left (job);
  if (letters >= FEW_LETTERS || seconds < 0.5)
    return text;
  Image image = pdf_draw (page, OCR_SCALE, OCR_SIDE);
  OcrText seen = ocr_read (&image, seconds < OCR_SECONDS ? seconds : OCR_SECONDS);
  free (image.rgba);
  if (count_letters (seen.text) > letters) {
    g_free (text);
    text = g_strdup (seen.text);
    *by_ocr = true;
    *confidence = seen.confidence;
  }
  free (seen.text);
  return text;
}

static void
run (Job *job)
{
  PopplerDocument *document = pdf_open (job);
  uint32_t n_pages = (uint32_t) poppler_document_get_n_pages (document);
  uint64_t text_left = job->request->max_text;
  uint32_t end = job->request->max_pages < n_pages ? job->request->max_pages : n_pages;
  uint32_t cut = end < n_pages ? MEDIA_CUT_PAGES : 0;

  record_document (document, n_pages);
  for (uint32_t i = 0; i < end; i++) {
    job_progress (i, end);
    if (job_time_left (job) < 0) {
      cut = MEDIA_CUT_TIME;
      break;
    }
    PopplerPage *page = poppler_document_get_page (document, (int) i);
    if (page == NULL)
      continue; /* a hole in the page tree: the other pages are still good */
    bool by_ocr;
    int confidence;
    char *text = read_page (job, page, &by_ocr, &confidence);
    size_t length = strlen (text);
    g_object_unref (page);
    if (length > text_left || length > job_room ()) {
      g_free (text);
      cut = MEDIA_CUT_TEXT;
      break;
    }
    job_record (MEDIA_RECORD_TEXT, i, by_ocr, (uint32_t) confidence, text, length);
    text_left -= length;
    g_free (text);
  }
  if (cut != 0)
    job_record (MEDIA_RECORD_CUT, cut, 0, 0, NULL, 0);
}

const JobInfo job_document = { "document", prepare, run };
