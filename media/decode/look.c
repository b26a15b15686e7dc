/* SPDX-License-Identifier: MIT */
#include "look.h"

#include <math.h>
#include <string.h>

/* No number has more bytes. */
#define MAX_NUMBER 64
/* Digits of a whole number that always fits into 64 bits. */
#define MAX_DIGITS 18

/* ---- words ---- */

static bool
is_one_of (const char *text, size_t length, const char *const *words)
{
  for (; *words != NULL; words++)
    if (((uint8_t) **words | 0x20) == ((uint8_t) *text | 0x20) && strlen (*words) == length && g_ascii_strncasecmp (*words, text, length) == 0)
      return true;
  return false;
}

bool
look_is_missing (const char *text, size_t length)
{
  static const char *const words[] = { "-", "--", "---", "–", "—", "n/a", "#n/a", "na", "n.a.", "n. a.", "null", "nan", "none", "nil", "?", "\\n", ".", "..", "...", "(null)", "missing", "unknown", "k.a.", "k. a.", "k/a", "keine angabe", "unbekannt", "n.d.", "s/d", "#null!", NULL };
  return length <= 12 && is_one_of (text, length, words);
}

int
look_as_boolean (const char *text, size_t length)
{
  static const char *const yes[] = { "true", "yes", "y", "ja", "wahr", "oui", "vrai", "sí", "si", "sim", NULL };
  static const char *const no[] = { "false", "no", "n", "nein", "falsch", "non", "faux", "não", NULL };
  return length > 6 ? -1 : is_one_of (text, length, yes) ? 1 : is_one_of (text, length, no) ? 0 : -1;
}

bool
look_is_total (const char *text, size_t length)
{
  static const char *const words[] = { "total", "totals", "grand total", "subtotal", "sum", "summe", "gesamt", "gesamtsumme", "insgesamt", "zwischensumme", "somme", "totale", "suma", "soma", "totaal", "итого", "всего", "المجموع", "合计", "合計", NULL };
  while (length > 0 && (text[length - 1] == ':' || text[length - 1] == ' '))
    length--;
  return length <= 24 && is_one_of (text, length, words);
}

/* ---- units ---- */

static const struct {
  const char *text, *unit;
} units[] = {
  { "€", "EUR" }, { "$", "USD" }, { "£", "GBP" }, { "¥", "JPY" }, { "₹", "INR" }, { "₽", "RUB" }, { "₺", "TRY" }, { "zł", "PLN" }, { "Kč", "CZK" }, { "kr", "kr" }, { "R$", "BRL" },
  { "US$", "USD" }, { "Fr.", "CHF" }, { "EUR", "EUR" }, { "USD", "USD" }, { "GBP", "GBP" }, { "CHF", "CHF" }, { "JPY", "JPY" }, { "CNY", "CNY" }, { "INR", "INR" }, { "PLN", "PLN" },
  { "CZK", "CZK" }, { "SEK", "SEK" }, { "NOK", "NOK" }, { "DKK", "DKK" }, { "CAD", "CAD" }, { "AUD", "AUD" }, { "BRL", "BRL" }, { "TRY", "TRY" }, { "RUB", "RUB" }, { "%", "%" }, { "‰", "‰" },
  { "kg", "kg" }, { "g", "g" }, { "mg", "mg" }, { "t", "t" }, { "km", "km" }, { "m", "m" }, { "cm", "cm" }, { "mm", "mm" }, { "m²", "m²" }, { "m2", "m²" }, { "m³", "m³" }, { "l", "l" }, { "ml", "ml" },
  { "h", "h" }, { "min", "min" }, { "s", "s" }, { "ms", "ms" }, { "kWh", "kWh" }, { "MWh", "MWh" }, { "kW", "kW" }, { "W", "W" }, { "V", "V" }, { "°C", "°C" }, { "°F", "°F" }, { "km/h", "km/h" },
  { "lb", "lb" }, { "lbs", "lb" }, { "oz", "oz" }, { "ft", "ft" }, { "mi", "mi" }, { "kB", "kB" }, { "MB", "MB" }, { "GB", "GB" }, { "TB", "TB" }, { "°", "°" },
};

const char *
look_find_unit (const char *text, size_t length)
{
  for (size_t i = 0; i < G_N_ELEMENTS (units); i++)
    if (strlen (units[i].text) == length && memcmp (units[i].text, text, length) == 0)
      return units[i].unit;
  return NULL;
}

/* ---- numbers ---- */

