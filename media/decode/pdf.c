/* SPDX-License-Identifier: MIT */
#include "pdf.h"

#include <cairo.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "fonts.h"
#include "picture.h"

/* The smallest PDF that makes poppler set up everything that it reads from files: one empty page. */
static const char warm_up[] =
    "%PDF-1.4\n"
    "1 0 obj<</Type/Catalog/Pages 2 0 R>>endobj\n"
    "2 0 obj<</Type/Pages/Kids[3 0 R]/Count 1>>endobj\n"
    "3 0 obj<</Type/Page/Parent 2 0 R/MediaBox[0 0 9 9]>>endobj\n"
    "trailer<</Root 1 0 R/Size 4>>\n"
    "%%EOF\n";

void
pdf_prepare (const MediaWireRequest *request)
{
  fonts_prepare ();
  /* Titles are in UTF-16, whose converters are modules that are opened by their path; they stay loaded while one is in use. */
  g_iconv_open ("UTF-8", "UTF-16BE");
  g_iconv_open ("UTF-8", "UTF-16LE");
  GBytes *bytes = g_bytes_new_static (warm_up, sizeof warm_up - 1);
  /* Kept on purpose: poppler's global state lives as long as its first document. */
  poppler_document_new_from_bytes (bytes, NULL, NULL);
  g_bytes_unref (bytes);
}

PopplerDocument *
pdf_open (Job *job)
{
  GError *error = NULL;
  size_t n = job->input_size < 1024 ? job->input_size : 1024;

  if (memmem (job->input, n, "%PDF-", 5) == NULL)
    job_fail (MEDIA_FAULT_UNKNOWN_FORMAT, 0, 0);
  GBytes *bytes = g_bytes_new_static (job->input, job->input_size);
  PopplerDocument *document = poppler_document_new_from_bytes (bytes, NULL, &error);
  g_bytes_unref (bytes);
  if (document == NULL && g_error_matches (error, POPPLER_ERROR, POPPLER_ERROR_ENCRYPTED))
    job_fail (MEDIA_FAULT_LOCKED, 0, 0);
  if (document == NULL || poppler_document_get_n_pages (document) <= 0)
    job_fail (MEDIA_FAULT_DAMAGED, job->input_size, job->input_size);
  return document;
}

Image
pdf_draw (PopplerPage *page, double scale, uint32_t max_side)
{
  double width, height;
  poppler_page_get_size (page, &width, &height);
  if (!(width > 0) || !(height > 0) || !isfinite (width) || !isfinite (height))
    job_fail (MEDIA_FAULT_PIXELS, 0, 0);
  double longer = width > height ? width : height;
  if (longer * scale > max_side)
    scale = max_side / longer;
  Image image = { (uint32_t) fmax (1, width * scale + 0.5), (uint32_t) fmax (1, height * scale + 0.5), NULL };
  picture_check_size (image.width, image.height);

  cairo_surface_t *surface = cairo_image_surface_create (CAIRO_FORMAT_RGB24, (int) image.width, (int) image.height);
  cairo_t *cairo = cairo_create (surface);
  cairo_set_source_rgb (cairo, 1, 1, 1);
  cairo_paint (cairo);
  cairo_scale (cairo, image.width / width, image.height / height);
  poppler_page_render (page, cairo);
  cairo_destroy (cairo);
  cairo_surface_flush (surface);

  const uint8_t *rows = cairo_image_surface_get_data (surface);
  size_t stride = (size_t) cairo_image_surface_get_stride (surface);
  image.rgba = malloc ((size_t) image.width * image.height * 4);
  if (rows == NULL || image.rgba == NULL)
    job_fail (MEDIA_FAULT_MEMORY, (size_t) image.width * image.height * 4, 0);
  uint8_t *out = image.rgba;
  for (uint32_t y = 0; y < image.height; y++)
    for (uint32_t x = 0; x < image.width; x++, out += 4) {
      uint32_t pixel;
      memcpy (&pixel, rows + y * stride + 4 * (size_t) x, 4);
      out[0] = (uint8_t) (pixel >> 16);
      out[1] = (uint8_t) (pixel >> 8);
      out[2] = (uint8_t) pixel;
      out[3] = 255;
    }
  cairo_surface_destroy (surface);
  return image;
}
