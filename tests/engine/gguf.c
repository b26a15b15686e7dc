/* SPDX-License-Identifier: MIT */
/* Broken GGUF files: made by hand, from a table of edits to a good one; cut off at every
 * byte; mutated at random; changed while in use. Each must give one clear sentence.
 *
 * MELETE_MUTATIONS says how many random ones (100,000), MELETE_SEED repeats a run. */
#include "gguf.h"

#include "gguf-writer.h"

#include <fcntl.h>
#include <glib/gstdio.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <unistd.h>

#define HEADER_TENSORS 8 /* offset of n_tensors */
#define HEADER_KEYS 16

/* ---- a good file ---------------------------------------------------------------- */

static GByteArray *
good_file (void)
{
  static const char *const words[] = { "one", "two", "three" };
  static const gint32 numbers[] = { 1, -2, 3 };
  float values[64];
  GgufWriter writer;

  for (gsize i = 0; i < G_N_ELEMENTS (values); i++)
    values[i] = (float) i;
  gguf_writer_init (&writer);
  gguf_write_string (&writer, "general.architecture", "llama");
  gguf_write_uint (&writer, "general.alignment", 32);
  gguf_write_uint (&writer, "a.number", 7);
  gguf_write_float (&writer, "a.fraction", 0.5f);
  gguf_write_bool (&writer, "a.truth", TRUE);
  gguf_write_strings (&writer, "some.words", words, G_N_ELEMENTS (words));
  gguf_write_ints (&writer, "some.numbers", numbers, G_N_ELEMENTS (numbers));
  gguf_write_tensor (&writer, "first.weight", ENGINE_TYPE_F32, 8, 4, values);
  gguf_write_tensor (&writer, "other.weight", ENGINE_TYPE_Q8_0, 32, 2, values);
  gguf_write_tensor (&writer, "third.bias", ENGINE_TYPE_F32, 8, 0, values);
  return gguf_writer_finish (&writer);
}

/* Anonymous, so that a hundred thousand of them cost no disk. */
typedef struct {
  int  fd;
  char path[64];
} Memory;

static Memory
memory_new (void)
{
  Memory memory = { .fd = memfd_create ("gguf", MFD_CLOEXEC) };

  g_assert_cmpint (memory.fd, >=, 0);
  g_snprintf (memory.path, sizeof memory.path, "/proc/self/fd/%d", memory.fd);
  return memory;
}

static void
memory_set (const Memory *memory, const guint8 *bytes, gsize n)
{
  g_assert_cmpint (ftruncate (memory->fd, 0), ==, 0);
  g_assert_cmpint (pwrite (memory->fd, bytes, n, 0), ==, (gssize) n);
}

static gsize
find (const GByteArray *file, const char *text)
{
  const guint8 *at = memmem (file->data, file->len, text, strlen (text));

  g_assert_nonnull (at);
  return (gsize) (at - file->data);
}

/* ---- what is asked of every answer ------------------------------------------------ */

static void
assert_clear (const EngineError *error)
{
  g_assert_true (error->code == ENGINE_BAD_FILE || error->code == ENGINE_UNSUPPORTED || error->code == ENGINE_NO_MEMORY);
  g_assert_cmpuint (strlen (error->message), >, 20);
  g_assert_true (g_utf8_validate (error->message, -1, NULL));
  g_assert_true (g_ascii_isupper (error->message[0]) && g_str_has_suffix (error->message, "."));
  g_assert_null (strchr (error->message, '\n'));
}

static void
assert_broken (const GByteArray *file, const char *what)
{
  Memory memory = memory_new ();
  EngineError error = { 0 };
  EngineGguf *gguf;

  memory_set (&memory, file->data, file->len);
  gguf = engine_gguf_open (memory.path, &error);
  if (gguf)
    g_error ("A broken file was taken for a good one: %s", what);
  assert_clear (&error);
  close (memory.fd);
}

