/* SPDX-License-Identifier: MIT */
/* Documents, pictures, sounds and videos that are broken at random, through the real helper: whatever is in them, it ends with what they hold or with a sentence, never with a crash, and its
 * memory is bounded.
 *
 *   test-decode_mutated                          some of them, with the seed of the run
 *   test-decode_mutated --files 10000            so many of each, with time and peak memory
 *
 * Archives are broken in two ways: their own bytes, and the parts in them, packed anew. A file that fails is kept beside the program. */
#include <archive.h>
#include <archive_entry.h>
#include <stdlib.h>
#include <string.h>
#include <sys/resource.h>

#include "media.h"
#include "sample-sound.h"
#include "sample-video.h"
#include "samples.h"

/* Bytes that the largest helper may have had in memory: what it maps of libraries, and what parsing so small a file takes. */
#define MAX_PEAK ((guint64) 160 * 1024 * 1024)

static guint n_files = 120;

static const struct {
  const char *name, *hint;
} documents[] = {
  { "report.docx", NULL }, { "letter.odt", NULL }, { "book.epub", NULL }, { "prices.csv", "CSV" }, { "mail.eml", "E-mail" },
  { "talk.pptx", NULL }, { "talk.odp", NULL }, { "budget.ods", NULL }, { "page.html", "HTML" }, { "box.mbox", "E-mail" }, { "budget.xlsx", NULL },
};

/* What breaks parsers more often than chance does. */
static const char *const tokens[] = {
  "<", ">", "\"", "&", "&#0;", "&#x110000;", "&a;", "<!DOCTYPE x [<!ENTITY a \"b\">]>", "<![CDATA[", "<!--", "<w:p>", "</w:p>", "<w:tbl><w:tr><w:tc>", "</w:tc>", "<text:list><text:list-item>",
  "</text:list>", "<table><tr><td>", "</table>", "<ul><li>", "<blockquote>", "99999999999999999999", "-1", "0", "\xff", "\xc0\x80", "\xed\xa0\x80", "\n", "\r\n\r\n", "--outer\n", "From ", "=?utf-8?q?",
  ";;;;;;", "\"\"\"", "\xf0\x9f\xa6\x86", "number-rows-repeated=\"1000000\"", "gridSpan w:val=\"4000000000\"", "../../", "%00", "w:val=\"", "r:id=\"",
};

static void
mutate (GByteArray *bytes, GRand *rand)
{
  int n = g_rand_int_range (rand, 1, 8);
  for (int i = 0; i < n && bytes->len > 0; i++) {
    guint at = (guint) g_rand_int_range (rand, 0, (gint32) bytes->len), span = (guint) g_rand_int_range (rand, 1, 64);
    const char *token = tokens[g_rand_int_range (rand, 0, G_N_ELEMENTS (tokens))];
    g_autoptr (GByteArray) rest = g_byte_array_new ();
    switch (g_rand_int_range (rand, 0, 6)) {
    case 0:
      bytes->data[at] = (guint8) g_rand_int (rand);
      break;
    case 1:
      bytes->data[at] ^= (guint8) (1u << g_rand_int_range (rand, 0, 8));
      break;
    case 2: /* a piece is missing */
      g_byte_array_remove_range (bytes, at, MIN (span, bytes->len - at));
      break;
    case 3: /* a piece is there twice, or many times */
      g_byte_array_append (rest, bytes->data + at, bytes->len - at);
      for (int k = g_rand_int_range (rand, 1, 40); k > 0; k--)
        g_byte_array_append (bytes, rest->data, MIN (span, rest->len));
      break;
    case 4:
      g_byte_array_append (rest, bytes->data + at, bytes->len - at);
      g_byte_array_set_size (bytes, at);
      for (int k = g_rand_int_range (rand, 0, 4) == 0 ? 500 : 1; k > 0; k--)
        g_byte_array_append (bytes, (const guint8 *) token, (guint) strlen (token));
      g_byte_array_append (bytes, rest->data, rest->len);
      break;
    default: /* it ends early */
      if (g_rand_int_range (rand, 0, 4) == 0)
        g_byte_array_set_size (bytes, at);
    }
  }
}

static GByteArray *
load_sample (const char *name)
{
  g_autofree char *path = g_build_filename (DOCUMENTS, name, NULL);
  char *bytes;
  gsize size;
  g_assert_true (g_file_get_contents (path, &bytes, &size, NULL));
  return g_byte_array_new_take ((guint8 *) bytes, size);
}