/* A space that numbers are grouped with: how many bytes it has, 0 if it is none. */
static size_t
space_at (const char *at, const char *end)
{
  static const char *const spaces[] = { "\xc2\xa0", "\xe2\x80\xaf", "\xe2\x80\x89", "\xe2\x80\x99" }; /* no-break, narrow no-break, thin, right quote */

  if (at < end && (*at == ' ' || *at == '\''))
    return 1;
  for (size_t i = 0; i < G_N_ELEMENTS (spaces); i++)
    if ((size_t) (end - at) >= strlen (spaces[i]) && memcmp (at, spaces[i], strlen (spaces[i])) == 0)
      return strlen (spaces[i]);
  return 0;
}

static void
trim (const char **text, const char **end)
{
  while (*text < *end && (**text == ' ' || **text == '\t' || **text == '\n' || **text == '\r'))
    ++*text;
  while (*end > *text && ((*end)[-1] == ' ' || (*end)[-1] == '\t' || (*end)[-1] == '\n' || (*end)[-1] == '\r'))
    --*end;
  while (*end - *text >= 2 && memcmp (*text, "\xc2\xa0", 2) == 0)
    *text += 2;
  while (*end - *text >= 2 && memcmp (*end - 2, "\xc2\xa0", 2) == 0)
    *end -= 2;
}

/* The number itself, apart from its signs and units. */
typedef struct {
  bool negative;
  const char *begin, *end;
  const char *unit; /* NULL if there is none */
} Amount;

static bool
skip_minus (const char **at, const char *end, bool *negative)
{
  if (*at < end && (**at == '-' || **at == '+')) {
    *negative |= **at == '-';
    ++*at;
    return true;
  }
  if (end - *at >= 3 && memcmp (*at, "\xe2\x88\x92", 3) == 0) { /* U+2212 */
    *negative = true;
    *at += 3;
    return true;
  }
  return false;
}

/* "(€ 1.234,50)", "-12 %", "USD 5", "17-": takes off what is around the number. */
static bool
find_amount (const char *text, const char *end, Amount *amount)
{
  *amount = (Amount) { false, text, end, NULL };
  if (end - text > 2 && *text == '(' && end[-1] == ')') {
    amount->negative = true;
    text++;
    end--;
    trim (&text, &end);
  }
  bool signed_already = skip_minus (&text, end, &amount->negative);
  /* A unit in front. */
  const char *at = text;
  while (at < end && !g_ascii_isdigit (*at) && *at != '.' && *at != ',' && *at != '-' && *at != ' ')
    at++;
  if (at > text && end - at > 0) {
    const char *stop = at > text + 2 && memcmp (at - 2, "\xc2\xa0", 2) == 0 ? at - 2 : at;
    amount->unit = look_find_unit (text, (size_t) (stop - text));
    /* "Fr. 5": the point belongs to the unit. */
    if (amount->unit == NULL && *at == '.' && (amount->unit = look_find_unit (text, (size_t) (at + 1 - text))) != NULL)
      at++;
    if (amount->unit == NULL)
      return false;
    text = at;
    trim (&text, &end);
    if (!signed_already)
      signed_already = skip_minus (&text, end, &amount->negative);
  }
  /* And behind. */
  if (end > text && !g_ascii_isdigit (end[-1]) && end[-1] != '.') {
    at = end;
    while (at > text && !g_ascii_isdigit (at[-1]) && at[-1] != '.' && at[-1] != ',')
      at--;
    const char *stop = end;
    trim (&at, &stop);
    if (stop - at == 1 && *at == '-' && !signed_already)
      amount->negative = true;
    else if (amount->unit != NULL || (amount->unit = look_find_unit (at, (size_t) (stop - at))) == NULL)
      return false;
    end = at;
    trim (&text, &end);
  }
  amount->begin = text;
  amount->end = end;
  return end > text && end - text <= MAX_NUMBER;
}

/* How digits are grouped and where the fraction begins. */
typedef struct {
  unsigned points, commas, spaces;
  const char *last_point, *last_comma; /* the last of each */
  const char *exponent;
  unsigned n_digits; /* before the fraction or the exponent; leading zeros too */
} Shape;

static bool
find_shape (const char *at, const char *end, Shape *shape)
{
  bool digit = false;

  *shape = (Shape) { 0 };
  while (at < end) {
    size_t space;
    if (g_ascii_isdigit (*at)) {
      digit = true;
      shape->n_digits++;
      at++;
    } else if (*at == '.') {
      shape->points++;
      shape->last_point = at++;
    } else if (*at == ',') {
      shape->commas++;
      shape->last_comma = at++;
    } else if ((*at == 'e' || *at == 'E') && digit && shape->exponent == NULL && end - at > 1) {
      shape->exponent = at++;
      if (*at == '+' || *at == '-')
        at++;
      if (at >= end || end - at > 3)
        return false;
      for (; at < end; at++)
        if (!g_ascii_isdigit (*at))
          return false;
    } else if ((space = space_at (at, end)) > 0 && digit) {
      shape->spaces++;
      at += space;
    } else
      return false;
  }
  return digit;
}