/* Looks at everything in a file that was taken for good. */
static void
walk (EngineGguf *gguf)
{
  EngineError error = { 0 };

  for (gsize i = 0; i < engine_gguf_n_keys (gguf); i++) {
    const char *key = engine_gguf_key (gguf, i);
    gsize n = engine_gguf_array_length (gguf, key), n_bytes;
    const char *string = engine_gguf_string (gguf, key, &n_bytes);
    EngineGgufType type, element;
    guint64 number;
    gint64 integer;
    double real;
    bool truth;

    g_assert_true (engine_gguf_type (gguf, key, &type, &element));
    g_assert_true (!string || string[n_bytes] == '\0');
    g_assert_null (engine_gguf_array_string (gguf, key, n, NULL));
    g_assert_false (engine_gguf_array_int (gguf, key, n, &integer));
    engine_gguf_uint (gguf, key, &number);
    engine_gguf_int (gguf, key, &integer);
    engine_gguf_float (gguf, key, &real);
    engine_gguf_bool (gguf, key, &truth);
    for (gsize k = 0; k < n; k++) {
      string = engine_gguf_array_string (gguf, key, k, &n_bytes);
      g_assert_true (!string || string[n_bytes] == '\0');
      engine_gguf_array_int (gguf, key, k, &integer);
      engine_gguf_array_float (gguf, key, k, &real);
    }
  }
  for (gsize i = 0; i < engine_gguf_n_tensors (gguf); i++) {
    const EngineTensor *tensor = engine_gguf_tensor (gguf, i);
    g_autofree char *bytes = g_malloc (tensor->bytes);

    g_assert_true (engine_gguf_find_tensor (gguf, tensor->name) == tensor);
    g_assert_true (engine_gguf_read (gguf, tensor, 0, bytes, tensor->bytes, &error));
    g_assert_false (engine_gguf_read (gguf, tensor, 1, bytes, tensor->bytes, &error));
    error = (EngineError) { 0 };
  }
}

/* ---- a good file is read as it is -------------------------------------------------- */

static void
test_good (void)
{
  GByteArray *file = good_file ();
  Memory memory = memory_new ();
  EngineError error = { 0 };
  EngineGguf *gguf;
  EngineGgufType type, element;
  guint64 number;
  gint64 integer;
  double real;
  bool truth;
  float row[8];

  memory_set (&memory, file->data, file->len);
  gguf = engine_gguf_open (memory.path, &error);
  g_assert_cmpstr (error.message, ==, "");
  g_assert_nonnull (gguf);
  walk (gguf);

  g_assert_cmpstr (engine_gguf_string (gguf, "general.architecture", NULL), ==, "llama");
  g_assert_null (engine_gguf_string (gguf, "a.number", NULL));
  g_assert_null (engine_gguf_string (gguf, "some.words", NULL));
  g_assert_null (engine_gguf_string (gguf, "absent", NULL));
  g_assert_true (engine_gguf_uint (gguf, "a.number", &number) && number == 7);
  g_assert_true (engine_gguf_int (gguf, "a.number", &integer) && integer == 7);
  g_assert_false (engine_gguf_float (gguf, "a.number", &real));
  g_assert_false (engine_gguf_bool (gguf, "a.number", &truth));
  g_assert_true (engine_gguf_float (gguf, "a.fraction", &real) && real == 0.5);
  g_assert_true (engine_gguf_bool (gguf, "a.truth", &truth) && truth);
  g_assert_cmpuint (engine_gguf_array_length (gguf, "some.words"), ==, 3);
  g_assert_cmpstr (engine_gguf_array_string (gguf, "some.words", 2, NULL), ==, "three");
  g_assert_true (engine_gguf_array_int (gguf, "some.numbers", 1, &integer) && integer == -2);
  g_assert_cmpint (engine_gguf_array_ints (engine_gguf_array (gguf, "some.numbers", ENGINE_GGUF_I32))[2], ==, 3);
  g_assert_null (engine_gguf_array (gguf, "some.numbers", ENGINE_GGUF_F32));
  g_assert_true (engine_gguf_type (gguf, "some.words", &type, &element));
  g_assert_true (type == ENGINE_GGUF_ARRAY && element == ENGINE_GGUF_STRING);

  g_assert_cmpuint (engine_gguf_n_tensors (gguf), ==, 3);
  g_assert_true (engine_gguf_read (gguf, engine_gguf_find_tensor (gguf, "third.bias"), 0, row, sizeof row, &error));
  g_assert_cmpfloat (row[7], ==, 7);
  g_assert_null (engine_gguf_find_tensor (gguf, "fourth"));
  engine_gguf_free (gguf);
  g_byte_array_unref (file);
  close (memory.fd);
}