/* Unpacks it, breaks about one part, and packs all without compression. */
static GByteArray *
mutate_parts (const GByteArray *sample, GRand *rand)
{
  struct archive *in = archive_read_new (), *out = archive_write_new ();
  struct archive_entry *entry;
  gsize room = sample->len * 60 + 1024 * 1024, used = 0;
  guint8 *packed = g_malloc (room);

  archive_read_support_format_zip_seekable (in);
  g_assert_cmpint (archive_read_open_memory (in, sample->data, sample->len), ==, ARCHIVE_OK);
  archive_write_set_format_zip (out);
  archive_write_zip_set_compression_store (out);
  g_assert_cmpint (archive_write_open_memory (out, packed, room, &used), ==, ARCHIVE_OK);
  while (archive_read_next_header (in, &entry) == ARCHIVE_OK) {
    g_autoptr (GByteArray) part = g_byte_array_new ();
    guint8 piece[4096];
    la_ssize_t n;
    while ((n = archive_read_data (in, piece, sizeof piece)) > 0)
      g_byte_array_append (part, piece, (guint) n);
    if (g_rand_int_range (rand, 0, 4) == 0)
      mutate (part, rand);
    archive_entry_set_size (entry, part->len);
    g_assert_cmpint (archive_write_header (out, entry), >=, ARCHIVE_WARN);
    g_assert_cmpint ((int) archive_write_data (out, part->data, part->len), ==, (int) part->len);
  }
  archive_read_free (in);
  g_assert_cmpint (archive_write_close (out), ==, ARCHIVE_OK);
  archive_write_free (out);
  GByteArray *bytes = g_byte_array_new ();
  g_byte_array_append (bytes, packed, (guint) used);
  g_free (packed);
  return bytes;
}

static void
keep (const GByteArray *bytes, const char *name, guint32 seed, const char *what)
{
  g_autofree char *path = g_strdup_printf ("broken-%08x-%s", seed, name);
  g_file_set_contents (path, (const char *) bytes->data, (gssize) bytes->len, NULL);
  g_error ("%s (seed %u): %s", path, seed, what);
}

/* What may be said of a broken file; never that the helper crashed or hung. */
static gboolean
is_sentence (const GError *error)
{
  return error->domain == MEDIA_ERROR && strstr (error->message, "signal") == NULL && error->code != MEDIA_ERROR_HELPER && error->code != MEDIA_ERROR_TOO_SLOW;
}

/* One file of one seed. Returns whether text came out. */
static gboolean
run_document (gsize i, guint32 seed)
{
  g_autoptr (GRand) rand = g_rand_new_with_seed (seed);
  g_autoptr (GByteArray) sample = load_sample (documents[i].name);
  gboolean archive = memcmp (sample->data, "PK", 2) == 0;
  g_autoptr (GByteArray) bytes = NULL;
  g_autoptr (GError) error = NULL;
  MediaRequest request;

  if (archive && g_rand_int_range (rand, 0, 4) > 0)
    bytes = mutate_parts (sample, rand);
  else {
    bytes = g_byte_array_ref (sample);
    mutate (bytes, rand);
  }
  if (bytes->len == 0)
    g_byte_array_append (bytes, (const guint8 *) "x", 1);
  g_autoptr (GBytes) input = g_bytes_new (bytes->data, bytes->len);
  media_request_init (&request, MEDIA_JOB_EXTRACT);
  request.hint = documents[i].hint;
  request.memory_limit = 128 * 1024 * 1024;
  request.time_limit = 60000;
  g_autoptr (MediaResult) result = media_decode (&request, input, NULL, NULL, NULL, &error);
  if (result != NULL) {
    if (result->text == NULL || strlen (result->text) > request.max_text || !g_utf8_validate (result->text, -1, NULL))
      keep (bytes, documents[i].name, seed, "there is no good text");
  } else if (!is_sentence (error) || strstr (error->message, "memory") != NULL) /* no document of this size needs much */
    keep (bytes, documents[i].name, seed, error->message);
  return result != NULL;
}

/* ---- pictures, sounds and videos ---- */

static const char *const pictures[] = { "png", "jpeg", "gif", "tiff", "bmp", "ico", "webp" };
static const char *const sounds[] = { "wav", "wav-float", "flac", "vorbis", "opus", "mp3", "aiff" };
static const char *const videos[] = { "mp4", "mp4-mpeg4", "mov", "webm", "webm-vp9", "mkv" };
static GBytes *whole[MAX (G_N_ELEMENTS (pictures), G_N_ELEMENTS (sounds))];

