/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Arguments of calls: what fits a schema in whichever order, and what a person is shown of them. */
#include <string.h>

#include "app-error.h"
#include "tools/tool.h"

static const char schema[] = "{\"type\":\"object\",\"properties\":{\"path\":{\"type\":\"string\",\"minLength\":1},\"lines\":{\"type\":\"array\",\"items\":{\"type\":\"object\",\"properties\":{\"a\":{\"type\":\"integer\"},"
                             "\"b\":{\"type\":\"string\"}},\"required\":[\"a\"]},\"maxItems\":2},\"kind\":{\"enum\":[\"x\",\"y\"]}},\"required\":[\"path\"],\"additionalProperties\":false}";

static void
test_check (void)
{
  static const struct {
    const char *arguments;
    gboolean fits;
  } cases[] = {
    { "{\"path\":\"a\"}", TRUE },
    { "{ \"kind\" : \"y\",\n \"path\" : \"a\" }", TRUE },
    { "{\"lines\":[{\"b\":\"x\",\"a\":1},{\"a\":2}],\"path\":\"\\u00e9\\n\"}", TRUE },
    { "{}", FALSE },
    { "{\"path\":\"\"}", FALSE },
    { "{\"path\":1}", FALSE },
    { "{\"path\":null}", FALSE },
    { "{\"path\":\"a\",\"kind\":\"z\"}", FALSE },
    { "{\"path\":\"a\",\"more\":1}", FALSE },
    { "{\"path\":\"a\",\"lines\":[{\"b\":\"x\"}]}", FALSE },
    { "{\"path\":\"a\",\"lines\":[{\"a\":1},{\"a\":1},{\"a\":1}]}", FALSE },
    { "{\"path\":\"a\",\"lines\":[{\"a\":1.5}]}", FALSE },
    { "[]", FALSE },
    { "\"path\"", FALSE },
    { "", FALSE },
    { "{\"path\":\"a\"", FALSE },
    { "{\"path\":\"a\"} {}", FALSE },
    { "/* */ {\"path\":\"a\"}", FALSE },
  };

  for (gsize i = 0; i < G_N_ELEMENTS (cases); i++) {
    g_autoptr (GError) error = NULL;
    JsonObject *object = app_tool_check_arguments (schema, cases[i].arguments, &error);

    if ((object != NULL) != cases[i].fits)
      g_error ("%s: %s", cases[i].arguments, error != NULL ? error->message : "it fits");
    if (object == NULL)
      g_assert_error (error, APP_ERROR, APP_ERROR_INVALID);
    g_clear_pointer (&object, json_object_unref);
  }
}

/* The schema of every tool is one, and what a tool names is in it. */
static void
test_tools (void)
{
  const AppTool *tool;

  for (guint i = 0; (tool = app_tool_get (i)) != NULL; i++) {
    g_autoptr (GError) error = NULL;
    g_autofree char *member = g_strdup_printf ("\"%s\":", tool->object != NULL ? tool->object : "properties");
    JsonObject *object = app_tool_check_arguments (tool->parameters, "{\"nothing\":1}", &error);

    g_assert_null (object);
    g_assert_nonnull (strstr (error->message, "do not fit"));
    g_assert_nonnull (strstr (tool->parameters, member));
    g_assert_null (tool->origin);
    for (guint k = 0; k < i; k++)
      g_assert_cmpstr (tool->name, !=, app_tool_get (k)->name);
  }
}

/* Nothing in what is shown is hidden, or turns the rest round. */
static void
test_print (void)
{
  g_autofree char *printed = app_tool_print_arguments ("{\"path\":\"invoice\xe2\x80\xae" "fdp.exe\",\"to\":\"a\xe2\x80\x8b" "b\xf3\xa0\x81\x81\"}");
  g_autofree char *broken = app_tool_print_arguments ("not JSON\xe2\x80\xae\xff");

  g_assert_cmpstr (printed, ==, "{\n  \"path\" : \"invoice\\u202efdp.exe\",\n  \"to\" : \"a\\u200bb\\udb40\\udc41\"\n}");
  g_assert_true (g_utf8_validate (broken, -1, NULL));
  g_assert_nonnull (strstr (broken, "\\u202e"));
}

int
main (int argc, char *argv[])
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/app/tools/arguments/check", test_check);
  g_test_add_func ("/app/tools/arguments/tools", test_tools);
  g_test_add_func ("/app/tools/arguments/print", test_print);
  return g_test_run ();
}
