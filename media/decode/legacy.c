/* SPDX-License-Identifier: MIT */
/* In Latin text letters above 0x7f stand alone among others. Where they come in rows, it is another alphabet, or several bytes are one character. Which one it is shows in how the
 * bytes of words are spread: small letters are most of any text, and each encoding has its small letters elsewhere. */
#include "legacy.h"

#include <glib.h>
#include <stdbool.h>

/* Bytes of the beginning that are looked at, and how many of them must say something. */
#define SAMPLE (256 * 1024)
#define MIN_HIGH 12

typedef struct {
  size_t high, in_rows; /* bytes above 0x7f; those beside another one */
  size_t from_a0_af, from_c0_df, from_e0_ff;
} Counts;

static void
count (const uint8_t *bytes, size_t size, Counts *counts)
{
  *counts = (Counts) { 0 };
  for (size_t i = 0; i < size; i++) {
    uint8_t byte = bytes[i];
    if (byte < 0x80)
      continue;
    counts->high++;
    counts->in_rows += (i > 0 && bytes[i - 1] >= 0x80) || (i + 1 < size && bytes[i + 1] >= 0x80);
    counts->from_a0_af += byte >= 0xa0 && byte < 0xb0;
    counts->from_c0_df += byte >= 0xc0 && byte < 0xe0;
    counts->from_e0_ff += byte >= 0xe0;
  }
}

/* Whether all high bytes are pairs of Shift-JIS (and its single kana), in *kana how many of them are of the two alphabets that every Japanese text has. */
static bool
is_shift_jis (const uint8_t *bytes, size_t size, size_t *pairs, size_t *kana)
{
  *pairs = *kana = 0;
  for (size_t i = 0; i < size; i++) {
    uint8_t lead = bytes[i];
    if (lead < 0x80 || (lead >= 0xa1 && lead <= 0xdf))
      continue;
    if (i + 1 == size)
      return true;
    uint8_t trail = bytes[++i];
    if (!((lead >= 0x81 && lead <= 0x9f) || (lead >= 0xe0 && lead <= 0xfc)) || trail < 0x40 || trail == 0x7f || trail > 0xfc)
      return false;
    ++*pairs;
    *kana += (lead == 0x82 && trail >= 0x9f && trail <= 0xf1) || (lead == 0x83 && trail >= 0x40 && trail <= 0x96);
  }
  return true;
}

/* Whether all high bytes are pairs of bytes above 0xa0, as in EUC-JP, GB 2312 and EUC-KR; *kana and *hangul: of the Japanese and the Korean letters. */
static bool
is_euc (const uint8_t *bytes, size_t size, size_t *pairs, size_t *kana, size_t *hangul)
{
  *pairs = *kana = *hangul = 0;
  for (size_t i = 0; i < size; i++) {
    if (bytes[i] < 0x80)
      continue;
    if (i + 1 == size)
      return true;
    if (bytes[i] < 0xa1 || bytes[i] == 0xff || bytes[i + 1] < 0xa1 || bytes[i + 1] == 0xff)
      return false;
    ++*pairs;
    *kana += bytes[i] == 0xa4 || bytes[i] == 0xa5;
    *hangul += bytes[i] >= 0xb0 && bytes[i] <= 0xc8;
    i++;
  }
  return true;
}

const char *
legacy_guess (const uint8_t *bytes, size_t size)
{
  Counts counts;
  size_t pairs, kana, hangul;

  size = MIN (size, SAMPLE);
  count (bytes, size, &counts);
  if (counts.high < MIN_HIGH || counts.in_rows * 10 < counts.high * 7)
    return NULL;
  if (is_shift_jis (bytes, size, &pairs, &kana) && kana * 5 > pairs && pairs > 0)
    return "SHIFT_JIS";
  /* Words of an alphabet have odd numbers of letters too, and break the pairs. */
  if (is_euc (bytes, size, &pairs, &kana, &hangul) && pairs * 2 + 1 >= counts.high)
    return kana * 5 > pairs ? "EUC-JP" : hangul * 10 > pairs * 9 ? "EUC-KR" : "GB18030";
  if (counts.from_e0_ff * 10 > counts.high * 6)
    return "WINDOWS-1251";
  if (counts.from_c0_df * 10 > counts.high * 6)
    return "KOI8-R";
  if (counts.from_a0_af * 10 > counts.high * 3)
    return "CP866";
  return NULL;
}
