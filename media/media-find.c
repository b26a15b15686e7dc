/* SPDX-License-Identifier: MIT */
#include <glib/gi18n-lib.h>
#include <string.h>
#include <unistd.h>

#include "media-private.h"

/* Of a job whose libraries take their time to load there is a program of its own. */
static const char *
end_of (MediaJob job)
{
  return job == MEDIA_JOB_VIDEO ? "-video" : "";
}

char *
media_find_helper (MediaJob job, GError **error)
{
  /* Beside a program that runs out of its build directory: ui/melete, tests/<room>/<test>. */
  static const char *const beside[] = { "melete-decode", "../media/melete-decode", "../../media/melete-decode" };
  const char *named = g_getenv ("MELETE_DECODE"), *end = end_of (job);
  g_autofree char *installed = g_strconcat (MEDIA_LIBEXECDIR "/melete-decode", end, NULL);
  char self[4096];

  if (named != NULL && *named != '\0') {
    g_autofree char *path = g_strconcat (named, end, NULL);
    if (access (path, X_OK) == 0)
      return g_steal_pointer (&path);
    g_set_error (error, MEDIA_ERROR, MEDIA_ERROR_HELPER, _ ("The decoder is not at “%s”, where MELETE_DECODE says. Correct or unset that variable."), path);
    return NULL;
  }
  if (access (installed, X_OK) == 0)
    return g_steal_pointer (&installed);
  gssize length = readlink ("/proc/self/exe", self, sizeof self - 1);
  if (length > 0) {
    self[length] = '\0';
    g_autofree char *folder = g_path_get_dirname (self);
    for (gsize i = 0; i < G_N_ELEMENTS (beside); i++) {
      g_autofree char *path = g_strconcat (folder, "/", beside[i], end, NULL);
      if (access (path, X_OK) == 0)
        return g_steal_pointer (&path);
    }
  }
  g_set_error (error, MEDIA_ERROR, MEDIA_ERROR_HELPER, _ ("The decoder “%s” is missing. Install the program again."), installed);
  return NULL;
}

/* ISO 639-1, as in locales, and the names of Tesseract's language data (ISO 639-2). */
static const struct {
  char locale[6];
  const char *tesseract;
} names[] = {
  { "ar", "ara" }, { "bg", "bul" }, { "ca", "cat" }, { "cs", "ces" }, { "da", "dan" }, { "de", "deu" }, { "el", "ell" },
  { "en", "eng" }, { "es", "spa" }, { "et", "est" }, { "fa", "fas" }, { "fi", "fin" }, { "fr", "fra" }, { "he", "heb" },
  { "hi", "hin" }, { "hr", "hrv" }, { "hu", "hun" }, { "id", "ind" }, { "it", "ita" }, { "ja", "jpn" }, { "ko", "kor" },
  { "lt", "lit" }, { "lv", "lav" }, { "nb", "nor" }, { "nl", "nld" }, { "nn", "nor" }, { "pl", "pol" }, { "pt", "por" },
  { "ro", "ron" }, { "ru", "rus" }, { "sk", "slk" }, { "sl", "slv" }, { "sr", "srp" }, { "sv", "swe" }, { "th", "tha" },
  { "tr", "tur" }, { "uk", "ukr" }, { "vi", "vie" }, { "zh_TW", "chi_tra" }, { "zh_HK", "chi_tra" }, { "zh", "chi_sim" },
};

char *
media_languages (void)
{
  const char *const *locales = g_get_language_names ();
  /* The person's first language and English: every further one makes reading slower and more guessing. */
  for (; *locales != NULL; locales++)
    for (gsize i = 0; i < G_N_ELEMENTS (names); i++)
      if (strncmp (*locales, names[i].locale, strlen (names[i].locale)) == 0 && !g_ascii_isalpha ((*locales)[strlen (names[i].locale)]))
        return strcmp (names[i].tesseract, "eng") == 0 ? g_strdup ("eng") : g_strconcat (names[i].tesseract, "+eng", NULL);
  return g_strdup ("eng");
}
