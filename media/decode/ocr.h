/* SPDX-License-Identifier: MIT */
/* Text in pictures, by Tesseract. It runs on one thread (the client sets OMP_THREAD_LIMIT=1: Tesseract's threads wait actively for
 * each other and make it ten times slower when there are as many as processors). */
#pragma once

#include <stdbool.h>
#include <stdint.h>

#include "image.h"
#include "job.h"

typedef struct {
  char *text;        /* UTF-8, lines ended by \n, never NULL; malloc () */
  size_t length;     /* bytes */
  int confidence;    /* mean over the words that were kept, percent; 0 without words */
  bool out_of_time;  /* the text is what could be read until then */
} OcrText;

/* Keeps the language data open; before the sandbox. Languages that are not installed are left out, English stays. */
void ocr_prepare (const char *languages);

/* Reads an upright picture. `seconds`: to stop after. Fails the job when no language data is there. */
OcrText ocr_read (const Image *image, double seconds);