/* ---- 200 by hand ------------------------------------------------------------------- */

/* Puts `size` little-endian bytes of `value` at `offset` after the beginning of the text `anchor`
 * (NULL: of the file). */
typedef struct {
  const char *anchor;
  gsize       offset, size;
  guint64     value;
} Edit;

#define KEY_TYPE(key) key, sizeof key - 1, 4
#define NAME_LENGTH(name) name, -8, 8
#define AFTER(key, n, size) key, sizeof key - 1 + (n), size
#define MANY UINT64_MAX

static const Edit edits[] = {
  /* magic and version */
  { NULL, 0, 1, 'g' }, { NULL, 0, 4, 0 }, { NULL, 3, 1, 'G' }, { NULL, 0, 4, 0x46554747 ^ 0x20 }, { NULL, 0, 8, 0x04034b50 },
  { NULL, 4, 4, 0 }, { NULL, 4, 4, 1 }, { NULL, 4, 4, 4 }, { NULL, 4, 4, 255 }, { NULL, 4, 4, UINT32_MAX }, { NULL, 4, 4, 0x02000000 }, { NULL, 4, 4, 0x03000000 },
  /* counts: the rest is then read as something else, or ends */
  { NULL, HEADER_TENSORS, 8, 4 }, { NULL, HEADER_TENSORS, 8, 10 }, { NULL, HEADER_TENSORS, 8, 65536 }, { NULL, HEADER_TENSORS, 8, UINT32_MAX },
  { NULL, HEADER_TENSORS, 8, 1ull << 32 }, { NULL, HEADER_TENSORS, 8, 1ull << 63 }, { NULL, HEADER_TENSORS, 8, MANY }, { NULL, HEADER_TENSORS, 8, MANY / 32 },
  { NULL, HEADER_KEYS, 8, 0 }, { NULL, HEADER_KEYS, 8, 1 }, { NULL, HEADER_KEYS, 8, 6 }, { NULL, HEADER_KEYS, 8, 8 }, { NULL, HEADER_KEYS, 8, 65536 },
  { NULL, HEADER_KEYS, 8, UINT32_MAX }, { NULL, HEADER_KEYS, 8, 1ull << 32 }, { NULL, HEADER_KEYS, 8, 1ull << 63 }, { NULL, HEADER_KEYS, 8, MANY }, { NULL, HEADER_KEYS, 8, MANY / 13 },
  /* lengths of keys' names */
  { NAME_LENGTH ("general.architecture"), 0 }, { NAME_LENGTH ("general.architecture"), 19 }, { NAME_LENGTH ("general.architecture"), 21 }, { NAME_LENGTH ("general.architecture"), 65536 },
  { NAME_LENGTH ("general.architecture"), 1ull << 31 }, { NAME_LENGTH ("general.architecture"), 1ull << 32 }, { NAME_LENGTH ("general.architecture"), 1ull << 63 }, { NAME_LENGTH ("general.architecture"), MANY },
  { NAME_LENGTH ("a.number"), 0 }, { NAME_LENGTH ("a.number"), 7 }, { NAME_LENGTH ("a.number"), 9 }, { NAME_LENGTH ("a.number"), 65535 }, { NAME_LENGTH ("a.number"), MANY - 7 }, { NAME_LENGTH ("a.number"), MANY },
  { NAME_LENGTH ("some.words"), 0 }, { NAME_LENGTH ("some.words"), 9 }, { NAME_LENGTH ("some.words"), 11 }, { NAME_LENGTH ("some.words"), 4096 }, { NAME_LENGTH ("some.words"), MANY },
  { NAME_LENGTH ("some.numbers"), 0 }, { NAME_LENGTH ("some.numbers"), 1000 }, { NAME_LENGTH ("some.numbers"), MANY },
  /* names with a zero byte */
  { "general.architecture", 3, 1, 0 }, { "a.number", 0, 1, 0 }, { "some.words", 9, 1, 0 }, { "first.weight", 0, 1, 0 }, { "other.weight", 11, 1, 0 },
  /* types of keys */
  { KEY_TYPE ("general.architecture"), 13 }, { KEY_TYPE ("general.architecture"), 14 }, { KEY_TYPE ("general.architecture"), 255 }, { KEY_TYPE ("general.architecture"), UINT32_MAX }, { KEY_TYPE ("general.architecture"), 1u << 31 },
  { KEY_TYPE ("general.alignment"), 13 }, { KEY_TYPE ("general.alignment"), ENGINE_GGUF_U64 }, { KEY_TYPE ("general.alignment"), ENGINE_GGUF_STRING }, { KEY_TYPE ("general.alignment"), ENGINE_GGUF_ARRAY }, { KEY_TYPE ("general.alignment"), ENGINE_GGUF_F32 },
  { KEY_TYPE ("general.alignment"), ENGINE_GGUF_BOOL }, { KEY_TYPE ("general.alignment"), ENGINE_GGUF_U8 },
  { KEY_TYPE ("a.number"), 13 }, { KEY_TYPE ("a.number"), ENGINE_GGUF_U64 }, { KEY_TYPE ("a.number"), ENGINE_GGUF_U8 }, { KEY_TYPE ("a.number"), ENGINE_GGUF_STRING }, { KEY_TYPE ("a.number"), ENGINE_GGUF_ARRAY }, { KEY_TYPE ("a.number"), ENGINE_GGUF_F64 },
  { KEY_TYPE ("a.fraction"), 13 }, { KEY_TYPE ("a.fraction"), 256 }, { KEY_TYPE ("a.fraction"), ENGINE_GGUF_I64 }, { KEY_TYPE ("a.fraction"), ENGINE_GGUF_I16 },
  { KEY_TYPE ("a.truth"), 99 }, { KEY_TYPE ("a.truth"), ENGINE_GGUF_U32 }, { KEY_TYPE ("a.truth"), ENGINE_GGUF_STRING }, { AFTER ("a.truth", 4, 1), 2 }, { AFTER ("a.truth", 4, 1), 255 },
  { KEY_TYPE ("some.words"), 13 }, { KEY_TYPE ("some.words"), ENGINE_GGUF_STRING }, { KEY_TYPE ("some.words"), ENGINE_GGUF_U32 }, { KEY_TYPE ("some.numbers"), ENGINE_GGUF_STRING }, { KEY_TYPE ("some.numbers"), ENGINE_GGUF_F64 },
  /* a string's length */
  { AFTER ("general.architecture", 4, 8), 0 }, { AFTER ("general.architecture", 4, 8), 4 }, { AFTER ("general.architecture", 4, 8), 6 }, { AFTER ("general.architecture", 4, 8), 100000 }, { AFTER ("general.architecture", 4, 8), 1ull << 32 },
  { AFTER ("general.architecture", 4, 8), 1ull << 63 }, { AFTER ("general.architecture", 4, 8), MANY }, { AFTER ("general.architecture", 4, 8), MANY - 1 },
  /* an array's element type, count, and the lengths within */
  { AFTER ("some.words", 4, 4), ENGINE_GGUF_ARRAY }, { AFTER ("some.words", 4, 4), 13 }, { AFTER ("some.words", 4, 4), 255 }, { AFTER ("some.words", 4, 4), UINT32_MAX }, { AFTER ("some.words", 4, 4), ENGINE_GGUF_U8 }, { AFTER ("some.words", 4, 4), ENGINE_GGUF_U64 },
  { AFTER ("some.words", 8, 8), 0 }, { AFTER ("some.words", 8, 8), 2 }, { AFTER ("some.words", 8, 8), 4 }, { AFTER ("some.words", 8, 8), 100000 }, { AFTER ("some.words", 8, 8), 1ull << 32 }, { AFTER ("some.words", 8, 8), 1ull << 61 },
  { AFTER ("some.words", 8, 8), 1ull << 63 }, { AFTER ("some.words", 8, 8), MANY }, { AFTER ("some.words", 8, 8), MANY / 8 },
  { AFTER ("some.words", 16, 8), 4 }, { AFTER ("some.words", 16, 8), 100000 }, { AFTER ("some.words", 16, 8), 1ull << 63 }, { AFTER ("some.words", 16, 8), MANY },
  { AFTER ("some.words", 27, 8), 2 }, { AFTER ("some.words", 27, 8), 1ull << 32 }, { AFTER ("some.words", 27, 8), MANY },
  { AFTER ("some.numbers", 4, 4), ENGINE_GGUF_ARRAY }, { AFTER ("some.numbers", 4, 4), ENGINE_GGUF_STRING }, { AFTER ("some.numbers", 4, 4), ENGINE_GGUF_U64 }, { AFTER ("some.numbers", 4, 4), ENGINE_GGUF_U16 }, { AFTER ("some.numbers", 4, 4), 77 },
  { AFTER ("some.numbers", 8, 8), 0 }, { AFTER ("some.numbers", 8, 8), 2 }, { AFTER ("some.numbers", 8, 8), 4 }, { AFTER ("some.numbers", 8, 8), 1u << 30 }, { AFTER ("some.numbers", 8, 8), 1ull << 62 }, { AFTER ("some.numbers", 8, 8), 1ull << 63 }, { AFTER ("some.numbers", 8, 8), MANY },
  { AFTER ("some.numbers", 8, 8), MANY / 4 },
  /* alignment */
  { AFTER ("general.alignment", 4, 4), 0 }, { AFTER ("general.alignment", 4, 4), 1 }, { AFTER ("general.alignment", 4, 4), 2 }, { AFTER ("general.alignment", 4, 4), 3 }, { AFTER ("general.alignment", 4, 4), 4 }, { AFTER ("general.alignment", 4, 4), 7 },
  { AFTER ("general.alignment", 4, 4), 12 }, { AFTER ("general.alignment", 4, 4), 31 }, { AFTER ("general.alignment", 4, 4), 33 }, { AFTER ("general.alignment", 4, 4), 48 }, { AFTER ("general.alignment", 4, 4), 4096 }, { AFTER ("general.alignment", 4, 4), 1u << 21 },
  { AFTER ("general.alignment", 4, 4), 1u << 31 }, { AFTER ("general.alignment", 4, 4), UINT32_MAX },
  /* tensors: names */
  { NAME_LENGTH ("first.weight"), 0 }, { NAME_LENGTH ("first.weight"), 11 }, { NAME_LENGTH ("first.weight"), 13 }, { NAME_LENGTH ("first.weight"), 65 }, { NAME_LENGTH ("first.weight"), 1ull << 32 }, { NAME_LENGTH ("first.weight"), MANY },
  { NAME_LENGTH ("third.bias"), 0 }, { NAME_LENGTH ("third.bias"), 64 }, { NAME_LENGTH ("third.bias"), 1ull << 63 },
  /* number of dimensions */
  { AFTER ("first.weight", 0, 4), 0 }, { AFTER ("first.weight", 0, 4), 1 }, { AFTER ("first.weight", 0, 4), 3 }, { AFTER ("first.weight", 0, 4), 4 }, { AFTER ("first.weight", 0, 4), 5 }, { AFTER ("first.weight", 0, 4), 255 }, { AFTER ("first.weight", 0, 4), 1u << 31 },
  { AFTER ("first.weight", 0, 4), UINT32_MAX }, { AFTER ("third.bias", 0, 4), 2 },
  /* dimensions: none, negative, overflowing, larger than the file, no whole blocks */
  { AFTER ("first.weight", 4, 8), 0 }, { AFTER ("first.weight", 4, 8), MANY }, { AFTER ("first.weight", 4, 8), 1ull << 63 }, { AFTER ("first.weight", 4, 8), 1ull << 62 }, { AFTER ("first.weight", 4, 8), 1ull << 61 }, { AFTER ("first.weight", 4, 8), 1ull << 40 },
  { AFTER ("first.weight", 4, 8), 4096 }, { AFTER ("first.weight", 12, 8), 0 }, { AFTER ("first.weight", 12, 8), MANY }, { AFTER ("first.weight", 12, 8), 1ull << 63 }, { AFTER ("first.weight", 12, 8), 1ull << 60 }, { AFTER ("first.weight", 12, 8), 1ull << 59 },
  { AFTER ("first.weight", 12, 8), 1000 }, { AFTER ("other.weight", 4, 8), 33 }, { AFTER ("other.weight", 4, 8), 31 }, { AFTER ("other.weight", 4, 8), 1 }, { AFTER ("other.weight", 4, 8), 16 }, { AFTER ("other.weight", 4, 8), 1ull << 62 },
  { AFTER ("other.weight", 12, 8), 1ull << 58 }, { AFTER ("third.bias", 4, 8), 0 }, { AFTER ("third.bias", 4, 8), 1ull << 62 }, { AFTER ("third.bias", 4, 8), 100 },
  /* types of tensors that are gone, unknown or do not fit the row */
  { AFTER ("first.weight", 20, 4), 4 }, { AFTER ("first.weight", 20, 4), 5 }, { AFTER ("first.weight", 20, 4), 9 }, { AFTER ("first.weight", 20, 4), 23 }, { AFTER ("first.weight", 20, 4), 31 }, { AFTER ("first.weight", 20, 4), 999 }, { AFTER ("first.weight", 20, 4), UINT32_MAX },
  { AFTER ("first.weight", 20, 4), 2 }, { AFTER ("first.weight", 20, 4), 12 }, { AFTER ("other.weight", 20, 4), 14 }, { AFTER ("other.weight", 20, 4), 40 },
  /* offsets: unaligned, beyond the end, overflowing */
  { AFTER ("first.weight", 24, 8), 1 }, { AFTER ("first.weight", 24, 8), 16 }, { AFTER ("first.weight", 24, 8), 31 }, { AFTER ("first.weight", 24, 8), 4096 }, { AFTER ("first.weight", 24, 8), 1ull << 40 }, { AFTER ("first.weight", 24, 8), 1ull << 63 },
  { AFTER ("first.weight", 24, 8), MANY }, { AFTER ("first.weight", 24, 8), MANY - 31 }, { AFTER ("other.weight", 24, 8), 127 }, { AFTER ("other.weight", 24, 8), 1024 }, { AFTER ("other.weight", 24, 8), MANY - 31 }, { AFTER ("third.bias", 16, 8), 1ull << 62 },
  { AFTER ("third.bias", 16, 8), 512 }, { AFTER ("third.bias", 16, 8), 225 },
};

