/* SPDX-License-Identifier: MIT */
/* What the cells of a column are: looked at over all rows in the first reading, decided between the two, read in the second. */
#pragma once

#include "grid.h"
#include "look.h"
#include "media-table.h"

/* What the first reading saw. The pairs are for a point and a comma before the fraction. */
typedef struct {
  uint64_t n; /* cells that are not empty */
  uint64_t n_other; /* none of the following */
  uint64_t n_missing, n_booleans, n_yes, n_letters, n_times, n_digits, n_compact;
  uint64_t n_numbers[2], n_whole[2];
  uint64_t n_only[2]; /* numbers that they are with this sign alone */
  uint64_t n_either;  /* with both, and not the same number */
  uint64_t n_dates[3]; /* by LookOrder: DMY, MDY, YMD */
  uint64_t n_only_order[2]; /* dates that they are with the day or the month first alone */
  uint64_t n_undecided, n_timed, n_short_years;
  char unit[12], other_unit[12]; /* the first, and one that differs */
} ColumnLooks;

/* What all columns of a file say together, for those that do not say it themselves. */
typedef struct {
  uint64_t n_only[2], n_only_order[2];
  bool month_first; /* where the person lives */
  bool semicolons; /* stand between the cells: commas are needed in numbers */
} FileLooks;

typedef struct {
  MediaColumnType type;
  unsigned sign;    /* numbers: LOOK_POINT or LOOK_COMMA */
  LookOrder order;  /* dates */
  bool compact;     /* dates are 20240517 */
  char unit[12];
  /* Why a person may want to know. */
  bool sign_guessed, order_guessed, short_years, digits, mixed_units;
} ColumnPlan;

/* Whether it is worth while to look at text cells any more; what is not counted is other. */
void column_look (ColumnLooks *looks, const Cell *cell);
void file_look (FileLooks *file, const ColumnLooks *looks);
/* `name`: of the column; a date without separators is one only below a name that says so. */
void column_decide (const ColumnLooks *looks, const FileLooks *file, const char *name, ColumnPlan *plan);
/* What the person chose. */
void column_force (const ColumnLooks *looks, ColumnPlan *plan, MediaColumnType type, unsigned sign, unsigned order);

typedef enum { VALUE_FITS, VALUE_MISSING, VALUE_NOT_OF_TYPE } ValueFate;
typedef struct {
  MediaCell cell; /* text points into the Cell or into `buffer` */
  char buffer[LOOK_DATE_SIZE];
} Value;

ValueFate column_read (const ColumnPlan *plan, const Cell *cell, Value *value);
