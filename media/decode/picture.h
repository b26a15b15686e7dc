/* SPDX-License-Identifier: MIT */
/* The picture formats. Each is one file, picture-<name>.c, and one line in formats.def. */
#pragma once

#include "image.h"
#include "job.h"

/* The most pixels that are taken. Rows are shrunk while they come, so this bounds time more than memory. */
#define PICTURE_MAX_PIXELS (256u * 1024 * 1024)

typedef struct {
  uint32_t width, height; /* of the whole picture, as stored */
  uint32_t max_side;      /* of the target */
  Image image;            /* the result */
} Picture;

typedef struct {
  void (*prepare) (void); /* before the sandbox; may be NULL */
  bool (*matches) (const uint8_t *bytes, size_t size);
  /* Sets all of `picture` except max_side; fails the job on bad input. */
  void (*decode) (Job *job, Picture *picture);
  const char *label; /* "PNG" */
  bool upright;      /* the decoder applies the orientation by itself */
} PictureFormat;

#define PICTURE_FORMAT(name) extern const PictureFormat picture_##name;
#include "formats.def"
#undef PICTURE_FORMAT

/* Opens what the formats need; before the sandbox. */
void picture_prepare (void);

/* Decodes job->input, upright, no side longer than max_side. `width`, `height`: of the whole picture as shown. Returns the
 * format's label. */
const char *picture_decode (Job *job, uint32_t max_side, Image *image, uint32_t *width, uint32_t *height);

/* For decoders: refuses a size that is empty or too large. */
void picture_check_size (uint64_t width, uint64_t height);