static void
test_by_hand (void)
{
  g_assert_cmpuint (G_N_ELEMENTS (edits), >=, 200);
  for (gsize i = 0; i < G_N_ELEMENTS (edits); i++) {
    const Edit *edit = &edits[i];
    GByteArray *file = good_file ();
    gsize at = (edit->anchor ? find (file, edit->anchor) : 0) + edit->offset;
    g_autofree char *what = g_strdup_printf ("edit %zu: %s + %zd = %" G_GUINT64_FORMAT, i, edit->anchor ? edit->anchor : "header", (gssize) edit->offset, edit->value);

    for (gsize k = 0; k < edit->size; k++)
      file->data[at + k] = (guint8) (edit->value >> (8 * k));
    assert_broken (file, what);
    g_byte_array_unref (file);
  }
}

/* Names that are there twice: one is written over by the other, of the same length. */
static void
test_twice (void)
{
  static const struct { const char *from, *to, *message; } cases[] = {
    { "a.fraction", "some.words", "some.words" }, { "other.weight", "first.weight", "first.weight" },
  };

  for (gsize i = 0; i < G_N_ELEMENTS (cases); i++) {
    GByteArray *file = good_file ();
    Memory memory = memory_new ();
    EngineError error = { 0 };

    memcpy (file->data + find (file, cases[i].from), cases[i].to, strlen (cases[i].to));
    memory_set (&memory, file->data, file->len);
    g_assert_null (engine_gguf_open (memory.path, &error));
    g_assert_cmpint (error.code, ==, ENGINE_BAD_FILE);
    g_assert_nonnull (strstr (error.message, cases[i].message));
    g_assert_nonnull (strstr (error.message, "twice"));
    g_byte_array_unref (file);
    close (memory.fd);
  }
}

