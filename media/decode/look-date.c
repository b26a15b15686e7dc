/* SPDX-License-Identifier: MIT */
/* Dates and times, as people write them in the languages of month_names. */
#include <stdio.h>
#include <string.h>

#include "look.h"

/* Years of two digits: 69 is 1969, 68 is 2068, as in POSIX. */
#define PIVOT 69

/* By their beginnings, which no other month in the table shares. */
static const struct {
  const char *begin;
  uint8_t month;
} month_names[] = {
  { "jan", 1 }, { "jän", 1 }, { "ene", 1 }, { "gen", 1 }, { "feb", 2 }, { "fév", 2 }, { "fev", 2 }, { "mar", 3 }, { "mär", 3 }, { "mrz", 3 }, { "maa", 3 }, { "apr", 4 }, { "avr", 4 },
  { "abr", 4 }, { "may", 5 }, { "mai", 5 }, { "mei", 5 }, { "mag", 5 }, { "jun", 6 }, { "juin", 6 }, { "giu", 6 }, { "jul", 7 }, { "juil", 7 }, { "lug", 7 }, { "aug", 8 }, { "aoû", 8 },
  { "aou", 8 }, { "ago", 8 }, { "sep", 9 }, { "set", 9 }, { "oct", 10 }, { "okt", 10 }, { "ott", 10 }, { "out", 10 }, { "nov", 11 }, { "dec", 12 }, { "dez", 12 }, { "déc", 12 }, { "dic", 12 },
};
static const char *const day_names[] = { "mon", "tue", "wed", "thu", "fri", "sat", "sun", "mo", "di", "mi", "do", "fr", "sa", "so", "lun", "mar", "mer", "jeu", "ven", "sam", "dim", NULL };

typedef struct {
  const char *at, *end;
} Text;

/* Up to `max` digits. *n: how many. */
static int
read_digits (Text *text, int max, int *n)
{
  int value = 0;
  for (*n = 0; *n < max && text->at < text->end && g_ascii_isdigit (*text->at); ++*n)
    value = value * 10 + (*text->at++ - '0');
  return value;
}

static bool
skip (Text *text, char c)
{
  bool is = text->at < text->end && *text->at == c;
  text->at += is;
  return is;
}

static size_t
word_length (const Text *text)
{
  const char *at = text->at;
  while (at < text->end && (g_ascii_isalpha (*at) || ((uint8_t) *at >= 0x80)))
    at++;
  return (size_t) (at - text->at);
}

/* Letters of other alphabets than ASCII only where the names have them, in small letters. */
static int
read_month (Text *text)
{
  size_t length = word_length (text);
  int month = 0;
  size_t longest = 0;

  if (length < 3 || length > 12)
    return 0;
  for (size_t i = 0; i < G_N_ELEMENTS (month_names); i++) {
    size_t n = strlen (month_names[i].begin);
    if (n <= length && n > longest && g_ascii_strncasecmp (month_names[i].begin, text->at, n) == 0) {
      month = month_names[i].month;
      longest = n;
    }
  }
  if (month != 0) {
    text->at += length;
    skip (text, '.');
  }
  return month;
}

/* "Mon, " */
static void
skip_day_name (Text *text)
{
  Text before = *text;
  size_t length = word_length (text);
  bool known = false;

  for (size_t i = 0; day_names[i] != NULL && !known; i++)
    known = length >= strlen (day_names[i]) && g_ascii_strncasecmp (day_names[i], text->at, strlen (day_names[i])) == 0;
  if (!known)
    return;
  text->at += length;
  skip (text, '.');
  if (!skip (text, ',') || !skip (text, ' '))
    *text = before;
}

static bool
is_day (int year, int month, int day)
{
  static const uint8_t days[] = { 31, 28, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31 };
  bool leap = year % 4 == 0 && (year % 100 != 0 || year % 400 == 0);
  return year >= 1 && year <= 9999 && month >= 1 && month <= 12 && day >= 1 && day <= days[month - 1] + (month == 2 && leap);
}

typedef struct {
  int first, second, third; /* as written; with a name of a month: day, month, year */
  bool named;
  bool year_first;
  bool short_year;
  bool dotted;
} Parts;

