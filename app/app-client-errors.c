/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "app-client.h"

#include <glib/gi18n.h>
#include <string.h>

#include "app-error.h"

/* The most of a server's own words in a sentence, in characters. */
#define MOST_WORDS 240

char *
app_client_clean_words (const char *words, const char *key)
{
  g_autofree char *valid = g_utf8_make_valid (words, -1);
  g_autoptr (GString) told = g_string_new (valid);
  g_autoptr (GString) line = g_string_new (NULL);
  gsize n = 0;

  /* A server may repeat the key that it does not like. */
  if (key && *key)
    g_string_replace (told, key, "…", 0);
  for (const char *p = told->str; *p && n < MOST_WORDS; p = g_utf8_next_char (p)) {
    gunichar c = g_utf8_get_char (p);
    if (g_unichar_isspace (c) || g_unichar_iscntrl (c) || g_unichar_type (c) == G_UNICODE_FORMAT)
      c = ' ';
    if (c == ' ' && (line->len == 0 || line->str[line->len - 1] == ' '))
      continue;
    g_string_append_unichar (line, c);
    n++;
  }
  if (n == MOST_WORDS)
    g_string_append (line, "…");
  return g_strchomp (g_string_free (g_steal_pointer (&line), FALSE));
}

/* What is wrong with a certificate: the worst thing only. */
static const char *
certificate_sentence (GTlsCertificateFlags flags)
{
  static const struct {
    GTlsCertificateFlags flag;
    const char *sentence;
  } sentences[] = {
    { G_TLS_CERTIFICATE_REVOKED, N_("The certificate of %s was revoked, so nothing was sent. Ask who runs the server.") },
    { G_TLS_CERTIFICATE_BAD_IDENTITY, N_("The certificate of %s is for another name, so nothing was sent. Write the address with the name in the certificate.") },
    { G_TLS_CERTIFICATE_EXPIRED, N_("The certificate of %s has expired, so nothing was sent. Ask who runs the server for a new one, and see whether the clock here is right.") },
    { G_TLS_CERTIFICATE_NOT_ACTIVATED, N_("The certificate of %s is not valid yet, so nothing was sent. See whether the clock here is right.") },
    { G_TLS_CERTIFICATE_UNKNOWN_CA, N_("The certificate of %s is signed by nobody whom this machine trusts, so nothing was sent. Add its authority to the trusted ones of this machine.") },
    { G_TLS_CERTIFICATE_INSECURE, N_("The certificate of %s is not safe, so nothing was sent. Ask who runs the server for a new one.") },
  };

  for (guint i = 0; i < G_N_ELEMENTS (sentences); i++)
    if (flags & sentences[i].flag)
      return sentences[i].sentence;
  return N_("No safe connection to %s could be made, so nothing was sent. See whether it speaks https, and whether its certificate is good.");
}

/* The errors of the way there and back, by domain and code; code -1 is any. */
static const char *
way_sentence (const GError *error)
{
  const struct {
    GQuark domain;
    int code;
    const char *sentence;
  } sentences[] = {
    { G_RESOLVER_ERROR, -1, N_("%s was not found in the network. See whether its name is right, and whether this machine is connected.") },
    { G_IO_ERROR, G_IO_ERROR_CONNECTION_REFUSED, N_("%s does not take the connection: nothing listens there. Start the server, or see whether the port is right.") },
    { G_IO_ERROR, G_IO_ERROR_HOST_UNREACHABLE, N_("%s cannot be reached. See whether it is switched on, and whether this machine is connected.") },
    { G_IO_ERROR, G_IO_ERROR_NETWORK_UNREACHABLE, N_("%s cannot be reached. See whether it is switched on, and whether this machine is connected.") },
    { G_IO_ERROR, G_IO_ERROR_TIMED_OUT, N_("%s has been silent for too long, so the connection was ended. See whether it is at work, then try again.") },
    { G_IO_ERROR, G_IO_ERROR_CONNECTION_CLOSED, N_("%s broke the connection off. See whether the server is still at work, then try again.") },
    { G_IO_ERROR, G_IO_ERROR_PARTIAL_INPUT, N_("%s broke the connection off. See whether the server is still at work, then try again.") },
    { G_IO_ERROR, G_IO_ERROR_INVALID_DATA, N_("What %s sends cannot be understood. See whether it is an OpenAI-compatible server, and whether the address is right.") },
  };

  for (guint i = 0; i < G_N_ELEMENTS (sentences); i++)
    if (error->domain == sentences[i].domain && (sentences[i].code < 0 || error->code == sentences[i].code))
      return sentences[i].sentence;
  return NULL;
}