/* A type that others know is called by its name, with those that can be read. */
static void
test_foreign_type (void)
{
  static const struct { guint8 id; const char *name; } cases[] = { { 15, "Q8_K" }, { 28, "F64" }, { 200, "type number 200" } };

  for (gsize i = 0; i < G_N_ELEMENTS (cases); i++) {
    GByteArray *file = good_file ();
    Memory memory = memory_new ();
    EngineError error = { 0 };

    file->data[find (file, "first.weight") + strlen ("first.weight") + 20] = cases[i].id;
    memory_set (&memory, file->data, file->len);
    g_assert_null (engine_gguf_open (memory.path, &error));
    g_assert_cmpint (error.code, ==, ENGINE_UNSUPPORTED);
    g_assert_nonnull (strstr (error.message, cases[i].name));
    g_assert_nonnull (strstr (error.message, "Q4_K"));
    g_byte_array_unref (file);
    close (memory.fd);
  }
}

static void
test_cut_off (void)
{
  GByteArray *file = good_file ();

  for (guint n = file->len; n-- > 0;) {
    g_byte_array_set_size (file, n);
    assert_broken (file, "cut off");
  }
  g_byte_array_unref (file);
}

static void
test_no_file (void)
{
  EngineError error = { 0 };
  g_autofree char *folder = g_dir_make_tmp ("melete-gguf-XXXXXX", NULL);
  g_autofree char *pipe = g_build_filename (folder, "pipe", NULL);

  g_assert_null (engine_gguf_open ("/no/such/file.gguf", &error));
  g_assert_cmpint (error.code, ==, ENGINE_IO);
  g_assert_nonnull (strstr (error.message, "/no/such/file.gguf"));

  error = (EngineError) { 0 };
  g_assert_null (engine_gguf_open (folder, &error));
  g_assert_cmpint (error.code, ==, ENGINE_IO);

  /* Must not wait for a writer. */
  error = (EngineError) { 0 };
  g_assert_cmpint (mkfifo (pipe, 0600), ==, 0);
  g_assert_null (engine_gguf_open (pipe, &error));
  g_assert_cmpint (error.code, ==, ENGINE_IO);
  g_unlink (pipe);
  g_rmdir (folder);
}

