/* SPDX-License-Identifier: MIT */
#include "columns.h"

#include <string.h>

/* Cells after which a column that is mostly words is no longer looked at cell by cell. */
#define PATIENCE 2000

static void
count_number (ColumnLooks *looks, unsigned signs, unsigned whole)
{
  for (int i = 0; i < 2; i++) {
    unsigned sign = 1u << i;
    looks->n_numbers[i] += (signs & sign) != 0;
    looks->n_whole[i] += (whole & sign) != 0;
    looks->n_only[i] += signs == sign;
  }
  looks->n_either += signs == (LOOK_POINT | LOOK_COMMA) && whole != (LOOK_POINT | LOOK_COMMA) && whole != 0;
}

static void
count_date (ColumnLooks *looks, unsigned orders, bool timed)
{
  for (int i = 0; i < 3; i++)
    looks->n_dates[i] += (orders & (1u << i)) != 0;
  looks->n_only_order[0] += (orders & (LOOK_DMY | LOOK_MDY)) == LOOK_DMY;
  looks->n_only_order[1] += (orders & (LOOK_DMY | LOOK_MDY)) == LOOK_MDY;
  looks->n_timed += timed;
}

static void
count_unit (ColumnLooks *looks, const char *unit)
{
  if (unit == NULL || unit[0] == '\0')
    return;
  if (looks->unit[0] == '\0')
    g_strlcpy (looks->unit, unit, sizeof looks->unit);
  else if (looks->other_unit[0] == '\0' && strcmp (looks->unit, unit) != 0)
    g_strlcpy (looks->other_unit, unit, sizeof looks->other_unit);
}

static void
look_at_text (ColumnLooks *looks, const Cell *cell)
{
  Look look;

  if (looks->n > PATIENCE && looks->n_other > looks->n / 2) {
    looks->n_other++;
    return;
  }
  look_at (cell->text, cell->length, &look);
  switch (look.kind) {
  case LOOK_TEXT:
    looks->n_other++;
    break;
  case LOOK_MISSING:
    looks->n_missing++;
    break;
  case LOOK_BOOLEAN:
    looks->n_booleans++;
    looks->n_letters += cell->length == 1;
    looks->n_yes += look_as_boolean (cell->text, cell->length) == 1;
    break;
  case LOOK_TIME:
    looks->n_times++;
    break;
  case LOOK_NUMBER:
    count_number (looks, look.signs, look.whole);
    count_unit (looks, look.unit);
    looks->n_digits += look.digits;
    looks->n_compact += look.compact;
    break;
  case LOOK_DATE:
    count_date (looks, look.orders, look.timed);
    looks->n_short_years += look.short_year;
    looks->n_undecided += look.undecided;
    break;
  }
}

void
column_look (ColumnLooks *looks, const Cell *cell)
{
  const unsigned both = LOOK_POINT | LOOK_COMMA;

  looks->n++;
  switch (cell->kind) {
  case CELL_TEXT:
    look_at_text (looks, cell);
    break;
  case CELL_INTEGER:
    count_number (looks, both, both);
    count_unit (looks, cell->unit);
    break;
  case CELL_REAL:
    count_number (looks, both, 0);
    count_unit (looks, cell->unit);
    break;
  case CELL_BOOLEAN:
    looks->n_booleans++;
    break;
  case CELL_DATE:
  case CELL_DATETIME:
    count_date (looks, LOOK_ORDERS, cell->kind == CELL_DATETIME);
    break;
  case CELL_TIME:
    looks->n_times++;
    break;
  case CELL_ERROR:
  case CELL_NO_VALUE:
  case CELL_BLOB:
    /* They say nothing of the others. */
    looks->n--;
    break;
  case CELL_JSON:
    looks->n_other++;
    break;
  }
}

void
file_look (FileLooks *file, const ColumnLooks *looks)
{
  for (int i = 0; i < 2; i++) {
    file->n_only[i] += looks->n_only[i];
    file->n_only_order[i] += looks->n_only_order[i];
  }
}

/* Whether so few of the column's cells are something else that it is a column of these. */
static bool
is_most (const ColumnLooks *looks, uint64_t n)
{
  uint64_t all = looks->n - looks->n_missing, others = all - MIN (n, all);

  return n > 0 && (others == 0 || others * 10 <= all || (others == 1 && n >= 3));
}

/* ---- numbers ---- */

static void
decide_sign (const ColumnLooks *looks, const FileLooks *file, ColumnPlan *plan)
{
  bool comma = looks->n_numbers[1] > looks->n_numbers[0];

  if (looks->n_numbers[0] == looks->n_numbers[1] && looks->n_either > 0) {
    /* Nothing in the column tells; others of the file may. */
    bool told = file->n_only[0] != file->n_only[1];
    comma = told ? file->n_only[1] > file->n_only[0] : file->semicolons;
    plan->sign_guessed = !told;
  }
  plan->sign = comma ? LOOK_COMMA : LOOK_POINT;
}

