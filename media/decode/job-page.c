/* SPDX-License-Identifier: MIT */
#include <stdlib.h>

#include "job.h"
#include "pdf.h"

static void
run (Job *job)
{
  PopplerDocument *document = pdf_open (job);
  uint32_t n_pages = (uint32_t) poppler_document_get_n_pages (document);
  uint32_t max_side = job->request->max_side;

  if (job->request->page >= n_pages)
    job_fail (MEDIA_FAULT_NO_PAGE, job->request->page, n_pages);
  PopplerPage *page = poppler_document_get_page (document, (int) job->request->page);
  if (page == NULL)
    job_fail (MEDIA_FAULT_DAMAGED, job->input_size, job->input_size);
  /* As large as asked for: a page has no pixels of its own. */
  Image image = pdf_draw (page, max_side, max_side);
  job_record (MEDIA_RECORD_DOCUMENT, n_pages, 0, 0, NULL, 0);
  job_record (MEDIA_RECORD_FACTS, image.width, image.height, 0, "PDF", 3);
  job_record (MEDIA_RECORD_PIXELS, image.width, image.height, 0, image.rgba, (size_t) image.width * image.height * 4);
  free (image.rgba);
}

const JobInfo job_page = { "page", pdf_prepare, run };
