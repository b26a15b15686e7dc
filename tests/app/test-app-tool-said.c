/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Whether an answer says the number that a tool came to. */
#include "app-tool-said.h"

#include <string.h>

static void
test_has (void)
{
  static const struct {
    const char *result, *answer;
    gboolean has;
  } cases[] = {
    { "2348.40 * 0.175 = 410.97", "The answer is 410.97.", TRUE },
    { "2348.40 * 0.175 = 410.97", "Es sind 410,97 €.", TRUE },
    { "2348.40 * 0.175 = 410.97", "It is 410.970, exactly.", TRUE },
    { "2348.40 * 0.175 = 410.97", "It is about 411.", FALSE },
    { "2348.40 * 0.175 = 410.97", "It is 416.67.", FALSE },
    { "2348.40 * 0.175 = 410.97", "It is 1410.97, or 410.975.", FALSE },
    { "2348.40 * 0.175 = 410.97", "Answer: ", FALSE },
    { "1274 * 386 = 491764", "The product of 1274 and 386 is 491,764.", TRUE },
    { "1274 * 386 = 491764", "Das sind 491.764 Stück.", TRUE },
    { "1274 * 386 = 491764", "491 764", TRUE },
    { "1274 * 386 = 491764", "4917640, 49176 and 491765", FALSE },
    { "1000000 + 234567.5 = 1234567.5", "1,234,567.50", TRUE },
    { "1000000 + 234567.5 = 1234567.5", "1.234.567,5", TRUE },
    { "2540 / 3 = 2540/3 ≈ 846.666666666667", "roughly 846.67", TRUE },
    { "2540 / 3 = 2540/3 ≈ 846.666666666667", "roughly 846.7", FALSE },
    { "sqrt(2) = ≈ 1.4142135623731", "1.4142", TRUE },
    { "5 - 12 = -7", "It is -7.", TRUE },
    { "3 km / 20 min in km/h = 9 km/h", "At 9 km/h.", TRUE },
    { "3 km / 20 min in km/h = 9 km/h", "At 90 km/h.", FALSE },
    { "9216 / 128 = 72", "72.", TRUE },
    { "0.125 * 6.4 = 0.8", "0.80", TRUE },
    { "Nothing was found.", "", TRUE },
    { "= 12345678901234567890123", "12345678901234567890123", TRUE },
    { "= 1", "123456789012345678901234567890123456789012345678901234567890", FALSE },
  };

  for (guint i = 0; i < G_N_ELEMENTS (cases); i++)
    if (app_tool_said_has (cases[i].answer, cases[i].result) != cases[i].has)
      g_error ("“%s” %s the number of “%s”", cases[i].answer, cases[i].has ? "says" : "does not say", cases[i].result);
}

/* A long question is repeated from its end on, in whole characters. */
static void
test_reminder (void)
{
  g_autofree char *umlauts = g_strnfill (2000, 'x'), *text = NULL, *reminder = NULL;

  for (guint i = 0; i < 1000; i++)
    memcpy (umlauts + 2 * i, "ä", 2);
  text = g_strconcat (umlauts, " How much?", NULL);
  reminder = app_tool_said_reminder (text, FALSE);
  g_assert_true (g_utf8_validate (reminder, -1, NULL));
  g_assert_nonnull (strstr (reminder, "ä How much?”"));
  g_assert_cmpuint (strlen (reminder), <, 1000);
}

static void
test_circles (void)
{
  g_autoptr (GString) text = g_string_new ("First.\n");

  for (guint i = 0; i < 24; i++) {
    g_assert_false (app_tool_said_circles (text->str, text->len));
    g_string_append (text, "{\"name\": \"result\"}\n");
  }
  g_assert_true (app_tool_said_circles (text->str, text->len));
  g_string_append (text, "{\"na");
  g_assert_true (app_tool_said_circles (text->str, text->len));
  g_string_append (text, "!\n");
  g_assert_false (app_tool_said_circles (text->str, text->len));
  g_string_truncate (text, 0);
  for (guint i = 0; i < 40; i++)
    g_string_append (text, "| 0 |\n");
  g_assert_false (app_tool_said_circles (text->str, text->len));
  g_assert_false (app_tool_said_circles ("", 0));
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/app-tool-said/has", test_has);
  g_test_add_func ("/app-tool-said/reminder", test_reminder);
  g_test_add_func ("/app-tool-said/circles", test_circles);
  return g_test_run ();
}
