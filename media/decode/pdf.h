/* SPDX-License-Identifier: MIT */
/* PDF, by poppler. */
#pragma once

#include <poppler.h>

#include "image.h"
#include "job.h"

/* Before the sandbox. */
void pdf_prepare (const MediaWireRequest *request);

/* Opens job->input; fails the job when it is no PDF, locked or broken. */
PopplerDocument *pdf_open (Job *job);

/* Draws a page on white: `scale` pixels per point, but no side longer than max_side. */
Image pdf_draw (PopplerPage *page, double scale, uint32_t max_side);