/* Whether all before `end` is digits in groups that `group` (0: spaces) divides: of three, of two where Indians count. */
static bool
is_grouped (const char *at, const char *end, char group)
{
  unsigned n = 0, groups = 0, twos = 0;

  /* "0.123" has no groups: none begins with a zero. */
  if (at < end && *at == '0')
    return false;
  for (;;) {
    size_t skip = at >= end ? 0 : group != '\0' ? *at == group : space_at (at, end);
    if (at < end && skip == 0) {
      if (!g_ascii_isdigit (*at))
        return false;
      n++;
      at++;
      continue;
    }
    bool last = at >= end;
    if (groups == 0 ? n == 0 || n > 3 : last ? n != 3 : n != 3 && !(n == 2 && group == ','))
      return false;
    twos += groups > 0 && n == 2;
    if (last)
      return groups > 0 && (twos == 0 || twos == groups - 1);
    groups++;
    n = 0;
    at += skip;
  }
}

static bool
all_digits (const char *at, const char *end)
{
  for (; at < end; at++)
    if (!g_ascii_isdigit (*at))
      return false;
  return true;
}

/* Whether the number is one when `point` stands before the fraction and `other` between groups. *whole: it has no fraction. */
static bool
fits (const char *begin, const char *end, const Shape *shape, bool point_is_point, bool *whole)
{
  unsigned fractions = point_is_point ? shape->points : shape->commas, groups = point_is_point ? shape->commas : shape->points;
  const char *fraction = point_is_point ? shape->last_point : shape->last_comma;
  const char *stop = shape->exponent != NULL ? shape->exponent : end;

  *whole = fractions == 0 && shape->exponent == NULL;
  if (fractions > 1 || (groups > 0 && shape->spaces > 0))
    return false;
  if (fraction != NULL && !all_digits (fraction + 1, stop))
    return false;
  const char *integer_end = fraction != NULL ? fraction : stop;
  if (groups > 0)
    return is_grouped (begin, integer_end, point_is_point ? ',' : '.');
  return shape->spaces > 0 ? is_grouped (begin, integer_end, '\0') : all_digits (begin, integer_end);
}

static bool
look_at_number (const char *text, const char *end, Look *look)
{
  Amount amount;
  Shape shape;
  bool whole_point, whole_comma;

  if (!find_amount (text, end, &amount) || !find_shape (amount.begin, amount.end, &shape))
    return false;
  bool point = fits (amount.begin, amount.end, &shape, true, &whole_point), comma = fits (amount.begin, amount.end, &shape, false, &whole_comma);
  look->signs = (point ? LOOK_POINT : 0) | (comma ? LOOK_COMMA : 0);
  look->whole = (point && whole_point ? LOOK_POINT : 0) | (comma && whole_comma ? LOOK_COMMA : 0);
  if (look->signs == 0)
    return false;
  look->kind = LOOK_NUMBER;
  bool plain = shape.points + shape.commas + shape.spaces == 0 && shape.exponent == NULL;
  look->digits = (plain && amount.begin[0] == '0' && shape.n_digits > 1) || (look->whole != 0 && shape.n_digits > MAX_DIGITS) || (plain && *text == '+' && shape.n_digits > 7);
  if (amount.unit != NULL)
    g_strlcpy (look->unit, amount.unit, sizeof look->unit);
  return true;
}

/* ---- a cell ---- */

bool
look_is_compact (int64_t number)
{
  static const uint8_t days[] = { 31, 29, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31 };
  int year = (int) (number / 10000), month = (int) (number / 100 % 100), day = (int) (number % 100);
  return number >= 19000101 && number <= 21001231 && year > 0 && month >= 1 && month <= 12 && day >= 1 && day <= days[month - 1];
}

/* Digits alone, at most MAX_DIGITS of them, perhaps with a minus: most numbers are that. */
static bool
read_plain (const char *at, const char *end, int64_t *value)
{
  bool negative = at < end && *at == '-';
  int64_t sum = 0;

  at += negative;
  if (at == end || end - at > MAX_DIGITS)
    return false;
  for (; at < end; at++) {
    unsigned digit = (unsigned) (uint8_t) *at - '0';
    if (digit > 9)
      return false;
    sum = sum * 10 + digit;
  }
  *value = negative ? -sum : sum;
  return true;
}

