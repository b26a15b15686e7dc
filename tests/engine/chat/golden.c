/* SPDX-License-Identifier: MIT */
/* What jinja2 makes of the same templates: tests/golden/chat/, written by make-chat-goldens.py there. */
#include "chat/template.h"
#include "gguf.h"

#include <glib.h>
#include <locale.h>
#include <string.h>

static char *
read_golden (const char *name)
{
  g_autofree char *path = g_test_build_filename (G_TEST_DIST, "golden", "chat", name, NULL);
  char *text;

  if (!g_file_get_contents (path, &text, NULL, NULL))
    g_error ("The file %s cannot be read.", path);
  return text;
}

/* Renders and compares; `expected` NULL: must fail, and say where. */
static void
check (const EngineTemplate *template_, const char *shown, const char *context, const char *expected)
{
  EngineError error = { 0 };
  size_t n = 0;
  g_autofree char *copy = NULL;
  char *text = engine_template_render (template_, context, strlen (context), &n, &error);

  if (text && expected && !strcmp (text, expected)) {
    g_assert_cmpuint (n, ==, strlen (text));
  } else if (text || expected) {
    g_test_message ("%s: expected \"%s\", got \"%s\" %s", shown, expected ? expected : "an error", text ? text : "an error:", error.message);
    g_test_fail ();
  } else {
    g_assert_cmpint (error.code, ==, ENGINE_BAD_INPUT);
    g_assert_true (g_str_has_prefix (error.message, "Line "));
  }
  free (text);
}

/* Each part of the file: its kind ("template"), and its text without the line break at its end. */
static char *
part_text (char *part, const char *kind)
{
  size_t n = strlen (kind);

  if (strncmp (part, kind, n) || part[n] != '\n')
    return NULL;
  part += n + 1;
  if (*part && part[strlen (part) - 1] == '\n')
    part[strlen (part) - 1] = '\0';
  return part;
}

static void
test_cases (void)
{
  g_autofree char *golden = read_golden ("templates.txt");
  g_auto (GStrv) parts = g_strsplit (golden, "%%% ", -1);
  const char *context = part_text (parts[1], "context"), *source;
  int n = 0;

  g_assert_nonnull (context);
  for (int i = 2; parts[i]; i += 2, n++) {
    const char *expected = part_text (parts[i + 1], "output");
    EngineError error = { 0 };
    EngineTemplate *template_;

    source = part_text (parts[i], "template");
    template_ = engine_template_new (source, strlen (source), &error);
    if (template_) {
      check (template_, source, context, expected);
    } else if (expected) {
      g_test_message ("\"%s\" must give \"%s\", but: %s", source, expected, error.message);
      g_test_fail ();
    } else {
      g_assert_cmpint (error.code, ==, ENGINE_BAD_INPUT);
      g_assert_true (g_str_has_prefix (error.message, "Line "));
    }
    engine_template_free (template_);
  }
  g_assert_cmpint (n, >, 700);
}

static void
test_model (gconstpointer data)
{
  const char *id = data, *folder = g_getenv ("MELETE_MODELS");
  g_autofree char *name = g_strconcat (id, ".gguf", NULL), *golden_name = g_strconcat (id, ".txt", NULL);
  g_autofree char *path = folder ? g_build_filename (folder, name, NULL)
                                 : g_build_filename (g_get_user_data_dir (), "melete", "models", name, NULL);
  g_autofree char *golden = read_golden (golden_name);
  g_auto (GStrv) parts = g_strsplit (golden, "%%% ", -1);
  EngineError error = { 0 };
  EngineGguf *gguf = engine_gguf_open (path, &error);
  EngineTemplate *template_;
  const char *source;
  size_t n;

  if (!gguf)
    g_error ("%s (\"./dev test\" fetches the model; or set MELETE_MODELS to the directory that has it.)", error.message);
  source = engine_gguf_string (gguf, "tokenizer.chat_template", &n);
  g_assert_nonnull (source);
  template_ = engine_template_new (source, n, &error);
  g_assert_cmpstr (error.message, ==, "");
  for (int i = 1; parts[i]; i += 2) {
    const char *context = part_text (parts[i], "context");

    g_assert_nonnull (context);
    check (template_, context, context, part_text (parts[i + 1], "output"));
  }
  engine_template_free (template_);
  engine_gguf_free (gguf);
}

