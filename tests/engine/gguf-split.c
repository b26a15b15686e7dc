/* SPDX-License-Identifier: MIT */
/* Models in several files: joined from any part, or refused with a sentence that names the part. */
#include "gguf.h"

#include "gguf-writer.h"

#include <glib/gstdio.h>
#include <string.h>

#define N_PARTS 3

typedef struct {
  char *folder, *paths[N_PARTS];
} Split;

typedef struct {
  guint32     no, count, tensors;
  const char *tensor;
  float       value;
} Part;

static const Part good[N_PARTS] = {
  { 0, N_PARTS, N_PARTS, "one.weight", 1 }, { 1, N_PARTS, N_PARTS, "two.weight", 2 }, { 2, N_PARTS, N_PARTS, "a.weight", 3 },
};

static void
write_part (const char *path, const Part *part)
{
  float values[64];
  GByteArray *bytes;
  GgufWriter writer;

  for (gsize i = 0; i < G_N_ELEMENTS (values); i++)
    values[i] = part->value;
  gguf_writer_init (&writer);
  gguf_write_uint (&writer, "split.no", part->no);
  gguf_write_uint (&writer, "split.count", part->count);
  gguf_write_uint (&writer, "split.tensors.count", part->tensors);
  if (part->no == 0)
    gguf_write_string (&writer, "general.architecture", "llama");
  gguf_write_tensor (&writer, part->tensor, ENGINE_TYPE_F32, 16, 4, values);
  bytes = gguf_writer_finish (&writer);
  g_assert_true (g_file_set_contents (path, (const char *) bytes->data, bytes->len, NULL));
  g_byte_array_unref (bytes);
}

static void
split_make (Split *split)
{
  split->folder = g_dir_make_tmp ("melete-split-XXXXXX", NULL);
  for (guint i = 0; i < N_PARTS; i++) {
    split->paths[i] = g_strdup_printf ("%s/model-%05u-of-%05u.gguf", split->folder, i + 1, N_PARTS);
    write_part (split->paths[i], &good[i]);
  }
}

static void
split_clear (Split *split)
{
  for (guint i = 0; i < N_PARTS; i++) {
    g_unlink (split->paths[i]);
    g_free (split->paths[i]);
  }
  g_rmdir (split->folder);
  g_free (split->folder);
}

static void
assert_value (EngineGguf *gguf, const char *name, float value)
{
  const EngineTensor *tensor = engine_gguf_find_tensor (gguf, name);
  EngineError error = { 0 };
  float values[64];

  g_assert_nonnull (tensor);
  g_assert_true (engine_gguf_read (gguf, tensor, 0, values, sizeof values, &error));
  g_assert_cmpfloat (values[0], ==, value);
  g_assert_cmpfloat (values[63], ==, value);
}

static void
test_any_part (void)
{
  Split split;

  split_make (&split);
  for (guint i = 0; i < N_PARTS; i++) {
    EngineError error = { 0 };
    EngineGguf *gguf = engine_gguf_open (split.paths[i], &error);

    g_assert_cmpstr (error.message, ==, "");
    g_assert_cmpuint (engine_gguf_n_tensors (gguf), ==, N_PARTS);
    g_assert_cmpstr (engine_gguf_string (gguf, "general.architecture", NULL), ==, "llama");
    for (guint k = 0; k < N_PARTS; k++)
      assert_value (gguf, good[k].tensor, good[k].value);
    engine_gguf_free (gguf);
  }
  split_clear (&split);
}

static void
assert_refused (const Split *split, guint from, EngineCode code, const char *inside)
{
  EngineError error = { 0 };
  EngineGguf *gguf = engine_gguf_open (split->paths[from], &error);

  g_assert_null (gguf);
  if (error.code != code || !strstr (error.message, inside))
    g_error ("Expected error %d with \"%s\", not %d: %s", code, inside, error.code, error.message);
  g_assert_true (g_str_has_suffix (error.message, "."));
}

static void
test_wrong (void)
{
  static const struct {
    guint       part;
    Part        wrong;
    const char *inside;
  } cases[] = {
    { 1, { 2, 3, 3, "two.weight", 2 }, "should be part 2 of 3 of a model, but says that it is part 3 of 3" },
    { 1, { 1, 4, 3, "two.weight", 2 }, "says that it is part 2 of 4" },
    { 1, { 0, 0, 3, "two.weight", 2 }, "says that it is part 1 of 1" },
    { 1, { 1, 3, 3, "one.weight", 2 }, "Two parts of the model" },
    { 0, { 0, 3, 4, "one.weight", 1 }, "have 3 tensors together, but should have 4" },
    { 0, { 3, 3, 3, "one.weight", 1 }, "is damaged: it says that it is part 4 of 3" },
    { 0, { 0, 1000000, 3, "one.weight", 1 }, "part 1 of 1000000" },
    { 0, { 0, 2, 3, "one.weight", 1 }, "does not end in -00001-of-00002.gguf" },
  };

  for (gsize i = 0; i < G_N_ELEMENTS (cases); i++) {
    Split split;

    split_make (&split);
    write_part (split.paths[cases[i].part], &cases[i].wrong);
    assert_refused (&split, 0, ENGINE_BAD_FILE, cases[i].inside);
    split_clear (&split);
  }
}

static void
test_missing (void)
{
  Split split;
  g_autofree char *renamed = NULL;

  split_make (&split);
  g_unlink (split.paths[1]);
  assert_refused (&split, 0, ENGINE_IO, "The model has 3 parts, and part 2 cannot be used");
  assert_refused (&split, 2, ENGINE_IO, "model-00002-of-00003.gguf");
  g_unlink (split.paths[0]);
  assert_refused (&split, 2, ENGINE_IO, "model-00001-of-00003.gguf");
  renamed = split.paths[2];
  split.paths[2] = g_strdup_printf ("%s/model.gguf", split.folder);
  g_assert_cmpint (g_rename (renamed, split.paths[2]), ==, 0);
  assert_refused (&split, 2, ENGINE_BAD_FILE, "is part 3 of 3 of a model, but its name does not end in -00003-of-00003.gguf");
  split_clear (&split);
}

static void
test_damaged_later (void)
{
  Split split;
  EngineError error = { 0 };
  EngineGguf *gguf;
  float values[64];

  split_make (&split);
  gguf = engine_gguf_open (split.paths[0], &error);
  g_assert_nonnull (gguf);
  g_assert_true (g_file_set_contents (split.paths[2], "x", 1, NULL));
  g_assert_false (engine_gguf_read (gguf, engine_gguf_find_tensor (gguf, "a.weight"), 0, values, sizeof values, &error));
  g_assert_nonnull (strstr (error.message, "model-00003-of-00003.gguf\" was changed"));
  engine_gguf_free (gguf);
  assert_refused (&split, 0, ENGINE_BAD_FILE, "part 3 cannot be used");
  split_clear (&split);
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/engine/gguf/split/any-part", test_any_part);
  g_test_add_func ("/engine/gguf/split/wrong", test_wrong);
  g_test_add_func ("/engine/gguf/split/missing", test_missing);
  g_test_add_func ("/engine/gguf/split/damaged-later", test_damaged_later);
  return g_test_run ();
}
