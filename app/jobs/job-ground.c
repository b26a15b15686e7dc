/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "job-ground.h"

#include <math.h>
#include <string.h>

/* ---- words ---- */

char *
job_ground_dup_plain (const char *text)
{
  g_autofree char *folded = g_utf8_casefold (text, -1);
  GString *plain = g_string_new (" ");

  for (const char *c = folded; *c != '\0'; c = g_utf8_next_char (c)) {
    gunichar letter = g_utf8_get_char (c);
    if (g_unichar_isalnum (letter))
      g_string_append_unichar (plain, letter);
    else if (plain->str[plain->len - 1] != ' ')
      g_string_append_c (plain, ' ');
  }
  if (plain->str[plain->len - 1] != ' ')
    g_string_append_c (plain, ' ');
  return g_string_free (plain, FALSE);
}

/* ---- numbers ---- */

gboolean
job_ground_read_number (const char *text, double *number)
{
  char *end;

  while (g_ascii_isspace (*text))
    text++;
  if (!g_ascii_isdigit (*text) && !((*text == '-' || *text == '.') && g_ascii_isdigit (text[1])))
    return FALSE;
  *number = g_ascii_strtod (text, &end);
  while (g_ascii_isspace (*end))
    end++;
  return *end == '\0' && isfinite (*number);
}

static gboolean
has_number (const char *text, double number)
{
  for (const char *at = text; *at != '\0';) {
    char *end;
    if (!g_ascii_isdigit (*at)) {
      at++;
      continue;
    }
    if (fabs (g_ascii_strtod (at, &end) - fabs (number)) < 1e-9)
      return TRUE;
    at += strspn (at, "0123456789.");
  }
  return FALSE;
}

/* ---- days ---- */

static const struct {
  const char *english, *german;
} months[] = { { "january", "januar" }, { "february", "februar" }, { "march", "märz" }, { "april", "april" }, { "may", "mai" }, { "june", "juni" }, { "july", "juli" }, { "august", "august" }, { "september", "september" }, { "october", "oktober" }, { "november", "november" }, { "december", "dezember" } };

/* Of the locale, in small letters; made once. */
static char *const *
get_local_months (void)
{
  static char *local[G_N_ELEMENTS (months) + 1];
  static gsize once = 0;

  if (g_once_init_enter (&once)) {
    for (guint i = 0; i < G_N_ELEMENTS (months); i++) {
      g_autoptr (GDateTime) first = g_date_time_new_utc (2001, (int) i + 1, 1, 0, 0, 0);
      g_autofree char *name = g_date_time_format (first, "%B");
      local[i] = g_utf8_casefold (name != NULL ? name : "", -1);
    }
    g_once_init_leave (&once, 1);
  }
  return local;
}

/* The month whose name, whole or its first three letters or more, a word is; 0: none. */
static guint
find_month (const char *word, gsize length)
{
  g_autofree char *own = g_strndup (word, length), *small = g_utf8_casefold (own, -1);

  if (g_utf8_strlen (small, -1) < 3)
    return 0;
  for (guint i = 0; i < G_N_ELEMENTS (months); i++)
    if (g_str_has_prefix (months[i].english, small) || g_str_has_prefix (months[i].german, small) || g_str_equal (get_local_months ()[i], small))
      return i + 1;
  return 0;
}

/* Digits, at most `most` of them; 0 where there are none. */
static guint
take_number (const char **at, gsize most)
{
  gsize n = strspn (*at, "0123456789");
  guint value = 0;

  if (n == 0 || n > most)
    return 0;
  for (gsize i = 0; i < n; i++)
    value = value * 10 + (guint) ((*at)[i] - '0');
  *at += n;
  return value;
}

static guint
take_month (const char **at)
{
  gsize n = 0;
  guint month;

  while (g_ascii_isalpha ((*at)[n]) || (guchar) (*at)[n] >= 0x80)
    n++;
  month = n > 0 ? find_month (*at, n) : 0;
  *at += month > 0 ? n : 0;
  return month;
}

static gboolean
take_day (GDate *day, guint d, guint m, guint y)
{
  if (y < 1000 || y > 9999 || m < 1 || m > 12 || d < 1 || !g_date_valid_dmy ((GDateDay) MIN (d, 255), (GDateMonth) m, (GDateYear) y))
    return FALSE;
  g_date_set_dmy (day, (GDateDay) d, (GDateMonth) m, (GDateYear) y);
  return TRUE;
}

static void
skip (const char **at, const char *signs)
{
  *at += strspn (*at, signs);
}

