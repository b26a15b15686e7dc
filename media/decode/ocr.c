/* SPDX-License-Identifier: MIT */
#include "ocr.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <tesseract/capi.h>

#include "files.h"

/* Words below this confidence (percent) are stains and textures, not words. */
#define WORD_CONFIDENCE 35
/* A text whose words are on average below this is a picture of something else. */
#define TEXT_CONFIDENCE 50
/* Tesseract reads best when a capital letter is about this high, in pixels. */
#define GOOD_HEIGHT 32
/* A reading of this confidence is not tried again. */
#define SURE 93
/* A picture whose longer side is at most this is enlarged at once. */
#define SMALL_SIDE 1000
/* Pixels of one enlarged picture. */
#define MAX_PIXELS (24u * 1000 * 1000)

static char data_path[256];
static char usable[sizeof ((MediaWireRequest *) NULL)->languages + 8];
static TessBaseAPI *tesseract;

static bool
keep_language (const char *name)
{
  static const char *const places[] = {
    "/usr/share/tesseract-ocr/5/tessdata", "/usr/share/tessdata", "/usr/share/tesseract/tessdata",
    "/usr/share/tesseract-ocr/4.00/tessdata", "/app/share/tessdata", "/usr/local/share/tessdata",
  };
  char path[512];

  if (data_path[0] == '\0') {
    const char *own = getenv ("TESSDATA_PREFIX");
    for (size_t i = 0; i <= sizeof places / sizeof *places; i++) {
      const char *place = i == 0 ? own : places[i - 1];
      if (place == NULL || strlen (place) >= sizeof data_path)
        continue;
      snprintf (path, sizeof path, "%s/%s.traineddata", place, name);
      if (files_keep (path)) {
        strcpy (data_path, place);
        return true;
      }
    }
    return false;
  }
  snprintf (path, sizeof path, "%s/%s.traineddata", data_path, name);
  return files_keep (path);
}

void
ocr_prepare (const char *languages)
{
  char list[sizeof ((MediaWireRequest *) NULL)->languages + 8];
  char *rest = NULL;

  snprintf (list, sizeof list, "%s+eng", languages);
  for (char *name = strtok_r (list, "+", &rest); name != NULL; name = strtok_r (NULL, "+", &rest)) {
    if (strchr (name, '/') != NULL || strstr (usable, name) != NULL || !keep_language (name))
      continue;
    if (usable[0] != '\0')
      strcat (usable, "+");
    strcat (usable, name);
  }
}

static void
start (void)
{
  if (tesseract != NULL)
    return;
  tesseract = TessBaseAPICreate ();
  if (usable[0] == '\0' || TessBaseAPIInit2 (tesseract, data_path, usable, OEM_LSTM_ONLY) != 0)
    job_fail (MEDIA_FAULT_NO_OCR, 0, 0);
}

/* Bilinear enlargement by a whole factor: smooth edges are what the recogniser was trained on. */
static uint8_t *
enlarge (const uint8_t *grey, uint32_t width, uint32_t height, uint32_t factor)
{
  uint32_t wide = width * factor, high = height * factor;
  uint8_t *out = malloc ((size_t) wide * high);
  if (out == NULL)
    job_fail (MEDIA_FAULT_MEMORY, (size_t) wide * high, 0);
  for (uint32_t y = 0; y < high; y++) {
    /* Positions in units of 1/(2·factor) source pixels, centres aligned. */
    int fy = (int) (2 * y + 1) - (int) factor;
    fy = fy < 0 ? 0 : fy;
    uint32_t y0 = (uint32_t) fy / (2 * factor), y1 = y0 + 1 < height ? y0 + 1 : height - 1;
    uint32_t wy = (uint32_t) fy % (2 * factor);
    for (uint32_t x = 0; x < wide; x++) {
      int fx = (int) (2 * x + 1) - (int) factor;
      fx = fx < 0 ? 0 : fx;
      uint32_t x0 = (uint32_t) fx / (2 * factor), x1 = x0 + 1 < width ? x0 + 1 : width - 1;
      uint32_t wx = (uint32_t) fx % (2 * factor), unit = 2 * factor;
      uint32_t top = grey[(size_t) y0 * width + x0] * (unit - wx) + grey[(size_t) y0 * width + x1] * wx;
      uint32_t bottom = grey[(size_t) y1 * width + x0] * (unit - wx) + grey[(size_t) y1 * width + x1] * wx;
      out[(size_t) y * wide + x] = (uint8_t) ((top * (unit - wy) + bottom * wy + unit * unit / 2) / (unit * unit));
    }
  }
  return out;
}

typedef struct {
  OcrText text;
  double total;  /* of confidence over words */
  int words;     /* kept */
  double height; /* mean of the kept words' boxes, pixels */
} Reading;

static void
append (OcrText *text, const char *bytes, size_t length)
{
  text->text = realloc (text->text, text->length + length + 1);
  if (text->text == NULL)
    job_fail (MEDIA_FAULT_MEMORY, text->length + length + 1, 0);
  memcpy (text->text + text->length, bytes, length);
  text->length += length;
  text->text[text->length] = '\0';
}