/* The day; `text` stands behind it. */
static bool
read_parts (Text *text, Parts *parts)
{
  int n, month;

  *parts = (Parts) { 0 };
  skip_day_name (text);
  if ((month = read_month (text)) != 0) {
    /* "March 5, 2024", "Mar-05-2024" */
    while (skip (text, ' ') || skip (text, '-'))
      ;
    parts->first = read_digits (text, 2, &n);
    if (n == 0)
      return false;
    if (text->end - text->at > 2 && (memcmp (text->at, "st", 2) == 0 || memcmp (text->at, "nd", 2) == 0 || memcmp (text->at, "rd", 2) == 0 || memcmp (text->at, "th", 2) == 0))
      text->at += 2;
    if (!skip (text, ',') && !skip (text, '-') && text->at < text->end && *text->at != ' ')
      return false;
    while (skip (text, ' '))
      ;
    parts->third = read_digits (text, 4, &n);
    parts->second = month;
    parts->named = true;
    return n == 4;
  }
  parts->first = read_digits (text, 4, &n);
  int n_first = n;
  if (n == 0 || n == 3)
    return false;
  char separator = text->at < text->end ? *text->at : '\0';
  if (separator != '-' && separator != '/' && separator != '.' && separator != ' ')
    return false;
  while (skip (text, separator) || skip (text, ' '))
    if (text->at[-1] != ' ' && text->at < text->end && *text->at == separator)
      return false;
  if ((month = read_month (text)) != 0) {
    /* "5 Mar 2024", "05-Mar-24", "5. März 2024" */
    while (skip (text, ' ') || skip (text, '-') || skip (text, '/'))
      ;
    parts->third = read_digits (text, 4, &n);
    parts->second = month;
    parts->named = true;
    parts->short_year = n == 2;
    return n_first <= 2 && (n == 2 || n == 4);
  }
  if (separator == ' ')
    return false;
  parts->second = read_digits (text, 2, &n);
  if (n == 0 || !skip (text, separator))
    return false;
  skip (text, ' ');
  parts->third = read_digits (text, 4, &n);
  parts->year_first = n_first == 4;
  parts->dotted = separator == '.';
  parts->short_year = n_first != 4 && n == 2;
  return n_first == 4 ? n == 1 || n == 2 : n_first <= 2 && (n == 2 || n == 4);
}

static bool
put_in_order (const Parts *parts, LookOrder order, int *year, int *month, int *day)
{
  if (parts->named || (!parts->year_first && order == LOOK_DMY)) {
    *day = parts->first;
    *month = parts->second;
    *year = parts->third;
  } else if (parts->year_first || order == LOOK_YMD) {
    /* Four digits of a year never come in the middle: what is written 2024-05-17 is certain. */
    if (!parts->year_first && !parts->short_year)
      return false;
    *year = parts->first;
    *month = parts->second;
    *day = parts->third;
  } else {
    *month = parts->first;
    *day = parts->second;
    *year = parts->third;
  }
  if (parts->short_year)
    *year += *year < PIVOT ? 2000 : 1900;
  return is_day (*year, *month, *day);
}

/* "14:03", "14:03:22.5", "2:03 PM", with "Z" or "+02:00" if `zoned`. Returns the length of what is written; 0 if it is none. */
static size_t
read_time (Text *text, bool zoned, char *out, size_t size)
{
  int n, hour = read_digits (text, 2, &n), minute, second = 0;
  char fraction[8] = "", zone[8] = "";

  if (n == 0 || !skip (text, ':'))
    return 0;
  minute = read_digits (text, 2, &n);
  if (n != 2)
    return 0;
  if (skip (text, ':')) {
    second = read_digits (text, 2, &n);
    if (n != 2)
      return 0;
    if (skip (text, '.') || skip (text, ',')) {
      size_t length = 0;
      for (; text->at < text->end && g_ascii_isdigit (*text->at); text->at++)
        if (length < 6)
          fraction[length++] = *text->at;
      while (length > 0 && fraction[length - 1] == '0')
        length--;
      fraction[length] = '\0';
    }
  }
  skip (text, ' ');
  if (text->end - text->at >= 2 && (text->at[1] == 'M' || text->at[1] == 'm') && strchr ("AaPp", text->at[0]) != NULL) {
    bool after = g_ascii_tolower (text->at[0]) == 'p';
    if (hour < 1 || hour > 12)
      return 0;
    hour = hour % 12 + (after ? 12 : 0);
    text->at += 2;
  } else if (zoned && (skip (text, 'Z') || (text->end - text->at == 3 && memcmp (text->at, "UTC", 3) == 0))) {
    text->at = text->end;
    g_strlcpy (zone, "Z", sizeof zone);
  } else if (zoned && text->at < text->end && (*text->at == '+' || *text->at == '-')) {
    char sign = *text->at++;
    int hours = read_digits (text, 2, &n), minutes = 0;
    bool ok = n == 2 && hours < 15;
    skip (text, ':');
    minutes = read_digits (text, 2, &n);
    if (!ok || (n != 0 && n != 2) || minutes > 59)
      return 0;
    g_snprintf (zone, sizeof zone, "%c%02d:%02d", sign, hours % 100, minutes % 100);
  }
  if (text->at != text->end || hour > 23 || minute > 59 || second > 60)
    return 0;
  int length = g_snprintf (out, size, "%02d:%02d:%02d%s%s%s", hour, minute, second, fraction[0] != '\0' ? "." : "", fraction, zone);
  return length > 0 && (size_t) length < size ? (size_t) length : 0;
}