gboolean
job_ground_read_day (const char *text, GDate *day, gsize *length)
{
  const char *at = text;
  guint y, m, d;
  gboolean found = FALSE;

  g_date_clear (day, 1);
  if (g_ascii_isdigit (*at)) {
    guint first = take_number (&at, 4);
    gsize n = (gsize) (at - text);
    if (n == 4 && *at == '-') { /* 2026-03-05 */
      at++;
      m = take_number (&at, 2);
      if (*at == '-') {
        at++;
        d = take_number (&at, 2);
        found = take_day (day, d, m, first);
      }
    } else if (n <= 2 && *at == '.' && g_ascii_isdigit (at[1])) { /* 5.3.2026 */
      at++;
      m = take_number (&at, 2);
      if (*at == '.') {
        at++;
        y = take_number (&at, 4);
        found = take_day (day, first, m, y);
      }
    } else if (n <= 2) { /* 5 March 2026, 5th of March 2026, 5. März 2026 */
      if (g_ascii_strncasecmp (at, "st", 2) == 0 || g_ascii_strncasecmp (at, "nd", 2) == 0 || g_ascii_strncasecmp (at, "rd", 2) == 0 || g_ascii_strncasecmp (at, "th", 2) == 0)
        at += 2;
      skip (&at, ". ");
      if (g_ascii_strncasecmp (at, "of ", 3) == 0)
        at += 3;
      m = take_month (&at);
      skip (&at, "., ");
      y = m > 0 ? take_number (&at, 4) : 0;
      found = take_day (day, first, m, y);
    }
  } else if ((m = take_month (&at)) > 0) { /* March 5, 2026 */
    skip (&at, ". ");
    d = take_number (&at, 2);
    if (g_ascii_strncasecmp (at, "st", 2) == 0 || g_ascii_strncasecmp (at, "nd", 2) == 0 || g_ascii_strncasecmp (at, "rd", 2) == 0 || g_ascii_strncasecmp (at, "th", 2) == 0)
      at += 2;
    skip (&at, ", ");
    y = d > 0 ? take_number (&at, 4) : 0;
    found = take_day (day, d, m, y);
  }
  if (found && g_ascii_isalnum (*at))
    found = FALSE;
  if (found && length != NULL)
    *length = (gsize) (at - text);
  return found;
}

GArray *
job_ground_find_days (const char *text)
{
  GArray *days = g_array_new (FALSE, FALSE, sizeof (guint));
  gboolean begins = TRUE; /* a word or number does */

  for (const char *at = text; *at != '\0';) {
    GDate day;
    gsize length;
    if (begins && job_ground_read_day (at, &day, &length)) {
      guint julian = g_date_get_julian (&day);
      g_array_append_val (days, julian);
      at += length;
      continue;
    }
    begins = !g_ascii_isalnum (*at) && (guchar) *at < 0x80;
    at = g_utf8_next_char (at);
  }
  return days;
}

/* ---- together ---- */

gboolean
job_ground_has (const char *text, const char *cell)
{
  g_autofree char *own = job_ground_dup_plain (cell), *all = NULL;
  GDate day;
  gsize length;
  double number;

  if (g_str_equal (own, " "))
    return TRUE;
  if (job_ground_read_number (cell, &number))
    return has_number (text, number);
  all = job_ground_dup_plain (text);
  if (strstr (all, own) != NULL)
    return TRUE;
  if (job_ground_read_day (cell, &day, &length) && cell[length] == '\0') {
    g_autoptr (GArray) days = job_ground_find_days (text);
    for (guint i = 0; i < days->len; i++)
      if (g_array_index (days, guint, i) == g_date_get_julian (&day))
        return TRUE;
  }
  return FALSE;
}

/* ---- what kind of text ---- */

/* "Customer: Ann", "4 x bread", "- one", "2026-01-02 INFO": a line that says by its form what it is. */
static gboolean
is_record (const char *line)
{
  gsize colon = strcspn (line, ":");
  guint n_words = 0;

  if (g_ascii_isdigit (*line) || strchr ("-*#|[{<>+", *line) != NULL || strpbrk (line, "\t|") != NULL)
    return TRUE;
  for (gsize i = 0; i < colon; i++)
    n_words += line[i] == ' ';
  return line[colon] == ':' && n_words <= 2;
}

/* Words enough, and the sign of an end. */
static gboolean
is_sentence (const char *line)
{
  guint n_words = 1;
  gsize n = strlen (line);

  for (const char *c = line; *c != '\0'; c++)
    n_words += *c == ' ';
  return n_words >= 4 && strchr (".!?\")", line[n - 1]) != NULL;
}

gboolean
job_ground_is_prose (const char *text)
{
  g_auto (GStrv) lines = g_strsplit (text, "\n", -1);
  gsize n_records = 0, n_sentences = 0;

  for (guint i = 0; lines[i] != NULL; i++) {
    g_strstrip (lines[i]);
    if (*lines[i] == '\0')
      continue;
    if (is_record (lines[i]))
      n_records += strlen (lines[i]);
    else if (is_sentence (lines[i]))
      n_sentences += strlen (lines[i]);
  }
  return n_sentences > n_records;
}