/* The sentences of the tables below name the host once. (transfer full) */
static char *
name_host (const char *sentence, const char *host)
{
  GString *named = g_string_new (sentence);

  g_string_replace (named, "%s", host, 1);
  return g_string_free (named, FALSE);
}

GError *
app_client_explain (const GError *error, const char *host, GTlsCertificateFlags tls_errors)
{
  const char *sentence = error->domain == G_TLS_ERROR ? certificate_sentence (tls_errors) : way_sentence (error);
  g_autofree char *words = NULL;

  if (g_error_matches (error, G_IO_ERROR, G_IO_ERROR_CANCELLED) || error->domain == APP_ERROR)
    return g_error_copy (error);
  if (sentence) {
    g_autofree char *named = name_host (_(sentence), host);
    return g_error_new_literal (APP_ERROR, error->domain == G_TLS_ERROR ? APP_ERROR_FAILED : APP_ERROR_NETWORK, named);
  }
  words = app_client_clean_words (error->message, NULL);
  /* Translators: a host, and the words of a library. */
  return g_error_new (APP_ERROR, APP_ERROR_NETWORK, _("The connection to %s failed: %s. See whether the address is right, then try again."), host, words);
}

GError *
app_client_explain_status (guint status, const char *words, gboolean overflow, const char *host, const char *key, const char *location)
{
  static const struct {
    guint from, to;
    const char *sentence;
  } sentences[] = {
    { 401, 403, N_("%s does not let Melete in: the key is missing or wrong, or not allowed to use this model. Edit the server and write the key anew.") },
    { 404, 404, N_("%s does not know this model or this address. Look for its models again, and see whether the path of the address is right.") },
    { 413, 413, N_("What was sent is too much for %s. Begin a new conversation, or attach less.") },
    { 429, 429, N_("%s has too much to do, or the key has used up its share. Wait a while, then try again.") },
    { 503, 503, N_("%s is not ready: it may still be loading the model. Wait a moment, then try again.") },
    { 500, 599, N_("%s failed while it was at work. Try again, and look at what the server itself reports.") },
    { 400, 499, N_("%s did not take the request. See whether the model and the settings of this conversation are what it knows.") },
  };
  g_autofree char *clean = words ? app_client_clean_words (words, key) : NULL;
  g_autofree char *sentence = NULL;

  if (overflow)
    return g_error_new (APP_ERROR, APP_ERROR_ENGINE, _("The conversation is longer than the model on %s can read at once. Begin a new one, attach less, or choose a model with a larger context."), host);
  if (status >= 300 && status < 400) {
    g_autofree char *where = location ? app_client_clean_words (location, key) : g_strdup ("?");
    /* Translators: a host, and the address that it names. */
    return g_error_new (APP_ERROR, APP_ERROR_FAILED, _("%s sends Melete on to “%s”, where nothing was sent. Edit the server and write that address, if you trust it."), host, where);
  }
  for (guint i = 0; !sentence && i < G_N_ELEMENTS (sentences); i++)
    if (status >= sentences[i].from && status <= sentences[i].to)
      sentence = name_host (_(sentences[i].sentence), host);
  if (!sentence)
    sentence = g_strdup_printf (_("%s answered in a way that Melete does not understand (%u). See whether the address is that of an OpenAI-compatible server."), host, status);
  if (!clean || !*clean)
    return g_error_new_literal (APP_ERROR, APP_ERROR_ENGINE, sentence);
  /* Translators: a sentence, and the words of a server. */
  return g_error_new (APP_ERROR, APP_ERROR_ENGINE, _("%s It said: “%s”"), sentence, clean);
}
