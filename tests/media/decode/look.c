/* SPDX-License-Identifier: MIT */
/* What single cells can be, and what they are when they are read in one way. */
#include <string.h>

#include "look.h"

static void
test_numbers (void)
{
  static const struct {
    const char *text;
    unsigned signs;    /* 0: no number */
    double point, comma; /* as read with this sign; where it is one */
    const char *unit;
  } cases[] = {
    { "0", LOOK_POINT | LOOK_COMMA, 0, 0, "" },
    { "-42", LOOK_POINT | LOOK_COMMA, -42, -42, "" },
    { "+7", LOOK_POINT | LOOK_COMMA, 7, 7, "" },
    { "1.5", LOOK_POINT, 1.5, 0, "" },
    { "1,5", LOOK_COMMA, 0, 1.5, "" },
    { "1.234", LOOK_POINT | LOOK_COMMA, 1.234, 1234, "" },
    { "1,234", LOOK_POINT | LOOK_COMMA, 1234, 1.234, "" },
    { "0.123", LOOK_POINT, 0.123, 0, "" },
    { "0,123", LOOK_COMMA, 0, 0.123, "" },
    { "1,234.50", LOOK_POINT, 1234.5, 0, "" },
    { "1.234,50", LOOK_COMMA, 0, 1234.5, "" },
    { "1.234.567", LOOK_COMMA, 0, 1234567, "" },
    { "12,34,567.8", LOOK_POINT, 1234567.8, 0, "" },
    { "1 234 567", LOOK_POINT | LOOK_COMMA, 1234567, 1234567, "" },
    { "1'234.5", LOOK_POINT, 1234.5, 0, "" },
    { "1\xc2\xa0" "234,5", LOOK_COMMA, 0, 1234.5, "" },
    { ".5", LOOK_POINT, 0.5, 0, "" },
    { "5.", LOOK_POINT, 5, 0, "" },
    { "1e3", LOOK_POINT | LOOK_COMMA, 1000, 1000, "" },
    { "2.5E-3", LOOK_POINT, 0.0025, 0, "" },
    { "(12.50)", LOOK_POINT, -12.5, 0, "" },
    { "12.50-", LOOK_POINT, -12.5, 0, "" },
    { "\xe2\x88\x92" "3", LOOK_POINT | LOOK_COMMA, -3, -3, "" },
    { "$1,234.50", LOOK_POINT, 1234.5, 0, "USD" },
    { "-$5", LOOK_POINT | LOOK_COMMA, -5, -5, "USD" },
    { "5,00 €", LOOK_COMMA, 0, 5, "EUR" },
    { "EUR 5", LOOK_POINT | LOOK_COMMA, 5, 5, "EUR" },
    { "Fr. 5.50", LOOK_POINT, 5.5, 0, "CHF" },
    { "12 %", LOOK_POINT | LOOK_COMMA, 12, 12, "%" },
    { "3.5 kg", LOOK_POINT, 3.5, 0, "kg" },
    { "9007199254740993", LOOK_POINT | LOOK_COMMA, 9007199254740992.0, 9007199254740992.0, "" },
    { "0.1", LOOK_POINT, 0.1, 0, "" },
    { "123456789.123456789", LOOK_POINT, 123456789.123456789, 0, "" },
    { "", 0, 0, 0, "" }, { ".", 0, 0, 0, "" }, { "1.2.3", 0, 0, 0, "" }, { "1,2,3", 0, 0, 0, "" }, { "12.34.567", 0, 0, 0, "" }, { "1-2", 0, 0, 0, "" }, { "192.168.0.1", 0, 0, 0, "" },
    { "12a", 0, 0, 0, "" }, { "e5", 0, 0, 0, "" }, { "1e", 0, 0, 0, "" }, { "€", 0, 0, 0, "" }, { "1 2", 0, 0, 0, "" }, { "--5", 0, 0, 0, "" }, { "1e9999", LOOK_POINT | LOOK_COMMA, 0, 0, "" },
  };

  for (gsize i = 0; i < G_N_ELEMENTS (cases); i++) {
    Look look;
    LookNumber number;
    size_t length = strlen (cases[i].text);
    look_at (cases[i].text, length, &look);
    g_test_message ("%s", cases[i].text);
    if (strcmp (cases[i].text, "1e9999") == 0) {
      /* It has the shape of one, but there is none so large. */
      g_assert_false (look_as_number (cases[i].text, length, LOOK_POINT, &number));
      continue;
    }
    g_assert_true ((look.kind == LOOK_NUMBER) == (cases[i].signs != 0));
    if (cases[i].signs == 0)
      continue;
    g_assert_cmpuint (look.signs, ==, cases[i].signs);
    g_assert_cmpstr (look.unit, ==, cases[i].unit);
    g_assert_true (look_as_number (cases[i].text, length, LOOK_POINT, &number) == ((cases[i].signs & LOOK_POINT) != 0));
    if (cases[i].signs & LOOK_POINT)
      g_assert_cmpfloat (number.real, ==, cases[i].point);
    g_assert_true (look_as_number (cases[i].text, length, LOOK_COMMA, &number) == ((cases[i].signs & LOOK_COMMA) != 0));
    if (cases[i].signs & LOOK_COMMA)
      g_assert_cmpfloat (number.real, ==, cases[i].comma);
  }
}