static void
decide_number (const ColumnLooks *looks, const FileLooks *file, ColumnPlan *plan)
{
  decide_sign (looks, file, plan);
  int i = plan->sign == LOOK_COMMA;
  plan->digits = looks->n_digits > 0;
  plan->mixed_units = looks->other_unit[0] != '\0';
  plan->type = plan->digits || plan->mixed_units ? MEDIA_COLUMN_TEXT : looks->n_whole[i] == looks->n_numbers[i] ? MEDIA_COLUMN_INTEGER : MEDIA_COLUMN_REAL;
  if (plan->type != MEDIA_COLUMN_TEXT)
    g_strlcpy (plan->unit, looks->unit, sizeof plan->unit);
}

/* ---- dates ---- */

static void
decide_order (const ColumnLooks *looks, const FileLooks *file, ColumnPlan *plan)
{
  static const LookOrder orders[] = { LOOK_DMY, LOOK_MDY, LOOK_YMD };
  int best = 0;

  for (int i = 1; i < 3; i++)
    if (looks->n_dates[i] > looks->n_dates[best])
      best = i;
  if (looks->n_dates[0] == looks->n_dates[1] && looks->n_undecided > 0 && best < 2) {
    bool told = file->n_only_order[0] != file->n_only_order[1];
    best = told ? file->n_only_order[1] > file->n_only_order[0] : file->month_first;
    plan->order_guessed = !told;
  }
  plan->order = orders[best];
  plan->short_years = looks->n_short_years > 0;
  plan->type = looks->n_timed > 0 ? MEDIA_COLUMN_DATETIME : MEDIA_COLUMN_DATE;
}

static bool
says_date (const char *name)
{
  static const char *const words[] = { "date", "datum", "day", "tag", "fecha", "data", "jour", "dato", "päivä", "dzień" };
  g_autofree char *folded = g_utf8_strdown (name, -1);
  bool says = false;

  for (size_t i = 0; i < G_N_ELEMENTS (words) && !says; i++)
    says = strstr (folded, words[i]) != NULL;
  return says;
}

void
column_decide (const ColumnLooks *looks, const FileLooks *file, const char *name, ColumnPlan *plan)
{
  *plan = (ColumnPlan) { .type = MEDIA_COLUMN_TEXT, .sign = LOOK_POINT, .order = LOOK_DMY };
  if (looks->n == 0)
    return;
  if (is_most (looks, MAX (looks->n_dates[0], MAX (looks->n_dates[1], looks->n_dates[2]))))
    decide_order (looks, file, plan);
  else if (is_most (looks, looks->n_compact) && says_date (name)) {
    plan->type = MEDIA_COLUMN_DATE;
    plan->compact = true;
  } else if (is_most (looks, MAX (looks->n_numbers[0], looks->n_numbers[1])))
    decide_number (looks, file, plan);
  else if (is_most (looks, looks->n_times))
    plan->type = MEDIA_COLUMN_TIME;
  /* "y" alone, or "n", may be a letter of anything. */
  else if (is_most (looks, looks->n_booleans) && (looks->n_letters < looks->n_booleans || (looks->n_yes > 0 && looks->n_yes < looks->n_booleans)))
    plan->type = MEDIA_COLUMN_BOOLEAN;
}

void
column_force (const ColumnLooks *looks, ColumnPlan *plan, MediaColumnType type, unsigned sign, unsigned order)
{
  bool numeric = type == MEDIA_COLUMN_INTEGER || type == MEDIA_COLUMN_REAL, dated = type == MEDIA_COLUMN_DATE || type == MEDIA_COLUMN_DATETIME;

  plan->type = type;
  plan->compact = dated && looks->n_compact > 0 && looks->n_compact >= looks->n_dates[0];
  plan->digits = plan->mixed_units = false;
  if (sign != 0) {
    plan->sign = sign;
    plan->sign_guessed = false;
  }
  if (order != 0) {
    plan->order = (LookOrder) order;
    plan->order_guessed = false;
  }
  g_strlcpy (plan->unit, numeric && looks->other_unit[0] == '\0' ? looks->unit : "", sizeof plan->unit);
}

/* ---- reading ---- */

static ValueFate
take_text (const Cell *cell, Value *value, ValueFate fate)
{
  value->cell = (MediaCell) { .kind = MEDIA_CELL_TEXT, .length = (guint) MIN (cell->length, G_MAXUINT), .text = cell->text };
  return fate;
}