/* "-12.50": most numbers that are not whole. FALSE leaves it to others. */
static bool
look_at_decimal (const char *at, const char *end, Look *look)
{
  at += at < end && *at == '-';
  const char *begin = at;
  while (at < end && g_ascii_isdigit (*at))
    at++;
  if (at == begin || at == end || *at != '.' || at + 1 == end || end - begin > 17)
    return false;
  bool grouped = end - at == 4 && at - begin <= 3 && *begin != '0';
  for (const char *digit = at + 1; digit < end; digit++)
    if (!g_ascii_isdigit (*digit))
      return false;
  *look = (Look) { .kind = LOOK_NUMBER, .signs = LOOK_POINT | (grouped ? LOOK_COMMA : 0), .whole = grouped ? LOOK_COMMA : 0 };
  return true;
}

void
look_at (const char *text, size_t length, Look *look)
{
  const char *end = text + length;
  int64_t value;

  trim (&text, &end);
  length = (size_t) (end - text);
  *look = (Look) { .kind = LOOK_TEXT };
  if (length == 0 || length > 64)
    return;
  if (read_plain (text, end, &value)) {
    *look = (Look) { .kind = LOOK_NUMBER, .signs = LOOK_POINT | LOOK_COMMA, .whole = LOOK_POINT | LOOK_COMMA };
    look->digits = *text == '0' && length > 1;
    look->compact = length == 8 && look_is_compact (value);
    return;
  }
  if (look_at_decimal (text, end, look))
    return;
  /* No word begins with a digit. */
  bool digit = g_ascii_isdigit (*text);
  if (!digit && look_is_missing (text, length))
    look->kind = LOOK_MISSING;
  else if (!digit && look_as_boolean (text, length) >= 0)
    look->kind = LOOK_BOOLEAN;
  else if ((digit && length == 10 && text[4] == '-' && look_at_date (text, length, look)) || (memchr (text, '/', length) == NULL && look_at_number (text, end, look)))
    return;
  else if (!look_at_date (text, length, look)) {
    char out[LOOK_DATE_SIZE];
    *look = (Look) { .kind = look_as_time (text, length, out) > 0 ? LOOK_TIME : LOOK_TEXT };
  }
}

/* ---- reading ---- */

static const double powers[] = { 1e0, 1e1, 1e2, 1e3, 1e4, 1e5, 1e6, 1e7, 1e8, 1e9, 1e10, 1e11, 1e12, 1e13, 1e14, 1e15, 1e16, 1e17, 1e18, 1e19, 1e20, 1e21, 1e22 };

/* "-12.50": one division of two exact numbers is as exact as it can be. */
static bool
read_decimal (const char *at, const char *end, char sign, double *value)
{
  bool negative = at < end && *at == '-';
  int64_t sum = 0;
  const char *fraction = NULL;

  at += negative;
  if (end - at < 2 || end - at > 16)
    return false;
  for (; at < end; at++) {
    unsigned digit = (unsigned) (uint8_t) *at - '0';
    if (digit <= 9)
      sum = sum * 10 + digit;
    else if (*at == sign && fraction == NULL)
      fraction = at + 1;
    else
      return false;
  }
  if (fraction == NULL || end - fraction > 15)
    return false;
  *value = (double) sum / powers[end - fraction];
  if (negative)
    *value = -*value;
  return true;
}

bool
look_as_number (const char *text, size_t length, unsigned sign, LookNumber *number)
{
  const char *end = text + length;
  char clean[MAX_NUMBER + 8];
  Amount amount;
  Shape shape;
  bool whole;

  trim (&text, &end);
  if (read_plain (text, end, &number->integer)) {
    number->whole = true;
    number->real = (double) number->integer;
    return true;
  }
  char fraction = sign == LOOK_POINT ? '.' : ',', group = sign == LOOK_POINT ? ',' : '.';
  number->whole = false;
  number->integer = 0;
  if (read_decimal (text, end, fraction, &number->real))
    return true;
  if (!find_amount (text, end, &amount) || !find_shape (amount.begin, amount.end, &shape) || !fits (amount.begin, amount.end, &shape, sign == LOOK_POINT, &whole))
    return false;
  /* Only digits and one point are left, as strtod () has them. */
  size_t n = 0;
  if (amount.negative)
    clean[n++] = '-';
  for (const char *at = amount.begin; at < amount.end && n < sizeof clean - 1; at++)
    if (g_ascii_isdigit (*at) || *at == fraction || at == shape.exponent || (shape.exponent != NULL && at > shape.exponent))
      clean[n++] = *at == fraction ? '.' : *at;
    else if (*at == group)
      continue;
  clean[n] = '\0';
  number->real = g_ascii_strtod (clean, NULL);
  number->whole = whole && read_plain (clean, clean + n, &number->integer);
  return isfinite (number->real);
}