/* ---- changed while in use ----------------------------------------------------------- */

typedef enum { CUT, OVERWRITTEN, REPLACED, DELETED } Change;

static void
change_file (const char *path, Change change)
{
  g_autofree char *other = g_strconcat (path, ".new", NULL);
  GByteArray *file = good_file ();

  switch (change) {
  case CUT:
    g_assert_cmpint (truncate (path, file->len - 64), ==, 0);
    break;
  case OVERWRITTEN: {
    /* The clock of a file system may stand still between the two writes: move it by hand. */
    struct timespec times[2] = { { .tv_nsec = UTIME_OMIT }, { .tv_sec = 1 } };
    g_assert_cmpint (utimensat (AT_FDCWD, path, times, 0), ==, 0);
    break;
  }
  case REPLACED:
    g_assert_true (g_file_set_contents (other, (const char *) file->data, file->len, NULL));
    g_assert_cmpint (g_rename (other, path), ==, 0);
    break;
  case DELETED:
    g_assert_cmpint (g_unlink (path), ==, 0);
    break;
  }
  g_byte_array_unref (file);
}

static void
test_changed (gconstpointer data)
{
  Change change = (Change) GPOINTER_TO_INT (data);
  GByteArray *file = good_file ();
  EngineError error = { 0 };
  g_autofree char *path = NULL;
  const EngineTensor *tensor;
  EngineGguf *gguf;
  float values[8];
  int fd = g_file_open_tmp ("melete-gguf-XXXXXX", &path, NULL);

  g_assert_cmpint (write (fd, file->data, file->len), ==, file->len);
  close (fd);
  gguf = engine_gguf_open (path, &error);
  g_assert_nonnull (gguf);
  tensor = engine_gguf_find_tensor (gguf, "third.bias");
  change_file (path, change);
  if (change == DELETED) /* its bytes are still there, and still the same */
    g_assert_true (engine_gguf_read (gguf, tensor, 0, values, sizeof values, &error));
  else {
    g_assert_false (engine_gguf_read (gguf, tensor, 0, values, sizeof values, &error));
    g_assert_cmpint (error.code, ==, ENGINE_BAD_FILE);
    assert_clear (&error);
    g_unlink (path);
  }
  engine_gguf_free (gguf);
  g_byte_array_unref (file);
}