static ValueFate
take_integer (int64_t integer, Value *value)
{
  value->cell = (MediaCell) { .kind = MEDIA_CELL_INTEGER, .integer = integer };
  return VALUE_FITS;
}

static ValueFate
take_buffer (size_t length, Value *value)
{
  value->cell = (MediaCell) { .kind = MEDIA_CELL_TEXT, .length = (guint) length, .text = value->buffer };
  return VALUE_FITS;
}

static ValueFate
read_number (const ColumnPlan *plan, const Cell *cell, Value *value)
{
  LookNumber number;

  if (cell->kind == CELL_INTEGER || cell->kind == CELL_REAL)
    number = (LookNumber) { cell->kind == CELL_INTEGER, cell->integer, cell->kind == CELL_INTEGER ? (double) cell->integer : cell->real };
  else if (cell->kind != CELL_TEXT || !look_as_number (cell->text, cell->length, plan->sign, &number))
    return VALUE_NOT_OF_TYPE;
  if (plan->type == MEDIA_COLUMN_INTEGER && number.whole)
    return take_integer (number.integer, value);
  if (plan->type == MEDIA_COLUMN_INTEGER)
    return VALUE_NOT_OF_TYPE;
  value->cell = (MediaCell) { .kind = MEDIA_CELL_REAL, .real = number.real };
  return VALUE_FITS;
}

static ValueFate
read_date (const ColumnPlan *plan, const Cell *cell, Value *value)
{
  bool timed = plan->type == MEDIA_COLUMN_DATETIME;
  size_t length = 0;

  if (cell->kind == CELL_DATE || cell->kind == CELL_DATETIME) {
    if (cell->length >= sizeof value->buffer - 10)
      return VALUE_NOT_OF_TYPE;
    memcpy (value->buffer, cell->text, cell->length);
    if (timed && cell->kind == CELL_DATE)
      memcpy (value->buffer + cell->length, " 00:00:00", 9);
    return take_buffer (cell->length + (timed && cell->kind == CELL_DATE ? 9 : 0), value);
  }
  if (plan->compact && (cell->kind == CELL_TEXT || cell->kind == CELL_INTEGER)) {
    LookNumber number = { true, cell->integer, 0 };
    bool is = cell->kind == CELL_INTEGER || look_as_number (cell->text, cell->length, LOOK_POINT, &number);
    if (is && number.whole && look_is_compact (number.integer))
      length = (size_t) g_snprintf (value->buffer, sizeof value->buffer, "%04d-%02d-%02d%s", (int) (number.integer / 10000), (int) (number.integer / 100 % 100), (int) (number.integer % 100), timed ? " 00:00:00" : "");
  } else if (cell->kind == CELL_TEXT)
    length = look_as_date (cell->text, cell->length, plan->order, timed, value->buffer);
  /* A time of day in a column of days would be lost if it were cut. */
  return length == 0 || (!timed && length > 10) ? VALUE_NOT_OF_TYPE : take_buffer (length, value);
}

ValueFate
column_read (const ColumnPlan *plan, const Cell *cell, Value *value)
{
  ValueFate fate = VALUE_NOT_OF_TYPE;
  int yes;
  size_t length;

  switch (plan->type) {
  case MEDIA_COLUMN_INTEGER:
  case MEDIA_COLUMN_REAL:
    fate = read_number (plan, cell, value);
    break;
  case MEDIA_COLUMN_DATE:
  case MEDIA_COLUMN_DATETIME:
    fate = read_date (plan, cell, value);
    break;
  case MEDIA_COLUMN_BOOLEAN:
    yes = cell->kind == CELL_BOOLEAN ? (int) cell->integer : cell->kind == CELL_TEXT ? look_as_boolean (cell->text, cell->length) : -1;
    if (yes >= 0)
      fate = take_integer (yes, value);
    break;
  case MEDIA_COLUMN_TIME:
    if (cell->kind == CELL_TIME)
      fate = take_text (cell, value, VALUE_FITS);
    else if (cell->kind == CELL_TEXT && (length = look_as_time (cell->text, cell->length, value->buffer)) > 0)
      fate = take_buffer (length, value);
    break;
  case MEDIA_COLUMN_TEXT:
  case MEDIA_COLUMN_N:
    return take_text (cell, value, VALUE_FITS);
  }
  if (fate == VALUE_NOT_OF_TYPE && cell->kind == CELL_TEXT && look_is_missing (cell->text, cell->length)) {
    value->cell = (MediaCell) { .kind = MEDIA_CELL_NULL };
    return VALUE_MISSING;
  }
  return fate == VALUE_NOT_OF_TYPE ? take_text (cell, value, fate) : fate;
}
