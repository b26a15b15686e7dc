/* SPDX-License-Identifier: MIT */
/* What the text of one cell can be: a number, a date, a time, a yes or no, a word for nothing. A single cell is often several things: "1.234" is two numbers, and
 * 03/04/2024 two days. So look_at () says all that it can be, columns.c decides for a whole column, and look_as_…() reads it that way. */
#pragma once

#include <glib.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

typedef enum { LOOK_TEXT, LOOK_MISSING, LOOK_BOOLEAN, LOOK_NUMBER, LOOK_DATE, LOOK_TIME } LookKind;

/* What its separators can mean. */
enum { LOOK_POINT = 1 << 0, LOOK_COMMA = 1 << 1 }; /* which of them may stand before the fraction */
/* In which order day, month and year can stand. */
typedef enum { LOOK_DMY = 1 << 0, LOOK_MDY = 1 << 1, LOOK_YMD = 1 << 2 } LookOrder;
#define LOOK_ORDERS (LOOK_DMY | LOOK_MDY | LOOK_YMD)

typedef struct {
  LookKind kind;
  /* NUMBER */
  unsigned signs;    /* LOOK_POINT, LOOK_COMMA or both */
  unsigned whole;    /* for which of them it is a whole number */
  bool digits;       /* leading zeros, or too many digits to count with: a name rather than an amount */
  bool compact;      /* could be the day 20240517 */
  char unit[12];     /* "EUR", "%", "kg"; "" if there is none. DATE: "" */
  /* DATE */
  unsigned orders;   /* of LookOrder; all of them where the order is certain */
  bool undecided;    /* day and month could be the other way round */
  bool short_year;   /* of two digits */
  bool timed;        /* with a time of day */
} Look;

/* `length`: at most what a cell may have. Spaces around it do not count. */
void look_at (const char *text, size_t length, Look *look);

typedef struct {
  bool whole;
  int64_t integer; /* if whole */
  double real;     /* always */
} LookNumber;

/* FALSE: it is none when `sign` (LOOK_POINT or LOOK_COMMA) stands before the fraction. */
bool look_as_number (const char *text, size_t length, unsigned sign, LookNumber *number);
/* Writes the date, and its time of day if it has one or `timed`. Returns the length; 0: it is none in this order. */
#define LOOK_DATE_SIZE 48
size_t look_as_date (const char *text, size_t length, LookOrder order, bool timed, char out[LOOK_DATE_SIZE]);
size_t look_as_time (const char *text, size_t length, char out[LOOK_DATE_SIZE]);
/* 0 or 1, -1 if it is neither. */
int look_as_boolean (const char *text, size_t length);
bool look_is_missing (const char *text, size_t length);
/* The way a unit is written here ("€" is EUR); NULL if it is none that is known. */
const char *look_find_unit (const char *text, size_t length);
/* 20240517 */
bool look_is_compact (int64_t number);
/* "total", "Summe" */
bool look_is_total (const char *text, size_t length);

/* ---- look-date.c ---- */
bool look_at_date (const char *text, size_t length, Look *look);