/* ---- mutations ----------------------------------------------------------------------- */

static void
mutate (GRand *rand, GByteArray *file)
{
  static const guint64 interesting[] = { 0, 1, 2, 8, 9, 12, 13, 31, 32, 255, 256, 65535, 65536, INT32_MAX, 1u << 31, UINT32_MAX, 1ull << 32, INT64_MAX, 1ull << 63, UINT64_MAX };
  int n = g_rand_int_range (rand, 1, 5);

  for (int i = 0; i < n && file->len > 8; i++) {
    guint at = (guint) g_rand_int_range (rand, 0, (gint32) file->len - 8), size = 1u << g_rand_int_range (rand, 0, 4);
    guint64 value;

    switch (g_rand_int_range (rand, 0, 10)) {
    case 0: /* cut off */
      g_byte_array_set_size (file, at);
      break;
    case 1: /* a piece is missing */
      g_byte_array_remove_range (file, at, (guint) g_rand_int_range (rand, 1, 9));
      break;
    case 2: /* a piece from elsewhere */
      memmove (file->data + at, file->data + g_rand_int_range (rand, 0, (gint32) file->len - 8), size);
      break;
    case 3:
    case 4:
    case 5: /* a number at the edge of something */
      value = GUINT64_TO_LE (interesting[g_rand_int_range (rand, 0, G_N_ELEMENTS (interesting))]);
      memcpy (file->data + at, &value, size);
      break;
    default: /* a bit */
      file->data[at] ^= (guint8) (1 << g_rand_int_range (rand, 0, 8));
    }
  }
}

