/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "app-thinking.h"

#include <string.h>

/* Of a longer note only so much is looked at, in bytes: its beginning and its end, where the question mostly stands; what lies between is what it is about. */
#define LOOKED_AT 1200

static const char *const ids[APP_N_DEPTHS] = { "instant", "compact", "thorough", "contemplate" };

const char *
app_depth_to_id (AppDepth depth)
{
  g_return_val_if_fail (depth < APP_N_DEPTHS, ids[APP_DEPTH_COMPACT]);
  return ids[depth];
}

gboolean
app_depth_from_id (const char *id, AppDepth *depth)
{
  for (AppDepth i = 0; id && i < APP_N_DEPTHS; i++)
    if (g_str_equal (ids[i], id)) {
      *depth = i;
      return TRUE;
    }
  return FALSE;
}

gboolean
app_depth_is_offered (AppDepth depth)
{
  return depth < APP_N_DEPTHS;
}

/* ---- what wants to be worked out ---- */

/* Words are compared in small letters, without accents, with one space between them and one at either end, so that " how many " is found as words. Where a language
 * writes no spaces, the words stand without. */

/* These ask for it by themselves. */
static const char *const asking[] = {
  /* how many, how much */
  " how many ", " how much ", " wie viel ", " wie viele ", " wieviel ", " wieviele ", " combien ", " cuanto ", " cuanta ", " cuantos ", " cuantas ", " quanto costa ", " quanti ", " quante ",
  " quantos ", " quantas ", "多少", "几个", "幾個", "いくつ",
  /* sums */
  " calculate ", " compute ", " work out ", " add up ", " solve ", " average ", " percent ", " percentage ", " square root ", " divided by ", " multiplied by ", " times as ",
  " berechne ", " berechnen ", " rechne ", " rechnen ", " ausrechnen ", " loese ", " lose die ", " durchschnitt ", " mittelwert ", " prozent ", " wurzel aus ", " geteilt durch ", " mal so ",
  " calcule ", " calculer ", " resous ", " moyenne ", " pourcentage ", " divise par ", " calcula ", " calcular ", " resuelve ", " promedio ", " porcentaje ", " dividido ",
  " calcola ", " risolvi ", " media di ", " percentuale ", " resolva ", " porcentagem ", "计算", "計算",
  /* dates */
  " what day of the week ", " which day of the week ", " which weekday ", " how many days ", " days from ", " days before ", " days after ", " days between ", " leap year ",
  " welcher wochentag ", " was fur ein wochentag ", " tage nach ", " tage vor ", " tage zwischen ", " schaltjahr ", " quel jour de la semaine ", " jours apres ", " jours entre ",
  " que dia de la semana ", " dias despues ", " dias entre ", " che giorno della settimana ", "星期几", "何曜日",
  /* logic */
  " prove that ", " prove ", " riddle ", " puzzle ", " logically ", " true or false ", " follows from ", " can we conclude ", " knights and knaves ", " contradiction ",
  " beweise ", " ratsel ", " logisch ", " wahr oder falsch ", " folgt daraus ", " widerspruch ", " prouve ", " enigme ", " vrai ou faux ", " demuestra ", " acertijo ", " verdadero o falso ",
  " dimostra ", " indovinello ", " vero o falso ", "证明", "謎",
  /* steps */
  " step by step ", " schritt fur schritt ", " etape par etape ", " paso a paso ", " passo a passo ", " passo dopo passo ", "一步一步", "逐步",
};

/* These, when there is a number too. */
static const char *const measuring[] = {
  " how long ", " how far ", " how old ", " how fast ", " how often ", " how tall ", " what is left ", " left over ", " remain ", " remains ", " remaining ", " total ", " altogether ", " in total ", " each ", " convert ",
  " times ", " twice ", " half ", " per ", " cost ", " costs ", " older than ", " younger than ", " taller than ", " faster than ", " slower than ", " more than ", " less than ", " what time ", " which is larger ",
  " which is bigger ", " which is greater ", " next number ", " what comes next ", " sequence ",
  " wie lange ", " wie weit ", " wie alt ", " wie schnell ", " wie oft ", " bleiben ", " bleibt ", " ubrig ", " insgesamt ", " zusammen ", " jeweils ", " jeder ", " jede ", " umrechnen ", " rechne um ", " wandle ",
  " doppelt ", " halb ", " pro ", " kostet ", " kosten ", " alter als ", " junger als ", " grosser als ", " schneller als ", " mehr als ", " weniger als ", " wie spat ", " um wie viel uhr ", " nachste zahl ",
  " quel age ", " reste ", " au total ", " chacun ", " convertis ", " coute ", " plus que ", " moins que ", " cuanto tiempo ", " que edad ", " quedan ", " en total ", " cada uno ", " convierte ", " cuesta ", " mas que ",
  " in tutto ", " ciascuno ", " converti ", " restano ", " no total ", " custa ", "一共", "还剩", "合計",
};

