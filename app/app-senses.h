/* SPDX-License-Identifier: GPL-3.0-or-later */
/* What models take beside words, and how much of it there is. */
#pragma once

#include <glib.h>

G_BEGIN_DECLS

/* A set of them: what a model has, or those that a file is for. */
typedef enum {
  APP_SENSE_NONE = 0,
  APP_SENSE_SIGHT = 1 << 0,   /* pictures */
  APP_SENSE_HEARING = 1 << 1, /* sounds */
} AppSenses;

/* How large a picture is, or how long a sound, or both of a video, as far as it is known: numbers that are not are 0. */
typedef struct {
  guint width, height; /* pixels, as shown */
  double seconds;
  gboolean silent; /* a video without sound */
} AppExtent;

/* Of a video: the picture number `index`, from 0, of `of` at even distances. */
typedef struct {
  guint index, of; /* of 0: none of them, but its sound */
} AppMoment;

G_END_DECLS