static void
test_dates (void)
{
  static const struct {
    const char *text;
    unsigned orders; /* 0: no date */
    LookOrder order;
    const char *date;
  } cases[] = {
    { "2024-05-17", LOOK_ORDERS, LOOK_YMD, "2024-05-17" },
    { "2024/5/7", LOOK_ORDERS, LOOK_DMY, "2024-05-07" },
    { "17.05.2024", LOOK_DMY, LOOK_DMY, "2024-05-17" },
    { "3.4.2024", LOOK_DMY, LOOK_DMY, "2024-04-03" },
    { "03/04/2024", LOOK_DMY | LOOK_MDY, LOOK_MDY, "2024-03-04" },
    { "13/04/2024", LOOK_DMY, LOOK_DMY, "2024-04-13" },
    { "04/13/2024", LOOK_MDY, LOOK_MDY, "2024-04-13" },
    { "5 Mar 2024", LOOK_ORDERS, LOOK_DMY, "2024-03-05" },
    { "05-Mar-24", LOOK_ORDERS, LOOK_DMY, "2024-03-05" },
    { "March 5th, 2024", LOOK_ORDERS, LOOK_MDY, "2024-03-05" },
    { "5. März 2024", LOOK_ORDERS, LOOK_DMY, "2024-03-05" },
    { "1 août 1999", LOOK_ORDERS, LOOK_DMY, "1999-08-01" },
    { "Tue, 5 Mar 2024 14:03:00 +0100", LOOK_ORDERS, LOOK_DMY, "2024-03-05 14:03:00+01:00" },
    { "2024-05-17T14:03:22.500Z", LOOK_ORDERS, LOOK_YMD, "2024-05-17 14:03:22.5Z" },
    { "17.05.2024 2:03 pm", LOOK_DMY, LOOK_DMY, "2024-05-17 14:03:00" },
    { "29.02.2024", LOOK_DMY, LOOK_DMY, "2024-02-29" },
    { "29.02.2023", 0, LOOK_DMY, NULL }, { "2024-13-01", 0, LOOK_YMD, NULL }, { "2024-05", 0, LOOK_YMD, NULL }, { "1.2.3", 0, LOOK_DMY, NULL }, { "2024-05-17 25:00", 0, LOOK_YMD, NULL },
    { "2024-05-17x", 0, LOOK_YMD, NULL }, { "May 2024", 0, LOOK_DMY, NULL }, { "17-05", 0, LOOK_DMY, NULL }, { "00/00/0000", 0, LOOK_DMY, NULL },
  };

  for (gsize i = 0; i < G_N_ELEMENTS (cases); i++) {
    Look look;
    char out[LOOK_DATE_SIZE];
    size_t length = strlen (cases[i].text);
    g_test_message ("%s", cases[i].text);
    look_at (cases[i].text, length, &look);
    g_assert_true ((look.kind == LOOK_DATE) == (cases[i].orders != 0));
    if (cases[i].orders == 0) {
      g_assert_cmpuint (look_as_date (cases[i].text, length, cases[i].order, false, out), ==, 0);
      continue;
    }
    g_assert_cmpuint (look.orders, ==, cases[i].orders);
    length = look_as_date (cases[i].text, length, cases[i].order, false, out);
    out[length] = '\0';
    g_assert_cmpstr (out, ==, cases[i].date);
  }
}

static void
test_words (void)
{
  Look look;
  char out[LOOK_DATE_SIZE];

  g_assert_cmpint (look_as_boolean ("TRUE", 4), ==, 1);
  g_assert_cmpint (look_as_boolean ("nein", 4), ==, 0);
  g_assert_cmpint (look_as_boolean ("maybe", 5), ==, -1);
  g_assert_true (look_is_missing ("N/A", 3));
  g_assert_false (look_is_missing ("0", 1));
  g_assert_true (look_is_total ("Summe:", 6));
  look_at ("00123", 5, &look);
  g_assert_true (look.digits);
  look_at ("20240229", 8, &look);
  g_assert_true (look.compact);
  look_at ("20230229", 8, &look);
  g_assert_true (look.compact); /* the 29th of any February */
  look_at ("20231301", 8, &look);
  g_assert_false (look.compact);
  look_at ("14:03", 5, &look);
  g_assert_cmpint (look.kind, ==, LOOK_TIME);
  out[look_as_time ("2:05:01.250 PM", 14, out)] = '\0';
  g_assert_cmpstr (out, ==, "14:05:01.25");
  look_at ("24:00", 5, &look);
  g_assert_cmpint (look.kind, ==, LOOK_TEXT);
}

int
main (int argc, char *argv[])
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/look/numbers", test_numbers);
  g_test_add_func ("/look/dates", test_dates);
  g_test_add_func ("/look/words", test_words);
  return g_test_run ();
}