/* Numbers that are written as words; one alone is an article in some languages. */
static const char *const numbers[] = {
  " two ", " three ", " four ", " five ", " six ", " seven ", " eight ", " nine ", " ten ", " eleven ", " twelve ", " dozen ", " hundred ", " thousand ", " zwei ", " drei ", " vier ", " funf ", " sechs ", " sieben ", " acht ",
  " neun ", " zehn ", " elf ", " zwolf ", " dutzend ", " hundert ", " tausend ", " deux ", " trois ", " quatre ", " cinq ", " sept ", " huit ", " neuf ", " dix ", " douze ", " cent ", " mille ", " dos ", " tres ", " cuatro ",
  " cinco ", " seis ", " siete ", " ocho ", " nueve ", " diez ", " due ", " tre ", " quattro ", " cinque ", " sei ", " sette ", " otto ", " nove ", " dieci ",
};

static gboolean
has_any (const char *words, const char *const *list, gsize n)
{
  for (gsize i = 0; i < n; i++)
    if (strstr (words, list[i]))
      return TRUE;
  return FALSE;
}

/* (transfer full) */
static char *
fold (const char *text)
{
  g_autofree char *apart = g_utf8_normalize (text, -1, G_NORMALIZE_ALL);
  GString *words = g_string_new (" ");

  for (const char *at = apart ? apart : ""; *at; at = g_utf8_next_char (at)) {
    gunichar c = g_unichar_tolower (g_utf8_get_char (at));

    if (g_unichar_ismark (c))
      continue;
    if (c == 0xdf) /* ß */
      g_string_append (words, "ss");
    else if (g_unichar_isalnum (c))
      g_string_append_unichar (words, c);
    else if (words->str[words->len - 1] != ' ')
      g_string_append_c (words, ' ');
  }
  if (words->str[words->len - 1] != ' ')
    g_string_append_c (words, ' ');
  return g_string_free (words, FALSE);
}

/* "12 * 7", "3+4", "7 % of", "2^10": a sign between numbers. No date ("2026-11-30", "30.11.2026") and no fraction of one ("24/7") is a sum: a stroke or a hyphen counts between spaces alone. */
static gboolean
has_sum (const char *text)
{
  for (const char *at = text; *at; at = g_utf8_next_char (at)) {
    gunichar sign = g_utf8_get_char (at);
    const char *before = at, *after = g_utf8_next_char (at);
    gboolean apart;

    if (!(sign < 128 && strchr ("+*^/-x:", (int) sign)) && sign != 0xd7 && sign != 0xf7 && sign != 0x2212)
      continue;
    while (before > text && before[-1] == ' ')
      before--;
    while (*after == ' ')
      after++;
    apart = before < at && after > g_utf8_next_char (at);
    if (before == text || !(g_ascii_isdigit (before[-1]) || before[-1] == ')') || !(g_ascii_isdigit (*after) || *after == '('))
      continue;
    if ((sign == '/' || sign == '-' || sign == ':' || sign == 'x') && !apart)
      continue;
    return TRUE;
  }
  return FALSE;
}

/* A date, a time and "24/7" are one number. */
static guint
count_numbers (const char *text, const char *words)
{
  guint n = 0;

  for (const char *at = text; *at; at++)
    n += g_ascii_isdigit (*at) && (at == text || !(g_ascii_isdigit (at[-1]) || strchr (".,:/-", at[-1])));
  for (gsize i = 0; i < G_N_ELEMENTS (numbers); i++)
    n += strstr (words, numbers[i]) != NULL;
  return n;
}

gboolean
app_thinking_wants_plan (const char *note)
{
  gsize length = strlen (note);
  g_autofree char *valid = NULL, *words = NULL;
  guint n;

  if (length > 2 * LOOKED_AT) {
    g_autofree char *ends = g_strdup_printf ("%.*s \n %s", LOOKED_AT, note, note + length - LOOKED_AT);
    valid = g_utf8_make_valid (ends, -1);
  } else {
    valid = g_utf8_make_valid (note, -1);
  }
  words = fold (valid);
  if (has_any (words, asking, G_N_ELEMENTS (asking)) || has_sum (valid))
    return TRUE;
  n = count_numbers (valid, words);
  if (n > 0 && has_any (words, measuring, G_N_ELEMENTS (measuring)))
    return TRUE;
  /* A story with numbers that ends in a question. */
  return n > 1 && (strchr (valid, '?') || strstr (valid, "？"));
}
