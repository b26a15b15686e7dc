/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "figures.h"

#include <math.h>
#include <string.h>

void
figures_init (Figures *figures)
{
  memset (figures, 0, sizeof *figures);
  figures->all_integers = TRUE;
}

void
figures_clear (Figures *figures)
{
  for (guint i = 0; i < figures->n_samples; i++)
    g_free (figures->samples[i]);
}

/* Mixes the bits of a number (Murmur's finalizer). Never 0. */
static guint64
mix (guint64 x)
{
  x ^= x >> 33;
  x *= G_GUINT64_CONSTANT (0xff51afd7ed558ccd);
  x ^= x >> 33;
  x *= G_GUINT64_CONSTANT (0xc4ceb9fe1a85ec53);
  x ^= x >> 33;
  return x != 0 ? x : 1;
}

static guint64
hash_text (const char *text, gsize length)
{
  guint64 hash = length * G_GUINT64_CONSTANT (0x9e3779b97f4a7c15), piece;

  for (; length >= 8; text += 8, length -= 8) {
    memcpy (&piece, text, 8);
    hash = (hash ^ piece) * G_GUINT64_CONSTANT (0x9fb21c651e98df25);
    hash ^= hash >> 32;
  }
  piece = 0;
  memcpy (&piece, text, length);
  return mix (hash ^ piece);
}

/* Returns whether the value was not seen before, as far as that is known. */
static gboolean
see (Figures *figures, guint64 hash)
{
  if (figures->n_seen < FIGURES_EXACT) {
    guint i = hash % G_N_ELEMENTS (figures->seen);
    while (figures->seen[i] != 0 && figures->seen[i] != hash)
      i = (i + 1) % G_N_ELEMENTS (figures->seen);
    gboolean is_new = figures->seen[i] == 0;
    figures->n_seen += is_new;
    figures->seen[i] = hash;
    if (!is_new)
      return FALSE;
  }
  guint8 *place = &figures->registers[hash % FIGURES_REGISTERS];
  guint64 rest = hash / FIGURES_REGISTERS | G_GUINT64_CONSTANT (1) << 54;
  guint8 rank = (guint8) (__builtin_ctzll (rest) + 1);
  if (rank > *place)
    *place = rank;
  return figures->n_seen < FIGURES_EXACT;
}

static guint64
estimate (const Figures *figures)
{
  const double m = FIGURES_REGISTERS;
  double sum = 0;
  guint zeros = 0;

  if (figures->n_seen < FIGURES_EXACT)
    return figures->n_seen;
  for (guint i = 0; i < FIGURES_REGISTERS; i++) {
    sum += ldexp (1, -figures->registers[i]);
    zeros += figures->registers[i] == 0;
  }
  double value = 0.7213 / (1 + 1.079 / m) * m * m / sum;
  if (value < 2.5 * m && zeros > 0)
    value = m * log (m / zeros);
  /* No more than there are. */
  return MIN ((guint64) llround (MAX (value, FIGURES_EXACT)), figures->n_values);
}

static void
add_number (Figures *figures, double value)
{
  if (!figures->has_number || value < figures->min)
    figures->min = value;
  if (!figures->has_number || value > figures->max)
    figures->max = value;
  figures->has_number = TRUE;
  double sum = figures->sum + value;
  figures->lost += fabs (figures->sum) >= fabs (value) ? (figures->sum - sum) + value : (value - sum) + figures->sum;
  figures->sum = sum;
}

static int
compare (const char *a, gsize a_length, const char *b, gsize b_length)
{
  int order = memcmp (a, b, MIN (a_length, b_length));
  return order != 0 ? order : a_length < b_length ? -1 : a_length > b_length;
}

static guint
keep_text (char *to, const char *text, gsize length)
{
  gsize cut = MIN (length, FIGURES_TEXT);
  while (cut < length && cut > 0 && ((guint8) text[cut] & 0xc0) == 0x80)
    cut--;
  memcpy (to, text, cut);
  to[cut] = '\0';
  return (guint) cut;
}

static void
add_text (Figures *figures, const char *text, gsize length)
{
  gsize n = MIN (length, FIGURES_TEXT);

  if (!figures->has_text || compare (text, n, figures->min_text, figures->min_length) < 0)
    figures->min_length = keep_text (figures->min_text, text, length);
  if (!figures->has_text || compare (text, n, figures->max_text, figures->max_length) > 0)
    figures->max_length = keep_text (figures->max_text, text, length);
  figures->has_text = TRUE;
}

static char *
print_number (double value)
{
  char buffer[G_ASCII_DTOSTR_BUF_SIZE];
  return g_strdup (g_ascii_formatd (buffer, sizeof buffer, "%.15g", value));
}

static char *
print (const MediaCell *cell)
{
  char buffer[FIGURES_TEXT + 4];

  switch (cell->kind) {
  case MEDIA_CELL_INTEGER:
    return g_strdup_printf ("%" G_GINT64_FORMAT, cell->integer);
  case MEDIA_CELL_REAL:
    return print_number (cell->real);
  case MEDIA_CELL_TEXT:
    keep_text (buffer, cell->text, cell->length);
    return g_strdup (buffer);
  default:
    return g_strdup ("");
  }
}

void
figures_add (Figures *figures, const MediaCell *cell)
{
  guint64 hash = 0, bits;

  switch (cell->kind) {
  case MEDIA_CELL_NULL:
    figures->n_nulls++;
    return;
  case MEDIA_CELL_INTEGER:
    add_number (figures, (double) cell->integer);
    figures->overflowed |= __builtin_add_overflow (figures->integer_sum, cell->integer, &figures->integer_sum);
    hash = mix ((guint64) cell->integer);
    break;
  case MEDIA_CELL_REAL:
    add_number (figures, cell->real);
    figures->all_integers = FALSE;
    memcpy (&bits, &cell->real, sizeof bits);
    hash = mix (bits);
    break;
  case MEDIA_CELL_TEXT:
    add_text (figures, cell->text, cell->length);
    hash = hash_text (cell->text, cell->length);
    break;
  }
  figures->n_values++;
  /* The same as above is most common where few values are. */
  if (hash == figures->last_hash)
    return;
  figures->last_hash = hash;
  if (see (figures, hash) && figures->n_samples < FIGURES_SAMPLES)
    figures->samples[figures->n_samples++] = print (cell);
}

void
figures_take (Figures *figures, AppColumn *column)
{
  column->n_nulls = figures->n_nulls;
  column->n_distinct = estimate (figures);
  column->has_sum = figures->has_number && (column->type == MEDIA_COLUMN_INTEGER || column->type == MEDIA_COLUMN_REAL);
  column->sum = figures->all_integers && !figures->overflowed ? (double) figures->integer_sum : figures->sum + figures->lost;
  gboolean numeric = column->type == MEDIA_COLUMN_INTEGER || column->type == MEDIA_COLUMN_REAL || column->type == MEDIA_COLUMN_BOOLEAN;
  if (numeric ? figures->has_number : !figures->has_text && figures->has_number) {
    column->min = print_number (figures->min);
    column->max = print_number (figures->max);
  } else if (figures->has_text) {
    column->min = g_strdup (figures->min_text);
    column->max = g_strdup (figures->max_text);
  }
  column->samples = g_new0 (char *, figures->n_samples + 1);
  for (guint i = 0; i < figures->n_samples; i++)
    column->samples[i] = g_steal_pointer (&figures->samples[i]);
  figures->n_samples = 0;
}