static void
collect (Reading *reading)
{
  TessResultIterator *words = TessBaseAPIGetIterator (tesseract);
  if (words == NULL)
    return;
  TessPageIterator *places = TessResultIteratorGetPageIterator (words);
  bool line_has_words = false;
  do {
    if (TessPageIteratorIsAtBeginningOf (places, RIL_TEXTLINE)) {
      if (line_has_words)
        append (&reading->text, "\n", 1);
      line_has_words = false;
      /* One empty line between paragraphs, however many of them had no word that was kept. */
      size_t length = reading->text.length;
      if (length > 0 && TessPageIteratorIsAtBeginningOf (places, RIL_PARA) && !(length > 1 && reading->text.text[length - 2] == '\n'))
        append (&reading->text, "\n", 1);
    }
    char *word = TessResultIteratorGetUTF8Text (words, RIL_WORD);
    float confidence = TessResultIteratorConfidence (words, RIL_WORD);
    int left, top, right, bottom;
    if (word != NULL && word[strspn (word, " \n")] != '\0' && confidence >= WORD_CONFIDENCE &&
        TessPageIteratorBoundingBox (places, RIL_WORD, &left, &top, &right, &bottom)) {
      if (line_has_words)
        append (&reading->text, " ", 1);
      append (&reading->text, word, strlen (word));
      line_has_words = true;
      reading->total += confidence;
      reading->height += bottom - top;
      reading->words++;
    }
    TessDeleteText (word);
  } while (TessResultIteratorNext (words, RIL_WORD));
  if (line_has_words)
    append (&reading->text, "\n", 1);
  TessResultIteratorDelete (words);
}

static Reading
read_once (const uint8_t *grey, uint32_t width, uint32_t height, TessPageSegMode mode, double seconds)
{
  Reading reading = { { NULL, 0, 0, false }, 0, 0, 0 };
  append (&reading.text, "", 0);
  if (seconds <= 0.1) {
    reading.text.out_of_time = true;
    return reading;
  }
  double end = job_clock () + seconds;
  ETEXT_DESC *monitor = TessMonitorCreate ();
  TessMonitorSetDeadlineMSecs (monitor, (int) (seconds * 1000));
  TessBaseAPISetPageSegMode (tesseract, mode);
  TessBaseAPISetImage (tesseract, grey, (int) width, (int) height, 1, (int) width);
  /* The picture has no resolution; without one Tesseract guesses from the letters and warns. */
  TessBaseAPISetSourceResolution (tesseract, 150);
  /* Also when time ran out: the words until then are good. */
  TessBaseAPIRecognize (tesseract, monitor);
  collect (&reading);
  reading.text.out_of_time = job_clock () >= end;
  TessMonitorDelete (monitor);
  TessBaseAPIClear (tesseract);
  if (reading.words > 0) {
    reading.height /= reading.words;
    reading.text.confidence = (int) (reading.total / reading.words + 0.5);
  }
  return reading;
}

/* More certain words win: the sum of confidence grows with both. A reading that is surer of nearly as many words wins too. */
static void
keep_better (Reading *best, Reading other)
{
  bool better = other.total > best->total * 1.02 || (other.words > 0 && other.words * 10 >= best->words * 8 && other.text.confidence > best->text.confidence + 3);
  bool out_of_time = other.text.out_of_time;
  free (better ? best->text.text : other.text.text);
  if (better)
    *best = other;
  best->text.out_of_time = out_of_time;
}

/* Light letters on a dark ground, as on many screens, are turned round: Tesseract can do it by itself, line by line and slowly. */
static void
make_dark_on_light (uint8_t *grey, size_t n)
{
  uint64_t sum = 0;
  for (size_t i = 0; i < n; i++)
    sum += grey[i];
  if (sum / n < 110)
    for (size_t i = 0; i < n; i++)
      grey[i] = 255 - grey[i];
}

static Reading
read_enlarged (const uint8_t *grey, const Image *image, uint32_t factor, TessPageSegMode mode, double seconds)
{
  uint8_t *large = factor > 1 ? enlarge (grey, image->width, image->height, factor) : NULL;
  Reading reading = read_once (large != NULL ? large : grey, image->width * factor, image->height * factor, mode, seconds);
  free (large);
  reading.height /= factor;
  return reading;
}

OcrText
ocr_read (const Image *image, double seconds)
{
  double end = job_clock () + seconds;
  size_t pixels = (size_t) image->width * image->height;
  uint8_t *grey = image_grey (image);
  uint32_t longer = image->width > image->height ? image->width : image->height;

  start ();
  make_dark_on_light (grey, pixels);
  /* Screenshots have letters of some ten pixels. */
  uint32_t factor = longer <= SMALL_SIDE && pixels * 4 <= MAX_PIXELS ? 2 : 1;
  Reading best = read_enlarged (grey, image, factor, PSM_AUTO, end - job_clock ());
  if (best.words == 0 && !best.text.out_of_time)
    /* No page was recognised: look for single words anywhere. */
    keep_better (&best, read_enlarged (grey, image, factor, PSM_SPARSE_TEXT, end - job_clock ()));
  if (best.words > 0 && !best.text.out_of_time && best.text.confidence < SURE) {
    /* Letters that are too small, or not well read: once more, larger. */
    uint32_t wanted = (uint32_t) (GOOD_HEIGHT / best.height + 0.5);
    wanted = wanted > 4 ? 4 : wanted;
    while (wanted > 1 && pixels * wanted * wanted > MAX_PIXELS)
      wanted--;
    if (wanted > factor)
      keep_better (&best, read_enlarged (grey, image, wanted, PSM_AUTO, end - job_clock ()));
  }
  free (grey);
  if (best.text.confidence < TEXT_CONFIDENCE) {
    best.text.text[0] = '\0';
    best.text.length = 0;
    best.text.confidence = 0;
  }
  return best.text;
}
