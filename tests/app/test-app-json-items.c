/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "app-json-items.h"

#include <string.h>

#include "app-error.h"

/* The items on one line each, or the error's code in angle brackets where it came. */
static char *
read_all (const char *text, gssize length)
{
  g_autoptr (GInputStream) stream = g_memory_input_stream_new_from_data (text, length, NULL);
  g_autoptr (AppJsonItems) items = app_json_items_new (stream);
  g_autoptr (GString) out = g_string_new (NULL);

  for (;;) {
    g_autoptr (JsonNode) item = NULL;
    g_autoptr (GError) error = NULL;
    g_autofree char *line = NULL;

    if (!app_json_items_next (items, &item, NULL, &error)) {
      g_assert_error (error, APP_ERROR, APP_ERROR_DAMAGED);
      g_string_append (out, "<damaged>");
      break;
    }
    if (!item)
      break;
    line = json_to_string (item, FALSE);
    g_string_append_printf (out, "%s\n", line);
  }
  if (json_object_get_size (app_json_items_get_header (items)) > 0)
    g_string_append_printf (out, "header: %u", json_object_get_size (app_json_items_get_header (items)));
  return g_strdup (out->str);
}

static void
assert_reads (const char *text, const char *expected)
{
  g_autofree char *read = read_all (text, -1);

  g_assert_cmpstr (read, ==, expected);
}

static void
test_shapes (void)
{
  assert_reads ("[]", "");
  assert_reads (" \n[ {\"a\" : 1} , [2, \"]\"],3,\"x\",null ]", "{\"a\":1}\n[2,\"]\"]\n3\n\"x\"\nnull\n");
  assert_reads ("{\"mapping\": {\"a\": [1]}, \"items\": [1]}", "{\"mapping\":{\"a\":[1]},\"items\":[1]}\n");
  assert_reads ("{\"format\": \"f\", \"version\": 1, \"items\": [{\"a\":1},\n{\"b\":2}]}", "{\"a\":1}\n{\"b\":2}\nheader: 2");
  assert_reads ("\357\273\277[1]", "1\n");
  assert_reads ("{}", "{}\n");
}

static void
test_damage (void)
{
  g_autofree char *deep = g_strnfill (APP_JSON_ITEMS_MAX_DEPTH + 2, '[');
  g_autofree char *not_utf8 = read_all ("[\"\xff\"]", 5);

  assert_reads ("", "<damaged>");
  assert_reads ("PK", "<damaged>");
  assert_reads ("[1, 2", "1\n2\n<damaged>");
  assert_reads ("[1 2]", "1\n<damaged>");
  assert_reads ("[{\"a\": 1}, {\"b\": \"x", "{\"a\":1}\n<damaged>");
  assert_reads ("[{\"a\": 1]]", "<damaged>");
  assert_reads ("[/* \" */ 1]", "<damaged>");
  assert_reads ("['a']", "<damaged>");
  assert_reads ("[\"\\u12\"]", "<damaged>");
  assert_reads ("[\"\\x\"]", "<damaged>");
  assert_reads (deep, "<damaged>");
  g_assert_cmpstr (not_utf8, ==, "<damaged>");
}

/* What json-glib would not survive. */
static void
test_surrogates (void)
{
  assert_reads ("[\"\\ud83d\\ude00\"]", "\"\360\237\230\200\"\n");
  assert_reads ("[\"\\ud83d\"]", "\"\357\277\275\"\n");
  assert_reads ("[\"\\ude00x\"]", "\"\357\277\275x\"\n");
  assert_reads ("[\"\\ud83d\\n\"]", "\"\357\277\275\\n\"\n");
  assert_reads ("[\"\\ud83d\\u0041\"]", "\"\357\277\275A\"\n");
  assert_reads ("[\"\\ud83d\\ud83d\\ude00\"]", "\"\357\277\275\360\237\230\200\"\n");
  assert_reads ("[\"a\\u0000b\"]", "\"a\357\277\275b\"\n");
}

/* Larger than the buffer, with every boundary somewhere. */
static void
test_long (void)
{
  g_autoptr (GString) text = g_string_new ("[");
  g_autofree char *read = NULL;
  guint lines = 0;

  for (guint i = 0; i < 60000; i++)
    g_string_append_printf (text, "%s{\"n\":%u,\"s\":\"\\u00e9 \\\\ \\\" }\"}", i ? "," : "", i);
  g_string_append (text, "]");
  read = read_all (text->str, text->len);
  for (const char *p = read; *p; p++)
    lines += *p == '\n';
  g_assert_cmpuint (lines, ==, 60000);
  g_assert_nonnull (strstr (read, "{\"n\":59999,\"s\":\"\303\251 \\\\ \\\" }\"}\n"));
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/app/json-items/shapes", test_shapes);
  g_test_add_func ("/app/json-items/damage", test_damage);
  g_test_add_func ("/app/json-items/surrogates", test_surrogates);
  g_test_add_func ("/app/json-items/long", test_long);
  return g_test_run ();
}
