/* SPDX-License-Identifier: MIT */
/* Whisper base, as `./dev models` fetches it, hears two recordings of espeak-ng: the words, the language, the times. By melete-engine, from a file to text. */
#include <gio/gio.h>
#include <json-glib/json-glib.h>

static const struct { const char *file, *language, *text; } recordings[] = {
  { "en.ogg", "en", "we need three eggs half a liter of milk and a little salt for the pancakes nobody knows why the old lighthouse was painted green" },
  { "de.ogg", "de", "guten morgen heute ist ein schöner tag und wir gehen zusammen in die stadt" },
};

static char *
run (GSubprocessFlags flags, char **err, const char *first, ...)
{
  g_autoptr (GPtrArray) arguments = g_ptr_array_new ();
  g_autofree char *model = g_build_filename (g_getenv ("MELETE_MODELS"), "whisper-base.gguf", NULL);
  g_autoptr (GSubprocess) process = NULL;
  g_autoptr (GError) error = NULL;
  char *out = NULL;
  va_list more;

  g_ptr_array_add (arguments, (char *) MELETE_ENGINE);
  g_ptr_array_add (arguments, (char *) "transcribe");
  g_ptr_array_add (arguments, model);
  va_start (more, first);
  for (const char *word = first; word; word = va_arg (more, const char *))
    g_ptr_array_add (arguments, (char *) word);
  va_end (more);
  g_ptr_array_add (arguments, NULL);
  process = g_subprocess_newv ((const char *const *) arguments->pdata, flags | G_SUBPROCESS_FLAGS_STDOUT_PIPE, &error);
  g_assert_no_error (error);
  g_subprocess_communicate_utf8 (process, NULL, NULL, &out, err, &error);
  g_assert_no_error (error);
  g_assert_true (g_subprocess_get_if_exited (process));
  g_assert_cmpint (g_subprocess_get_exit_status (process), ==, 0);
  return out;
}

/* Small letters and single spaces. */
static char *
plain (const char *text)
{
  g_autofree char *lower = g_utf8_strdown (text, -1);
  GString *result = g_string_new (NULL);

  for (const char *at = lower; *at; at = g_utf8_next_char (at)) {
    gunichar c = g_utf8_get_char (at);

    if (g_unichar_isalnum (c))
      g_string_append_unichar (result, c);
    else if (result->len > 0 && result->str[result->len - 1] != ' ')
      g_string_append_c (result, ' ');
  }
  return g_strchomp (g_string_free (result, FALSE));
}

static int
count_missing (const char *said, const char *heard)
{
  g_auto (GStrv) words = g_strsplit (said, " ", -1), others = g_strsplit (heard, " ", -1);
  int n = 0;

  for (char **word = words; *word; word++)
    n += !g_strv_contains ((const char *const *) others, *word);
  return n + ABS ((int) g_strv_length (words) - (int) g_strv_length (others));
}

static void
test_words (gconstpointer data)
{
  gsize i = GPOINTER_TO_SIZE (data);
  g_autofree char *path = g_test_build_filename (G_TEST_DIST, "data", "speech", recordings[i].file, NULL), *err = NULL, *heard = NULL;
  g_autofree char *out = run (G_SUBPROCESS_FLAGS_STDERR_PIPE, &err, path, "--json", "--numbers", "--threads", "2", NULL), *language = g_strdup_printf (" s of %s (", recordings[i].language);
  g_autoptr (GString) all = g_string_new (NULL);
  g_autoptr (GError) error = NULL;
  g_autoptr (JsonNode) node = json_from_string (out, &error);
  JsonArray *segments;
  double before = 0;

  g_assert_no_error (error);
  segments = json_node_get_array (node);
  for (guint k = 0; k < json_array_get_length (segments); k++) {
    JsonObject *segment = json_array_get_object_element (segments, k);
    double begin = json_object_get_double_member (segment, "begin"), end = json_object_get_double_member (segment, "end");

    g_assert_cmpfloat (before, <=, begin);
    g_assert_cmpfloat (begin, <, end);
    before = end;
    g_string_append_printf (all, "%s ", json_object_get_string_member (segment, "text"));
  }
  g_assert_cmpfloat (before, <, 12);
  heard = plain (all->str);
  g_test_message ("%s", heard);
  g_assert_cmpint (count_missing (recordings[i].text, heard), <=, 2);
  g_assert_nonnull (strstr (err, language));
}

static void
test_translate (void)
{
  g_autofree char *path = g_test_build_filename (G_TEST_DIST, "data", "speech", "de.ogg", NULL);
  g_autofree char *out = run (G_SUBPROCESS_FLAGS_NONE, NULL, path, "--translate", "--beams", "1", "--language", "de", "--threads", "2", NULL), *words = plain (out);

  g_test_message ("%s", words);
  g_assert_nonnull (strstr (words, "good morning"));
  g_assert_null (strstr (words, "guten"));
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  if (!g_getenv ("MELETE_MODELS"))
    g_error ("MELETE_MODELS does not say where the models are; run ./dev test.");
  for (gsize i = 0; i < G_N_ELEMENTS (recordings); i++) {
    g_autofree char *name = g_strconcat ("/engine/speech/real/", recordings[i].language, NULL);

    g_test_add_data_func (name, GSIZE_TO_POINTER (i), test_words);
  }
  g_test_add_func ("/engine/speech/real/translate", test_translate);
  return g_test_run ();
}