/* Between day and time. FALSE: nothing follows the day; in *ok whether that is right. */
static bool
goes_on (Text *text, bool *ok)
{
  if (text->at == text->end) {
    *ok = true;
    return false;
  }
  bool between = skip (text, 'T') || skip (text, ',');
  while (skip (text, ' '))
    between = true;
  *ok = between;
  return between;
}

bool
look_at_date (const char *string, size_t length, Look *look)
{
  Text text = { string, string + length };
  char out[LOOK_DATE_SIZE];
  Parts parts;
  bool ok;
  int year, month, day;

  if (length < 6 || length > 45 || !read_parts (&text, &parts))
    return false;
  look->timed = goes_on (&text, &ok);
  if (!ok || (look->timed && read_time (&text, true, out, sizeof out) == 0))
    return false;
  look->orders = 0;
  for (unsigned order = LOOK_DMY; order <= LOOK_YMD; order <<= 1)
    if (put_in_order (&parts, (LookOrder) order, &year, &month, &day))
      look->orders |= order;
  /* With points the day always comes first. */
  if (parts.dotted && !parts.year_first && (look->orders & LOOK_DMY))
    look->orders &= ~(unsigned) LOOK_MDY;
  look->short_year = parts.short_year;
  look->undecided = !parts.named && !parts.year_first && (look->orders & LOOK_DMY) && (look->orders & LOOK_MDY) && parts.first != parts.second;
  look->kind = LOOK_DATE;
  return look->orders != 0;
}

size_t
look_as_date (const char *string, size_t length, LookOrder order, bool timed, char out[LOOK_DATE_SIZE])
{
  Text text = { string, string + length };
  Parts parts;
  bool ok;
  int year, month, day;

  while (text.at < text.end && g_ascii_isspace (*text.at))
    text.at++;
  while (text.end > text.at && g_ascii_isspace (text.end[-1]))
    text.end--;
  if (text.end - text.at > 45 || text.end - text.at < 6 || !read_parts (&text, &parts) || !put_in_order (&parts, order, &year, &month, &day))
    return 0;
  int n = g_snprintf (out, LOOK_DATE_SIZE, "%04d-%02d-%02d", year, month, day);
  bool more = goes_on (&text, &ok);
  if (!ok)
    return 0;
  if (more) {
    out[n++] = ' ';
    size_t written = read_time (&text, true, out + n, LOOK_DATE_SIZE - (size_t) n);
    return written > 0 ? (size_t) n + written : 0;
  }
  if (timed)
    n += g_snprintf (out + n, LOOK_DATE_SIZE - (size_t) n, " 00:00:00");
  return (size_t) n;
}

size_t
look_as_time (const char *string, size_t length, char out[LOOK_DATE_SIZE])
{
  Text text = { string, string + length };
  while (text.at < text.end && g_ascii_isspace (*text.at))
    text.at++;
  while (text.end > text.at && g_ascii_isspace (text.end[-1]))
    text.end--;
  return text.end - text.at < 4 || text.end - text.at > 20 ? 0 : read_time (&text, false, out, LOOK_DATE_SIZE);
}