/* The peer's own templates: renderings are known by their hashes. */
static void
test_peer (void)
{
  const char *data = g_getenv ("MELETE_PEER_DATA");
  g_autofree char *folder = data ? g_build_filename (data, "templates", NULL) : g_build_filename (g_get_user_data_dir (), "melete", "peer-data", "templates", NULL);
  g_autofree char *golden = read_golden ("peer-templates.txt");
  g_auto (GStrv) lines = g_strsplit (golden, "\n", -1);
  g_autoptr (GHashTable) contexts = g_hash_table_new_full (g_str_hash, g_str_equal, g_free, g_free);
  int n_rendered = 0, n_refused = 0;

  engine_template_set_clock (1785067200); /* 26 July 2026, noon */
  for (int i = 0; lines[i][0]; i++) {
    g_auto (GStrv) fields = g_strsplit (lines[i], "\t", 3);
    g_autofree char *path = NULL, *source = NULL, *text = NULL, *hash = NULL;
    const char *context = g_hash_table_lookup (contexts, fields[1]);
    EngineTemplate *template_;
    EngineError error = { 0 };
    gsize n;

    if (strcmp (fields[0], "context") == 0) {
      g_hash_table_insert (contexts, g_strdup (fields[1]), g_strdup (fields[2]));
      continue;
    }
    path = g_build_filename (folder, fields[0], NULL);
    if (!g_file_get_contents (path, &source, &n, NULL))
      g_error ("%s is not there (\"./dev test\" fetches it; or set MELETE_PEER_DATA).", path);
    template_ = engine_template_new (source, n, &error);
    text = template_ ? engine_template_render (template_, context, strlen (context), &n, &error) : NULL;
    hash = text ? g_compute_checksum_for_string (G_CHECKSUM_SHA256, text, (gssize) n) : g_strdup ("error");
    if (strcmp (hash, fields[2])) {
      g_test_message ("%s, %s: expected %s, got %s %s", fields[0], fields[1], fields[2], hash, error.message);
      g_test_fail ();
    }
    n_rendered += text != NULL;
    n_refused += text == NULL;
    engine_template_free (template_);
  }
  engine_template_set_clock (-1);
  g_test_message ("%d rendered, %d refused", n_rendered, n_refused);
  g_assert_cmpint (n_rendered + n_refused, ==, 70 * 12);
  g_assert_cmpint (n_rendered, >, 750);
}

/* A German desktop writes 1,5: templates must not. */
static void
test_locale (void)
{
  const char *source = "{{ 1.5 }} {{ '2.5'|float * 2 }} {{ '%.2f'|format(3.14159) }}";
  EngineTemplate *template_;
  char *text, *before = g_strdup (setlocale (LC_ALL, NULL));

  setlocale (LC_ALL, "de_DE.UTF-8"); /* where it is installed */
  template_ = engine_template_new (source, strlen (source), NULL);
  text = engine_template_render (template_, "{\"x\": 0.5}", 10, NULL, NULL);
  g_assert_cmpstr (text, ==, "1.5 5.0 3.14");
  setlocale (LC_ALL, before);
  g_free (before);
  free (text);
  engine_template_free (template_);
}

static void
test_context (void)
{
  static const char *const bad[] = { "", "{", "[1]", "{\"a\"}", "{\"a\":}", "{\"a\":1,}", "{\"a\":tru}", "{\"a\":1} x", "{\"a\":\"\\q\"}", "{\"a\":\"x", "{\"a\":1e}", "nul" };
  const char *source = "{{ a }}";
  EngineTemplate *template_ = engine_template_new (source, strlen (source), NULL);
  g_autoptr (GString) deep = g_string_new ("{\"a\":");

  for (gsize i = 0; i < G_N_ELEMENTS (bad); i++) {
    EngineError error = { 0 };

    g_assert_null (engine_template_render (template_, bad[i], strlen (bad[i]), NULL, &error));
    g_assert_cmpint (error.code, ==, ENGINE_BAD_INPUT);
    g_assert_true (g_str_has_prefix (error.message, "The values for the chat template cannot be read: "));
  }
  for (int i = 0; i < 100000; i++)
    g_string_append_c (deep, '[');
  g_assert_null (engine_template_render (template_, deep->str, deep->len, NULL, NULL));
  {
    const char *json = " { \"a\" : \"\\u00e9\\ud83e\\udd99\\n\\ud800x\\/\" , \"a b\":[1,-2.5e3,true,false,null,{}] } ";
    char *text = engine_template_render (template_, json, strlen (json), NULL, NULL);

    g_assert_cmpstr (text, ==, "é🦙\n\xEF\xBF\xBDx/");
    free (text);
  }
  engine_template_free (template_);
}

int
main (int argc, char **argv)
{
  static const char *const models[] = { "smollm2-135m-instruct", "qwen2.5-coder-0.5b-instruct", "qwen2.5-coder-1.5b-instruct" };

  g_setenv ("TZ", "UTC", TRUE);
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/chat/golden/cases", test_cases);
  for (gsize i = 0; i < G_N_ELEMENTS (models); i++) {
    g_autofree char *path = g_strconcat ("/chat/golden/", models[i], NULL);

    g_test_add_data_func (path, models[i], test_model);
  }
  g_test_add_func ("/chat/golden/peer", test_peer);
  g_test_add_func ("/chat/golden/locale", test_locale);
  g_test_add_func ("/chat/golden/context", test_context);
  return g_test_run ();
}