/* Whether the broken file gave what the job is for. */
static gboolean
run_media (GBytes *sample, const char *name, MediaJob job, guint32 seed)
{
  g_autoptr (GRand) rand = g_rand_new_with_seed (seed);
  g_autoptr (GBytes) bytes = sample_mutate (sample, rand);
  g_autoptr (GByteArray) copy = g_byte_array_new ();
  g_autoptr (GError) error = NULL;
  g_autoptr (MediaResult) result = NULL;
  MediaRequest request;

  g_byte_array_append (copy, g_bytes_get_data (bytes, NULL), (guint) g_bytes_get_size (bytes));
  media_request_init (&request, job);
  /* A sanitizer keeps what was freed, and says of memory that is not there only that it is NULL, which GLib ends the program for. */
  request.memory_limit = (g_getenv ("ASAN_OPTIONS") != NULL ? 2048 : 128) * (guint64) (1024 * 1024);
  request.time_limit = 60000;
  request.max_side = 256;
  request.sample_rate = 16000;
  request.max_seconds = 60;
  result = media_decode (&request, bytes, NULL, NULL, NULL, &error);
  if (result == NULL && !is_sentence (error))
    keep (copy, name, seed, error->message);
  if (result != NULL && (job == MEDIA_JOB_PICTURE ? result->picture == NULL : job == MEDIA_JOB_VIDEO ? result->frames->len == 0 : result->sound == NULL))
    keep (copy, name, seed, "nothing came of it");
  return result != NULL;
}

static gboolean
run_picture (gsize i, guint32 seed)
{
  return run_media (whole[i], pictures[i], MEDIA_JOB_PICTURE, seed);
}

static gboolean
run_sound (gsize i, guint32 seed)
{
  return run_media (whole[i], sounds[i], MEDIA_JOB_SOUND, seed);
}

static gboolean
run_video (gsize i, guint32 seed)
{
  return run_media (whole[i], videos[i], MEDIA_JOB_VIDEO, seed);
}

/* `run` one of `n_kinds` kinds after the other; one in `share` is damaged so little that something comes of it. */
static void
run_all (gsize n_kinds, guint share, gboolean (*run) (gsize kind, guint32 seed))
{
  guint32 seed = (guint32) g_test_rand_int ();
  guint n_read = 0;
  struct rusage usage;
  gint64 start = g_get_monotonic_time ();

  for (guint i = 0; i < n_files; i++)
    n_read += run (i % n_kinds, seed + i);
  g_assert_cmpint (getrusage (RUSAGE_CHILDREN, &usage), ==, 0);
  guint64 peak = (guint64) usage.ru_maxrss * 1024;
  g_test_message ("%u files: %u were read, %u gave a sentence; %.1f s; at most %.1f MiB of memory in a helper", n_files, n_read, n_files - n_read,
                  (double) (g_get_monotonic_time () - start) * 1e-6, (double) peak / (1024 * 1024));
  g_assert_cmpuint (n_read * share, >, n_files);
  if (g_getenv ("ASAN_OPTIONS") == NULL)
    g_assert_cmpuint (peak, <, MAX_PEAK);
}

static void
test_documents (void)
{
  run_all (G_N_ELEMENTS (documents), 3, run_document);
}

static void
clear_whole (void)
{
  for (gsize i = 0; i < G_N_ELEMENTS (whole); i++)
    g_clear_pointer (&whole[i], g_bytes_unref);
}

static void
test_pictures (void)
{
  for (gsize i = 0; i < G_N_ELEMENTS (pictures); i++)
    whole[i] = sample_picture (pictures[i], 64, 48);
  run_all (G_N_ELEMENTS (pictures), 20, run_picture);
  clear_whole ();
}

static void
test_sounds (void)
{
  for (gsize i = 0; i < G_N_ELEMENTS (sounds); i++)
    whole[i] = sample_sound (sounds[i], 16000, 2, 0.5, 440, 1000);
  run_all (G_N_ELEMENTS (sounds), 20, run_sound);
  clear_whole ();
}

static void
test_videos (void)
{
  for (gsize i = 0; i < G_N_ELEMENTS (videos); i++)
    whole[i] = sample_video (videos[i], 64, 48, 0.5, 440, 0);
  run_all (G_N_ELEMENTS (videos), 20, run_video);
  clear_whole ();
}

int
main (int argc, char **argv)
{
  for (int i = 1; i + 1 < argc; i++)
    if (strcmp (argv[i], "--files") == 0) {
      n_files = (guint) strtoul (argv[i + 1], NULL, 10);
      memmove (argv + i, argv + i + 2, sizeof *argv * (gsize) (argc - i - 1));
      argc -= 2;
      break;
    }
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/media/documents/mutated", test_documents);
  g_test_add_func ("/media/pictures/mutated", test_pictures);
  g_test_add_func ("/media/sounds/mutated", test_sounds);
  g_test_add_func ("/media/videos/mutated", test_videos);
  return g_test_run ();
}