static void
test_mutated (void)
{
  const char *count = g_getenv ("MELETE_MUTATIONS"), *seed_text = g_getenv ("MELETE_SEED");
  guint32 seed = seed_text ? (guint32) g_ascii_strtoull (seed_text, NULL, 10) : (guint32) g_test_rand_int ();
  guint64 n = count ? g_ascii_strtoull (count, NULL, 10) : 100000, n_good = 0;
  GRand *rand = g_rand_new_with_seed (seed);
  Memory memory = memory_new ();
  GByteArray *good = good_file ();

  g_test_message ("MELETE_SEED=%u", seed);
  for (guint64 i = 0; i < n; i++) {
    GByteArray *file = g_byte_array_sized_new (good->len);
    EngineError error = { 0 };
    EngineGguf *gguf;

    g_byte_array_append (file, good->data, good->len);
    mutate (rand, file);
    memory_set (&memory, file->data, file->len);
    gguf = engine_gguf_open (memory.path, &error);
    if (gguf) {
      walk (gguf);
      n_good++;
    } else
      assert_clear (&error);
    engine_gguf_free (gguf);
    g_byte_array_unref (file);
  }
  g_test_message ("%" G_GUINT64_FORMAT " of %" G_GUINT64_FORMAT " mutated files were still good", n_good, n);
  g_byte_array_unref (good);
  g_rand_free (rand);
  close (memory.fd);
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/engine/gguf/good", test_good);
  g_test_add_func ("/engine/gguf/by-hand", test_by_hand);
  g_test_add_func ("/engine/gguf/twice", test_twice);
  g_test_add_func ("/engine/gguf/foreign-type", test_foreign_type);
  g_test_add_func ("/engine/gguf/cut-off", test_cut_off);
  g_test_add_func ("/engine/gguf/no-file", test_no_file);
  g_test_add_data_func ("/engine/gguf/changed/cut", GINT_TO_POINTER (CUT), test_changed);
  g_test_add_data_func ("/engine/gguf/changed/overwritten", GINT_TO_POINTER (OVERWRITTEN), test_changed);
  g_test_add_data_func ("/engine/gguf/changed/replaced", GINT_TO_POINTER (REPLACED), test_changed);
  g_test_add_data_func ("/engine/gguf/changed/deleted", GINT_TO_POINTER (DELETED), test_changed);
  g_test_add_func ("/engine/gguf/mutated", test_mutated);
  return g_test_run ();
}
